import * as l10n from '@vscode/l10n';
import type { CompactionProgress, CompactionView } from '../../src/shared/protocol/compaction.ts';
import { formatRoundTokens, plural } from '../../src/shared/format.ts';
import { h } from '../base/dom.ts';
import { icon } from '../base/icons.ts';

export interface CompactionActions {
  readonly restore: (id: string) => void;
  readonly stop: () => void;
  readonly fold: (key: string) => boolean | undefined;
  readonly setFold: (key: string, open: boolean) => void;
}

/** The place in the transcript where a summary took over. It opens to both sides. */
export function createCompactionRow(
  view: CompactionView,
  { restore, fold, setFold }: CompactionActions,
): HTMLElement {
  const key = `compaction:${view.id}`;
  const details = h('div', { class: 'compaction-card', id: key, hidden: fold(key) !== true });
  const button = h(
    'button',
    {
      type: 'button',
      'aria-expanded': String(!details.hidden),
      'aria-controls': key,
      onclick() {
        details.hidden = !details.hidden;
        button.setAttribute('aria-expanded', String(!details.hidden));
        setFold(key, !details.hidden);
        fill();
      },
    },
    h('span', {}, headOf(view)),
    icon('down'),
  );
  const fill = () => {
    if (!details.hidden && details.childElementCount === 0) {
      details.append(...detailsOf(view, () => restore(view.id)));
    }
  };
  fill();
  return h('section', { class: 'compaction' }, h('div', { class: 'rule' }, button), details);
}

/** "193k → 31k tokens; 12 messages kept, 84 steps summarized". */
function headOf({ before, after, kept, steps, state }: CompactionView): string {
  const size = l10n.t('{0} → {1} tokens', formatRoundTokens(before), formatRoundTokens(after));
  const messages = plural(
    l10n.t('{0, plural, one {# message kept} other {# messages kept}}'),
    kept.length,
  );
  const done = plural(
    l10n.t('{0, plural, one {# step summarized} other {# steps summarized}}'),
    steps,
  );
  const words = l10n.t('{0}; {1}, {2}', size, messages, done);
  return state === 'restored' ? l10n.t('{0} (restored)', words) : words;
}

function detailsOf(
  { kept, summary, dropped, state }: CompactionView,
  restore: () => void,
): HTMLElement[] {
  return [
    h('h3', {}, l10n.t('Your messages that Codex still sees')),
    h('ul', { class: 'compaction-kept' }, ...kept.map((text) => h('li', { dir: 'auto' }, text))),
    h('h3', {}, l10n.t('The summary that replaces the rest')),
    h('p', { class: 'compaction-summary', dir: 'auto' }, summary),
    dropped === 0 ? undefined : h('p', { class: 'dim' }, droppedText(dropped)),
    h('p', { class: 'dim' }, hintOf(state)),
    state === 'active'
      ? h(
          'button',
          { class: 'btn btn-bare', type: 'button', onclick: restore },
          l10n.t('Restore the full chat'),
        )
      : undefined,
  ].filter((one) => one !== undefined);
}

const droppedText = (count: number) =>
  plural(
    l10n.t(
      '{0, plural, one {# older item was too much for the summary and is not part of it.} other {# older items were too much for the summary and are not part of it.}}',
    ),
    count,
  );

function hintOf(state: CompactionView['state']): string {
  switch (state) {
    case 'active':
      return l10n.t(
        'Nothing is deleted. Details can get lost in a summary, more so after several.',
      );
    case 'replaced':
      return l10n.t('A later summary has taken its place.');
    case 'restored':
      return l10n.t('You restored the full chat. Codex sees all of it again.');
  }
}

/** Shown at the end of the transcript while a compaction runs, or when it has failed. */
export function createCompactionProgress(
  progress: CompactionProgress,
  { stop }: Pick<CompactionActions, 'stop'>,
): HTMLElement {
  if (progress.status === 'failed') {
    return h('div', { class: 'compaction-failed', role: 'status' }, progress.message);
  }
  return h(
    'div',
    { class: 'rule', role: 'status' },
    h('span', {}, l10n.t('Compacting the chat…')),
    h('button', { type: 'button', onclick: stop }, l10n.t('Stop')),
  );
}
