import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** A language that VS Code is to be shown in, with a translation of the texts of the extension. */
export interface DisplayLanguage {
  /** As in `vscode.env.language`. */
  readonly id: string;
  readonly translate: (messages: Messages) => Record<string, string>;
}

type Messages = z.infer<typeof messagesSchema>;

const messagesSchema = z.record(
  z.string(),
  z.union([z.string(), z.object({ message: z.string(), comment: z.array(z.string()) })]),
);

/**
 * Makes an installed extension and the server of VS Code know the language. The server takes a
 * language only if a language pack stands in `languagepacks.json`; the pack has no texts of VS Code.
 * It is used from the next start on, with `--locale`.
 */
export async function installLanguage(dataDir: string, language: DisplayLanguage): Promise<void> {
  const { id, translate } = language;
  const extension = await extensionFolder(dataDir);
  for (const [source, target] of [
    ['media/l10n/bundle.l10n.json', `media/l10n/bundle.l10n.${id}.json`],
    ['package.nls.json', `package.nls.${id}.json`],
  ] as const) {
    const messages: unknown = JSON.parse(await readFile(join(extension, source), 'utf8'));
    const translated = translate(messagesSchema.parse(messages));
    await writeFile(join(extension, target), JSON.stringify(translated));
  }
  const pack = join(dataDir, 'languagePack');
  await mkdir(pack, { recursive: true });
  const texts = join(pack, 'main.i18n.json');
  await writeFile(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const entry = {
    hash: id,
    label: id,
    extensions: [{ extensionIdentifier: { id: 'codex-chat.language-pack' }, version: '1.0.0' }],
    translations: { vscode: texts },
  };
  await writeFile(join(dataDir, 'languagepacks.json'), JSON.stringify({ [id]: entry }));
}

async function extensionFolder(dataDir: string): Promise<string> {
  const extensions = join(dataDir, 'extensions');
  const name = (await readdir(extensions)).find((entry) => entry.startsWith('codex-chat.'));
  if (name === undefined) throw new Error('Install the extension before its translation.');
  return join(extensions, name);
}
