/** The repository's root folder. */
export const root: string;
export const cacheDir: string;
/** Where `ensureCodeServer` puts things. */
export const codeServerPaths: { node: string; entry: string; compileCache: string };
/** Builds dist/ and packs it: the path of the VSIX and what vsce said. */
export function buildVsix(): Promise<{ vsix: string; said: string }>;
/** Path of a Chromium that runs. */
export function ensureChromium(): Promise<string>;
export function ensureCodeServer(): Promise<void>;
