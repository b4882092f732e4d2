import { findLanguage, type Language } from '../highlight/languages.ts';

/** What a fence's opening line says about the code. */
export interface CodeInfo {
  /** Words for the head of the block: the file's path, else the language. */
  readonly title: string;
  readonly language: Language;
}

/** A line may be as long as an answer; what it says of the code stands at its beginning. */
const maxInfo = 300;
const maxLabel = 32;
const maxPath = 120;
const attribute =
  /(?:^|[\s{,])(?:title|file|filename|path|name)=(?:"([^"]+)"|'([^']+)'|([^\s,}]+))/;

/** Reads `ts`, `ts src/a.ts`, `ts title="src/a.ts"`, `ts:src/a.ts` and `src/a.ts`. */
export function readInfo(line: string): CodeInfo {
  const info = line.trim().slice(0, maxInfo);
  const [word = ''] = info.split(/\s+/, 1);
  const [label = ''] = word.split(':', 1);
  const path = findPath(info);
  const byLabel = findLanguage(label);
  const language =
    byLabel ?? findLanguage(ending(path ?? '')) ?? unknownLanguage(path === undefined ? label : '');
  return { title: path?.slice(0, maxPath) ?? language.name, language };
}

function findPath(info: string): string | undefined {
  const [word = '', second = ''] = info.split(/\s+/, 2);
  const named = attribute.exec(info)?.slice(1).find(Boolean);
  return [named ?? '', word.split(':').at(-1) ?? '', second].find(isPath);
}

function isPath(text: string): boolean {
  return /^[\w@.+~()[\]\\/-]+$/.test(text) && (/[\\/]/.test(text) || /\w\.\w{1,8}$/.test(text));
}

function ending(path: string): string {
  return /([^./\\]+)$/.exec(path)?.[1] ?? '';
}

function unknownLanguage(label: string): Language {
  const name = label.replace(/[^A-Za-z0-9+#._-]/g, '').slice(0, maxLabel);
  return { name: name || 'Text', id: '' };
}
