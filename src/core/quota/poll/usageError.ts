export type UsageFailure =
  | { kind: 'refused'; status: number; retryAfterMs?: number }
  | { kind: 'unreadable' }
  /** The answer names another account than the one that was asked for. */
  | { kind: 'otherAccount' };

/** Why the usage could not be had, beside what {@link Http} and {@link BearerTokenSource} throw. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly failure: UsageFailure;

  constructor(failure: UsageFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}
