import type { ChatSummary } from '../conversations/store/summary.ts';
import type { TurnPart } from '../../shared/protocol/turn.ts';

/** A turn as it is exported. */
export interface ExportedTurn {
  readonly id: string;
  readonly prompt: { readonly text: string; readonly attachments: readonly { path: string }[] };
  readonly startedAtMs: number;
  readonly endedAtMs?: number | undefined;
  readonly status: string;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly parts: readonly TurnPart[];
  readonly usage?: object | undefined;
}

export interface ExportedChat {
  readonly id: string;
  readonly title: string;
  readonly workspace?: string | undefined;
  readonly createdAtMs: ChatSummary['createdAtMs'];
  /** Of the branch that is shown. */
  readonly turns: readonly ExportedTurn[];
}

/** The chat for people: prompts and answers in their order, without thoughts and tool calls. */
export function chatAsMarkdown({ title, turns }: ExportedChat): string {
  const pieces = turns.flatMap(({ prompt, parts, status }) => [
    '## You',
    prompt.text.trim(),
    ...prompt.attachments.map(({ path }) => `- \`${path.replaceAll('`', '')}\``),
    '## Codex',
    ...answerTexts(parts),
    ...(status === 'done' ? [] : [`_${status}_`]),
  ]);
  return `${[`# ${title.replaceAll(/\s+/g, ' ')}`, ...pieces].filter((piece) => piece !== '').join('\n\n')}\n`;
}

function answerTexts(parts: readonly TurnPart[]): string[] {
  return parts.flatMap((part) =>
    (part.kind === 'text' || part.kind === 'refusal') && part.stale !== true
      ? [part.text.trim()]
      : [],
  );
}

/** The chat for programs: what is shown of each turn, with times, models and tokens. */
export function chatAsJson(chat: ExportedChat): string {
  const time = (ms: number | undefined) =>
    ms === undefined || !Number.isFinite(new Date(ms).getTime())
      ? undefined
      : new Date(ms).toISOString();
  const document = {
    format: 'codex-chat',
    version: 1,
    id: chat.id,
    title: chat.title,
    workspace: chat.workspace,
    createdAt: time(chat.createdAtMs),
    turns: chat.turns.map((turn) => ({
      id: turn.id,
      prompt: turn.prompt.text,
      attachments: turn.prompt.attachments.map(({ path }) => path),
      startedAt: time(turn.startedAtMs),
      endedAt: time(turn.endedAtMs),
      status: turn.status,
      model: turn.model,
      effort: turn.effort,
      parts: turn.parts,
      usage: turn.usage,
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
