import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('..'),
  resolve: { alias: { vscode: here('./support/vscode.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    // A busy machine is several times slower; what hangs is still found.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The panel draws in slices: what is asserted of a page may come some frames later.
    expect: { poll: { interval: 20, timeout: 5_000 } },
    // The same cases in each run; `npm run soak` looks for new ones.
    setupFiles: [here('./support/seed.ts')],
  },
});
