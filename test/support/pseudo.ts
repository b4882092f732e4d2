import type { Bundle } from './messages.ts';

/** Language of the pseudo translation. Its formats of times and numbers have no Latin letters. */
export const pseudoLanguage = 'ja';

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const marked = 'áƀćďéƒğĥíĵķĺɱñóƥɋŕšťúṽŵẋýžÁƁĆĎÉƑĞĤÍĴĶĹṀÑÓƤɊŔŠŤÚṼŴẊÝŽ';
const letters = new Map(Array.from(plain, (letter, at) => [letter, marked.charAt(at)]));

/** What must stay as it is: arguments, icons, targets of links, and the frame of a plural. */
const syntax =
  /\{\d\}|\$\([^)]*\)|\]\([^)]*\)|^\{0, plural, |(?<= |^\{0, plural, )(?:zero|one|two|few|many|other) (?=\{)/g;

/** The message with all its letters replaced by ones that no text of ours has. */
export function pseudoText(message: string): string {
  let text = '';
  let from = 0;
  const mark = (part: string) =>
    part.replaceAll(/[A-Za-z]/g, (letter) => letters.get(letter) ?? letter);
  for (const { index, 0: kept } of message.matchAll(syntax)) {
    text += mark(message.slice(from, index)) + kept;
    from = index + kept.length;
  }
  return text + mark(message.slice(from));
}

/** A translation of all messages, in which a text that was not translated is seen by its letters. */
export function pseudoBundle(bundle: Bundle): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bundle).map(([key, value]) => [
      key,
      pseudoText(typeof value === 'string' ? value : value.message),
    ]),
  );
}

/** Runs of two Latin letters or more in what people see, without the data among them. */
export function bareWords(text: string, data: readonly RegExp[]): string[] {
  const ours = data.reduce((rest, form) => rest.replaceAll(form, ' '), text);
  return ours.match(/[A-Za-z]{2,}(?:[ ’'-][A-Za-z]+)*/g) ?? [];
}

/** Script of a page: all that is seen or read aloud in it, a line each. */
export const shownTexts = `(() => {
  const lines = [];
  const names = ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'aria-description'];
  const add = (line) => line && line.trim() && lines.push(line.trim());
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return add(node.nodeValue);
    if (!(node instanceof Element) || ['SCRIPT', 'STYLE'].includes(node.tagName)) return;
    const isRead = node.closest('[aria-hidden="true"]') === null;
    for (const name of names) {
      if (isRead || !name.startsWith('aria-')) add(node.getAttribute(name));
    }
    for (const child of node.childNodes) visit(child);
    if (node.shadowRoot) for (const child of node.shadowRoot.childNodes) visit(child);
  };
  visit(document.body);
  return lines;
})()`;
