/** Hash of the empty style that the toolkit puts in to test the browser; nothing else passes it. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The content security policy of the chat view. Scripts run by nonce alone, nothing is fetched but
 * our own files, and HTML can be made from a string only by the toolkit's own policy.
 *
 * @param source - origin of our own files, as `Webview.cspSource`
 * @param nonce - fresh random text for each page
 */
export function contentPolicy(source: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} ${emptyStyle}`,
    `img-src ${source} blob:`,
    `font-src ${source}`,
    `worker-src blob:`,
    `require-trusted-types-for 'script'`,
    `trusted-types fast-html codex-worker`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}
