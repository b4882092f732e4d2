import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { root } from '../bin/setup.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // One VS Code for all tests: its start costs more than all that they do in it.
  workers: 1,
  // The accessibility of a state is checked in four themes, which takes a busy machine a minute.
  timeout: 180_000,
  // A window or browser tab that never comes is tried once more, from the first test on.
  retries: 1,
  expect: { timeout: 15_000 },
  outputDir: join(root, 'test-results/e2e'),
  reporter: [['list'], ['json', { outputFile: join(root, 'test-results/e2e.json') }]],
});
