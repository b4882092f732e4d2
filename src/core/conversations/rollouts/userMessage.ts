import * as z from 'zod/mini';
import { membersOf, optionalField } from '../../../base/json/optionalField.ts';

/**
 * Messages with the role of the user hold more than what the user typed: the CLI puts what it tells
 * the model of the machine, of rules and of skills into them as well.
 */

const contentPart = z.lazy(() => z.looseObject({ type: z.string() }));
export type ContentPart = z.infer<typeof contentPart>;

const userMessage = z.lazy(() =>
  z.object({
    content: z.union([membersOf(contentPart), z.string()]),
    internal_chat_message_metadata_passthrough: optionalField(
      z.object({ content_item_kinds: optionalField(z.array(z.string())) }),
    ),
  }),
);

/** What a part of such a message is. */
type PartKind =
  /** The user's own words and images. */
  | 'typed'
  /** Belongs to the conversation, such as the summary after a compaction. */
  | 'told'
  /** The note that the turn was stopped. */
  | 'aborted'
  /** State of the CLI, which its next session would describe again. */
  | 'harness';

export interface UserMessage {
  readonly typed: readonly ContentPart[];
  readonly told: readonly ContentPart[];
  readonly isAborted: boolean;
  /** What only looks like the CLI's own words, in versions that do not mark them. */
  readonly unsure: readonly ContentPart[];
}

const toldKinds = /^(compaction\.|shell\.user_command|skills?\.(selected|invo|inject)|hooks?\.)/;

/** How the texts begin that the CLI writes itself; a version that names kinds does not need them. */
const harnessStart =
  /^\s*<(environment_context|user_instructions|permissions instructions|collaboration_mode|skills_instructions|multi_agent_mode|recommended_plugins|context_window|model_switch|personality_spec|apps_instructions|plugins_instructions|subagent_notification|token_budget|rollout_budget|memories?)\b[^>]*>|^\s*# AGENTS\.md instructions/;
const toldStart = /^\s*<(user_shell_command|skill|hook_prompt|user_action)>/;
const abortedStart = /^\s*<turn_aborted>/;
/** Begins the message that holds the summary after a compaction. */
export const summaryStart = 'Another language model started to solve this problem and produced a';

/** Sorts the parts; undefined for a payload that is no message. */
export function readUserMessage(payload: object): UserMessage | undefined {
  const parsed = userMessage.safeParse(payload);
  if (!parsed.success) return undefined;
  const { content, internal_chat_message_metadata_passthrough: passed } = parsed.data;
  const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : content;
  const marks = passed?.content_item_kinds;
  const kinds = parts.map((part, at) => kindOf(part, marks?.[at]));
  const only = (kind: PartKind) => parts.filter((_, at) => kinds[at] === kind);
  return {
    typed: only('typed'),
    told: only('told'),
    isAborted: kinds.includes('aborted'),
    unsure: marks === undefined ? only('harness') : [],
  };
}

function textOf({ text }: ContentPart): string {
  return typeof text === 'string' ? text : '';
}

function kindOf(part: ContentPart, mark: string | undefined): PartKind {
  if (mark === undefined || mark === 'unknown') return kindByTag(textOf(part));
  if (mark.startsWith('user.')) return 'typed';
  if (mark === 'generic.turn_aborted') return 'aborted';
  return toldKinds.test(mark) ? 'told' : 'harness';
}

function kindByTag(text: string): PartKind {
  if (abortedStart.test(text)) return 'aborted';
  if (harnessStart.test(text)) return 'harness';
  return toldStart.test(text) || text.startsWith(summaryStart) ? 'told' : 'typed';
}

/** The CLI puts these texts around each image. */
const imageTag = /^\s*<\/?image\b[^>]*>\s*$/;

/** The typed words alone. */
export function typedText(parts: readonly ContentPart[]): string {
  return parts
    .filter((part) => part.type === 'input_text' && !imageTag.test(textOf(part)))
    .map(textOf)
    .join('\n');
}

/** Everything but the words: images with the tags around them. */
export function attachedParts(parts: readonly ContentPart[]): readonly ContentPart[] {
  return parts.filter((part) => part.type !== 'input_text' || imageTag.test(textOf(part)));
}
