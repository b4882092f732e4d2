import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('..'),
  resolve: { alias: { vscode: here('./support/vscode.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/host/**', 'test/e2e/**'],
    // A busy machine is several times slower; what hangs is still found.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
