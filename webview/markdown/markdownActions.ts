import type { FileLinks } from './links/fileLinks.ts';

/** What the controls of a rendered text do. */
export interface MarkdownActions {
  /** `url` is absolute and of an allowed scheme; `label` is the text that was shown. */
  openLink(url: string, label: string): void;
  copy(text: string): void;
  /** Asks for a `frame`, after something on the text changed by itself. */
  redraw(): void;
  /** Without it, references to files are plain. */
  readonly files?: FileLinks;
  /** `language` is an identifier that VS Code knows, or empty. */
  insert?(text: string, language: string): void;
  newFile?(text: string, language: string): void;
}
