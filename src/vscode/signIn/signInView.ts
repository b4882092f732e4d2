import * as vscode from 'vscode';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { describeAuthFailure } from '../../core/auth/authFailureText.ts';
import { describePasteProblem } from '../../core/auth/signIn/redirectInputProblem.ts';
import type { AccountView } from '../../shared/protocol/account.ts';
import type { SignInState } from './signIn.ts';

type Running = Extract<SignInState, { kind: 'running' }>;

/** What the panel shows of a sign-in. The sign-in page's own address is not told: it bears secrets. */
export function signingInView({ attempt, mayNotComeBack }: Running): AccountView {
  const { lead, startedAtMs, endsAtMs, code, codeState, address, listener, pasteProblem } = attempt;
  const hint = vscode.l10n.t(
    'Your browser may not be able to reach this remote machine. If the page can’t be reached, paste its URL here.',
  );
  const notes = [
    ...attempt.remarks.map(describeAuthFailure),
    ...(mayNotComeBack && lead === 'browser' && listener === 'up' ? [hint] : []),
  ];
  return {
    state: 'signingIn',
    startedAtMs,
    endsAtMs,
    lead,
    codeState,
    ...omitUndefined({ code }),
    hasPage: address !== undefined,
    notes,
    ...(pasteProblem === undefined ? {} : { pasteProblem: describePasteProblem(pasteProblem) }),
  };
}
