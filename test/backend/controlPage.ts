import type { Account } from './accounts.ts';
import { httpErrors, sseIndex } from './fixtures.ts';
import { escapeHtml, page } from './pages.ts';
import type { WindowState } from './ledger.ts';
import type { Behaviour } from './types.ts';

export interface ControlView {
  accounts: readonly { account: Account; fiveHour: WindowState; weekly: WindowState }[];
  clock: string;
  waiting: number;
  seen: readonly { method: string; path: string }[];
}

/** Behaviours worth a button of their own. */
const handy: readonly (readonly [string, Behaviour])[] = [
  ['Cut off mid-answer', { kind: 'fixture', name: 'drop_mid_text' }],
  ['Reset before any answer', { kind: 'drop' }],
  ['Never answer', { kind: 'stall' }],
  ['Answer after 10 s', { kind: 'delay', ms: 10_000 }],
  ['Server error 500', { kind: 'status', status: 500, body: { detail: 'Internal error' } }],
  ['Overloaded 503', { kind: 'httpError', name: 'overloaded' }],
  ['Rate limit, retry after 2 s', { kind: 'httpError', name: 'rate_limit_retry_after' }],
  ['Token expired 401', { kind: 'httpError', name: 'token_expired' }],
  ['Usage limit 429', { kind: 'httpError', name: 'usage_limit' }],
  ['Blocked page 403', { kind: 'httpError', name: 'cf_block' }],
  ['Garbled tool call', { kind: 'fixture', name: 'garbled_plus_hash' }],
  ['Refusal', { kind: 'fixture', name: 'ok_refusal' }],
];

/** Forms only, with addresses relative to the page: it works without scripts and behind a proxy. */
export function controlPage(view: ControlView): string {
  return page(
    'Faults on demand',
    `<p>What you choose here happens to the <strong>next message</strong> that reaches the practice
backend; several choices queue up. Clock of the backend: <strong>${escapeHtml(view.clock)}</strong>.
Waiting: <strong>${view.waiting}</strong>.</p>
<h2>The next answer</h2>
<div class="buttons">${handy.map(([label, behaviour]) => scriptButton(label, behaviour)).join('')}</div>
<form class="row" method="post" action="control/script"><input type="hidden" name="kind" value="fixture">
<label>Stream from the fixtures<select name="name">${sseIndex
      .map(({ file, meaning }) => option(file, meaning ? `${file}: ${meaning}` : file))
      .join('')}</select></label><button>Queue stream</button></form>
<form class="row" method="post" action="control/script"><input type="hidden" name="kind" value="httpError">
<label>Error answer<select name="name">${httpErrors
      .map(({ name, status }) => option(name, `${status} ${name}`))
      .join('')}</select></label><button>Queue error</button></form>
<h2>Accounts and quota</h2>
${view.accounts.map(accountRow).join('')}
<h2>Clock</h2>
<form class="row" method="post" action="control/advance">
<label>Move forward<select name="ms">${[
      [300_000, '5 minutes'],
      [3_600_000, '1 hour'],
      [18_000_000, '5 hours'],
      [604_800_000, '7 days'],
    ]
      .map(([ms, label]) => option(String(ms), String(label)))
      .join('')}</select></label><button>Move clock</button></form>
<form class="row" method="post" action="control/reset"><button class="quiet">Back to the start</button></form>
<h2>Last requests</h2>
<table><tbody>${view.seen
      .map(
        ({ method, path }) => `<tr><td>${escapeHtml(method)}</td><td>${escapeHtml(path)}</td></tr>`,
      )
      .join('')}</tbody></table>
<p><a href="control/requests">All requests as JSON</a>. The same by hand:
<code>POST control/script</code> takes a behaviour, or a list of them, as JSON.</p>`,
  );
}

function accountRow({ account, fiveHour, weekly }: ControlView['accounts'][number]): string {
  const email = `<input type="hidden" name="email" value="${escapeHtml(account.email)}">`;
  const percent = (window: WindowState) => Math.floor(window.usedPercent);
  const field = (label: string, name: string, window: WindowState) =>
    `<label>${label}<input type="number" min="0" max="100" name="${name}" value="${percent(window)}"></label>`;
  return `<form class="row" method="post" action="control/usage">${email}
<strong>${escapeHtml(account.email)}</strong> (${escapeHtml(account.plan)})
${field('5 hours, % used', 'fiveHourPercent', fiveHour)}
${field('Week, % used', 'weeklyPercent', weekly)}
<button>Set</button>
<button class="quiet" formaction="control/expire">Expire tokens</button>
<button class="quiet" formaction="control/revoke">Revoke sign-in</button></form>
<form class="row" method="post" action="control/meters">${email}
<label>Its answers<select name="headers">${[
    ['sent', 'bring the figures along'],
    ['none', 'bring none'],
    ['broken', 'bring figures that are no numbers'],
  ]
    .map(([value = '', label = '']) => option(value, label))
    .join('')}</select></label><button>Set</button></form>
<form class="row" method="post" action="control/meters">${email}
<label>Banked resets<input type="number" min="0" max="20" name="resets" value="2"></label>
<button>Set</button></form>`;
}

const option = (value: string, label: string) =>
  `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`;

const scriptButton = (label: string, behaviour: Behaviour) =>
  `<form method="post" action="control/script"><button class="quiet" name="json" value="${escapeHtml(
    JSON.stringify(behaviour),
  )}">${escapeHtml(label)}</button></form>`;
