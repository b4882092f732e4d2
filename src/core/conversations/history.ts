import type { InputItem } from '../responses/request/input.ts';
import { developerMessage } from '../responses/request/input.ts';
import { attachmentText } from './attachments/attachmentText.ts';
import type { Prompt } from './prompt.ts';
import type { TurnStatus } from '../../shared/protocol/turn.ts';
import { storedPartType, type Attachment } from './attachments/attachment.ts';

/**
 * The question with its attachments: images before it, as the Codex CLI has them (WIRE.md b), texts
 * behind it, each in a part of its own. What is in the store of bodies is named only;
 * `withAttachmentBodies` puts it in when the item is sent.
 */
export function promptItem({ text, attachments }: Prompt): InputItem {
  const images = attachments.filter(({ kind }) => kind === 'image');
  const texts = attachments.filter(({ kind }) => kind !== 'image');
  const ownText = text === '' && attachments.length > 0 ? [] : [{ type: 'input_text', text }];
  return {
    type: 'message',
    role: 'user',
    content: [
      ...images.map((attachment, at) => ({ type: storedPartType, attachment, number: at + 1 })),
      ...ownText,
      ...texts.map(textPart),
    ],
  };
}

function textPart(attachment: Attachment): object {
  if ('text' in attachment) {
    return { type: 'input_text', text: attachmentText(attachment, attachment.text) };
  }
  return { type: storedPartType, attachment };
}

/** Asks for the rest of an answer that was cut short; the user sees it like a question of theirs. */
export const restPrompt =
  'Continue your last answer exactly where it was cut, without repeating what is there.';

/** What the model is told of an answer that came to no proper end; what was seen of it comes before. */
export function endNote(status: TurnStatus): InputItem[] {
  switch (status) {
    case 'stopped':
      return [developerMessage('The user stopped this answer before it was complete.')];
    case 'failed':
    case 'interrupted':
      return [developerMessage('This answer broke off before it was complete.')];
    case 'running':
    case 'done':
      return [];
  }
}
