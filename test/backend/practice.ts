import type { Answer } from './answer.ts';
import * as prose from './prose.ts';
import { sampleFor } from './sample.ts';
import { callFor, wishesIn } from './toolPick.ts';
import type { ToolOutput, Turn } from './turn.ts';
import type { Behaviour } from './types.ts';

/** What the backend says when no script is set. */
export interface Reply extends Answer {
  /** Overrides the pace of the backend, deltas per second. */
  pace?: number;
  /** A fault that the user asked for, played instead of the answer. */
  fault?: Behaviour;
  /** The user asked to see a spent window. */
  spendsQuota?: boolean;
}

/** @param hasStruck - the fault that this turn asks for has struck before: it is a retry. */
export function practiceReply(turn: Turn, hasStruck: boolean): Reply {
  if (turn.wantsCompaction) return { compaction: true };
  if (wantsSummary(turn)) return { text: summary(turn) };
  if (turn.schema) return { text: JSON.stringify(sampleFor(turn.schema)) };
  const said = turn.said.at(-1) ?? '';
  const named = titleTask.exec(said)?.[1];
  if (named !== undefined) return { text: titleOf(named) };
  const wish = turn.round === 0 ? faultWords.exec(said.trim()) : null;
  if (wish && (!hasStruck || wish[2] !== undefined)) return faultOf(wish[1] ?? '');
  return { ...thoughtsFor(said, turn), ...(callsFor(turn, said) ?? wordsFor(turn, said)) };
}

/** What clients ask when the context is full: the Codex CLI, and this one. */
const wantsSummary = ({ said }: Turn) =>
  /context checkpoint compaction|handover note/i.test(said.at(-1) ?? '');
/** What Codex Chat asks to have a chat named. */
const titleTask = /^First message:\n([\s\S]*?)\n\nAnswer:\n/;

/** The first words of the message, with a capital letter. */
function titleOf(message: string): string {
  const words = message.match(/[\p{L}\p{N}][^\s]*/gu)?.slice(0, 6) ?? ['Untitled'];
  const title = words.join(' ').replace(/[.,:;!?]+$/, '');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function wordsFor(turn: Turn, said: string): Reply {
  if (turn.outputs.length > 0) return { text: outputsText(turn.outputs) };
  const query = /\bsearch the (?:web|internet) for (.+)/i.exec(said)?.[1];
  return {
    ...(query !== undefined && turn.hasWebSearch && { search: query }),
    text: textFor(turn, said),
    ...paceIn(said),
  };
}

function thoughtsFor(said: string, turn: Turn): Pick<Answer, 'reasoning'> {
  switch (turn.thinks) {
    case 'not':
      return {};
    case 'silently':
      return { reasoning: [] };
    case 'aloud':
      if (turn.round > 0)
        return { reasoning: ['**Looking at what came back**\n\nThe tool has answered.'] };
      return { reasoning: prose.reasoningParts.slice(0, /\bthink\b/i.test(said) ? undefined : 2) };
  }
}

function paceIn(said: string): { pace?: number } {
  if (/\bslow(ly)?\b/i.test(said)) return { pace: 8 };
  return /\bfast\b/i.test(said) ? { pace: 0 } : {};
}

/** A fault must be asked for by a short message, so that ordinary talk of errors is left alone. */
const faultWords =
  /^(?:please\s+)?(?:(?:make|simulate|show|give|play|try|cause)\s+)?(?:me\s+)?(?:an?\s+|the\s+)?(error|drop|cut|reset|stall|overloaded|limit|rate limit|refuse|refusal|garbled?|empty|expired|filter)(?:\s+(always|again))?[.!]?$/i;

const faults: Record<string, Behaviour | undefined> = {
  error: { kind: 'fixture', name: 'failed_server_error' },
  drop: { kind: 'fixture', name: 'drop_mid_text', chunkBytes: 200, delayMs: 60 },
  cut: { kind: 'fixture', name: 'drop_mid_text', chunkBytes: 200, delayMs: 60 },
  reset: { kind: 'drop' },
  stall: { kind: 'stall' },
  overloaded: { kind: 'httpError', name: 'overloaded' },
  'rate limit': { kind: 'httpError', name: 'rate_limit_retry_after' },
  refuse: { kind: 'fixture', name: 'ok_refusal' },
  refusal: { kind: 'fixture', name: 'ok_refusal' },
  garble: { kind: 'fixture', name: 'garbled_plus_hash' },
  garbled: { kind: 'fixture', name: 'garbled_plus_hash' },
  empty: { kind: 'fixture', name: 'ok_empty_completed' },
  expired: { kind: 'httpError', name: 'token_expired' },
  filter: { kind: 'fixture', name: 'incomplete_content_filter' },
};

function faultOf(word: string): Reply {
  const fault = faults[word.toLowerCase()];
  return fault ? { fault } : { spendsQuota: true };
}

function callsFor(turn: Turn, said: string): Pick<Answer, 'calls' | 'commentary'> | undefined {
  const stage = wishesIn(said, turn.tools)[/\bloop\b/i.test(said) ? 0 : turn.round];
  const calls = stage?.flatMap((wish) => callFor(wish, turn.tools) ?? []) ?? [];
  const [first] = calls;
  if (!first) return undefined;
  const now = turn.mayCallInParallel ? calls : [first];
  const names = now.map(({ name }) => `\`${name}\``).join(' and ');
  return { calls: now, commentary: `I am calling ${names} for that.` };
}

function outputsText(outputs: readonly ToolOutput[]): string {
  const parts = outputs.map(({ name, output }) => {
    const lines = output.split('\n');
    const shown = lines.slice(0, 12).join('\n').slice(0, 2000);
    const fence = '`'.repeat(
      Math.max(3, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length + 1)),
    );
    const rest = lines.length > 12 ? `\n\n… and ${lines.length - 12} more lines.` : '';
    return `**\`${name}\`** gave ${count(lines.length, 'line')}, ${count(output.length, 'character')}:\n\n${fence}text\n${shown}\n${fence}${rest}`;
  });
  return `${prose.notice}\n\n${parts.join('\n\n')}\n\nThat is what ${count(outputs.length, 'tool answer')} said.`;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const parts: readonly (readonly [RegExp, (said: string) => string])[] = [
  [/\bvery long\b/i, () => prose.long(100_000)],
  [/(?<!very )\blong\b/i, () => prose.long(12_000)],
  [/\btables?\b/i, () => prose.table],
  [/\blists?\b/i, () => prose.list],
  [/\bcode\b|\bfunction\b|\bsnippets?\b/i, (said) => prose.code(languagesIn(said))],
  [/\bquot(e|ation)s?\b/i, () => prose.quote],
  [/\blinks?\b/i, () => prose.links],
  [/\bdiff\b/i, () => `## A diff\n\n${prose.block('diff')}`],
  [/\bmath|\bformulas?\b/i, () => prose.math],
];

const languagesIn = (said: string) =>
  prose.languages.filter((language) => new RegExp(`\\b${language}\\b`, 'i').test(said));

function textFor(turn: Turn, said: string): string {
  if (/\bsummar|hand-?off|compact/i.test(said)) return summary(turn);
  if (/\bwhat did i\b|\bremember\b|\bearlier\b/i.test(said)) return memory(turn);
  const named = languagesIn(said);
  const wanted = parts.filter(([word]) => word.test(said)).map(([, make]) => make(said));
  const shown = wanted.length === 0 && named.length > 0 ? [prose.code(named)] : wanted;
  const opening = `${prose.notice}\n\n${referTo(turn)}`;
  if (wishesIn(said, turn.tools).length > 0 && shown.length === 0)
    return `${opening}\n\nThat needs a tool, and none that fits is on offer in this chat.`;
  if (shown.length > 0) return `${opening}\n\n${shown.join('\n\n')}`;
  return turn.said.length <= 1
    ? `${opening}\n\n${sampler()}\n\n${prose.hints}`
    : `${opening}\n\n${prose.hints}`;
}

/** One of each, so that a first message shows what an answer can look like. */
const sampler = () => `${prose.table}\n\n${prose.list}\n\n${prose.code(['typescript', 'python'])}`;

/** Says which turn this is and what came before: a chat that is not sent whole would show. */
function referTo(turn: Turn): string {
  const images = turn.images > 0 ? ` It came with ${count(turn.images, 'image')}.` : '';
  const [said, before] = turn.said.toReversed();
  const now = `You said “${clip(said ?? 'nothing')}”.${images}`;
  if (before === undefined) return `This is **turn 1** of our chat. ${now}`;
  return `This is **turn ${turn.said.length}** of our chat. ${now} Before that you said “${clip(before)}”.`;
}

function memory(turn: Turn): string {
  const lines = turn.said.slice(0, -1).map((text, index) => `${index + 1}. ${clip(text)}`);
  const remembered =
    lines.length > 0 ? lines.join('\n') : 'Nothing yet: this is the first message.';
  return `${prose.notice}\n\nSo far you have said:\n\n${remembered}`;
}

function summary(turn: Turn): string {
  const lines = turn.said.slice(0, -1).map((text) => `- The user said: ${clip(text)}`);
  const done = `The practice backend has answered ${count(lines.length, 'message')} with canned words. No file was read, no command was run, and nothing was decided that would have to be kept in mind.`;
  return `Progress and decisions\n\n${done}\n\n${lines.slice(-30).join('\n')}\n\nRemaining steps\n\n- Go on with the last request.`;
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
