/** What a request to the backend needs in order to be let in. Lives in memory only. */
export interface Grant {
  /** Which credential of the user this is; the same over refreshes. */
  credentialId: string;
  /** Value of the `chatgpt-account-id` header (WIRE.md b). */
  accountId: string;
  accessToken: string;
  /** Address of the OpenAI API, for a key of it; absent: the ChatGPT backend. */
  api?: string;
  /** How the person knows the account. */
  label?: string;
}

/** Gives grants for the account in use. Both reject with AuthError when the user must act. */
export interface GrantSource {
  /** A grant that is good for some minutes: refreshed first when less than five are left. */
  grant(signal: AbortSignal): Promise<Grant>;
  /**
   * A grant other than `rejected`, which the backend has answered with 401: the store is read
   * again first, for another window may have refreshed; only then is the token refreshed.
   */
  renew(rejected: Grant, signal: AbortSignal): Promise<Grant>;
}
