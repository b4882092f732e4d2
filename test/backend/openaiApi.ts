import { countTokens, newId } from './answer.ts';
import { type Exchange, sendJson } from './http.ts';
import { playAnswer } from './play.ts';
import { practiceReply } from './practice.ts';
import { seal } from './seal.ts';
import { readTurn } from './turn.ts';
import { asList, asRecord, asText, isRecord, type Json } from './values.ts';
import type { World } from './world.ts';

/*
 * The OpenAI API as a key of it sees it: a list of models and the standard Responses endpoint. Its
 * shapes are those of the public reference.
 */

const models = ['gpt-5.5', 'gpt-5.1-codex', 'gpt-5.5-2026-04-01', 'whisper-1', 'gpt-image-2'];

/** Headers that Codex clients send to ChatGPT; here they would tell of things that are no business of the API. */
const foreign = ['chatgpt-account-id', 'originator', 'session-id', 'x-codex-turn-state'];

/** What the public reference names of the request, as far as clients like ours use it. */
const parameters = new Set([
  'include',
  'input',
  'instructions',
  'model',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'store',
  'stream',
  'text',
  'tool_choice',
  'tools',
]);

interface ApiRefusal {
  status: number;
  code: string | null;
  message: string;
}

export function createOpenaiApi(world: World) {
  return {
    models(exchange: Exchange): void {
      if (!letIn(exchange)) return;
      const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'openai' }));
      sendJson(exchange, 200, { object: 'list', data });
    },
    async responses(exchange: Exchange): Promise<void> {
      if (!letIn(exchange)) return;
      const body = isRecord(exchange.body) ? exchange.body : {};
      const refusal = refusalOf(body);
      if (refusal) return refuse(exchange, refusal);
      const model = asText(body['model']);
      const reply = practiceReply(readTurn(body), true);
      await playAnswer(
        exchange,
        { 'openai-model': model },
        {
          head: {
            id: newId('resp'),
            model,
            createdAt: Math.floor(world.now() / 1000),
            seal: (kind) => seal(kind, 'api'),
          },
          answer: reply,
          pace: reply.pace ?? world.pace,
          ending: 'complete',
          inputTokens: countTokens(JSON.stringify([body['instructions'], body['input']])),
          cachedTokens: 0,
        },
      );
    },
  };

  function letIn(exchange: Exchange): boolean {
    const header = foreign.find((name) => exchange.headers[name] !== undefined);
    if (header !== undefined) {
      refuse(exchange, bad(`The practice API wants no header ${header}.`));
      return false;
    }
    const key = /^Bearer (\S+)$/.exec(exchange.headers['authorization'] ?? '')?.[1];
    if (key !== undefined && world.apiKeys.has(key)) return true;
    const message = 'Incorrect API key provided. You can find your API key in your account.';
    refuse(exchange, { status: 401, code: 'invalid_api_key', message });
    return false;
  }
}

function refusalOf(body: Json): ApiRefusal | undefined {
  const strange = Object.keys(body).find((name) => !parameters.has(name));
  if (strange !== undefined) return bad(`Unknown parameter: '${strange}'.`, 'unknown_parameter');
  const slug = asText(body['model']);
  if (!models.includes(slug)) {
    const message = `The model '${slug}' does not exist or you do not have access to it.`;
    return { status: 404, code: 'model_not_found', message };
  }
  const isForeign = (item: Json) => item['type'] === 'additional_tools';
  if (asList(body['input']).map(asRecord).some(isForeign)) return bad('Invalid value in input.');
  return undefined;
}

const bad = (message: string, code: string | null = null): ApiRefusal => ({
  status: 400,
  code,
  message,
});

function refuse(exchange: Exchange, { status, code, message }: ApiRefusal): void {
  const error = { message, type: 'invalid_request_error', param: null, code };
  sendJson(exchange, status, { error });
}
