import { openChat, send, signIn, type Practice } from '../../e2e/practice.ts';
import { withBench } from './bench.ts';
import { watchSockets } from './sockets.ts';
import { atMost, isTrue, note, type Measure, type Row } from './table.ts';

const waitMs = 20_000;

/** What leaves the extension host before anybody has signed in. */
export const network: Measure = {
  title: `Network before the sign-in, ${waitMs / 1_000} s with the panel open`,
  run: () => withBench({}, measure),
};

async function measure(bench: Practice): Promise<readonly Row[]> {
  const { workbench, backend, server } = bench;
  const port = Number(new URL(server.url).port);
  const watch = watchSockets(server.dataDir, port);
  // From the very first moment of an extension host.
  await workbench.load();
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText('Sign in with ChatGPT').waitFor();
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const [sockets, requests] = [[...watch.seen], backend.control.requests().length];

  // The watch sees what there is to see: a turn needs a connection.
  await (await signIn(bench)).close();
  await openChat(bench);
  await send(workbench, 'Hello');
  await workbench.chat().locator('article').last().getByText('practice backend').waitFor();
  await watch.stop();
  return [
    note('extension hosts watched', watch.processes.size),
    atMost('network sockets of the extension host', sockets.length, 0),
    ...sockets.slice(0, 10).map((socket) => note('  such as', socket)),
    atMost('requests that reached the backend', requests, 0),
    isTrue('a socket is seen once there is a turn', watch.seen.size > sockets.length),
  ];
}
