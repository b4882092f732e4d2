import type { HistoryRow } from '../../src/shared/protocol/history.ts';
import { stillTimeMs, type Unnumbered } from './panelPage.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A chat of this workspace; `change` says what is different. */
export function historyRow(change: Partial<HistoryRow> = {}): HistoryRow {
  return {
    id: 'chat-1',
    title: 'withRetry gives up one attempt early',
    updatedAtMs: stillTimeMs - 2 * hour,
    here: true,
    workspace: 'shop-api',
    model: 'GPT-5.1-Codex',
    turns: 6,
    ...change,
  };
}

/** Chats of every age and in every state. The scenes play at 17:46 UTC. */
export const sampleChats: readonly HistoryRow[] = [
  historyRow(),
  historyRow({ id: 'waits', title: 'Upgrade vitest to 4', mark: 'waiting', turns: 2 }),
  historyRow({
    id: 'runs',
    title: 'Move the mailer to a queue',
    mark: 'running',
    updatedAtMs: stillTimeMs - 180_000,
    turns: 1,
  }),
  historyRow({
    id: 'unread',
    title: 'Why is the order total off by a cent?',
    mark: 'unread',
    updatedAtMs: stillTimeMs - 7 * hour,
    turns: 12,
  }),
  historyRow({ id: 'pinned', title: 'Release checklist', pinned: true, turns: 31 }),
  historyRow({
    id: 'failed',
    title: 'Trace the slow checkout query',
    mark: 'failed',
    updatedAtMs: stillTimeMs - day,
  }),
  historyRow({
    id: 'notes',
    title: 'Write the release notes for 3.4',
    updatedAtMs: stillTimeMs - day - 3 * hour,
  }),
  historyRow({
    id: 'newer',
    title: 'Upgrade to Node 22 and drop ts-node',
    newer: true,
    updatedAtMs: stillTimeMs - 4 * day,
  }),
  historyRow({
    id: 'damaged',
    title: 'Port the pricing engine to the new API without changing how discounts are rounded',
    damaged: 3,
    updatedAtMs: stillTimeMs - 40 * day,
  }),
  historyRow({
    id: 'other',
    title: 'Explain the pricing engine',
    here: false,
    workspace: 'pricing',
    updatedAtMs: stillTimeMs - 3 * day,
  }),
];

export const historyList = (
  rows: readonly HistoryRow[] = sampleChats,
  deleted = 0,
): Extract<Unnumbered, { type: 'history/list' }> => ({
  type: 'history/list',
  rows: [...rows],
  deleted,
  mayImport: true,
});
