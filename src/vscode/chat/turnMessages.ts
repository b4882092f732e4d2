import { omitUndefined } from '../../base/omitUndefined.ts';
import { noteText } from '../../core/chat/messages/noteText.ts';
import { toAttachmentView } from '../../core/conversations/attachments/attachmentView.ts';
import type { Turn } from '../../core/chat/turn/turn.ts';
import type { TurnHead, TurnView } from '../../shared/protocol/turn.ts';
import type { UnsequencedMessage } from './messageBatcher.ts';

/** The turn as the panel shows it, without the text of the attached files. */
export function toTurnView(turn: Turn): TurnView {
  return {
    id: turn.id,
    prompt: turn.prompt.text,
    attachments: turn.prompt.attachments.map(toAttachmentView),
    parts: [...turn.parts],
    startedAtMs: turn.startedAtMs,
    ...headOf(turn),
  };
}

/** Everything about the turn but its parts. */
export function toTurnState(turn: Turn): UnsequencedMessage & { type: 'turn/state' } {
  return { type: 'turn/state', turnId: turn.id, ...headOf(turn) };
}

function headOf(turn: Turn): TurnHead {
  const { id: _id, prompt: _prompt, parts: _parts, startedAtMs, ...head } = turn;
  return omitUndefined({ ...head, notes: head.notes.map((note) => noteText(note, startedAtMs)) });
}
