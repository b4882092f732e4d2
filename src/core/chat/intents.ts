import { restPrompt } from '../conversations/history.ts';
import type { Session } from './session.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { Turn } from './turn/turn.ts';

/** Something that is to be asked of the model, by one of the ways that lead there. */
export interface Intent {
  text: string;
  /** What comes to the chat with it. */
  more: readonly Prompt[];
  start(this: void): void;
  /** Puts the text back where the person can reach it, unless it is there already. */
  giveBack(this: void): void;
  /** Holds it until then. */
  wait(untilMs: number): void;
}

export interface IntentDeps {
  session: Pick<Session, 'turns' | 'send' | 'retry' | 'resume'>;
  giveBack: (prompt: Prompt) => void;
  hold: (intent: Intent, untilMs: number) => void;
  holdAgain: (turn: Turn, untilMs: number) => void;
}

/** The ways to a turn: a question, an earlier one again, and the rest of an answer. */
export function createIntents({ session, giveBack, hold, holdAgain }: IntentDeps) {
  return {
    toSend(prompt: Prompt): Intent {
      const intent: Intent = {
        text: prompt.text,
        more: [prompt],
        start: () => session.send(prompt),
        giveBack: () => giveBack(prompt),
        wait: (untilMs) => hold(intent, untilMs),
      };
      return intent;
    },

    /** While the turn is in the chat, it has its own button, and its text need not be given back. */
    toRetry(turn: Turn): Intent {
      const { id, prompt } = turn;
      const isThere = () => session.turns().some((one) => one.id === id);
      const isCounted = turn.status === 'done' && session.turns().at(-1) === turn;
      return {
        text: prompt.text,
        more: isCounted ? [] : [prompt],
        start: () => session.retry(id),
        giveBack: () => (isThere() ? undefined : giveBack(prompt)),
        wait: (untilMs) => holdAgain(turn, untilMs),
      };
    },

    toResume(turnId: string): Intent {
      const intent: Intent = {
        text: restPrompt,
        more: [],
        start: () => session.resume(turnId),
        // Its button stays.
        giveBack: () => {},
        wait: (untilMs) => hold(intent, untilMs),
      };
      return intent;
    },
  };
}
