import type { BuildOptions } from 'esbuild';

export const webviewBuilds: readonly BuildOptions[];
