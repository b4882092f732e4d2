import * as l10n from '@vscode/l10n';
/** What a click on a link of an answer may do. Decided here, for the view is not to be trusted. */
export type LinkDecision =
  | { action: 'open'; url: string }
  /** Opened only after the person has seen the whole address. */
  | { action: 'ask'; url: string; why: string }
  | { action: 'refuse'; why: string };

const longestQuery = 100;
/** UTF-16 units of path, query and fragment; a page's own address is rarely longer. */
const longestTail = 300;

/** @param known - whether the address stands in the answer that was clicked. */
export function decideLink(address: string, label: string, known: boolean): LinkDecision {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return { action: 'refuse', why: l10n.t('This isn’t a complete URL.') };
  }
  if (url.protocol === 'mailto:')
    return { action: 'ask', url: url.href, why: l10n.t('It opens your mail app.') };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { action: 'refuse', why: l10n.t('{0} links aren’t opened.', url.protocol) };
  }
  if (url.username !== '' || url.password !== '') {
    return { action: 'refuse', why: l10n.t('The URL contains a user name or password.') };
  }
  const other = otherHostIn(label, url);
  if (!known)
    return { action: 'ask', url: url.href, why: l10n.t('This URL isn’t in the response.') };
  if (other !== undefined) {
    return {
      action: 'ask',
      url: url.href,
      why: l10n.t('It looks like {0} but goes to {1}.', other, url.host),
    };
  }
  if (url.hostname.includes('xn--')) {
    return {
      action: 'ask',
      url: url.href,
      why: l10n.t('The domain name contains easily confused characters.'),
    };
  }
  const tail = url.pathname.length + url.search.length + url.hash.length;
  if (url.search.length > longestQuery || tail > longestTail) {
    return { action: 'ask', url: url.href, why: l10n.t('The URL contains query data.') };
  }
  return { action: 'open', url: url.href };
}

const longestLabel = 8_192;
const longestName = 80;
/** Endings of files that no top-level domain has: `Node.js` is not read as a host. */
const fileEndings = new Set(
  'c cjs cpp css csv htm html ini js json jsx less lock log mjs scss sql toml ts tsx txt vue xml yaml yml'.split(
    ' ',
  ),
);

/**
 * The first word of a label that reads like a host and is not that of `url`. A word with letters
 * outside ASCII and a dot in it reads like one whatever it ends in, since it may only look like it.
 */
function otherHostIn(label: string, url: URL): string | undefined {
  const words = label
    .slice(0, longestLabel)
    .normalize('NFKC')
    .toLowerCase()
    .split(/\s+/)
    .flatMap((word) => wordsBesideOwn(word, url));
  const found = words
    .flatMap((word) => word.split(/[^\p{L}\p{N}\p{M}._\u3002-]+/u))
    .map((word) => word.replace(/^[.\u3002_-]+|[.\u3002_-]+$/g, ''))
    .find((word) => isHostLike(word) && !isSameSite(word, url.hostname));
  return found?.slice(0, longestName);
}

/** What follows the host of an address that leads where the link does is no host. */
function wordsBesideOwn(word: string, url: URL): string[] {
  const [, host = '', after = ''] = /^(?:https?:\/\/)?([^/?#]*)(.?)/.exec(word) ?? [];
  return after !== '' && isSameSite(host, url.hostname) ? [] : [word];
}

function isHostLike(word: string): boolean {
  const parts = word.split(/[.\u3002]/);
  const last = parts.at(-1) ?? '';
  if (parts.length < 2 || parts.includes('')) return false;
  if (/[^\x20-\x7e]/.test(word)) return true;
  if (/^\d+(?:\.\d+){3}$/.test(word)) return true;
  return /^(?:[a-z]{2,}|xn--[a-z\d-]+)$/.test(last) && !fileEndings.has(last);
}

function isSameSite(a: string, b: string): boolean {
  const bare = (host: string) =>
    host
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/\.$/, '')
      .replace(/^www\./, '');
  return bare(a) === bare(b);
}
