/** The repository's root folder. */
export const root: string;
export const cacheDir: string;
/** Where `ensureCodeServer` puts things. */
export const codeServerPaths: { node: string; entry: string; compileCache: string };
/** Settings, arguments and environment with which VS Code asks nothing and nobody. */
export function buildVsix(): Promise<{ vsix: string; said: string }>;
export function ensureChromium(): Promise<string>;
export function ensureCodeServer(): Promise<void>;
