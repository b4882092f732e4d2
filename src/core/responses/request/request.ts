import type { BearerToken } from '../../auth/bearerToken.ts';
import type { HttpRequest } from '../../../base/http.ts';
import { wellFormedJson } from '../../../base/json/wellFormed.ts';
import { developerMessage, type InputItem } from './input.ts';
import { prepareInput } from './prepareInput.ts';
import type { ItemOwnership } from './itemOwnership.ts';
import { createToolNames } from './toolNames.ts';
import { functionTool, type ToolDefinition } from './toolSchema.ts';

/** What the request must know of the model; an entry of the catalogue has it all. */
export interface ModelTraits {
  slug: string;
  /** Which of the two body shapes the backend wants for it (WIRE.md b). */
  lite: boolean;
  supportsVerbosity: boolean;
  /** False: the model may call one tool at a time. The lite shape never allows more (WIRE.md b). */
  supportsParallel?: boolean | undefined;
  defaultVerbosity?: string | undefined;
  /** False: the model takes no images. */
  seesImages?: boolean | undefined;
}

/** What a request is for: `title` and `compaction` are side tasks of a chat. */
export type RequestKind = 'turn' | 'compaction' | 'title';

export interface ResponsesRequest {
  model: ModelTraits;
  /** Told to the backend as `request_kind` (WIRE.md b). Default `turn`. */
  kind?: RequestKind | undefined;
  /** What the model is told about its task; never blank (WIRE.md b, two body shapes). */
  instructions: string;
  input: readonly InputItem[];
  tools: readonly ToolDefinition[];
  /** Absent: no reasoning is asked for. */
  effort?: string | undefined;
  summary?: 'auto' | 'concise' | 'detailed' | 'none' | undefined;
  verbosity?: string | undefined;
  /** UUID of the chat: cache key and session header, the same over all turns. */
  sessionId: string;
  /** `x-codex-turn-state` of an earlier answer of the same turn, and the credential that got it. */
  turnState?: { value: string; credentialId: string } | undefined;
  /** What of the chat belongs to an account; absent: the chat has but one. */
  ties?: ItemOwnership | undefined;
}

/** Who we say we are. The user agent's first word must be the originator (WIRE.md b, Identity). */
export interface Identity {
  originator: string;
  userAgent: string;
}

export interface RequestOptions {
  baseUrl: string;
  bearer: BearerToken;
  identity: Identity;
  /** The body shape, where it differs from what the catalogue says. */
  lite?: boolean;
  dropReasoning?: boolean;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
}

/**
 * Header and body of `POST …/codex/responses`, made anew for each attempt, which may have a fresher
 * token; with a key of the API, of its `POST …/responses`, which knows nothing of the ways of Codex
 * clients.
 */
export function buildRequest(request: ResponsesRequest, options: RequestOptions): HttpRequest {
  const { api } = options.bearer;
  const lite = api === undefined && (options.lite ?? request.model.lite);
  return {
    method: 'POST',
    url: api === undefined ? responsesUrl(options.baseUrl) : `${api}/responses`,
    headers: api === undefined ? headersOf(request, options, lite) : apiHeadersOf(request, options),
    body: wellFormedJson(bodyOf(request, options, lite)),
    headersTimeoutMs: options.headersTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs,
  };
}

export function responsesUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/codex/responses`;
}

/** Headers that every call to the backend carries. */
export function backendHeaders(bearer: BearerToken, identity: Identity): Record<string, string> {
  return {
    authorization: `Bearer ${bearer.accessToken}`,
    'chatgpt-account-id': bearer.accountId,
    originator: identity.originator,
    'user-agent': identity.userAgent,
  };
}

function headersOf(
  request: ResponsesRequest,
  { bearer, identity }: RequestOptions,
  lite: boolean,
): Record<string, string> {
  return {
    ...backendHeaders(bearer, identity),
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'session-id': request.sessionId,
    'thread-id': request.sessionId,
    'x-client-request-id': request.sessionId,
    'x-codex-turn-metadata': JSON.stringify({ request_kind: request.kind ?? 'turn' }),
    ...turnStateOf(request, bearer),
    ...(lite ? { 'x-openai-internal-codex-responses-lite': 'true' } : {}),
  };
}

function apiHeadersOf({ sessionId }: ResponsesRequest, { bearer, identity }: RequestOptions) {
  return {
    authorization: `Bearer ${bearer.accessToken}`,
    'user-agent': identity.userAgent,
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'x-client-request-id': sessionId,
  };
}

function turnStateOf({ turnState }: ResponsesRequest, { credentialId }: BearerToken) {
  return turnState?.credentialId === credentialId ? { 'x-codex-turn-state': turnState.value } : {};
}

function bodyOf(request: ResponsesRequest, options: RequestOptions, lite: boolean) {
  const instructions = request.instructions.trim();
  if (instructions === '') throw new TypeError('A request needs instructions.');
  const names = createToolNames(request.tools.map(({ name }) => name));
  const history = prepareInput(request.input, {
    dropReasoning: options.dropReasoning ?? false,
  })
    .map(names.itemToWire)
    .map((item) => (lite || options.bearer.api !== undefined ? item : withImageDetail(item)));
  const tools = uniqueTools(request.tools).map((tool) =>
    functionTool(tool, names.toWire(tool.name)),
  );
  return {
    model: request.model.slug,
    ...(lite
      ? { input: [...liteTools(tools), developerMessage(instructions), ...history] }
      : { instructions, input: history, ...(tools.length === 0 ? {} : { tools }) }),
    ...(tools.length === 0 ? {} : { tool_choice: 'auto' }),
    parallel_tool_calls: !lite && request.model.supportsParallel !== false,
    ...reasoningOf(request, lite),
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: request.ties?.cacheKey(options.bearer.credentialId) ?? request.sessionId,
    ...verbosityOf(request),
  };
}

/** The classic shape asks for images in full detail; the lite one knows no such field (WIRE.md b). */
function withImageDetail(item: InputItem): InputItem {
  const { content } = item;
  if (!Array.isArray(content)) return item;
  const parts: readonly unknown[] = content;
  if (!parts.some(isImagePart)) return item;
  const detailed = parts.map((part) =>
    isImagePart(part) ? { ...part, detail: 'original' } : part,
  );
  return { ...item, content: detailed };
}

const isImagePart = (part: unknown): part is object =>
  typeof part === 'object' && part !== null && 'type' in part && part.type === 'input_image';

/** Of tools with the same name the first: a call could not say which one it means. */
function uniqueTools(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const first = new Map(tools.toReversed().map((tool) => [tool.name, tool]));
  return tools.filter((tool) => first.get(tool.name) === tool);
}

function liteTools(tools: readonly object[]): object[] {
  if (tools.length === 0) return [];
  const functions = { type: 'namespace', name: 'functions', description: '', tools };
  return [{ type: 'additional_tools', role: 'developer', tools: [functions] }];
}

function reasoningOf({ effort, summary }: ResponsesRequest, lite: boolean): object {
  const context = lite ? { context: 'all_turns' } : {};
  if (effort === undefined) return lite ? { reasoning: context } : {};
  const wanted = summary === undefined || summary === 'none' ? {} : { summary };
  return { reasoning: { effort: wireEffort(effort), ...wanted, ...context } };
}

/** `ultra` is a name of the picker only; the backend knows it as `xhigh` (WIRE.md b). */
function wireEffort(effort: string): string {
  return effort === 'ultra' ? 'xhigh' : effort;
}

/** Sent explicitly where the model takes it: its absence was named as a cause of garbling (WIRE.md h). */
function verbosityOf({ model, verbosity }: ResponsesRequest): object {
  const chosen = verbosity ?? model.defaultVerbosity;
  return model.supportsVerbosity && chosen !== undefined ? { text: { verbosity: chosen } } : {};
}
