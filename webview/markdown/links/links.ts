import { decodeEntities } from '../parse/entities.ts';
import { sanitizeText } from '../parse/sanitizeText.ts';

/** An address that a click may offer to open. */
export interface Address {
  /** Normalised; the host is in punycode, as the browser would ask for it. */
  readonly url: string;
  /** Host name, or the receiver of a mail. */
  readonly host: string;
}

const schemes: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:']);
/** As long as the host's messages allow. */
const maxLength = 8_192;

/**
 * The address behind a link of the model, if it is absolute and of a scheme that only a browser or
 * a mail program answers to. `command:`, `vscode:`, `file:`, `javascript:`, UNC paths and all others
 * give undefined: such a link is plain text. `literal` is for autolinks, which hold no references.
 */
export function readAddress(href: string, literal = false): Address | undefined {
  if (href.length > maxLength) return undefined;
  const text = literal ? href : decodeEntities(href);
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!schemes.has(url.protocol) || url.href.length > maxLength) return undefined;
  return { url: sanitizeText(url.href), host: url.hostname || sanitizeText(url.pathname) };
}
