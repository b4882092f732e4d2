import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const files = ['src', 'webview', 'test']
  .flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((f) => join(top, f)),
  )
  .map((file) => file.replaceAll(sep, '/'))
  .filter((file) => !file.startsWith('test/fixtures/'));

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

interface Reference {
  file: string;
  /** `WIRE` or `OBSERVED`. */
  notes: string;
  /** Letters of sections, or numbers of sections and rows. */
  places: string[];
  /** A word of that section, such as "ports"; empty when none is named. */
  topic: string;
}

/** The notes, then their sections as a list, then what of the last section is meant. */
const reference =
  /\b(WIRE|OBSERVED)\.md(?: ((?:[a-z]|\d+(?:\.\d+)?)\b(?:(?:, | and )(?:[a-z]|\d+(?:\.\d+)?)\b)*)(?:, ([^);.]{1,60})(?=[);]))?)?/g;

function referencesOf(file: string): Reference[] {
  const onOneLine = textOf(file).replaceAll(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');
  return Array.from(onOneLine.matchAll(reference), ([, notes = '', places = '', topic = '']) => ({
    file,
    notes,
    places: places.split(/, | and /),
    topic,
  }));
}

/** The sections of the notes by letter or number, and the numbered rows of their tables. */
function readNotes(name: string): Map<string, string> {
  const file = files.find((one) => one.startsWith('src/') && one.endsWith(`/${name}.md`));
  if (file === undefined) return new Map();
  const sections = textOf(file)
    .split(/^## /m)
    .slice(1)
    .map((section) => [/^(\w+)\. /.exec(section)?.[1] ?? '', section] as const);
  const rows = sections.flatMap(([, section]) =>
    Array.from(
      section.matchAll(/^\| (\d+\.\d+) .*$/gm),
      ([row, number = '']) => [number, row] as const,
    ),
  );
  return new Map([...sections, ...rows]);
}

const notes = new Map(['WIRE', 'OBSERVED'].map((name) => [name, readNotes(name)]));

function isResolved({ notes: name, places, topic }: Reference): boolean {
  const found = places.map((place) => notes.get(name)?.get(place));
  if (found.includes(undefined)) return false;
  return (found.at(-1) ?? '').toLowerCase().includes(topic.toLowerCase());
}

const references = files.filter((file) => file.endsWith('.ts')).flatMap(referencesOf);

test('every reference to the wire notes leads to a section that exists', () => {
  expect(references.length).toBeGreaterThan(50);
  const lost = references.filter((one) => !isResolved(one));
  expect(lost).toEqual([]);
});

test('the wire notes name only fixtures that exist', () => {
  const named = [...notes.values()]
    .flatMap((sections) => [...sections.values()])
    .flatMap((section) => section.match(/test\/fixtures\/[\w./-]*\w/g) ?? []);
  const known = readdirSync(join(root, 'test/fixtures'), { recursive: true, encoding: 'utf8' });
  const existing = new Set(known.map((path) => `test/fixtures/${path.replaceAll(sep, '/')}`));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existing.has(path))).toEqual([]);
});

/** Numbers of requirements, ideas and findings, whose lists are not in this repository. */
const foreignId = /(?<![#\w-])(?:S\d{1,2}-\d{1,3}|[NHML]\d{1,2})\b/g;
const comment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

test('no comment gives the number of a requirement in place of the reason', () => {
  const found = files
    .filter((file) => !file.startsWith('test/') && /\.(?:ts|mjs|css)$/.test(file))
    .flatMap((file) =>
      (textOf(file).match(comment) ?? []).flatMap((text) =>
        (text.match(foreignId) ?? []).map((id) => `${file}: ${id}`),
      ),
    );
  expect(found).toEqual([]);
});
