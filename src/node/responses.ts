/** The Responses client alone, for programs without an editor: built as `dist/responses.mjs`. */
export { createResponses } from '../core/responses/client.ts';
export type { ResponsesClient, ResponsesOptions } from '../core/responses/client.ts';
export { ResponsesError } from '../core/responses/failure.ts';
export type { Answer, TurnEvent } from '../core/responses/turnEvent.ts';
export { userMessage } from '../core/responses/input.ts';
export { systemClock } from '../base/clock.ts';
export { silentLog } from '../base/log.ts';
export { createHttp } from './http.ts';
