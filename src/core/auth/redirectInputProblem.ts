/** Why pasted text is of no use; the sign-in goes on. */
export type PasteProblem = 'empty' | 'noCode' | 'noState' | 'otherState';

/** For people: what is wrong with the text, and which one is right. */
export function describePasteProblem(why: PasteProblem): string {
  return words[why];
}

const words: Readonly<Record<PasteProblem, string>> = {
  empty: 'Paste the address that the browser shows after you have allowed access.',
  noCode:
    'This is not the address at the end of the sign-in. Allow access in the browser first; the address to paste begins with http://127.0.0.1.',
  noState: 'The end of the address is missing. Copy the whole address from the browser.',
  otherState:
    'This address belongs to another sign-in. Open the sign-in page from here once more, and paste the address that it ends at.',
};
