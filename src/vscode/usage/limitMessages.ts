import { Disposables, type Disposable } from '../../base/disposables.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { PromptSubmission } from '../../core/chat/promptSubmission.ts';
import type { ScheduledPrompts } from '../../core/chat/scheduledPrompts.ts';
import { clampCount, clampText } from '../../shared/clamp.ts';
import type { ScheduledPrompt } from '../../shared/protocol/limits.ts';
import type { UsageRequest } from '../../shared/protocol/messages.ts';
import type { UnsequencedMessage } from '../chat/messageBatcher.ts';

export interface LimitMessagesDeps {
  sending: Pick<PromptSubmission, 'warning' | 'onDidChange'>;
  scheduled: Pick<ScheduledPrompts, 'list' | 'sendNow' | 'cancel' | 'onDidChange'>;
  send: (message: UnsequencedMessage) => void;
}

/** What the panel shows above the message field about limits: scheduled prompts and a cost warning. */
export interface LimitMessages extends Disposable {
  /** False for a request that is not about the banner. */
  handle(request: UsageRequest): boolean;
  /** Sends the page what a snapshot does not contain. */
  sendAgain(): void;
}

export function createLimitMessages({
  sending,
  scheduled: held,
  send: tell,
}: LimitMessagesDeps): LimitMessages {
  const lifetime = new Disposables();
  const tellScheduled = () => tell({ type: 'scheduled', prompts: held.list().map(toScheduled) });
  const tellWarning = () => {
    const warning = sending.warning();
    tell({ type: 'warning', ...omitUndefined({ warning }) });
  };
  lifetime.add(held.onDidChange(tellScheduled));
  lifetime.add(sending.onDidChange(tellWarning));
  return {
    handle(request) {
      switch (request.type) {
        case 'scheduled/send':
          held.sendNow(request.id);
          return true;
        case 'scheduled/cancel':
          held.cancel(request.id);
          return true;
        default:
          return false;
      }
    },
    sendAgain() {
      if (held.list().length > 0) tellScheduled();
      if (sending.warning()) tellWarning();
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
