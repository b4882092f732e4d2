// oxlint-disable-next-line import/no-unassigned-import -- the bundler makes a sheet of it
import './main.css';
import { configureLocalization } from '../src/shared/l10n.ts';
import { connectHost } from './base/host.ts';
import { pageLocalization } from './base/localize.ts';
import { createPanel } from './panel/panel.ts';

const mostReports = 20;

/** A fault of the view goes to the log: its message alone, which names code and never content. */
function reportFaults(send: (message: string) => void): void {
  let left = mostReports;
  const report = (what: string) => {
    left -= 1;
    if (left >= 0) send(what.slice(0, 2_000));
  };
  window.addEventListener('error', ({ message, filename, lineno, colno }) =>
    report(`${message} (${filename.split('/').at(-1)}:${lineno}:${colno})`),
  );
  window.addEventListener('unhandledrejection', ({ reason }) =>
    report(`Unhandled: ${reason instanceof Error ? reason.message : 'not an error'}`),
  );
}

function start(): void {
  const root = document.getElementById('app');
  if (root === null) return;
  configureLocalization(pageLocalization());
  const host = connectHost();
  reportFaults((message) => host.send({ type: 'view/error', message }));
  createPanel(root, host);
  host.send({ type: 'ready' });
}

// The toolkit takes over the theme's colours when the page has loaded; before, it paints its own.
if (document.readyState === 'complete') start();
else window.addEventListener('load', start);
