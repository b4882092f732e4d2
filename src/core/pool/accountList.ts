import { createAlarm } from '../../base/async/alarm.ts';
import { traceError } from '../../base/describeError.ts';
import { ownValue } from '../../base/lookup.ts';
import type { Clock } from '../../base/async/clock.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { lastKnown, SharedValueError, type SharedValue } from '../../base/storage/sharedValue.ts';
import {
  credentialLabel,
  type Credential,
  type CredentialKind,
  type CredentialStore,
  type IssuerOf,
  type SignedOutReason,
} from '../auth/credential.ts';
import { storeFailure } from '../auth/errors.ts';
import type { QuotaStore } from '../quota/store/quotaStore.ts';
import type { QuotaState } from '../quota/store/record.ts';
import { changesAtMs, conditionOf, type Condition } from './condition.ts';
import {
  noPreferences,
  ordered,
  preferencesOf,
  type AccountPreferences,
  type PoolPreferences,
} from './preferences.ts';
import type { Cooldowns } from './cooldown.ts';

/** One account as it stands. Holds no token. */
export interface PoolEntry {
  id: string;
  /** The person's name for it, else its address. */
  label: string;
  /** How the issuer knows it, such as an e-mail address. */
  account: string;
  kind: CredentialKind;
  plan?: string | undefined;
  preferences: AccountPreferences;
  condition: Condition;
  quota?: QuotaState | undefined;
}

export interface AccountListDeps {
  store: CredentialStore;
  quota: Pick<QuotaStore, 'current' | 'onDidChange'>;
  preferences: SharedValue<PoolPreferences>;
  cooldowns: SharedValue<Cooldowns>;
  issuer: IssuerOf;
  clock: Clock;
  log: Log;
}

/** All accounts in the order of use, with what keeps each from being used. */
export interface AccountList extends Disposable {
  /** As of now, from what was read last. */
  entries(): readonly PoolEntry[];
  /** Reads the store afresh first. Rejects with AuthError when it cannot be read. */
  load(): Promise<readonly PoolEntry[]>;
  readonly onDidChange: Event<void>;
}

/** A credential without its tokens: all that is kept in memory. */
interface Member {
  id: string;
  issuer: string;
  account: string;
  kind: CredentialKind;
  plan?: string | undefined;
  signedOutReason?: SignedOutReason | undefined;
}

export function createAccountList(deps: AccountListDeps): AccountList {
  const { store, quota, preferences, cooldowns: rests, issuer, clock, log } = deps;
  const lifetime = new Disposables();
  const changes = createEmitter<void>((error) => log.error(`pool listener: ${traceError(error)}`));
  let members: readonly Member[] = [];

  const toEntry = (member: Member, nowMs: number): PoolEntry => {
    const wishes = preferencesOf(preferences.current(), member.id);
    const state = quota.current(member.id);
    const { id, account, kind, signedOutReason } = member;
    return {
      id,
      label: wishes.name ?? account,
      account,
      kind,
      plan: state?.plan ?? member.plan,
      preferences: wishes,
      quota: state,
      condition: conditionOf(
        {
          signedOutReason,
          otherIssuer: member.issuer === issuer(member.kind) ? undefined : member.issuer,
          preferences: wishes,
          rest: ownValue(rests.current(), id),
          quota: state,
        },
        nowMs,
      ),
    };
  };

  const entries = () => {
    const nowMs = clock.now();
    return ordered(members, preferences.current(), ({ id }) => id).map((member) =>
      toEntry(member, nowMs),
    );
  };

  const changed = () => {
    setAlarm();
    changes.fire();
  };

  const alarm = lifetime.add(createAlarm(clock, changed));
  /** Rings at the next end of a pause. */
  const setAlarm = () => {
    const nowMs = clock.now();
    const ends = entries().flatMap(({ condition }) => changesAtMs(condition) ?? []);
    alarm.set(Math.min(...ends.filter((atMs) => atMs > nowMs)));
  };

  const load = async () => {
    // Read as well, for a change in another window may not have been heard of yet.
    const [credentials] = await Promise.all([
      listed(store),
      wishesOf(preferences),
      lastKnown(rests),
    ]);
    const next = credentials.map(toMember);
    const isSame = JSON.stringify(next) === JSON.stringify(members);
    members = next;
    if (!isSame) changed();
    return entries();
  };

  const reload = () => load().catch(() => log.error('the secret storage cannot be read'));
  lifetime.add(store.onDidChange(() => void reload()));
  for (const source of [quota, preferences, rests]) lifetime.add(source.onDidChange(changed));

  return { entries, load, onDidChange: changes.event, dispose: () => lifetime.dispose() };
}

/**
 * What was known last will do, also of a newer version's file. But when nothing was ever read, an
 * account that the person has switched off would be used.
 */
async function wishesOf(preferences: SharedValue<PoolPreferences>): Promise<void> {
  try {
    await preferences.read();
  } catch (error) {
    const isNewer = error instanceof SharedValueError && error.problem.kind === 'newer';
    if (isNewer || preferences.current() !== noPreferences) return;
    throw storeFailure(error);
  }
}

async function listed(store: CredentialStore): Promise<readonly Credential[]> {
  try {
    return await store.list();
  } catch (error) {
    throw storeFailure(error);
  }
}

function toMember(credential: Credential): Member {
  const { id, issuer, kind = 'chatgpt', plan, signedOutReason } = credential;
  return { id, issuer, kind, plan, signedOutReason, account: credentialLabel(credential) };
}
