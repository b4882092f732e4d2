import type { Attachment } from './attachments/attachment.ts';

export interface Prompt {
  text: string;
  attachments: readonly Attachment[];
}
