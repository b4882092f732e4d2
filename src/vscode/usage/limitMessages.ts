import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { PromptSubmission } from '../../core/chat/promptSubmission.ts';
import type { ScheduledPrompts } from '../../core/chat/scheduledPrompts.ts';
import { clampCount, clampText } from '../../shared/clamp.ts';
import type { ScheduledPrompt } from '../../shared/protocol/limits.ts';
import type { UsageRequest } from '../../shared/protocol/messages.ts';
import type { UnsequencedMessage } from '../chat/messageBatcher.ts';

export interface LimitMessagesDeps {
  /** Those of the chat that is shown. */
  sending: () => Pick<PromptSubmission, 'warning'>;
  scheduled: () => Pick<ScheduledPrompts, 'list' | 'sendNow' | 'cancel'>;
  onDidChangeWarning: Event<void>;
  onDidChangeScheduled: Event<void>;
  send: (message: UnsequencedMessage) => void;
}

/** What the panel shows above the message field about limits: scheduled prompts and a cost warning. */
export interface LimitMessages extends Disposable {
  /** False for a request that is not about the banner. */
  handle(request: UsageRequest): boolean;
  /** Sends the page what a snapshot does not contain. */
  sendAgain(): void;
}

export function createLimitMessages(deps: LimitMessagesDeps): LimitMessages {
  const { sending, scheduled, send } = deps;
  const lifetime = new Disposables();
  const tellScheduled = () =>
    send({ type: 'scheduled', prompts: scheduled().list().map(toScheduled) });
  const tellWarning = () => {
    const warning = sending().warning();
    send({ type: 'warning', ...omitUndefined({ warning }) });
  };
  lifetime.add(deps.onDidChangeScheduled(tellScheduled));
  lifetime.add(deps.onDidChangeWarning(tellWarning));
  return {
    handle(request) {
      switch (request.type) {
        case 'scheduled/send':
          scheduled().sendNow(request.id);
          return true;
        case 'scheduled/cancel':
          scheduled().cancel(request.id);
          return true;
        default:
          return false;
      }
    },
    sendAgain() {
      if (scheduled().list().length > 0) tellScheduled();
      if (sending().warning()) tellWarning();
    },
    dispose: () => lifetime.dispose(),
  };
}

function toScheduled({ id, text, untilMs, account }: ScheduledPrompt) {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return {
    id,
    text: line.slice(0, 200),
    untilMs: clampCount(untilMs) ?? 0,
    ...(account === undefined ? {} : { account: clampText(account) }),
  };
}
