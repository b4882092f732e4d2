import { readdir, readFile, readlink } from 'node:fs/promises';

const everyMs = 20;

export interface SocketWatch {
  /** Processes that were seen. */
  readonly processes: ReadonlySet<number>;
  /** Each socket of theirs once, such as `tcp 127.0.0.1:443`. */
  readonly seen: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * Looks again and again at the network sockets which the extension hosts of a server hold, as Linux
 * tells them in /proc.
 *
 * @param dataDir - tells the server's own extension hosts from those of others
 * @param serverPort - the window's own connection, which the server hands to its extension host
 */
export function watchSockets(dataDir: string, serverPort: number): SocketWatch {
  const processes = new Set<number>();
  const seen = new Set<string>();
  const ended = new AbortController();
  const watching = (async () => {
    for (let round = 0; !ended.signal.aborted; round += 1) {
      if (round % 25 === 0) for (const pid of await extensionHosts(dataDir)) processes.add(pid);
      for (const pid of processes) {
        for (const socket of await socketsOf(pid, serverPort)) seen.add(socket);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    processes,
    seen,
    async stop() {
      ended.abort();
      await watching;
    },
  };
}

async function extensionHosts(dataDir: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [command, environment] = await Promise.all([
      read(`/proc/${name}/cmdline`),
      read(`/proc/${name}/environ`),
    ]);
    const isHost = command.includes('--type=extensionHost');
    if (isHost && environment.includes(`XDG_RUNTIME_DIR=${dataDir}\0`)) found.push(Number(name));
  }
  return found;
}

async function socketsOf(pid: number, serverPort: number): Promise<readonly string[]> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(
    handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')),
  );
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const found: string[] = [];
  for (const kind of ['tcp', 'tcp6', 'udp', 'udp6']) {
    for (const line of (await read(`/proc/${pid}/net/${kind}`)).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [local = '', remote = '', inode] = [fields[1], fields[2], fields[9]];
      if (!inode || !inodes.has(inode) || portOf(local) === serverPort) continue;
      found.push(`${kind} ${remote.split(':')[0]}:${portOf(remote)}`);
    }
  }
  return found;
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
