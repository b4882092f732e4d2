/** The Responses client alone, for programs without an editor: built as `dist/responses.mjs`. */
export { createResponses } from '../../core/responses/client.ts';
export type { ResponsesClient, ResponsesOptions } from '../../core/responses/client.ts';
export { ResponsesError } from '../../core/responses/retry/failure.ts';
export type { Answer, TurnEvent } from '../../core/responses/stream/turnEvent.ts';
export { userMessage } from '../../core/responses/request/input.ts';
export { systemClock } from '../../base/async/clock.ts';
export { silentLog } from '../../base/log.ts';
export { createHttp } from './http.ts';
