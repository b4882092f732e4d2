import * as l10n from '@vscode/l10n';
import type { Announcement } from './announcer.ts';
import type { QuotaView } from '../../src/shared/protocol/chat.ts';
import type { TurnPart, TurnView } from '../../src/shared/protocol/turn.ts';
import type { ViewState } from './state.ts';
import { formatPercent, plural } from '../../src/shared/format.ts';

const quotaSteps = [100, 90, 75];

/**
 * What a change of the state says aloud. Never a delta, a thought, a countdown or a percentage
 * between the steps. The first state says nothing: the user has not missed it.
 */
export function announcementsOf(
  before: ViewState | undefined,
  after: ViewState | undefined,
): Announcement[] {
  if (before === undefined || after === undefined || before.chatId !== after.chatId) return [];
  return [
    ...after.turns.flatMap((turn) => turnSayings(find(before, turn.id), turn)),
    ...accountSayings(before, after),
    ...quotaSayings(before.quota, after.quota),
  ];
}

function find(state: ViewState, id: string): TurnView | undefined {
  return state.turns.find((turn) => turn.id === id);
}

function turnSayings(before: TurnView | undefined, after: TurnView): Announcement[] {
  if (before === after) return [];
  if (before?.status === after.status) {
    const reconnects = before.retry === undefined && after.retry !== undefined;
    return reconnects ? [{ text: l10n.t('Reconnecting'), topic: 'turn' }] : [];
  }
  switch (after.status) {
    case 'running':
      return [{ text: l10n.t('Sent'), topic: 'sent' }];
    case 'done':
      return [{ text: answerReady(after), topic: 'turn' }];
    case 'stopped':
      return [{ text: l10n.t('Stopped'), topic: 'turn' }];
    case 'interrupted':
      return [{ text: l10n.t('Interrupted'), topic: 'turn' }];
    case 'failed':
      return [failed(after)];
  }
}

function failed({ failure }: TurnView): Announcement {
  const text =
    failure === undefined ? l10n.t('The response failed') : `${failure.title}. ${failure.message}`;
  return { text, urgent: true, topic: 'turn' };
}

/**
 * Whether what was said before the change is out of date: of another chat, of another state of the
 * sign-in, or of the turn before a new one.
 */
export function outdatesAnnouncements(before: ViewState | undefined, after: ViewState): boolean {
  if (before === undefined) return false;
  if (before.chatId !== after.chatId || before.account.state !== after.account.state) return true;
  return after.turns.some(
    ({ id, status }) => status === 'running' && find(before, id)?.status !== 'running',
  );
}

/** `Response ready, 2 code blocks, 1 table`. */
function answerReady(turn: TurnView): string {
  const text = answerText(turn);
  const fences = text.match(/^ {0,3}(`{3,}|~{3,})/gm)?.length ?? 0;
  const blocks = Math.ceil(fences / 2);
  const tables = text.match(/^ {0,3}\|?[ :]*-{2,}[-| :]*\|[-| :]*$/gm)?.length ?? 0;
  return [
    l10n.t('Response ready'),
    ...(blocks > 0
      ? [plural(l10n.t('{0, plural, one {# code block} other {# code blocks}}'), blocks)]
      : []),
    ...(tables > 0 ? [plural(l10n.t('{0, plural, one {# table} other {# tables}}'), tables)] : []),
  ].join(', ');
}

/**
 * The answer as the model wrote it, without its thinking: what Copy answer copies. What only led up
 * to it is left out, unless there is nothing else, and so is what is being written again.
 */
export function answerText(turn: TurnView): string {
  const written = turn.parts.filter(isWritten);
  const final = written.filter((part) => part.kind === 'refusal' || part.commentary !== true);
  return (final.length > 0 ? final : written).map(({ text }) => text).join('\n\n');
}

type Written = Extract<TurnPart, { kind: 'text' | 'refusal' }>;

function isWritten(part: TurnPart): part is Written {
  const isText = part.kind === 'text' || part.kind === 'refusal';
  return isText && part.stale !== true && part.text.trim() !== '';
}

function accountSayings({ account: before }: ViewState, { account: after }: ViewState) {
  const announcements: Announcement[] = [];
  if (after.state === 'signingIn') return signInSayings(before, after);
  if (before.state === after.state) return announcements;
  if (after.state === 'signedIn')
    announcements.push({ text: l10n.t('Signed in'), topic: 'account' });
  if (after.state !== 'signedOut') return announcements;
  // A sign-in that ended without a problem was canceled, or the account of it is about to come.
  if (before.state === 'signedIn' || after.problem !== undefined)
    announcements.push({
      text: after.problem ?? l10n.t('Signed out'),
      urgent: true,
      topic: 'account',
    });
  return announcements;
}

type Account = ViewState['account'];

/** The code letter by letter, and what did not work on the way. */
function signInSayings(
  before: Account,
  { code, notes }: Extract<Account, { state: 'signingIn' }>,
): Announcement[] {
  const old = before.state === 'signingIn' ? before : undefined;
  const announcements = notes.slice(old?.notes.length ?? 0);
  if (code && code.text !== old?.code?.text)
    announcements.push(l10n.t('Your code is {0}', code.text.split('').join(' ')));
  return announcements.map((text) => ({ text, topic: 'account' }));
}

function quotaSayings(before: QuotaView, after: QuotaView): Announcement[] {
  return after.windows.flatMap((window) => {
    const old = before.windows.find(({ name }) => name === window.name);
    if (old === undefined) return [];
    const step = quotaSteps.find((at) => window.usedPercent >= at && old.usedPercent < at);
    if (step === undefined) return [];
    return [
      {
        text: l10n.t('{0} {1} used', window.name, formatPercent(step)),
        topic: `quota ${window.name}`,
      },
    ];
  });
}
