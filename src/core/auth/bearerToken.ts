import type { AuthFailure } from './authFailure.ts';

/** What a request to the backend needs in order to be let in. Lives in memory only. */
export interface BearerToken {
  /** Which credential of the user this is; the same over refreshes. */
  credentialId: string;
  /** Value of the `chatgpt-account-id` header (WIRE.md b). */
  accountId: string;
  accessToken: string;
  /** Address of the OpenAI API, for a key of it; absent: the ChatGPT backend. */
  api?: string;
  /** How the person knows the account. */
  label?: string;
  /** The token was refreshed to replace a rejected one, so that another refresh brings no other. */
  isRefreshed?: boolean;
  /** The account that was to be used, and why it could not be. */
  passedOver?: PassedOver;
}

export interface PassedOver {
  label: string;
  failure: AuthFailure;
}

export interface RenewOptions {
  /** False: the store is read again, and when it holds no other token the rejected grant comes back. */
  mayRefresh: boolean;
}

/** Gives grants for the account in use. Both reject with AuthError when the user must act. */
export interface BearerTokenSource {
  /** A grant that is good for some minutes: refreshed first when less than five are left. */
  getToken(signal: AbortSignal): Promise<BearerToken>;
  /**
   * A grant other than `rejected`, which the backend has answered with 401: the store is read
   * again first, for another window may have refreshed; only then is the token refreshed.
   */
  replaceRejected(
    rejected: BearerToken,
    signal: AbortSignal,
    options?: RenewOptions,
  ): Promise<BearerToken>;
}
