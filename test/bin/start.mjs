import { Problem, commandLine } from './processes.mjs';
import { ensureDependencies, loadTypeScript, requireNode } from './setup.mjs';

const usage = `npm start [-- options]

Opens VS Code with Codex Chat installed, beside a practice backend: no account is needed.

  --live          the real ChatGPT backend instead; keeps what you do from one start to the next
  --code-server   VS Code in the browser, even where the desktop VS Code is installed
  --port N        port of VS Code in the browser (default 8137, or any free one)
  --no-open       do not open a browser
  --help          this text`;

const flags = ['--live', '--code-server', '--no-open'];

function readArguments(args) {
  const options = { live: false, codeServer: false, open: true, port: undefined };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--port') options.port = readPort(rest.shift());
    else if (!flags.includes(arg)) throw new Problem(`There is no option "${arg}".\n\n${usage}`);
  }
  options.live = args.includes('--live');
  options.codeServer = args.includes('--code-server');
  options.open = !args.includes('--no-open');
  return options;
}

function readPort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Problem(`--port needs a number from 1 to 65535, not "${text}".`);
}

/** Ends what was opened; filled by `openAll` as things open. */
const opened = [];

async function closeAll() {
  for (const close of opened.toReversed()) await close();
}

await commandLine(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const options = readArguments(args);
  requireNode();
  await ensureDependencies();
  await loadTypeScript();
  const { openAll } = await import('./open.ts');
  await openAll(options, (close) => opened.push(close));
  return 0;
}, closeAll);
