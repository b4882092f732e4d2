/** Why pasted text is of no use; the sign-in goes on. */
export type PasteProblem = 'empty' | 'noCode' | 'noState' | 'otherState';

/** For people: what is wrong with the text, and which one is right. */
export function describePasteProblem(why: PasteProblem): string {
  return words[why];
}

const words: Readonly<Record<PasteProblem, string>> = {
  empty: 'Paste the URL that the browser shows after you allow access.',
  noCode:
    'This isn’t the redirect URL. Allow access in the browser first. The redirect URL begins with http://127.0.0.1.',
  noState: 'The URL is incomplete. Copy the whole URL from the browser.',
  otherState:
    'This URL belongs to another sign-in. Reopen the sign-in page from here, and paste the URL that it redirects to.',
};
