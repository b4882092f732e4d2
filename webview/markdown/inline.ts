import * as l10n from '@vscode/l10n';
import type { Token, Tokens } from 'marked';
import { h } from '../base/dom.ts';
import { drawCode, drawUnopened, linkElement, pathBehind } from './links/fileReferences.ts';
import { decodeEntities } from './parse/entities.ts';
import { drawFormula } from './formula/formulaView.ts';
import { sanitizeText } from './parse/sanitizeText.ts';
import { drawnTokens } from './parse/lexer.ts';
import { readAddress, type Address } from './links/links.ts';
import type { MarkdownActions } from './markdownActions.ts';

/** Inline tokens to nodes and text. Raw HTML is shown as text, but for line breaks. */
export function drawInline(
  tokens: readonly Token[],
  actions: MarkdownActions,
  inLink = false,
): (Node | string)[] {
  return drawnTokens(tokens).flatMap((token): (Node | string)[] => {
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del':
        return [h(token.type, {}, drawInline(token.tokens, actions, inLink))];
      case 'math':
        return [drawFormula(token) ?? token.raw];
      case 'codespan':
        return [drawCode(token.text, actions, inLink)];
      case 'br':
        return [h('br')];
      case 'link':
        return drawLink(token, actions, inLink);
      case 'image':
        return [drawImage(token, actions, inLink)];
      case 'checkbox':
        return [drawCheckbox(token.checked)];
      case 'html':
        return [/^<br\s*\/?>$/i.test(token.raw) ? h('br') : token.raw];
      case 'text':
        return token.tokens ? drawInline(token.tokens, actions, inLink) : [plainText(token)];
      default:
        return ['text' in token ? token.text : token.raw];
    }
  });
}

function drawCheckbox(checked: boolean): HTMLInputElement {
  const label = checked ? l10n.t('Done') : l10n.t('To do');
  return h('input', { type: 'checkbox', disabled: true, checked, 'aria-label': label });
}

/** References may stand for characters that must not be there, so the result is cleaned again. */
function plainText(token: Tokens.Text): string {
  return token.raw.includes('&') ? sanitizeText(decodeEntities(token.text)) : token.text;
}

function drawLink(
  token: Tokens.Link,
  actions: MarkdownActions,
  inLink: boolean,
): (Node | string)[] {
  const label = drawInline(token.tokens, actions, true);
  const address = inLink ? undefined : readAddress(token.href, token.autolink);
  if (address) return [createLink(address, label, actions)];
  return inLink ? label : drawUnopened(token.href, label, actions);
}

function createLink(
  { url }: Address,
  label: readonly (Node | string)[],
  actions: MarkdownActions,
): HTMLElement {
  const link = linkElement(url, label, () =>
    actions.openLink(url, (link.textContent ?? '').slice(0, maxLabel)),
  );
  return link;
}

/** As long as the host's messages allow. */
const maxLabel = 8_192;

/** Never fetched: an image's address can carry data away. */
function drawImage(token: Tokens.Image, actions: MarkdownActions, inLink: boolean): HTMLElement {
  const address = readAddress(token.href);
  const web = address?.url.startsWith('http') ? address : undefined;
  const text = sanitizeText(decodeEntities(token.text));
  const name = imageName(web?.host, text);
  if (!web || inLink) return h('span', { class: 'picture' }, name, pathBehind(token.href));
  return h(
    'span',
    { class: 'picture' },
    name,
    ' ',
    createLink(web, [l10n.t('Open in browser')], actions),
  );
}

function imageName(host: string | undefined, text: string): string {
  if (host === undefined) return text === '' ? l10n.t('Image') : l10n.t('Image: {0}', text);
  return text === '' ? l10n.t('Image from {0}', host) : l10n.t('Image from {0}: {1}', host, text);
}
