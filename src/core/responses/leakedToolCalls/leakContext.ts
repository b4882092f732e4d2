import { scriptOf } from './charClasses.ts';

/** Where a marker stands in the text before it. */
export interface LeakContext {
  kind:
    /** At the begin of a line. */
    | 'start'
    /** After the end of a sentence. */
    | 'sentence'
    /** Glued to the end of something, as no person writes it. */
    | 'glued'
    /** After a colon. */
    | 'colon'
    /** After the sign of a list item, a heading, a comment or a prompt. */
    | 'item'
    /** Right behind an opening bracket, a slash, a sign of a query, a tag. */
    | 'opening'
    /** Inside a sentence. */
    | 'middle';
  /** The words before speak about the marker, or the line is one of a log. */
  isMention: boolean;
  /** Scripts of the text before, other than the Latin one: letters of them are no debris. */
  scripts: readonly number[];
  /** Role words right before the marker that have been let go already, UTF-16 code units. */
  roleLength: number;
}

/** How much of the text before a marker is looked at, UTF-16 code units. */
export const contextLength = 400;

const roleBefore = /(?:assistant|commentary|analysis)+[ \t]*$/i;
const noiseBefore = /(?:♀|\uFE0F|\u200D|\+#|<\|[a-z_]{1,14}\|>)+\+?[ \t]*$/;
const itemBefore = /^\s*(?:[-*+#%;$>|•–—]+|\/\/+|\d{1,3}[.)]|\(?[a-z]\))[ \t]+$/;
const logHead =
  /^\s*(?:\[?\d{1,4}[-:/.]\d|\[\w+\]|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|TRACE|FATAL)\b)/;
const quotingSigns = new Set('([{<\'"`/\\=&?@#*_~|,-');
const tagBefore = /<\/?[\w-][^<>]*>$/;
/** Words that mention a marker stand right before it, within so many UTF-16 code units. */
const mentionLength = 120;

const says =
  '(?:writes|wrote|written|writing|emits?|emitted|emitting|prints?|printed|printing|produces?|produced|leaks?|leaked|leaking|contains?|containing|includes?|including|shows?|showed|shown|sees?|saw|seen|says?|said|matches|matching|detects?|detected|filters?|strips?|recognises?|recognizes?|mentions?|mentioned|quotes?|quoted|called|means|namely|like|as|e\\.g\\.|i\\.e\\.|or|vs\\.?|versus)';
const nouns =
  '(?:text|texts|string|strings|marker|markers|token|tokens|pattern|patterns|prefix|prefixes|literal|literals|example|examples|form|forms|syntax|sequence|sequences|envelope|header|headers|sign|signs|garbage|phrase|line|lines|output|outputs|regex|grep|echo|this|these|follows|following|becomes|recipient)';
const may =
  '(?:may|might|can|could|would|sometimes|often|models?|never|not|to)\\s+(?:write|emit|print|produce|say|show|output|leak|contain|see|quote)';
const mentionBefore = new RegExp(
  `(?:\\b${says}|\\b${may})[,:]?[ \\t]*\\n?[ \\t]*$|\\b${nouns}[,:]?[ \\t]*$|(?:例如|比如|类似|写|写出|写成|输出|出现|标记|文本|包含|如)[:：,，]?[ \\t]*$`,
  'i',
);
/** Who speaks of what comes next means to do it, whatever the verb. */
const intent =
  /(?:^|[.!?:\n]\s*)(?:let me|let's|i'll|i’ll|i will|i'm|i’m|i am|now|next|first|then|calling|running|reading|checking)\b[^.!?:\n]*:?[ \t]*$/i;

/** Whether role words or noise may stand right before a marker: only then has it a role. */
export function mayEndInRole(before: string): boolean {
  const last = before.trimEnd().slice(-1);
  return last !== '' && 'TYStys♀\uFE0F\u200D#+>'.includes(last);
}

export function leakContextOf(before: string): LeakContext {
  const mayHaveRole = mayEndInRole(before);
  const role = (mayHaveRole && roleBefore.exec(before)?.[0]) || '';
  const withoutRole = before.slice(0, before.length - role.length);
  const noise = (mayEndInRole(withoutRole) && noiseBefore.exec(withoutRole)?.[0]) || '';
  const rest = withoutRole.slice(0, withoutRole.length - noise.length);
  const line = rest.slice(rest.lastIndexOf('\n') + 1);
  return {
    kind: kindOf(line),
    isMention:
      (mentionBefore.test(rest.slice(-mentionLength)) && !intent.test(line)) ||
      endsInPair(line) ||
      (line.length < contextLength && logHead.test(line)),
    scripts: scriptsOf(rest),
    roleLength: role.length + noise.length,
  };
}

/** `key=value` and a space: the marker is one more field of a line of a log. */
function endsInPair(line: string): boolean {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  if (end === line.length) return false;
  let from = end;
  while (from > 0 && !/\s/.test(line.charAt(from - 1))) from--;
  return /[\w.-]=/.test(line.slice(from, end));
}

/** Nobody leaks right behind an opening bracket, a slash, a sign of a query or a tag. */
function isQuoting(line: string): boolean {
  return quotingSigns.has(line.slice(-1)) || (line.endsWith('>') && tagBefore.test(line));
}

function kindOf(line: string): LeakContext['kind'] {
  const said = line.trimEnd();
  if (said === '') return 'start';
  if (itemBefore.test(line)) return 'item';
  if (said.length === line.length) return isQuoting(line) ? 'opening' : 'glued';
  const last = said.replace(/["'”’»)\]*_`]+$/, '').at(-1) ?? '';
  if (/[.!?…}。！？]/.test(last) && !/\b(?:e\.g|i\.e|etc|vs|cf)\.$/i.test(said)) return 'sentence';
  return /[:：]/.test(last) ? 'colon' : 'middle';
}

/** The scripts, other than the Latin one, that many letters of the text are of. */
function scriptsOf(text: string): number[] {
  const counts = new Map<number, number>();
  if (!/[^\0-\u036f]/.test(text)) return [];
  for (let at = 0; at < text.length; at++) {
    const script = scriptOf(text.charCodeAt(at));
    if (script !== 0) counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 8).map(([script]) => script);
}
