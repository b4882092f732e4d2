/** Why no account was tried at all. Nothing was sent. */
export type PoolFailure =
  /** The share that the person set is reached. `credentialId` is the account that opens first. */
  | { kind: 'ceiling'; percent: number; label: string; credentialId: string; opensAtMs?: number }
  /** All accounts are turned off. */
  | { kind: 'allOff' };

export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly failure: PoolFailure;

  constructor(failure: PoolFailure) {
    super(failure.kind === 'allOff' ? 'all accounts are off' : 'the ceiling is reached');
    this.failure = failure;
  }
}
