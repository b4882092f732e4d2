// Known only while this script runs for the first time.
const ownAddress =
  document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '';

/**
 * Address of another script of ours, for `import()`, which hands it the nonce of this one (HTML,
 * descendant script fetch options). `attempt` counts from 1: a failed address may stay failed for
 * the life of the page (HTML, module map), so that each attempt has one of its own.
 */
export function siblingScriptUrl(file: string, attempt: number): string {
  const address = new URL(file, ownAddress);
  if (attempt > 1) address.searchParams.set('attempt', String(attempt));
  return address.href;
}
