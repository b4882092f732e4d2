import { assert, constantFrom, integer, property, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText } from '../../../../src/core/conversations/attachments/cutText.ts';
import { decodeText } from '../../../../src/core/conversations/attachments/decodeText.ts';
import { looksSecret } from '../../../../src/core/conversations/attachments/secretFiles.ts';
import { readImageHeader, sizeToSend } from '../../../../src/shared/images.ts';
import { movingGif, png } from '../../../support/images.ts';

describe('the bytes of a file', () => {
  test('are read as UTF-8 or by their byte order mark', () => {
    const marked = (mark: number[], bytes: Buffer) => Buffer.concat([Buffer.from(mark), bytes]);
    const little = Buffer.from('größer 語', 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [
      Buffer.from('größer 語'),
      marked([0xef, 0xbb, 0xbf], Buffer.from('größer 語')),
      marked([0xff, 0xfe], little),
      marked([0xfe, 0xff], big),
    ]) {
      expect(decodeText(bytes)).toEqual({ text: 'größer 語' });
    }
  });

  test.each([
    ['an image', png(8, 8), 'binary'],
    ['zeros', Buffer.alloc(20), 'binary'],
    ['a text in Latin-1', Buffer.from('größer', 'latin1'), 'encoding'],
    ['UTF-16 without a mark', Buffer.from('abc', 'utf16le'), 'binary'],
    ['half a UTF-16 unit', Buffer.from([0xff, 0xfe, 0x61]), 'encoding'],
  ])('that are no text are told apart: %s', (_what, bytes, fault) => {
    expect(decodeText(bytes)).toEqual({ fault });
  });

  test('become a text without NUL, or a fault, whatever they are', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => {
        const decoded = decodeText(bytes);
        if ('text' in decoded) expect(decoded.text).not.toContain('\0');
      }),
    );
  });

  test('of every text come back as that text', () => {
    assert(
      property(string({ unit: 'grapheme' }), (text) => {
        const wanted = text.replaceAll('\0', '').replace(/^\uFEFF+/, '');
        expect(decodeText(new TextEncoder().encode(wanted))).toEqual({ text: wanted });
      }),
    );
  });
});

test('a long text keeps its part without half a character, and says what is left out', () => {
  const part = constantFrom('first' as const, 'last' as const);
  assert(
    property(
      string({ unit: 'binary' }),
      integer({ min: 1, max: 20 }),
      part,
      (text, most, which) => {
        const { text: kept, cutFrom } = cutText(text, most, which);
        if (text.length <= most) {
          expect([kept, cutFrom]).toEqual([text, undefined]);
          return;
        }
        expect(cutFrom).toBe(text.length);
        const [, count = ''] =
          /\[cut: the (?:first|last) (\d+) of \d+ characters\]/.exec(kept) ?? [];
        const size = Number(count);
        expect(size).toBeGreaterThanOrEqual(most - 1);
        const own = which === 'first' ? kept.slice(0, size) : kept.slice(-size);
        if (size > 0)
          expect(which === 'first' ? text.startsWith(own) : text.endsWith(own)).toBe(true);
      },
    ),
  );
});

test.each([
  ['.env', true],
  ['app/.env.production', true],
  ['.env.example', false],
  ['src/environment.ts', false],
  ['deploy/server.pem', true],
  ['id_ed25519', true],
  ['id_ed25519.pub', false],
  ['home/me/.ssh/config', true],
  ['.aws/credentials', true],
  ['config/secrets.yml', true],
  ['src/secretFiles.ts', false],
  ['infra/prod.tfvars', true],
  ['docs/keys.md', false],
  ['.npmrc', true],
])('a file that often holds secrets is known by its path: %s', (path, expected) => {
  expect(looksSecret(path)).toBe(expected);
});

describe('the size at which an image is sent', () => {
  const side = integer({ min: 1, max: 60_000 });

  test('is the one that the Codex CLI sends', () => {
    expect(sizeToSend({ width: 4_000, height: 3_000 })).toEqual({ width: 3_669, height: 2_752 });
  });

  test('fits into 10,000 squares of 32 pixels, is never larger than the image, and keeps its shape', () => {
    assert(
      property(side, side, (width, height) => {
        const size = sizeToSend({ width, height });
        const patches = Math.ceil(size.width / 32) * Math.ceil(size.height / 32);
        expect(patches).toBeLessThanOrEqual(10_000);
        expect(size.width).toBeLessThanOrEqual(width);
        expect(size.height).toBeLessThanOrEqual(height);
        expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
        const fits = Math.ceil(width / 32) * Math.ceil(height / 32) <= 10_000;
        if (fits) expect(size).toEqual({ width, height });
      }),
    );
  });
});

describe('the header of an image', () => {
  test('tells type and size', () => {
    expect(readImageHeader(png(640, 480))).toEqual({ type: 'image/png', width: 640, height: 480 });
    expect(readImageHeader(movingGif)).toEqual({ type: 'image/gif', width: 1, height: 1 });
  });

  test('is found in no file that has none, however it begins, and never throws', () => {
    const begins = constantFrom(
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\0\0\0\0WEBPVP8 ',
      '\xff\xd8\xff',
    );
    assert(
      property(begins, uint8Array({ maxLength: 60 }), (begin, rest) => {
        const header = readImageHeader(Buffer.concat([Buffer.from(begin, 'latin1'), rest]));
        if (header) expect(Math.min(header.width, header.height)).toBeGreaterThan(0);
      }),
    );
    expect(readImageHeader(new Uint8Array())).toBeUndefined();
  });
});
