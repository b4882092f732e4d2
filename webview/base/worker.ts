interface UrlPolicy {
  createScriptURL(address: string): URL;
}

/** Not in the types of the DOM yet. */
declare const trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(address: string): string }): UrlPolicy }
  | undefined;

let policy: UrlPolicy | undefined;

/** The content security policy lets this very policy name scripts, and nothing but `blob:` load. */
function trusted(address: string): string | URL {
  if (typeof trustedTypes === 'undefined') return address;
  policy ??= trustedTypes.createPolicy('codex-worker', { createScriptURL: (each) => each });
  return policy.createScriptURL(address);
}

/**
 * Starts a worker from the text of its script: scripts of a panel may start workers only from an
 * address that holds its own content. A policy can be made once a page, so only this module does it.
 */
export function startWorker(source: string): Worker {
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(trusted(address));
  URL.revokeObjectURL(address);
  return worker;
}

export type StartWorker = typeof startWorker;
