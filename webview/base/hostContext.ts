import type { FromWebview } from '../../src/shared/protocol/messages.ts';

/** What every part of the panel may use: the messages to the host, and the time. */
export interface HostContext {
  readonly send: (message: FromWebview) => void;
  /** Epoch ms. */
  readonly now: () => number;
}
