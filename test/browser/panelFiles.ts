import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { webviewBuilds } from '../../webview/build.mjs';

export interface PanelFile {
  readonly contentType: string;
  readonly body: Buffer;
}
export type PanelFiles = ReadonlyMap<string, PanelFile>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const types = new Map([
  ['js', 'text/javascript'],
  ['css', 'text/css'],
  ['woff2', 'font/woff2'],
]);

/** The files that the panel is made of, by their address, built as they are packed. */
export async function buildPanelFiles(): Promise<PanelFiles> {
  const builds = await Promise.all(
    webviewBuilds.map((options) =>
      build({ ...options, absWorkingDir: root, minify: true, write: false, outdir: '/' }),
    ),
  );
  const files = builds.flatMap(({ outputFiles }) => outputFiles);
  return new Map(
    files.map(({ path, contents }) => {
      const contentType = types.get(basename(path).split('.').at(-1) ?? '') ?? 'text/plain';
      return [path, { contentType, body: Buffer.from(contents) }];
    }),
  );
}
