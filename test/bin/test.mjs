import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, commandLine, run, step } from './processes.mjs';
import {
  bin,
  buildVsix,
  ensureChromium,
  ensureCodeServer,
  ensureDependencies,
  loadTypeScript,
  packVsix,
  requireNode,
  root,
} from './setup.mjs';

const results = join(root, 'test-results');

/** What the formatter looks after; recorded traffic stays as it was recorded. */
const formatted = ['src', 'webview', 'test', '!test/fixtures', '*.mjs', '*.json', '*.md'];

/**
 * Every check in its order. `run` gives how many checks passed and failed, and what is to be
 * shown when one failed.
 */
const steps = {
  types: { title: 'Types', run: types },
  lint: {
    title: 'Lint',
    run: () => tool('oxlint', ['-c', 'test/oxlint.json', 'src', 'webview', 'test']),
  },
  format: {
    title: 'Format',
    run: () => tool('prettier', ['--check', ...formatted]),
  },
  dead: { title: 'Dead code', run: () => tool('knip', []) },
  build: { title: 'Build', run: () => program(['esbuild.mjs']) },
  package: { title: 'Package', run: packageCleanly },
  size: { title: 'Size budget', run: () => tool('size-limit', []) },
  unit: { title: 'Unit tests', run: () => vitest('unit') },
  system: { title: 'Tests with processes, disks and long texts', run: () => vitest('system') },
  panel: { title: 'Tests of the panel in a browser', run: () => vitest('panel') },
  host: { title: 'Tests in the extension host', run: host },
  e2e: { title: 'End-to-end tests', run: endToEnd },
};
const names = Object.keys(steps);
const inBrowser = ['panel', 'host', 'e2e'];
const inCodeServer = ['host', 'e2e'];

const usage = `npm test [-- [--keep-going] [${names.join('|')}] …]

Without names every step runs. The first failure ends the run unless --keep-going is given.`;

async function main() {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const keepGoing = args.includes('--keep-going');
  const chosen = args.filter((arg) => arg !== '--keep-going');
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown) throw new Problem(`There is no step "${unknown}".\n\n${usage}`);
  await setUp(chosen.length > 0 ? chosen : names);
  return runSteps(
    names.filter((name) => chosen.length === 0 || chosen.includes(name)),
    keepGoing,
  );
}

async function setUp(wanted) {
  requireNode();
  await ensureDependencies();
  if (wanted.some((name) => inBrowser.includes(name))) {
    process.env.CHROMIUM = await ensureChromium();
  }
  if (wanted.includes('system')) await ensureRealCodex();
  if (wanted.some((name) => inCodeServer.includes(name))) await ensureCodeServer();
  await mkdir(results, { recursive: true });
  if (wanted.some((name) => inCodeServer.includes(name)) && !wanted.includes('package')) {
    await step('Building the extension', buildVsix);
  }
}

/** The real Codex CLI proves that the stand-in backend is like the real one. */
async function ensureRealCodex() {
  await loadTypeScript();
  const { ensureCodexCli } = await import('../backend/codexCli.ts');
  await ensureCodexCli((line) => console.log(line)).catch((cause) => {
    throw new Problem(cause.message);
  });
}

async function runSteps(wanted, keepGoing) {
  const sum = { passed: 0, failed: 0 };
  for (const name of wanted) {
    const began = Date.now();
    console.log(`\n── ${steps[name].title}`);
    const { passed, failed, output = '' } = await steps[name].run();
    if (failed > 0 && output) console.log(output.trimEnd());
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`   ${failed > 0 ? `${failed} failed, ` : ''}${passed} passed, ${seconds} s`);
    sum.passed += passed;
    sum.failed += failed;
    if (failed > 0 && !keepGoing) break;
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed > 0 ? 1 : 0;
}

/** Runs a Node program as one check. */
async function program(args) {
  const { code, output } = await run(process.execPath, args, { cwd: root, quiet: true });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output };
}

function tool(name, args) {
  return program([bin(name), ...args]);
}

async function types() {
  const checks = [];
  for (const project of ['.', 'webview']) {
    checks.push(await program([bin('typescript', 'tsc'), '-p', project]));
  }
  return total(checks);
}

function total(checks) {
  return {
    passed: checks.reduce((sum, { passed }) => sum + passed, 0),
    failed: checks.reduce((sum, { failed }) => sum + failed, 0),
    output: checks.map(({ output }) => output).join(''),
  };
}

async function packageCleanly() {
  try {
    const { vsix, said } = await packVsix();
    // A zip file holds the names of its files as plain text.
    const hasNotices = readFileSync(vsix).includes('extension/dist/ThirdPartyNotices.txt');
    const isClean = hasNotices && !/warn/i.test(said);
    const missing = hasNotices ? '' : 'The VSIX has no ThirdPartyNotices.txt.\n';
    return { passed: isClean ? 1 : 0, failed: isClean ? 0 : 1, output: missing + said };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { passed: 0, failed: 1, output: error.message };
  }
}

/**
 * Runs tests that show their own progress and write their figures to a JSON file.
 *
 * @param {string} file - under test-results
 * @param {(report: any) => { passed: number, failed: number }} read
 */
async function tests(file, args, read) {
  const report = join(results, file);
  await rm(report, { force: true });
  const { code } = await run(process.execPath, args, { cwd: root });
  const counts = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0 };
  // A run that ends badly without a failed test still failed: an error between tests, or a crash.
  return code === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

/** @param {string} project - of test/vitest.config.ts */
function vitest(project) {
  const file = `${project}.json`;
  const reporters = ['dot', 'json'].map((name) => `--reporter=${name}`);
  const output = `--outputFile.json=test-results/${file}`;
  const config = ['--config', 'test/vitest.config.ts', '--project', project];
  const args = [bin('vitest'), 'run', ...config, ...reporters, output];
  return tests(file, args, (report) => ({
    passed: report.numPassedTests,
    // A file that does not load has no tests that could fail.
    failed: report.numFailedTests + report.testResults.filter(isUnloaded).length,
  }));
}

function isUnloaded({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((one) => one.status !== 'failed');
}

async function host() {
  const args = ['--import', 'tsx', 'test/e2e/host/run.ts'];
  return tests('host.json', args, ({ passed, failed }) => ({ passed, failed }));
}

function endToEnd() {
  const config = 'test/e2e/playwright.config.ts';
  const args = [bin('@playwright/test', 'playwright'), 'test', '-c', config];
  return tests('e2e.json', args, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    // A test that was skipped because one before it failed has not passed either.
    failed: stats.unexpected + stats.skipped,
  }));
}

await commandLine(main);
