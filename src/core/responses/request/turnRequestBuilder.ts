import type { HttpRequest } from '../../../base/http.ts';
import type { BearerToken } from '../../auth/bearerToken.ts';
import type { OutputItem } from '../stream/events.ts';
import { buildRequest, type RequestOptions, type ResponsesRequest } from './request.ts';
import type { RetryDecision } from '../retry/retry.ts';
import { createToolNames, type ToolNames } from './toolNames.ts';

type Change = Extract<RetryDecision, { action: 'retry' }>['change'];

/** How the requests of one turn are worded: the same at first, and changed where a refusal asks for it. */
export interface TurnRequestBuilder {
  /** @param kept - items of broken attempts, sent along so that they are not made twice. */
  build(bearer: BearerToken, kept: readonly OutputItem[]): HttpRequest;
  change(what: Change): void;
  /** Of the tools on offer, here and on the wire. */
  names: ToolNames;
  /** The tools by their names on the wire. */
  wireTools: readonly { name: string; parameters: Readonly<Record<string, unknown>> }[];
}

export function createTurnRequestBuilder(
  request: ResponsesRequest,
  options: () => Pick<
    RequestOptions,
    'baseUrl' | 'identity' | 'headersTimeoutMs' | 'idleTimeoutMs'
  >,
): TurnRequestBuilder {
  let lite = request.model.lite;
  let dropReasoning = false;
  let verbosity = request.verbosity;
  const names = createToolNames(request.tools.map(({ name }) => name));
  return {
    names,
    wireTools: request.tools.map(({ name, parameters }) => ({
      name: names.toWire(name),
      parameters,
    })),
    build(bearer, kept) {
      const all = [...request.input, ...kept];
      const input = request.ties?.readable(all, bearer.credentialId) ?? all;
      return buildRequest(
        { ...request, verbosity, input },
        { ...options(), bearer, lite, dropReasoning },
      );
    },
    change(what) {
      if (what === 'shape') lite = !lite;
      else if (what === 'reasoning') dropReasoning = true;
      // Short answers garble more often; a wish for long ones stays.
      else if (what === 'verbosity' && verbosity !== 'high') verbosity = 'medium';
    },
  };
}
