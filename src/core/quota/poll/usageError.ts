export type UsageFailure =
  | { kind: 'refused'; status: number; retryAfterMs?: number }
  | { kind: 'unreadable' }
  /** The answer names another account than the one that was asked for. */
  | { kind: 'otherAccount' };

const unreadableWords: Record<Exclude<UsageFailure['kind'], 'refused'>, string> = {
  unreadable: 'Codex told the quota in a form that Codex Chat does not know.',
  otherAccount: 'Codex told the quota of another account, so it is not shown.',
};

/** Why the usage could not be had, beside what {@link Http} and {@link BearerTokenSource} throw. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly failure: UsageFailure;

  constructor(failure: UsageFailure) {
    super(
      failure.kind === 'refused'
        ? `Codex did not tell the quota (status ${failure.status}).`
        : unreadableWords[failure.kind],
    );
    this.failure = failure;
  }
}
