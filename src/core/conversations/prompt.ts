/** A file whose text goes along with a prompt. */
export interface Attachment {
  /** Shown in the transcript. */
  name: string;
  /** Path as the model is to see it. */
  path: string;
  text: string;
  language: string;
}

export interface Prompt {
  text: string;
  attachments: readonly Attachment[];
}
