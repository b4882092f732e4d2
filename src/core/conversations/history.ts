import type { InputItem } from '../responses/request/input.ts';
import { developerMessage, userMessage } from '../responses/request/input.ts';
import type { Prompt } from './prompt.ts';
import type { TurnStatus } from '../../shared/protocol/turn.ts';

/** The question with the text of its files, each in a part of its own. */
export function promptItem({ text, attachments }: Prompt): InputItem {
  const files = attachments.map((file) => {
    const fence = fenceFor(file.text);
    return `The file ${file.path}:\n${fence}${file.language}\n${file.text}\n${fence}`;
  });
  return userMessage(text, ...files);
}

/** Asks for the rest of an answer that was cut short; the user sees it like a question of theirs. */
export const restPrompt =
  'Continue your last answer exactly where it was cut, without repeating what is there.';

/** A fence that is longer than any in the text, so that the text cannot end it. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}

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
