import { s } from '../base/dom.ts';

/** A lane of the gauge: a bar that is filled by percent. */
export function lane(percent: number, fill: string): SVGSVGElement {
  const width = Math.min(100, Math.max(0, percent));
  return s(
    'svg',
    { class: 'lane', viewBox: '0 0 100 3', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { class: fill, width, height: 3 }),
  );
}

/** A ring that is closed by percent. */
export function ring(percent: number): SVGSVGElement {
  const share = Math.min(100, Math.max(0, percent));
  const circle = { cx: 8, cy: 8, r: 5.75 };
  return s(
    'svg',
    { class: `ring ${stepClass(percent)}`.trim(), viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('circle', circle),
    s('circle', { ...circle, pathLength: 100, 'stroke-dasharray': `${share} 100` }),
  );
}

/** Meters warn from 75 and alarm from 90 percent, everywhere. */
export function stepClass(percent: number): '' | 'at-75' | 'at-90' {
  if (percent >= 90) return 'at-90';
  return percent >= 75 ? 'at-75' : '';
}
