import { s } from './dom.ts';

const paths = {
  back: 'M12.8 8H3.4M7.2 4.2 3.4 8l3.8 3.8',
  bell: 'M8 2.3a4 4 0 0 0-4 4v3l-1.2 2h10.4L12 9.3v-3a4 4 0 0 0-4-4zM6.6 13.3a1.5 1.5 0 0 0 2.8 0',
  close: 'm4 4 8 8M12 4l-8 8',
  dot: 'M8 6.9a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  pin: 'M5.6 2.8h4.8M6.4 2.8v4L4.6 9.2h6.8L9.6 6.8v-4M8 9.2v4.4',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2',
  trash: 'M3 4.5h10M6 4.3V2.7h4v1.6M4.4 4.7l.6 8.8h6l.6-8.8M6.8 7v4M9.2 7v4',
} as const;

export type GlyphName = keyof typeof paths;

/** Icons that only scripts on demand have; drawn as the others. */
export function glyph(name: GlyphName, extraClass = ''): SVGSVGElement {
  const heavy = name === 'more' || name === 'dot' ? 'i i-dots' : 'i';
  return s(
    'svg',
    { class: `${heavy} ${extraClass}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: paths[name] }),
  );
}
