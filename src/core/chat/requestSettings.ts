import type { ModelNote } from '../models/modelNote.ts';
import type { ResponsesRequest } from '../responses/request/request.ts';

/** What a request needs besides the conversation; read anew for each. */
export type RequestSettings = Omit<ResponsesRequest, 'input' | 'sessionId' | 'turnState'> & {
  /** Tokens that the conversation may fill. */
  windowTokens: number;
  /** What is another model or effort than the user chose. */
  notes?: readonly ModelNote[];
};
