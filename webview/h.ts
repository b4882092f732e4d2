type Child = Node | string | undefined;
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

/** Makes an element with its attributes, listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setProps(element, props);
  element.append(...children.filter((child) => child !== undefined));
  return element;
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
  if (element.textContent !== text) element.textContent = text;
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
  const text = value === true ? '' : String(value);
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
