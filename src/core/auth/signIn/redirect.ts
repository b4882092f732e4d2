/** What the sign-in page sent back, with the right state. */
export type Redirect =
  | { kind: 'code'; code: string }
  /** `error` and `description` as in RFC 6749 4.1.2.1, unchecked. */
  | { kind: 'error'; error: string; description?: string }
  | { kind: 'cancel' };

/** What the browser is told at the end. */
export type FinalPage = { kind: 'signedIn' } | { kind: 'failed'; message: string };

/** A listener that is up and waits for the browser. */
export interface RedirectListener {
  readonly redirectUri: string;
  /** The first redirect that bears the state; everything else is answered and passed over. */
  readonly redirect: Promise<Redirect>;
  /** Answers the waiting browser and frees the port. Does not reject; may be called again. */
  close(page: FinalPage): Promise<void>;
}

/** Opens a listener for redirects with this state. Rejects with AuthError `portsTaken`. */
export type OpenListener = (state: string, signal: AbortSignal) => Promise<RedirectListener>;
