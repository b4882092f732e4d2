import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';

/**
 * Runs tests with Mocha, inside the extension host.
 *
 * @param load - loads the modules that declare the tests
 */
export async function runSuite(load: () => void): Promise<void> {
  // Mocha is an ES module, this bundle is not.
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => say(format(...args));
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 20_000 });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  const counts = { passed: 0, failed: 0 };
  await new Promise<void>((done) => {
    const runner = mocha.run(() => done());
    runner.on('pass', () => (counts.passed += 1));
    runner.on('fail', (_test, error: Error) => {
      counts.failed += 1;
      say(error.stack ?? error.message);
    });
  });
  writeFileSync(process.env['EXTENSION_TEST_FIGURES'] ?? '', JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}

function say(line: string): void {
  appendFileSync(process.env['EXTENSION_TEST_SAID'] ?? '', `${line}\n`);
}
