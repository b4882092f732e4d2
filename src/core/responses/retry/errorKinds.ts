import type { ResponsesFailureKind } from './failure.ts';

/** What an error says about itself; each field is missing or empty in some errors. */
export interface ErrorName {
  code?: string | null | undefined;
  type?: string | null | undefined;
}

/** Codes and types whose meaning depends on nothing else. */
const exact: ReadonlyMap<string, ResponsesFailureKind> = new Map([
  ['usage_limit_reached', 'usageLimit'],
  ['usage_not_included', 'usageNotIncluded'],
  ['insufficient_quota', 'billing'],
  ['credit_balance_exhausted', 'billing'],
  ['organization_spend_limit_exceeded', 'billing'],
  ['project_spend_limit_exceeded', 'billing'],
  ['deactivated_workspace', 'billing'],
  ['rate_limit_exceeded', 'rateLimited'],
  ['slow_down', 'rateLimited'],
  ['server_is_overloaded', 'overloaded'],
  ['context_length_exceeded', 'contextOverflow'],
  ['invalid_prompt', 'invalidPrompt'],
  ['cyber_policy', 'policy'],
  ['bio_policy', 'policy'],
  ['misalignment_policy_violation', 'policy'],
  ['content_filter', 'policy'],
  ['invalid_encrypted_content', 'staleReasoning'],
  ['token_expired', 'unauthorized'],
  ['token_invalidated', 'unauthorized'],
  ['model_not_found', 'model'],
  // They speak of a websocket session, which a plain request does not have (OBSERVED.md 3).
  ['previous_response_not_found', 'server'],
  ['websocket_connection_limit_reached', 'server'],
]);

/**
 * Families of codes and types, the first that matches. Names follow conventions in OpenAI's API
 * and in the gateways before it, so a code that nobody has listed still says whether asking again
 * can help. Names of no family may be passing faults and are retried.
 */
const families: readonly (readonly [RegExp, ResponsesFailureKind])[] = [
  [/^(?:usage_limit|.*_usage_limit_reached$)/, 'usageLimit'],
  [/insufficient_(?:quota|credit|funds|balance)|spend_limit|billing|payment_required/, 'billing'],
  [/quota_(?:exceeded|exhausted)|credits?_(?:depleted|exhausted)/, 'billing'],
  [/^(?:.*_)?rate_limit|^too_many_requests|^throttl|^requests$|^tokens$/, 'rateLimited'],
  [/overloaded|at_capacity|capacity_exceeded/, 'overloaded'],
  [/server_error|internal_error|^api_error$|timeout|timed_out|unavailable|bad_gateway/, 'server'],
  [/^(?:upstream|gateway|stream|connection)_|(?:upstream|gateway|server)_response/, 'server'],
  [/context_(?:length|window)|^prompt_too_long|too_many_tokens/, 'contextOverflow'],
  [/(?:request|payload|body|entity)_(?:entity_)?too_large/, 'tooLarge'],
  [/policy|moderation|content_filter|safety|flagged/, 'policy'],
  [/^(?:invalid|unsupported|unknown|deprecated|retired|missing)_model(?:_|$)/, 'model'],
  [/^(?:model|deployment)_(?:not_|does_not_|deprecated|retired|removed|unavail|dis)/, 'model'],
  [/^authentication|^unauth(?:enticated|orized)|^not_authenticated/, 'unauthorized'],
  [
    /(?:^|_)(?:token|session|jwt|credentials?)_(?:is_)?(?:expired|inval|revoked|miss)/,
    'unauthorized',
  ],
  [
    /^(?:invalid|expired|missing|revoked)_(?:\w+_)?(?:token|api_key|jwt|auth|credential)/,
    'unauthorized',
  ],
  [/permission|forbidden|access_denied|not_allowed|unsupported_country/, 'forbidden'],
  [/^(?:account|user|organization|workspace|project)_(?:deactiv|disab|susp|block)/, 'forbidden'],
  [/(?:^|_)not_found(?:_|$)/, 'notFound'],
  [
    /^(?:invalid|unsupported|malformed|illegal|duplicate|unrecognized|missing)(?:_|$)/,
    'badRequest',
  ],
  [/^unknown_(?:param|field|arg|tool|type|value|func|role|item|prop)/, 'badRequest'],
  [/_(?:above|below|exceeds)_(?:max|min)|_max_(?:length|size|items)/, 'badRequest'],
  [/_too_(?:long|short|large|small|many|few|big)(?:_|$)/, 'badRequest'],
  [/_(?:invalid|unsupported|not_supported|malformed|unprocessable)(?:_|$)/, 'badRequest'],
  [/^(?:bad_request|validation_|schema_|unprocessable)|_parse_error$/, 'badRequest'],
];

/** No code of any service is longer; what is longer is not looked at. */
const longestName = 200;

/** The kind that a listed code or type means. */
export function exactKind({ code, type }: ErrorName): ResponsesFailureKind | undefined {
  return exact.get(code ?? '') ?? exact.get(type ?? '');
}

/** The kind that the family of the code means, else the family of the type. */
export function familyKind({ code, type }: ErrorName): ResponsesFailureKind | undefined {
  return familyOf(code ?? '') ?? familyOf(type ?? '');
}

function familyOf(name: string): ResponsesFailureKind | undefined {
  if (name === '' || name.length > longestName) return undefined;
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s.-]+/g, '_');
  return exact.get(plain) ?? families.find(([pattern]) => pattern.test(plain))?.[1];
}

const statuses: ReadonlyMap<number, ResponsesFailureKind> = new Map([
  [401, 'unauthorized'],
  [402, 'billing'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [408, 'server'],
  [413, 'tooLarge'],
  [429, 'rateLimited'],
]);

/** What a status of 400 and above means when nothing else says more; undefined below. */
export function statusKind(status: number): ResponsesFailureKind | undefined {
  if (!(status >= 400 && status < 600)) return undefined;
  return statuses.get(status) ?? (status >= 500 ? 'server' : 'badRequest');
}
