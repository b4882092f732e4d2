import * as vscode from 'vscode';
import { hasQuota, isRefreshable, type CredentialKind } from '../../core/auth/credential.ts';
import { roleOf } from '../../core/pool/accountText.ts';
import { actionText, roleText } from '../../shared/accountText.ts';
import type { Pool } from '../../core/pool/pool.ts';
import {
  withMove,
  withPreferences,
  withoutAccount,
  type PoolPreferences,
} from '../../core/pool/preferences.ts';
import type { PoolEntry } from '../../core/pool/accountList.ts';
import { planName } from '../../core/quota/text/quotaView.ts';
import type { SharedValue } from '../../base/storage/sharedValue.ts';
import type { AccountAction, AccountRole } from '../../shared/protocol/account.ts';

export interface AccountCommandsDeps {
  pool: Pool;
  preferences: SharedValue<PoolPreferences>;
  /** Id of the account that this workspace is to use; undefined: any. */
  workspaceAccount: () => string | undefined;
  chooseForWorkspace: (credentialId: string | undefined) => Thenable<void>;
  /** The account becomes the one that is used first, in all windows. */
  choose: (credentialId: string) => Promise<void>;
  /** Forgets the credential; `tellIssuer`: its session ends at the issuer too. */
  signOut: (credentialId: string, how: { tellIssuer: boolean }) => Promise<void>;
  /** Absent: an account of any kind. */
  signIn: (kind?: CredentialKind) => unknown;
  redeem: (credentialId: string) => Promise<void>;
  now: () => number;
}

/** What a person can do with their accounts, from the Usage page and from a list of its own. */
export interface AccountCommands {
  act(credentialId: string, action: AccountAction): Promise<void>;
  /** The list of accounts, and what can be done with the one that is picked. */
  show(): Promise<void>;
  /** Asks which account when there are several, and how. */
  signOut(): Promise<void>;
}

/** What may be done with the account as it stands, in the order of a menu. */
export function accountActions(
  entry: PoolEntry,
  at: { role: AccountRole['kind']; place: number; count: number; isForWorkspace: boolean },
): AccountAction[] {
  const { role, place, count, isForWorkspace } = at;
  // Of one that has ended nothing is left to lose; one of another issuer still has its tokens.
  if (role === 'signedOut') {
    return ['signIn', entry.condition.kind === 'signedOut' ? 'remove' : 'signOut'];
  }
  const several = count > 1;
  const wanted: [AccountAction, boolean][] = [
    ['use', several && role !== 'inUse' && role !== 'off'],
    [isForWorkspace ? 'useAnywhere' : 'useInWorkspace', several],
    ['rename', true],
    ['moveUp', place > 0],
    ['moveDown', place < count - 1],
    ['setCeiling', hasQuota(entry)],
    [role === 'off' ? 'turnOn' : 'turnOff', several || role === 'off'],
    ['redeem', (entry.quota?.resets?.available ?? 0) > 0],
    ['signOut', true],
  ];
  return wanted.filter(([, may]) => may).map(([action]) => action);
}

export function createAccountCommands(deps: AccountCommandsDeps): AccountCommands {
  const { pool } = deps;
  const find = (id: string) => pool.entries().find((entry) => entry.id === id);
  const acts = createActs(deps, find);

  const rolesNow = () => {
    const places = { current: pool.current()?.id, next: pool.next()?.id };
    return (entry: PoolEntry) => roleOf(entry, places);
  };

  const actionsNow = (entry: PoolEntry) => {
    const all = pool.entries().map(({ id }) => id);
    return accountActions(entry, {
      role: rolesNow()(entry).kind,
      place: all.indexOf(entry.id),
      count: all.length,
      isForWorkspace: deps.workspaceAccount() === entry.id,
    });
  };

  const pick = (title: string) => pickAccount(title, pool.entries(), rolesNow(), deps.now());

  async function show(): Promise<void> {
    const picked = await pick(vscode.l10n.t('Codex accounts'));
    if (picked === 'add') await deps.signIn();
    if (!picked || picked === 'add') return;
    const chosen = await vscode.window.showQuickPick(
      actionsNow(picked).map((action) => ({ label: actionText(action), action })),
      { title: picked.label, placeHolder: vscode.l10n.t('Select an action') },
    );
    if (chosen) await act(picked.id, chosen.action);
  }

  /** Of an account that is gone, or of what cannot be done with it any more, comes nothing. */
  async function act(credentialId: string, action: AccountAction): Promise<void> {
    const entry = find(credentialId);
    if (entry && actionsNow(entry).includes(action)) await acts[action](entry);
  }

  return {
    act,
    show,
    async signOut() {
      const entries = pool.entries();
      if (entries.length === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('You are not signed in to Codex.'));
        return;
      }
      const only = entries.length === 1 ? entries[0] : undefined;
      const entry = only ?? (await pick(vscode.l10n.t('Sign out of Codex')));
      if (entry && entry !== 'add') await acts.signOut(entry);
    },
  };
}

/** What each action does with its account. */
function createActs(
  deps: AccountCommandsDeps,
  find: (id: string) => PoolEntry | undefined,
): Record<AccountAction, (entry: PoolEntry) => unknown> {
  const { pool, preferences } = deps;
  const ids = () => pool.entries().map(({ id }) => id);
  const change = (next: (old: PoolPreferences) => PoolPreferences) =>
    preferences.change(next, new AbortController().signal);
  /** Nothing for an account that went away while the person was asked. */
  const changeOf = (id: string, wish: Wish) =>
    find(id) ? change((old) => withPreferences(old, id, wish)) : undefined;
  const forget = async (id: string, how: { tellIssuer: boolean }) => {
    await deps.signOut(id, how);
    await change((old) => withoutAccount(old, id));
  };
  return {
    async use(entry) {
      const { id } = entry;
      if (!(await mayBeBilled(entry))) return;
      await deps.choose(id);
      pool.use(id);
    },
    rename: (entry) => rename(entry, changeOf),
    moveUp: ({ id }) => change((old) => withMove(old, ids(), id, -1)),
    moveDown: ({ id }) => change((old) => withMove(old, ids(), id, 1)),
    setCeiling: (entry) => setCeiling(entry, changeOf),
    turnOff: ({ id }) => changeOf(id, { off: true }),
    turnOn: ({ id }) => changeOf(id, { off: undefined }),
    async useInWorkspace(entry) {
      const { id } = entry;
      if (!(await mayBeBilled(entry))) return;
      await deps.chooseForWorkspace(id);
      pool.use(id);
      pool.look();
    },
    async useAnywhere() {
      await deps.chooseForWorkspace(undefined);
      pool.look();
    },
    signIn: ({ kind }) => deps.signIn(kind),
    async signOut(entry) {
      const how = await askHow(entry);
      if (how) await forget(entry.id, how);
    },
    remove: ({ id }) => forget(id, { tellIssuer: false }),
    redeem: ({ id }) => deps.redeem(id),
  };
}

async function pickAccount(
  title: string,
  entries: readonly PoolEntry[],
  roleFor: (entry: PoolEntry) => AccountRole,
  nowMs: number,
): Promise<PoolEntry | 'add' | undefined> {
  const items = entries.map((entry) => ({
    label: `$(account) ${withoutIcons(entry.label)}`,
    description: [planName(entry.plan), roleText(roleFor(entry), nowMs)]
      .filter(Boolean)
      .join(' · '),
    detail: entry.label === entry.account ? '' : withoutIcons(entry.account),
    entry,
  }));
  const add = { label: `$(add) ${vscode.l10n.t('Add an Account')}`, entry: 'add' as const };
  const picked = await vscode.window.showQuickPick([...items, add], {
    title,
    placeHolder: vscode.l10n.t('Account'),
  });
  return picked?.entry;
}

type Wish = Parameters<typeof withPreferences>[2];
type Change = (credentialId: string, wish: Wish) => Promise<unknown> | undefined;

/** As it was typed: a list takes the beginning of an icon for one. */
const withoutIcons = (text: string) => text.replaceAll('$(', '$\u200B(');

async function rename({ id, label, account }: PoolEntry, change: Change): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Account name'),
    prompt: vscode.l10n.t('Leave empty to show {0}.', account),
    value: label === account ? '' : label,
    validateInput: (value) =>
      value.trim().length > 80 ? vscode.l10n.t('At most 80 characters.') : undefined,
  });
  if (name === undefined) return;
  await change(id, { name: name.trim() || undefined });
}

async function setCeiling({ id, label, preferences }: PoolEntry, change: Change): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Usage cap for {0}', label),
    prompt: vscode.l10n.t(
      'Stop using this account when any limit reaches this percentage. Leave empty for no cap.',
    ),
    value: preferences.ceilingPercent === undefined ? '' : String(preferences.ceilingPercent),
    validateInput: (value) =>
      readCeiling(value) === 'wrong' ? vscode.l10n.t('Enter a number from 1 to 100.') : undefined,
  });
  const ceilingPercent = text === undefined ? 'wrong' : readCeiling(text);
  if (ceilingPercent === 'wrong') return;
  await change(id, { ceilingPercent });
}

function readCeiling(text: string): number | undefined | 'wrong' {
  const trimmed = text.replace('%', '').trim();
  if (trimmed === '') return undefined;
  const percent = Number(trimmed);
  return percent >= 1 && percent <= 100 ? percent : 'wrong';
}

/** Signing out here leaves the session of the issuer alone, unless the person wants it ended too. */
async function askHow(entry: PoolEntry): Promise<{ tellIssuer: boolean } | undefined> {
  if (entry.condition.kind === 'signedOut' || !isRefreshable(entry)) return { tellIssuer: false };
  const here = vscode.l10n.t('Sign Out Here');
  const everywhere = vscode.l10n.t('Sign Out and Revoke');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Sign out of {0}?', entry.label),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Signing out here deletes the tokens from this machine. Revoking also ends this sign-in at OpenAI, so copies of the tokens stop working. Other programs stay signed in.',
      ),
    },
    here,
    everywhere,
  );
  return answer === undefined ? undefined : { tellIssuer: answer === everywhere };
}

/** Asks before a key of the API is used, whoever asked for it: each use of it costs money. */
async function mayBeBilled(entry: PoolEntry): Promise<boolean> {
  if (hasQuota(entry)) return true;
  const use = vscode.l10n.t('Use the Key');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Switch to the API key {0}?', entry.label),
    { modal: true, detail: vscode.l10n.t('OpenAI bills each request made with an API key.') },
    use,
  );
  return answer === use;
}
