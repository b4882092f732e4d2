import * as vscode from 'vscode';
import { describeAuthFailure } from '../core/auth/errors.ts';
import { describePasteProblem } from '../core/auth/redirectInputProblem.ts';
import type { AccountView } from '../protocol.ts';
import type { SignInState } from './signIn.ts';

type Running = Extract<SignInState, { kind: 'running' }>;

/** What the panel shows of a sign-in. The sign-in page's own address is not told: it bears secrets. */
export function signingInView({ attempt, mayNotComeBack }: Running): AccountView {
  const { lead, startedAtMs, endsAtMs, code, codeState, address, listener, pasteProblem } = attempt;
  const hint = vscode.l10n.t(
    'The browser may not find its way back to this remote machine. If it ends at a page that cannot be reached, paste its address here.',
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
    ...(code === undefined ? {} : { code }),
    hasPage: address !== undefined,
    notes,
    ...(pasteProblem === undefined ? {} : { pasteProblem: describePasteProblem(pasteProblem) }),
  };
}
