import type { Account } from './accounts.ts';
import type { Exchange } from './http.ts';
import { type Catalogue, isOlder, type Model } from './models.ts';
import { detail, firstRefusal, invalid, known, type Refusal } from './refusal.ts';
import { refuseImages } from './refuseImages.ts';
import { refuseItems } from './refuseItems.ts';
import { refuseTools } from './refuseTools.ts';
import { asList, asRecord, asText, isRecord, type Json } from './values.ts';

/** What the ChatGPT route takes; anything else is an unsupported parameter (WIRE.md b). */
const parameters = new Set([
  'client_metadata',
  'include',
  'input',
  'instructions',
  'model',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'service_tier',
  'store',
  'stream',
  'text',
  'tool_choice',
  'tools',
]);

/** These pass whatever the catalogue says; `ultra` never goes over the wire (WIRE.md b). */
const effortsForAll: readonly unknown[] = [undefined, null, 'none', 'minimal'];
const tiers: readonly unknown[] = [undefined, null, 'auto', 'default', 'flex', 'priority'];

/** Why the backend would not take this request to /codex/responses; undefined = it would. */
export function refusalOf(
  { headers, body }: Pick<Exchange, 'headers' | 'body'>,
  models: Catalogue,
  account: Account,
): Refusal | undefined {
  if (!account.codex) return known('usage_not_included');
  if (!isRecord(body)) return detail('The body is not a JSON object');
  const slug = asText(body['model']);
  const model = models.find(slug);
  const isLite = headers['x-openai-internal-codex-responses-lite'] === 'true';
  return firstRefusal(
    () => refuseEnvelope(body),
    () => (model ? refuseIdentity(headers, model) : modelNotSupported(slug)),
    () => (model?.lite && !isLite ? modelNotFound(slug) : undefined),
    () => (isLite ? refuseLite(body) : refuseClassic(body)),
    () => (model ? refuseChoices(body, model) : undefined),
    () => refuseTools(body),
    () => refuseItems(asList(body['input']), account.accountId, isLite),
    () => refuseImages(asList(body['input']), model, isLite),
  );
}

const modelNotFound = (slug: string) => detail(`Model not found ${slug}`, 404);
const modelNotSupported = (slug: string) =>
  detail(`The '${slug}' model is not supported when using Codex with a ChatGPT account.`);

function refuseEnvelope(body: Json): Refusal | undefined {
  const strange = Object.keys(body).find((name) => !parameters.has(name));
  if (strange !== undefined) return detail(`Unsupported parameter: ${strange}`);
  if (body['stream'] !== true) return known('stream_required');
  if (body['store'] !== false) return known('store_false');
  if (!Array.isArray(body['input'])) return known('input_list');
  const roles = asList(body['input']).map((item) => asRecord(item)['role']);
  return roles.includes('system') ? known('no_system') : undefined;
}

/** Traps that third parties ran into: two names for one client, and a version too old. */
function refuseIdentity(headers: Exchange['headers'], model: Model): Refusal | undefined {
  const { originator, version } = headers;
  const agent = /^[^/\s]+/.exec(headers['user-agent'] ?? '')?.[0];
  if (originator !== undefined && agent !== undefined && originator !== agent)
    return modelNotFound(model.slug);
  if (version !== undefined && isOlder(version, model.minimalVersion))
    return modelNotFound(model.slug);
  return undefined;
}

/** The first message may bring the instructions instead, as in the real client. */
function refuseClassic(body: Json): Refusal | undefined {
  const input = asList(body['input']).map(asRecord);
  const at = input.findIndex(({ type }) => type === 'additional_tools');
  if (at >= 0) return invalid(`input[${at}].type`, "Invalid value: 'additional_tools'.");
  const hasInstructions =
    asText(body['instructions']).trim() !== '' || input[0]?.['role'] === 'developer';
  return hasInstructions ? undefined : known('instructions_required');
}

function refuseLite(body: Json): Refusal | undefined {
  const unsupported = (param: string, wanted: string) =>
    invalid(param, `Unsupported value: this route needs ${wanted}.`, 'unsupported_value');
  if (asRecord(body['reasoning'])['context'] !== 'all_turns')
    return unsupported('reasoning.context', "'all_turns'");
  if (body['parallel_tool_calls'] !== false) return unsupported('parallel_tool_calls', 'false');
  if (body['tools'] !== undefined) return unsupported('tools', 'tools in additional_tools');
  const roles = asList(body['input']).map((item) => asRecord(item)['role']);
  const hasInstructions = asText(body['instructions']).trim() !== '' || roles.includes('developer');
  return hasInstructions ? undefined : known('instructions_required');
}

function refuseChoices(body: Json, model: Model): Refusal | undefined {
  const { effort } = asRecord(body['reasoning']);
  if (!effortsForAll.includes(effort) && !takesEffort(model, asText(effort)))
    return invalid(
      'reasoning.effort',
      `Unsupported value: '${asText(effort)}' is not supported with the '${model.slug}' model.`,
      'unsupported_value',
    );
  const { verbosity } = asRecord(body['text']);
  if (verbosity !== undefined && !model.verbosities.includes(asText(verbosity)))
    return invalid(
      'text.verbosity',
      `Unsupported value: '${asText(verbosity)}' is not supported with the '${model.slug}' model.`,
      'unsupported_value',
    );
  if (!tiers.includes(body['service_tier']))
    return detail(`Unsupported service_tier: ${asText(body['service_tier'])}`);
  return undefined;
}

const takesEffort = (model: Model, effort: string) =>
  effort !== 'ultra' && model.efforts.includes(effort);
