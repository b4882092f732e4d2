import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const shared = {
  // A busy machine is several times slower; what hangs is still found.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // The panel draws in slices: what is asserted of a page may come some frames later.
  expect: { poll: { interval: 20, timeout: 5_000 } },
  // The same cases in each run; `npm run soak` looks for new ones.
  setupFiles: [here('./support/seed.ts')],
};

/** The folders whose tests run in plain Node.js, by the name of the step of `npm test`. */
const projects = {
  // One module graph for all files: loading it for each takes longer than the tests.
  unit: { include: ['unit', 'backend', 'bin'], isolate: false, pool: 'threads' as const },
  // Processes, disks, and texts of megabytes.
  system: { include: ['system', 'bench'] },
  panel: { include: ['browser'] },
};

export default defineConfig({
  root: here('..'),
  test: {
    projects: Object.entries(projects).map(([name, { include, ...options }]) => ({
      root: here('..'),
      resolve: { alias: { vscode: here('./support/vscode.ts') } },
      test: {
        ...shared,
        ...options,
        name,
        include: include.map((folder) => `test/${folder}/**/*.test.ts`),
      },
    })),
  },
});
