import type { Call } from './answer.ts';
import type { OfferedTool } from './turn.ts';
import { asList, asRecord, asText, isRecord, type Json } from './values.ts';

/** Something the user asked for that a tool can do. */
export interface Wish {
  kind: 'read' | 'list' | 'search' | 'run' | 'write' | 'named';
  /** File, command, pattern; for `named` the rest of the sentence. */
  subject: string;
  /** The tool by its name, for `named`. */
  tool?: OfferedTool;
}

const quoted = '(?:`([^`]+)`|"([^"]+)"|(\\S+))';
const patterns: readonly (readonly [Wish['kind'], RegExp])[] = [
  [
    'read',
    new RegExp(
      `\\b(?:read|open|show me|cat)\\s+(?:(?:the|this|my)\\s+)?(?:file\\s+)?${quoted}`,
      'i',
    ),
  ],
  [
    'run',
    /\b(?:run|execute)\s+(?:(?:the|this)\s+)?(?:shell\s+)?(?:command\s+)?(?:`([^`]+)`|"([^"]+)"|(.+))/i,
  ],
  [
    'list',
    new RegExp(
      `\\blist\\s+(?:(?:the|all|my)\\s+)*(?:files|folder|directory)(?:\\s+(?:in|of|under)\\s+${quoted})?`,
      'i',
    ),
  ],
  [
    'search',
    /\b(?:search(?:\s+the\s+(?:code|files|workspace))?\s+for|grep(?:\s+for)?|find)\s+(?:`([^`]+)`|"([^"]+)"|(.+))/i,
  ],
  [
    'write',
    new RegExp(
      `\\b(?:write|create|edit|change|patch)\\s+(?:(?:the|a|an|new)\\s+)*(?:file\\s+)?${quoted}`,
      'i',
    ),
  ],
];

/** How names and descriptions of fitting tools look, best first. */
const fitting: Record<Exclude<Wish['kind'], 'named'>, readonly RegExp[]> = {
  read: [/read.?(text.?)?file|get.?file|view.?file|open.?file/i, /\bread\b(?!.*image)/i],
  run: [
    /exec|run.?(in.?)?(command|terminal|shell)|shell|terminal|bash/i,
    /\b(run|execute)s?\b.*command/i,
  ],
  list: [/list.?(dir|file|folder)|read.?dir/i, /\blists?\b.*(files|director)/i],
  search: [/grep|search|find.?(text|file)/i, /\bsearch/i],
  write: [/apply.?patch|write.?file|edit.?file|create.?file|replace/i, /\b(edit|write)s?\b.*file/i],
};

/** Stages of wishes: "then" makes a new stage, "and" joins wishes that go together. */
export function wishesIn(text: string, tools: readonly OfferedTool[]): readonly Wish[][] {
  const kept: string[] = [];
  const masked = text.replace(/`[^`]*`|"[^"]*"/g, (part) => `⟦${kept.push(part) - 1}⟧`);
  const restore = (part: string) =>
    part.replace(/⟦(\d+)⟧/g, (_, at: string) => kept[Number(at)] ?? '');
  return masked
    .split(/\bthen\b|;/i)
    .map((stage) =>
      stage.split(/\band\b|,/i).flatMap((clause) => wishOf(restore(clause).trim(), tools)),
    )
    .filter((stage) => stage.length > 0);
}

function wishOf(clause: string, tools: readonly OfferedTool[]): readonly Wish[] {
  const named = /\b(?:use|call)\s+(?:the\s+)?(?:tool\s+)?`?([\w.-]+)`?(?:\s+tool)?\b\s*(.*)/i.exec(
    clause,
  );
  const tool = tools.find(({ name }) => name.toLowerCase() === named?.[1]?.toLowerCase());
  if (named && tool)
    return [{ kind: 'named', subject: (named[2] ?? '').replace(/^(with|on|for)\s+/i, ''), tool }];
  for (const [kind, pattern] of patterns) {
    const found = pattern.exec(clause);
    const subject =
      found?.slice(1).find((part) => part !== undefined) ?? (kind === 'list' ? '.' : '');
    if (found && subject && mayBe(kind, subject))
      return [{ kind, subject: subject.replace(/[.?!,]+$/, '') || '.' }];
  }
  return [];
}

/** "write a poem" wants words; "write notes.md" wants a tool. */
const mayBe = (kind: Wish['kind'], subject: string) =>
  (kind !== 'read' && kind !== 'write') || /[./\\]/.test(subject);

/** The call that grants a wish, or undefined when no tool on offer can. */
export function callFor(wish: Wish, tools: readonly OfferedTool[]): Call | undefined {
  const tool = wish.tool ?? pickTool(wish, tools);
  if (tool) return callOf(tool, wish);
  const command = shellFor(wish);
  const shell =
    command === undefined ? undefined : pickTool({ kind: 'run', subject: command }, tools);
  return shell && command !== undefined
    ? callOf(shell, { kind: 'run', subject: command })
    : undefined;
}

function pickTool({ kind }: Wish, tools: readonly OfferedTool[]): OfferedTool | undefined {
  if (kind === 'named') return undefined;
  const [byName, byDescription] = fitting[kind];
  return (
    tools.find(({ name }) => byName?.test(name) && !/image|stdin/i.test(name)) ??
    tools.find(({ description }) => byDescription?.test(description))
  );
}

/** What a shell would do for the wish. */
function shellFor({ kind, subject }: Wish): string | undefined {
  const safe = `'${subject.replaceAll("'", `'\\''`)}'`;
  switch (kind) {
    case 'read':
      return `cat ${safe}`;
    case 'list':
      return `ls -la ${safe}`;
    case 'search':
      return `grep -rn ${safe} .`;
    case 'run':
    case 'write':
    case 'named':
      return undefined;
  }
}

function callOf(tool: OfferedTool, wish: Wish): Call {
  const base = {
    name: tool.name,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
  };
  if (tool.custom) return { ...base, custom: true, arguments: freeform(tool, wish) };
  return { ...base, arguments: JSON.stringify(fill(tool.parameters, wish)) };
}

function freeform(tool: OfferedTool, { kind, subject }: Wish): string {
  if (/patch/i.test(tool.name))
    return `*** Begin Patch\n*** Add File: ${subject}\n+Written by the practice backend.\n*** End Patch\n`;
  if (tool.name === 'exec' && kind !== 'named')
    return `const result = await tools.exec_command({ cmd: ${JSON.stringify(subject)} });\ntext(result.output);\n`;
  return subject;
}

/** Arguments with each required property, and those optional ones that name the subject. */
function fill(schema: Json, wish: Wish): Json {
  const required = asList(schema['required']);
  const properties = Object.entries(asRecord(schema['properties']));
  const filled = properties.filter(([name]) => required.includes(name));
  const wanted = filled.some(([name]) => namesSubject(name))
    ? filled
    : [
        ...filled,
        ...properties
          .filter(([name]) => !required.includes(name) && namesSubject(name))
          .slice(0, 1),
      ];
  return Object.fromEntries(
    wanted.map(([name, value]) => [name, valueFor(name, asRecord(value), wish)]),
  );
}

const namesSubject = (name: string) =>
  /^(cmd|command|script|(file_?)?path|file(name)?|uri|url|dir(ectory|path)?|folder|query|pattern|regex|text|input|symbol|glob)$/i.test(
    name,
  ) || /path$|^file/i.test(name);

function valueFor(name: string, schema: Json, wish: Wish): unknown {
  const [choice] = asList(schema['enum']);
  if (choice !== undefined) return choice;
  if ('const' in schema) return schema['const'];
  const type = [schema['type']].flat().find((one) => one !== 'null');
  switch (type) {
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return false;
    case 'array':
      return listFor(name, asRecord(schema['items']), wish);
    case 'object':
      return fill(schema, wish);
    default:
      return textFor(name, schema, wish);
  }
}

function listFor(name: string, items: Json, wish: Wish): readonly unknown[] {
  if (/^(cmd|command)$/i.test(name)) return ['bash', '-lc', wish.subject];
  return [isRecord(items) && items['type'] ? valueFor(name, items, wish) : wish.subject];
}

function textFor(name: string, schema: Json, { kind, subject }: Wish): string {
  if (/content|new_?(text|string|code)|replacement|^code$/i.test(name))
    return 'Written by the practice backend.\n';
  if (/explan|reason|justif|goal|description|purpose|title|summary/i.test(name))
    return 'Asked for in the chat';
  if (kind === 'search' && /path|dir|folder|file/i.test(name)) return '.';
  return subject || asText(schema['default']);
}
