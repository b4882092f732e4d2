import type { Row } from '../measure/table.ts';

/** A loop that is too long for `npm test`. */
export interface Soak {
  readonly title: string;
  /** How many rounds are taken unless the command line says otherwise. */
  readonly rounds: number;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly whyNot?: () => string | undefined;
  readonly run: (rounds: number) => Promise<readonly Row[]>;
}
