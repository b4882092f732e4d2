import type { AnswerChange, AnswerPart } from '../stream/answer.ts';
import { createLeakDetector, type DetectedTool, type Leak } from './leakDetector.ts';

/** How text reaches the consumer. */
export type Delivery =
  /** As it comes; a retry takes it back. */
  | 'live'
  /** Whole parts alone, each once it is known to be clean: for consumers that cannot take back. */
  | 'items';

export interface PartFilterOptions {
  readonly tools: readonly DetectedTool[];
  readonly delivery: Delivery;
  readonly onChange: (change: AnswerChange) => void;
  readonly onLeak: (leak: Leak, kind: AnswerPart['kind']) => void;
  /** So many characters came behind the leak. */
  readonly onLeakedText: (chars: number, kind: AnswerPart['kind']) => void;
}

/** Passes on what is clean of the text of one part. */
export interface PartFilter {
  append(text: string): void;
  /** No text follows: what is to be shown of it is shown. */
  close(): void;
  /** Puts the part with as much of its text as is clean. */
  show(final: boolean): void;
  isShown(): boolean;
  isGarbled(): boolean;
}

export function createPartFilter(
  part: AnswerPart,
  { tools, delivery, onChange, onLeak, onLeakedText }: PartFilterOptions,
): PartFilter {
  const detector = createLeakDetector({ tools });
  let clean = '';
  let isShown = false;
  let isGarbled = false;

  function show(final: boolean): void {
    isShown = true;
    onChange({ type: 'put', part: { ...part, text: clean }, final });
  }

  function release(text: string): void {
    if (text === '') return;
    clean += text;
    if (delivery === 'items') return;
    if (isShown) onChange({ type: 'append', id: part.id, text });
    else show(false);
  }

  function take(step: ReturnType<typeof detector.push>): void {
    release(step.release);
    if (step.garbled === undefined) return;
    isGarbled = true;
    onLeak(step.garbled, part.kind);
  }

  return {
    append(text) {
      if (isGarbled) onLeakedText(text.length, part.kind);
      else take(detector.push(text));
    },
    close() {
      if (!isGarbled) take(detector.end());
      const isNews = delivery === 'items' ? clean !== '' : part.kind === 'reasoning';
      if (!isGarbled && isNews) show(true);
    },
    show,
    isShown: () => isShown,
    isGarbled: () => isGarbled,
  };
}
