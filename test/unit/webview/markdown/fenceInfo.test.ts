import { expect, test } from 'vitest';
import { readInfo } from '../../../../webview/markdown/parse/fenceInfo.ts';

test.each([
  ['', 'Text', ''],
  ['ts', 'TypeScript', 'typescript'],
  ['TSX', 'TypeScript JSX', 'typescriptreact'],
  ['sh', 'Shell', 'shellscript'],
  ['c++', 'C++', 'cpp'],
  ['ts src/retry.ts', 'src/retry.ts', 'typescript'],
  ['ts title="src/retry.ts"', 'src/retry.ts', 'typescript'],
  ['js {file=a.js, lines=1}', 'a.js', 'javascript'],
  ['rust:src/main.rs', 'src/main.rs', 'rust'],
  ['12:40:src/app.py', 'src/app.py', 'python'],
  ['src/app.py', 'src/app.py', 'python'],
  ['Dockerfile', 'Dockerfile', 'dockerfile'],
  ['brainfuck', 'brainfuck', ''],
  ['__proto__', '__proto__', ''],
  ['constructor', 'constructor', ''],
  ['js"><img', 'jsimg', ''],
  ['a'.repeat(20_000), 'a'.repeat(32), ''],
  ['ts {1,3-5}', 'TypeScript', 'typescript'],
])('%j is shown as %s', (info, title, id) => {
  const read = readInfo(info);
  expect([read.title, read.language.id]).toEqual([title, id]);
});
