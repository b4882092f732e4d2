import type { PassedOver } from '../../auth/bearerToken.ts';
import type { AnswerChange } from './answer.ts';
import type { OutputItem } from './events.ts';
import type { ResponsesFailure } from '../retry/failure.ts';

type ShownChange = Exclude<AnswerChange, { type: 'close' }>;

/**
 * What happens while an answer comes in. Everything carries the number of its attempt, from 1, so
 * that a retry takes back exactly its own half answer.
 */
export type TurnEvent =
  /**
   * A request goes out. `account` is how people know the credential; `after` is the failure that
   * made this account take over in the middle of the turn, `passedOver` the account that could not
   * be used though it was its turn.
   */
  | {
      type: 'attempt';
      attempt: number;
      credentialId: string;
      account?: string;
      after?: ResponsesFailure;
      passedOver?: PassedOver;
    }
  /** Status and headers of its answer, refusals included: limits travel in them. */
  | {
      type: 'headers';
      attempt: number;
      credentialId: string;
      status: number;
      headers: Readonly<Record<string, string>>;
    }
  /** A `codex.rate_limits` event, as the backend sent it. */
  | { type: 'rateLimits'; attempt: number; credentialId: string; limits: unknown }
  /** The request of this attempt has failed, whatever is done about it. */
  | { type: 'failed'; attempt: number; failure: ResponsesFailure; usage?: TokenUsage }
  /** A change of the answer that is shown. An item's parts stay unless a `reset` names them. */
  | (ShownChange & { attempt: number })
  /** These parts broke off with their attempt; what is written next takes their place. */
  | { type: 'reset'; attempt: number; ids: readonly string[] }
  /** The wait before attempt number `attempt`; `skip` ends it early. */
  | {
      type: 'retry';
      attempt: number;
      maxAttempts: number;
      failure: ResponsesFailure;
      atMs: number;
      skip: () => void;
    }
  /** Nothing has come since `sinceMs`, epoch ms: long enough that a person may wonder. */
  | { type: 'silent'; attempt: number; sinceMs: number }
  /** Nothing has come for `afterMs`; the stream is not given up yet. */
  | { type: 'quiet'; attempt: number; afterMs: number }
  /** Something came after all. */
  | { type: 'life'; attempt: number }
  /** The backend answers with another model than was asked for. */
  | { type: 'rerouted'; attempt: number; model: string };

export type EmitTurnEvent = (event: TurnEvent) => void;

/** Tokens of one answer, as the backend counted them. */
export interface TokenUsage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
  total: number;
}

export interface Answer {
  /** Finished items in order, ready to be appended to the history. */
  items: readonly OutputItem[];
  /**
   * `cut`: the stream broke after calls or the final message had been finished. What was finished
   * stands; after calls, the next request goes on from their outputs. Its usage is not known.
   */
  status: 'completed' | 'incomplete' | 'cut';
  /** Why an `incomplete` answer ended: `max_output_tokens`, `content_filter` … */
  incompleteReason?: string;
  /** False when the backend wants another request before the turn is over (WIRE.md c, `end_turn`). */
  endTurn: boolean;
  usage?: TokenUsage;
  responseId?: string;
  /** To be sent along with the next request of the same turn, by the same account. */
  turnState?: string;
  /** The credential that the last request went out with. */
  credentialId: string;
  attempts: number;
}
