/*
 * What a log may tell of an error. Its message may repeat what a server, a model or a person wrote,
 * so none of it is told, and neither is what caused it: nothing but names, kinds and codes.
 */

const errorName = /^[A-Z][A-Za-z]{0,40}$/;
const kindWord = /^[a-z][A-Za-z]{0,30}$/;
/** Of the operating system, such as ENOSPC. */
const systemCode = /^E[A-Z\d_]{2,30}$/;
const frame = /^ {4}at [^\n]{1,300}:\d+:\d+\)?$/;
const mostFrames = 8;
/** The first line of a stack has the name of the error before its message. */
const longestHead = 60;

/** One line: `AuthError unreachable`, `Error ENOSPC`, `TypeError`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const failure = fieldOf(error, 'failure');
  const facts = [
    [kindWord, fieldOf(failure, 'kind') ?? fieldOf(error, 'kind')],
    [systemCode, fieldOf(error, 'code')],
  ] as const;
  const words = facts.flatMap(([form, word]) =>
    typeof word === 'string' && form.test(word) ? [word] : [],
  );
  return [errorName.test(error.name) ? error.name : 'Error', ...words].join(' ');
}

/** The same and the places in the code, for a fault of our own. */
export function traceError(error: unknown): string {
  return [describeError(error), ...framesOf(error)].join('\n');
}

/** No frames where it cannot be told which part of the stack is the message. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { stack, message } = error;
  const at = stack.indexOf(message);
  if (at < 0 || at > longestHead) return [];
  const lines = stack.slice(at + message.length).split('\n', mostFrames + 1);
  return lines.filter((line) => frame.test(line));
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
