import { s } from './dom.ts';

/** Our icons, on a 16 px grid; `fill` marks what is filled instead of drawn with a line. */
const paths = {
  account: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.8 2.4-4.2 5-4.2s4.6 1.4 5 4.2',
  branch:
    'M5 5.3a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5 13.7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11 7.1a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5 5.3v5.4M11 7.1c0 2-2.2 2.4-5.6 3.8',
  chat: 'M4.2 2.5h7.6a1.7 1.7 0 0 1 1.7 1.7v5.4a1.7 1.7 0 0 1-1.7 1.7H8l-3 2.5v-2.5h-.8a1.7 1.7 0 0 1-1.7-1.7V4.2a1.7 1.7 0 0 1 1.7-1.7zM5.4 5.3 7 6.9 5.4 8.5M8.4 8.6h2.3',
  check: 'm3 8.6 3.2 3.1L13 4.8',
  clock: 'M8 13.7A5.7 5.7 0 1 0 8 2.3a5.7 5.7 0 0 0 0 11.4zM8 4.7V8l2.3 1.5',
  copy: 'M7 5.5h5A1.5 1.5 0 0 1 13.5 7v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5zM10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5',
  down: 'M4 6l4 4 4-4',
  edit: 'm10.9 2.8 2.3 2.3-7.7 7.7-3 .7.7-3z',
  error: 'M8 13.7A5.7 5.7 0 1 0 8 2.3a5.7 5.7 0 0 0 0 11.4zM6 6l4 4M10 6l-4 4',
  file: 'M9 2.5H4a.5.5 0 0 0-.5.5v10a.5.5 0 0 0 .5.5h8a.5.5 0 0 0 .5-.5V6zM9 2.5V6h3.5',
  info: 'M8 13.7A5.7 5.7 0 1 0 8 2.3a5.7 5.7 0 0 0 0 11.4zM8 7.3v3.4M8 5.2h.01',
  key: 'M5 10.7A2.7 2.7 0 1 0 5 5.3a2.7 2.7 0 0 0 0 5.4zM7.7 8h5.8v2.4M11 8v1.8',
  link: 'M6.7 9.3l2.6-2.6M7.4 4.9l1.3-1.3a2.6 2.6 0 0 1 3.7 3.7l-1.3 1.3M8.6 11.1l-1.3 1.3a2.6 2.6 0 0 1-3.7-3.7l1.3-1.3',
  out: 'M9.3 2.8h3.9v3.9M13 3 7.8 8.2M11.4 9.4v3.3a.5.5 0 0 1-.5.5H3.3a.5.5 0 0 1-.5-.5V5.1a.5.5 0 0 1 .5-.5h3.3',
  plug: 'M5.5 2.5v3M10.5 2.5v3M3.5 5.5h9V7a4.5 4.5 0 0 1-9 0zM8 11.5v2.3',
  retry: 'M13.4 8A5.4 5.4 0 1 1 12 4.4M13.4 2.6v2.9h-2.9',
  right: 'M6 4l4 4-4 4',
  send: 'M8 12.5v-9M4.2 7.2 8 3.4l3.8 3.8',
  shield: 'm8 1.8 5 1.8v3.9c0 3-2 5.3-5 6.7-3-1.4-5-3.7-5-6.7V3.6z',
  slash: 'M8 13.7A5.7 5.7 0 1 0 8 2.3a5.7 5.7 0 0 0 0 11.4zM4 12l8-8',
  spin: 'M8 2.3A5.7 5.7 0 1 1 2.3 8',
  stop: 'M5.7 4.5h4.6a1.2 1.2 0 0 1 1.2 1.2v4.6a1.2 1.2 0 0 1-1.2 1.2H5.7a1.2 1.2 0 0 1-1.2-1.2V5.7a1.2 1.2 0 0 1 1.2-1.2z',
  terminal:
    'M3 2.5h10A1.5 1.5 0 0 1 14.5 4v8a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 12V4A1.5 1.5 0 0 1 3 2.5zM4.2 6 6.4 8l-2.2 2M8 10.5h3.6',
  warning:
    'M7.55 2.6a.5.5 0 0 1 .9 0l5.3 10.1a.5.5 0 0 1-.45.8H2.7a.5.5 0 0 1-.45-.8zM8 6.2v3.6M8 11.7h.01',
} as const;

export type IconName = keyof typeof paths;

/** A picture without a name for screen readers: the control around it carries the words. */
export function icon(name: IconName, extraClass = ''): SVGSVGElement {
  return s(
    'svg',
    { class: `i ${extraClass}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: paths[name], ...(name === 'stop' && { fill: 'currentColor' }) }),
  );
}
