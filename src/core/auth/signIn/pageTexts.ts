import * as l10n from '@vscode/l10n';

/** What the page says to which the browser comes back; the markup lies in the media folder. */
export interface PageTexts {
  readonly title: string;
  readonly heading: string;
  readonly message: string;
}

export const signedInTexts = (): PageTexts => ({
  title: l10n.t('Signed in – Codex Chat'),
  heading: l10n.t('You are signed in'),
  message: l10n.t('Codex Chat is ready. You can close this page and go back to your editor.'),
});

export const failedTexts = (message: string): PageTexts => ({
  title: l10n.t('Not signed in – Codex Chat'),
  heading: l10n.t('You are not signed in'),
  message,
});

export const canceledMessage = () => l10n.t('Sign-in was canceled.');

export const nothingHereMessage = () => l10n.t('There is nothing at this address.');

/** For a redirect that does not belong to the sign-in under way. */
export const otherSignInMessage = () =>
  l10n.t(
    'This page does not belong to the sign-in that is under way. Go back to your editor and sign in from there.',
  );
