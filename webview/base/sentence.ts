/** Stands around the stressed words of a sentence, or alone in the place of an element. */
const mark = '\u0001';

/** Argument of a translated sentence in whose place `withElement` puts an element. */
export const elementPlace = mark;

/** The sentence with the element where `elementPlace` stands; before it where a translation lost it. */
export function withElement<T>(sentence: string, element: T): (string | T)[] {
  const [before = '', ...after] = sentence.split(mark);
  return after.length === 0 ? [element, before] : [before, element, after.join('')];
}

/** Argument of a translated sentence whose words are stressed. */
export const stressed = (words: string): string => `${mark}${words}${mark}`;

/** A stretch of a sentence; a strong one is the value that matters. */
export interface Words {
  readonly text: string;
  readonly strong?: boolean;
}

/** The sentence with its stressed words apart. */
export function splitStressed(sentence: string): readonly Words[] {
  return sentence
    .split(mark)
    .map((text, at) => (at % 2 === 1 ? { text, strong: true } : { text }))
    .filter(({ text }) => text !== '');
}
