import { sanitizeText } from '../markdown/parse/sanitizeText.ts';

type Child = Node | string | undefined;
/** Lists of any length are handed over as they are: an engine limits how many arguments a call has. */
type Children = readonly (Child | readonly Child[])[];
type Value = string | number | boolean | undefined | ((event: Event) => void);

/**
 * Attributes and listeners of an element. A function under `onclick` and the like is listened with;
 * `true` sets a bare attribute; `false` and `undefined` set none. There is no way to set a style or
 * markup: the content security policy refuses the first, Trusted Types the second.
 */
export type Props = Readonly<Record<string, Value>> & {
  readonly style?: never;
  readonly innerHTML?: never;
};

/**
 * Makes an element with its attributes, listeners and children. `dir` is set when the children are
 * in: with `dir="auto"` Chromium looks through all of them again for each one that is added.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { dir, ...props }: Props = {},
  ...children: Children
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setProps(element, props);
  for (const child of children) appendAll(element, Array.isArray(child) ? child : [child]);
  if (dir !== undefined) setProps(element, { dir });
  return element;
}

const mostArguments = 10_000;

/** Whoever wrote a text: what a reader cannot see in it becomes visible or goes. */
function shown(child: Node | string): Node | string {
  return typeof child === 'string' ? sanitizeText(child) : child;
}

/** Appends a list of any length. */
export function appendAll(parent: ParentNode, children: readonly Child[]): void {
  for (let at = 0; at < children.length; at += mostArguments) {
    const some = children.slice(at, at + mostArguments);
    parent.append(...some.filter((child) => child !== undefined).map(shown));
  }
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** As `h`, for the drawing elements. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly SVGElement[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgNamespace, tag);
  setProps(element, props);
  element.append(...children);
  return element;
}

let ids = 0;

/** An id that no other element of the page has; never made of anything that the model wrote. */
export function freshId(name: string): string {
  ids += 1;
  return `${name}-${ids}`;
}

/** Sets the text only if it differs, so that a drawing that changes nothing costs no layout. */
export function setText(element: Element, text: string): void {
  const clean = sanitizeText(text);
  if (element.textContent !== clean) element.textContent = clean;
}

/** Sets the attribute only if it differs; `undefined` and `false` remove it. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  if (value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : sanitizeText(String(value));
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Puts `wanted` into `parent` in order, moving only what is out of place: focus stays alive. */
export function setChildren(parent: Element, wanted: readonly Node[]): void {
  const keep = new Set(wanted);
  for (const child of Array.from(parent.childNodes)) if (!keep.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of wanted) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

function setProps(element: Element, props: Props): void {
  for (const [name, value] of Object.entries<Value>(props)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice('on'.length), value);
    } else setAttribute(element, name, value);
  }
}
