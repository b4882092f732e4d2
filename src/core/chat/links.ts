/** What a click on a link of an answer may do. Decided here, for the view is not to be trusted. */
export type LinkDecision =
  | { action: 'open'; url: string }
  /** Opened only after the person has seen the whole address. */
  | { action: 'ask'; url: string; why: string }
  | { action: 'refuse'; why: string };

const longestQuery = 100;

/** @param known - whether the address stands in the answer that was clicked. */
export function decideLink(address: string, label: string, known: boolean): LinkDecision {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return { action: 'refuse', why: 'This is not a full address.' };
  }
  if (url.protocol === 'mailto:') return { action: 'ask', url: url.href, why: 'It writes a mail.' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { action: 'refuse', why: `Links of the kind ${url.protocol} are not opened.` };
  }
  if (url.username !== '' || url.password !== '') {
    return { action: 'refuse', why: 'The address carries a user name or password.' };
  }
  const other = hostIn(label);
  if (!known) return { action: 'ask', url: url.href, why: 'It does not stand in the answer.' };
  if (other !== undefined && !isSameSite(other, url.host)) {
    return { action: 'ask', url: url.href, why: `It reads like ${other} but goes to ${url.host}.` };
  }
  if (url.hostname.includes('xn--')) {
    return {
      action: 'ask',
      url: url.href,
      why: 'Its name holds letters that are easily confused.',
    };
  }
  if (url.search.length > longestQuery) {
    return { action: 'ask', url: url.href, why: 'It carries data along.' };
  }
  return { action: 'open', url: url.href };
}

/** The host that a label pretends to lead to. */
function hostIn(label: string): string | undefined {
  return /^\s*(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?=[/:?#\s]|$)/i
    .exec(label)?.[1]
    ?.toLowerCase();
}

function isSameSite(a: string, b: string): boolean {
  const bare = (host: string) =>
    host
      .toLowerCase()
      .replace(/^www\./, '')
      .replace(/:\d+$/, '');
  return bare(a) === bare(b);
}
