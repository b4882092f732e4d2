import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { currentStartView, suggestions } from '../../../src/vscode/chat/suggestions.ts';
import { DiagnosticSeverity, editor, Uri } from '../../support/vscode.ts';

beforeEach(() => editor.reset());
afterEach(() => editor.reset());

function open(text: string, address = 'file:///workspace/src/cart.ts') {
  editor.document = { uri: Uri.parse(address), languageId: 'typescript', getText: () => text };
}

const problem = (line: number, message: string, severity: number) => ({
  range: { start: { line } },
  message,
  severity,
});

const named = (id: string) => suggestions().find(({ view }) => view.id === id);

describe('without an open file', () => {
  test.each([undefined, 'output:///tasks', 'vscode-settings:///a'])(
    'the suggestion is a general one, and nothing of an editor is attached (%s)',
    (address) => {
      if (address !== undefined) open('secret', address);
      const [only, ...others] = suggestions();
      expect(others).toEqual([]);
      expect(only?.prompt().attachments).toEqual([]);
    },
  );
});

describe('with an open file', () => {
  test('it can be explained and reviewed, and goes along with its path and language', () => {
    open('const a = 1;\n');
    editor.workspaceName = 'shop';
    expect(currentStartView()).toMatchObject({
      workspace: 'shop',
      suggestions: [
        { id: 'explain', label: 'Explain cart.ts' },
        { id: 'review', label: 'Review cart.ts' },
      ],
    });
    expect(named('explain')?.prompt().attachments).toEqual([
      {
        kind: 'file',
        name: 'cart.ts',
        path: 'src/cart.ts',
        language: 'typescript',
        text: 'const a = 1;\n',
      },
    ]);
  });

  test('its errors and warnings can be fixed, each named with its line; hints do not count', () => {
    open('a\nb\n');
    editor.diagnostics = [
      problem(0, 'No such name.', DiagnosticSeverity.Error),
      problem(1, 'Never used.', DiagnosticSeverity.Warning),
      problem(1, 'Could be shorter.', DiagnosticSeverity.Hint),
    ];
    expect(named('fix')?.view.label).toBe('Fix 2 problems in cart.ts');
    const { text = '' } = named('fix')?.prompt() ?? {};
    expect(text).toContain('- line 1: No such name.\n- line 2: Never used.');
    expect(text).not.toContain('shorter');
  });

  test('is read when it is picked, not when it is offered', () => {
    let reads = 0;
    open('');
    if (editor.document) editor.document.getText = () => `read ${++reads}`;
    const offered = named('explain');
    expect(reads).toBe(0);
    expect(offered?.prompt().attachments[0]).toMatchObject({ text: 'read 1' });
  });

  test('that is long is cut, the model is told so, and no character is cut in two', () => {
    for (const lead of ['', 'x']) {
      open(lead + '\u{1F600}'.repeat(100_000));
      const [attached] = named('explain')?.prompt().attachments ?? [];
      const text = attached && 'text' in attached ? attached.text : '';
      expect(text.length).toBeLessThan(60_100);
      expect(text).toMatch(/\[cut after \d+ characters\]$/);
      expect(text).not.toMatch(/\p{Surrogate}/u);
    }
  });
});
