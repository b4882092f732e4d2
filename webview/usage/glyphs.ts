import { s } from '../base/dom.ts';

const paths = {
  back: 'M12.8 8H3.4M7.2 4.2 3.4 8l3.8 3.8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
} as const;

/** Icons that only this page has; drawn as the others. */
export function glyph(name: keyof typeof paths): SVGSVGElement {
  return s(
    'svg',
    { class: name === 'more' ? 'i i-dots' : 'i', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: paths[name] }),
  );
}
