import type { ResponsesRequest } from '../responses/request/request.ts';

/** What a request needs besides the conversation; read anew for each. */
export type RequestSettings = Omit<ResponsesRequest, 'input' | 'sessionId' | 'turnState'> & {
  /** Tokens that the conversation may fill. */
  windowTokens: number;
  /** For the user, when they get another model or effort than they chose. */
  note?: string | undefined;
};
