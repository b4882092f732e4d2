import type { TurnPart } from '../../src/shared/protocol/turn.ts';

/** How far the turn is that a part belongs to. */
export interface PartMoment {
  readonly turnId: string;
  readonly running: boolean;
  /** The part at the end of the answer so far. */
  readonly last: boolean;
  /** Epoch ms at which the part began, as near as it is known. */
  readonly begunAtMs: number;
}

/** One part of an answer on the page. */
export interface PartView {
  readonly element: HTMLElement;
  readonly kind: TurnPart['kind'];
  /** Rows of the rail (thoughts, calls) stand together in one list. */
  readonly onRail: boolean;
  readonly update: (part: TurnPart, moment: PartMoment) => void;
  /** Draws what is due; true when it needs another frame. */
  readonly frame: (nowMs: number) => boolean;
  /** Whether it shows seconds that run. */
  readonly isTicking: () => boolean;
  readonly dispose: () => void;
}
