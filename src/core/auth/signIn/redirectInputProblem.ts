import * as l10n from '@vscode/l10n';

/** Why pasted text is of no use; the sign-in goes on. */
export type PasteProblem = 'empty' | 'noCode' | 'noState' | 'otherState';

/** For people: what is wrong with the text, and which one is right. */
export function describePasteProblem(why: PasteProblem): string {
  switch (why) {
    case 'empty':
      return l10n.t('Paste the URL that the browser shows after you allow access.');
    case 'noCode':
      return l10n.t(
        'This isn’t the redirect URL. Allow access in the browser first. The redirect URL begins with http://127.0.0.1.',
      );
    case 'noState':
      return l10n.t('The URL is incomplete. Copy the whole URL from the browser.');
    case 'otherState':
      return l10n.t(
        'This URL belongs to another sign-in. Reopen the sign-in page from here, and paste the URL that it redirects to.',
      );
  }
}
