import * as l10n from '@vscode/l10n';
import { ownValue } from '../../src/base/lookup.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import type { Extras } from '../base/extras.ts';
import type { Host } from '../base/host.ts';
import { toolkitButton } from '../base/toolkit.ts';
import { createFileLinks } from '../markdown/links/fileLinks.ts';
import type { PromptEdits, RowContext } from './actions.ts';
import type { Announcer } from './announcer.ts';
import type { PersistedState } from './persistedState.ts';
import { runningTurn, type ViewState } from './state.ts';

export interface RowContextDeps {
  readonly host: Host;
  readonly memory: PersistedState;
  readonly announcer: Announcer;
  readonly extras: Extras;
  readonly redraw: () => void;
  readonly now: () => number;
  readonly state: () => ViewState | undefined;
  readonly toEnd: () => void;
}

const settingsAtFirst: SettingsView = { sendWith: 'enter', reasoning: 'collapsed' };

export function createRowContext(deps: RowContextDeps): RowContext {
  const { host, memory, announcer, state, toEnd } = deps;
  const { send } = host;
  const isBusy = () => runningTurn(state()) !== undefined;
  return {
    send,
    files: createFileLinks(send),
    copy(text) {
      send({ type: 'clipboard/write', text });
      announcer.say({ text: l10n.t('Copied'), topic: 'copied' });
    },
    retry(turnId, type = 'turn/retry') {
      toEnd();
      if (!isBusy()) send({ type, turnId });
      else announcer.say({ text: stillResponding(), topic: 'refused' });
    },
    fork(turnId) {
      const chatId = state()?.chatId;
      if (chatId !== undefined) send({ type: 'chat/fork', chatId, turnId });
    },
    copyLink(turnId) {
      send({ type: 'turn/copyLink', turnId });
      announcer.say({ text: l10n.t('Copied'), topic: 'copied' });
    },
    pickSuggestion(id) {
      toEnd();
      send({ type: 'suggestion/pick', id });
    },
    fold: (key) => ownValue(memory.saved.folds, key),
    setFold: (key, open) => memory.set({ folds: { ...memory.saved.folds, [key]: open } }),
    redraw: deps.redraw,
    now: deps.now,
    extras: deps.extras,
    edits: createPromptEdits(deps, isBusy),
    get settings() {
      return state()?.settings ?? settingsAtFirst;
    },
    get isStored() {
      return state()?.chat !== undefined;
    },
    get mayBranch() {
      const chat = state()?.chat;
      return chat !== undefined && chat.readOnly === undefined;
    },
  };
}

const stillResponding = () => l10n.t('Codex is still responding');

/** What was typed for a prompt stays until it is sent, also when the editor is closed. */
function createPromptEdits(
  { host, memory, extras, state, redraw, toEnd }: RowContextDeps,
  isBusy: () => boolean,
): PromptEdits {
  const edits = () => memory.saved.edits ?? {};
  const forget = (turnId: string) =>
    memory.set({
      edits: Object.fromEntries(Object.entries(edits()).filter(([id]) => id !== turnId)),
    });
  const keep = (turnId: string, text: string) => {
    memory.set({ edits: { ...edits(), [turnId]: text } });
    redraw();
  };
  return {
    draft: (turnId) => ownValue(edits(), turnId),
    keep,
    open({ id, prompt }, text, close, show) {
      const turns = state()?.turns ?? [];
      const laterTurns = turns.length - 1 - turns.findIndex((turn) => turn.id === id);
      extras.use(({ createPromptEditor }) =>
        show(
          createPromptEditor({
            text,
            laterTurns,
            settings: state()?.settings ?? settingsAtFirst,
            button: toolkitButton,
            cancel: close,
            changed: (typed) => (typed === prompt ? forget(id) : keep(id, typed)),
            send(typed) {
              if (isBusy()) return l10n.t('Not sent: Codex is still responding');
              forget(id);
              close();
              toEnd();
              host.send({ type: 'turn/edit', turnId: id, text: typed });
              return undefined;
            },
          }),
        ),
      );
    },
  };
}
