export type UsageFailure =
  | { kind: 'refused'; status: number; retryAfterMs?: number }
  | { kind: 'unreadable' }
  /** The answer names another account than the one that was asked for. */
  | { kind: 'otherAccount' };

const unreadableWords: Record<Exclude<UsageFailure['kind'], 'refused'>, string> = {
  unreadable: 'Codex returned usage data in an unknown format.',
  otherAccount: 'Codex returned the usage of another account, so it isn’t shown.',
};

/** Why the usage could not be had, beside what {@link Http} and {@link BearerTokenSource} throw. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly failure: UsageFailure;

  constructor(failure: UsageFailure) {
    super(
      failure.kind === 'refused'
        ? `Codex did not return usage data (status ${failure.status}).`
        : unreadableWords[failure.kind],
    );
    this.failure = failure;
  }
}
