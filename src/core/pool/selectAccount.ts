import { hasQuota, type CredentialKind } from '../auth/credential.ts';
import { isSignedIn, type Condition } from './condition.ts';

/**
 * How the next account is found. `sequential`: the first that can be used, and the same for as long
 * as it can, so that the prompt cache of the backend stays warm; `leastUsed`: at the start
 * of a chat the one with most left; `off`: only the one that the person chose.
 */
export type Rotation = 'sequential' | 'leastUsed' | 'off';

export interface Candidate {
  id: string;
  condition: Condition;
  /** Share of the window that is nearest to its end; absent while nothing is known. */
  usedPercent?: number | undefined;
  /** The use of a key of the API is billed. */
  kind?: CredentialKind;
}

export interface SelectionInput {
  rotation: Rotation;
  /** The account that the chat is on. */
  sticky?: string | undefined;
  /** The account that the person chose for this workspace, or at all. */
  preferred?: string | undefined;
  /** Accounts that were tried for this request already. */
  excluded?: ReadonlySet<string>;
}

/** The account for the next request among `candidates`, which stand in the order of use. */
export function selectAccount(
  candidates: readonly Candidate[],
  { rotation, sticky, preferred, excluded }: SelectionInput,
): string | undefined {
  const pinned = preferredAccount(candidates, { sticky, preferred });
  const wanted = withoutBilledAccounts(candidates, { sticky, preferred });
  const open = (rotation === 'off' ? (pinned ? [pinned] : []) : wanted).filter(
    ({ id, condition }) => condition.kind === 'ready' && !excluded?.has(id),
  );
  const among = (id: string | undefined) => open.find((candidate) => candidate.id === id);
  const first = rotation === 'leastUsed' ? leastUsed(open) : open[0];
  return (among(sticky) ?? among(preferred) ?? first)?.id;
}

/**
 * Nobody is billed without having chosen it: such an account is used while it is the chosen one, or
 * when there are no others at all.
 */
export function withoutBilledAccounts<T extends Candidate>(
  candidates: readonly T[],
  { sticky, preferred }: Pick<SelectionInput, 'sticky' | 'preferred'>,
): readonly T[] {
  const signedIn = candidates.filter(isSignedIn);
  if (!signedIn.some(hasQuota)) return candidates;
  const isChosen = ({ id }: T) => id === sticky || id === preferred;
  return candidates.filter((candidate) => hasQuota(candidate) || isChosen(candidate));
}

/** The one account that stands for all: the person's choice, whether it is ready or not. */
export function preferredAccount<T extends Candidate>(
  candidates: readonly T[],
  { sticky, preferred }: Pick<SelectionInput, 'sticky' | 'preferred'>,
): T | undefined {
  const find = (id: string | undefined) => candidates.find((candidate) => candidate.id === id);
  const unchosen = withoutBilledAccounts(candidates, { sticky, preferred }).find(isSignedIn);
  return find(preferred) ?? find(sticky) ?? unchosen ?? candidates[0];
}

/** Of those that are even, the earlier in the order. An account of which nothing is known is new. */
function leastUsed(open: readonly Candidate[]): Candidate | undefined {
  return open.toSorted((a, b) => (a.usedPercent ?? 0) - (b.usedPercent ?? 0))[0];
}
