import type { Clock } from '../../../base/async/clock.ts';
import type { Http } from '../../../base/http.ts';
import type { Log } from '../../../base/log.ts';
import type { Credential, SignedOutReason } from '../credential.ts';
import type { SharedRefresh } from './refreshJournal.ts';
import type { ReliableStore } from './reliableStore.ts';

export interface SignOut {
  /** The credential as it is now: without tokens. */
  credential: Credential;
  reason: SignedOutReason;
}

export interface RefresherDeps {
  store: ReliableStore;
  http: Http;
  issuer: () => string;
  clock: Clock;
  log: Log;
  userAgent?: string;
  shared: SharedRefresh;
  newId: () => string;
  onSignOut: (signOut: SignOut) => void;
  onRefresh: (credential: Credential) => void;
}
