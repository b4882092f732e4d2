import * as l10n from '@vscode/l10n';
import { formatTime, plural } from '../../../shared/format.ts';
import type { TurnNote } from '../../conversations/turnNote.ts';

type NoteOf<Kind extends TurnNote['kind']> = Extract<TurnNote, { kind: Kind }>;

/** The note in words. @param nowMs - what its times are told from: the start of the turn. */
export function noteText(note: TurnNote, nowMs: number): string {
  switch (note.kind) {
    case 'rewritten':
      return note.garbled
        ? l10n.t('Part of this response was garbled, so Codex wrote it again.')
        : l10n.t('This response was interrupted, so Codex wrote part of it again.');
    case 'quiet':
      return l10n.t('No response for a minute. Still waiting…');
    case 'usageUnknown':
      return l10n.t('The connection was lost at the end, so token usage is unknown.');
    case 'incomplete':
      return incompleteText(note);
    case 'stepLimit':
      return stepLimitText(note);
    case 'accountSkipped':
      return skippedText(note);
    case 'accountSwitched':
      return switchedText(note, nowMs);
    default:
      return modelText(note);
  }
}

function modelText(
  note: NoteOf<'rerouted' | 'modelRejected' | 'modelReplaced' | 'effortReplaced'>,
): string {
  switch (note.kind) {
    case 'rerouted':
      return l10n.t('Answered by {0} instead.', note.model);
    case 'modelRejected':
      return l10n.t('The model “{0}” was rejected. Using another one.', note.model);
    case 'modelReplaced':
      return note.isSuccessor
        ? l10n.t(
            'The model “{0}” isn’t available. Using its successor {1}.',
            note.wanted,
            note.used,
          )
        : l10n.t('The model “{0}” isn’t available. Using {1}.', note.wanted, note.used);
    case 'effortReplaced':
      return l10n.t(
        '{0} doesn’t support the effort “{1}”. Using “{2}”.',
        note.model,
        note.wanted,
        note.used,
      );
  }
}

function incompleteText({ reason }: NoteOf<'incomplete'>): string {
  if (reason === 'max_output_tokens') {
    return l10n.t('The response reached its length limit and was cut off.');
  }
  if (reason === 'content_filter') {
    return l10n.t(
      'The response was cut off by the content filter. Retrying gives the same result.',
    );
  }
  return reason === undefined
    ? l10n.t('Codex ended the response early (no reason given).')
    : l10n.t('Codex ended the response early ({0}).', reason);
}

function stepLimitText({ steps }: NoteOf<'stepLimit'>): string {
  return plural(
    l10n.t(
      '{0, plural, one {Stopped after # request without a complete response.} other {Stopped after # requests without a complete response.}}',
    ),
    steps,
  );
}

function skippedText({ from, to, reason }: NoteOf<'accountSkipped'>): string {
  const before = from || l10n.t('An account');
  const label = to ?? l10n.t('Another account');
  switch (reason) {
    case 'signedOut':
      return l10n.t('{0} is signed out. Continuing with {1}.', before, label);
    case 'busy':
      return l10n.t('{0} is being renewed by another window. Continuing with {1}.', before, label);
    case 'refreshFailed':
      return l10n.t('{0} could not be refreshed. Continuing with {1}.', before, label);
  }
}

function switchedText(note: NoteOf<'accountSwitched'>, nowMs: number): string {
  const { reason, untilMs } = note;
  const before = note.from ?? l10n.t('An account');
  const label = note.to ?? l10n.t('Another account');
  const time = untilMs === undefined ? undefined : formatTime(untilMs, nowMs);
  switch (reason) {
    case 'plain':
      return l10n.t('Now using {0}.', label);
    case 'usageLimit':
      return time === undefined
        ? l10n.t('{0} has reached its usage limit. Continuing with {1}.', before, label)
        : l10n.t(
            '{0} has reached its usage limit until {2}. Continuing with {1}.',
            before,
            label,
            time,
          );
    case 'rateLimited':
      return time === undefined
        ? l10n.t('{0} has to wait. Continuing with {1}.', before, label)
        : l10n.t('{0} has to wait until {2}. Continuing with {1}.', before, label, time);
    case 'billing':
      return l10n.t('{0} has no credit left. Continuing with {1}.', before, label);
    case 'usageNotIncluded':
      return l10n.t('{0} has a plan without Codex. Continuing with {1}.', before, label);
    case 'rejected':
      return l10n.t('{0} was not let in. Continuing with {1}.', before, label);
  }
}
