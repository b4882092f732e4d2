import type { Charge, Points } from './ledger.ts';
import type { MeterSettings } from './meters.ts';

/** One account that the issuer can sign in. */
export interface AccountSeed {
  email: string;
  name?: string;
  /** Value of the `chatgpt_plan_type` claim (WIRE.md a). */
  plan: string;
  /** Default: made from the e-mail address, the same at every start. */
  accountId?: string;
  /** False: consent ends with `missing_codex_entitlement`, a turn with `usage_not_included`. */
  codex?: boolean;
  /** True: requests without `chatgpt-account-id` are refused, as for a workspace. */
  workspace?: boolean;
  /** Balance in credits; absent = the account has none. */
  credits?: string;
  /**
   * In which slots the two windows stand: primary 5h and secondary weekly (default), the other way
   * round, or the weekly one alone. Clients must tell them apart by duration.
   */
  windows?: 'usual' | 'swapped' | 'weeklyOnly';
}

export interface BackendOptions {
  /** Default 0 = any free port; the host is always 127.0.0.1. */
  port?: number;
  /** Deltas per second of unscripted answers; default 60, a human pace; 0 = as fast as possible. */
  pace?: number;
  /** Backend clock, epoch ms; default real time. Tests move it with `advance()`. */
  now?: () => number;
  accounts?: readonly AccountSeed[];
  /** True: the authorize page takes any loopback port in `redirect_uri`, not 1455 and 1457 alone. */
  anyLoopbackPort?: boolean;
  /** Lifetime of access tokens made by sign-in and refresh, seconds; default ten days. */
  accessLifetimeS?: number;
}

export interface SeenRequest {
  method: string;
  /** Without query. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Parsed JSON, form fields as an object of strings, or the text as it came. */
  body: unknown;
  /** Backend clock, epoch ms. */
  atMs: number;
}

/** How a stream ends once its events are out. */
export type Ending =
  /** The terminal event, then the end of the body. */
  | 'complete'
  /** The connection is closed in the middle of the body. */
  | 'drop'
  /** The connection is reset. */
  | 'reset'
  /** Nothing more comes; the connection stays open. */
  | 'stall'
  /** The body ends properly, but without a terminal event. */
  | 'eof';

/** What the backend does with one request instead of its own answer. */
export type Behaviour =
  /** A file of test/fixtures/sse by name; a `drop_…` file ends the connection where it ends. */
  | { kind: 'fixture'; name: string; chunkBytes?: number; delayMs?: number }
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** An entry of test/fixtures/responses/http_errors.json by name. */
  | { kind: 'httpError'; name: string }
  | {
      kind: 'text';
      text: string;
      reasoning?: string;
      /** In how many deltas the text comes; default: pieces the size of a token. */
      deltas?: number;
      pace?: number;
      then?: Ending;
    }
  | {
      kind: 'call';
      /** `custom`: a freeform tool; `arguments` is then its input. */
      calls: {
        name: string;
        arguments: string;
        callId?: string;
        namespace?: string;
        custom?: boolean;
      }[];
      then?: Ending;
    }
  /** Events as they are; with `then: 'complete'` (default) they bring their own terminal event. */
  | { kind: 'sse'; events: unknown[]; then?: Ending }
  /** The connection is reset before any header. */
  | { kind: 'drop' }
  /** No answer ever. */
  | { kind: 'stall' }
  | { kind: 'delay'; ms: number; next?: Behaviour };

export interface MintedTokens {
  accessToken: string;
  refreshToken: string;
  idToken: string;
  accountId: string;
}

export interface Control {
  /** Each request but those to the control pages, oldest first. */
  requests(pathSuffix?: string): readonly SeenRequest[];
  clearRequests(): void;
  /**
   * Queues behaviours for the next POSTs to /codex/responses, one each. Those that stream an answer
   * wait until a request is good (signed in, not refused, quota left); faults strike at once.
   */
  script(...behaviours: Behaviour[]): void;
  /** The same for other endpoints, by the end of their path, for example '/wham/usage'. */
  scriptFor(pathSuffix: string, ...behaviours: Behaviour[]): void;
  /** Moves the backend's clock. */
  advance(ms: number): void;
  setUsage(email: string, usage: { fiveHourPercent?: number; weeklyPercent?: number }): void;
  /** Another device takes so much of both windows, percentage points of each. */
  useElsewhere(email: string, points: Points): void;
  /** What each POST to /codex/responses has taken, the oldest first. */
  charges(): readonly Charge[];
  /** Credits, banked resets, other limits, and how all of it is told; the rest stays as it is. */
  setMeters(email: string, settings: MeterSettings): void;
  /** Tokens without the browser; lifetime in seconds, default 3600, negative = expired already. */
  mint(email: string, options?: { accessLifetimeS?: number }): MintedTokens;
  /** Every access token handed out so far gives 401 `token_expired`. */
  expireAccessTokens(email: string): void;
  /** Every sign-in so far is void: 401 `token_invalidated`, `refresh_token_invalidated`. */
  revoke(email: string): void;
  /** The keys that the API takes from now on. */
  setApiKeys(keys: readonly string[]): void;
  /** Replaces the catalogue and so its ETag; without argument the original comes back. */
  setModels(models?: readonly Record<string, unknown>[]): void;
  /** Scripts, captured requests, usage, clock and catalogue as at the start. Sign-ins live on. */
  reset(): void;
}

export interface Backend {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** The same: the issuer lives at the root. */
  issuer: string;
  /** `url` + `/backend-api` */
  baseUrl: string;
  /** `url` + `/v1`: the OpenAI API. */
  apiBaseUrl: string;
  control: Control;
  stop(): Promise<void>;
}
