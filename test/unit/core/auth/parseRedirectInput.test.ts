import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describePasteProblem } from '../../../../src/core/auth/signIn/redirectInputProblem.ts';
import { parseRedirectInput } from '../../../../src/core/auth/signIn/parseRedirectInput.ts';

const state = 'st4te_of-this.sign-in';
const code = 'ac_0123456789-abcdefXYZ';
const address = `http://127.0.0.1:1455/auth/callback?code=${code}&state=${state}`;
const good = { kind: 'code', code };

test.each([
  ['the whole address', address],
  ['the address with more fields', `${address}&scope=openid+profile`],
  ['the address by the other name of this machine', address.replace('127.0.0.1', 'localhost')],
  ['the address without its scheme', address.replace('http://', '')],
  ['the address with a fragment', `${address}#`],
  ['a quoted address', `"${address}"`],
  ['an address in angle brackets', ` <${address}>\n`],
  ['an address that a terminal broke', address.replace('&', '\n&').replace('127', '12 7')],
  ['the query with its mark', `?code=${code}&state=${state}`],
  ['the query alone', `code=${code}&state=${state}`],
  ['the query in another order', `state=${state}&code=${code}`],
  ['code and state with a hash between', `${code}#${state}`],
  ['the code alone', code],
])('takes %s', (_, text) => expect(parseRedirectInput(text, state)).toEqual(good));

test.each([
  ['nothing', ' \n ', 'empty'],
  ['the address of another sign-in', address.replace(state, 'other'), 'otherState'],
  ['a code with the state of another sign-in', `${code}#other`, 'otherState'],
  ['an address that was cut', `http://127.0.0.1:1455/auth/callback?code=${code}`, 'noState'],
  ['an empty state', `code=${code}&state=`, 'noState'],
  ['an empty code', `code=&state=${state}`, 'noCode'],
  [
    'the sign-in page itself',
    `https://auth.test/oauth/authorize?response_type=code&state=${state}`,
    'noCode',
  ],
  ['an address without a query', 'http://127.0.0.1:1455/auth/callback', 'noCode'],
  ['a word', 'hello', 'noCode'],
  ['prose', 'Where is that address supposed to be?!', 'noCode'],
])('refuses %s with words', (_, text, why) => {
  const pasted = parseRedirectInput(text, state);
  expect(pasted).toEqual({ kind: 'unusable', why });
  if (pasted.kind === 'unusable') expect(describePasteProblem(pasted.why)).toMatch(/^[A-Z].+\.$/);
});

test('gives the reason in an address that bears an error', () => {
  const text = `http://127.0.0.1:1455/auth/callback?error=access_denied&error_description=The+user+said+no&state=${state}`;
  expect(parseRedirectInput(text, state)).toEqual({
    kind: 'error',
    error: 'access_denied',
    description: 'The user said no',
  });
  expect(parseRedirectInput(text.replace(state, 'x'), state)).toMatchObject({ why: 'otherState' });
});

const word = fc.stringMatching(/^[\w.~-]{16,80}$/);

test('every code comes through in each of its forms, whatever it is made of', () => {
  fc.assert(
    fc.property(word, word, fc.nat(200), (anyCode, anyState, cut) => {
      const query = new URLSearchParams({ code: anyCode, state: anyState }).toString();
      const forms = [
        `http://127.0.0.1:1457/auth/callback?${query}`,
        query,
        `${anyCode}#${anyState}`,
        anyCode,
      ];
      for (const form of forms) {
        const broken = `${form.slice(0, cut)}\n ${form.slice(cut)}`;
        expect(parseRedirectInput(broken, anyState)).toEqual({ kind: 'code', code: anyCode });
      }
    }),
  );
});

test('a state that is not ours never lets a code through, nor ends the sign-in', () => {
  fc.assert(
    fc.property(word, word, word, (anyCode, ours, theirs) => {
      fc.pre(ours !== theirs);
      for (const field of ['code', 'error']) {
        const query = new URLSearchParams({ [field]: anyCode, state: theirs }).toString();
        for (const text of [query, `http://127.0.0.1:1455/auth/callback?${query}`]) {
          expect(parseRedirectInput(text, ours)).toEqual({ kind: 'unusable', why: 'otherState' });
        }
      }
    }),
  );
});

test('whatever is pasted, it is read or refused, and never thrown at (S0-3)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(['code', 'error', 'unusable']).toContain(parseRedirectInput(text, state).kind);
    }),
  );
});
