import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBypass } from '../../../src/node/proxy/bypass.ts';

const asks = (entries: string, host: string, port = 443) => createBypass([entries])(host, port);

test.each<[string, string, number, boolean]>([
  ['', 'chatgpt.com', 443, false],
  ['*', 'chatgpt.com', 443, true],
  ['chatgpt.com', 'chatgpt.com', 443, true],
  ['chatgpt.com', 'api.chatgpt.com', 443, true],
  ['chatgpt.com', 'notchatgpt.com', 443, false],
  ['chatgpt.com', 'chatgpt.com.evil.org', 443, false],
  ['.chatgpt.com', 'chatgpt.com', 443, true],
  ['.chatgpt.com', 'api.chatgpt.com', 443, true],
  ['*.chatgpt.com', 'api.chatgpt.com', 443, true],
  ['*.chatgpt.com', 'chatgpt.com', 443, true],
  ['ChatGPT.COM.', 'chatgpt.com', 443, true],
  ['chatgpt.com', 'CHATGPT.com.', 443, true],
  ['api*.chatgpt.com', 'api2.chatgpt.com', 443, true],
  ['api*.chatgpt.com', 'web.chatgpt.com', 443, false],
  ['192.168.*', '192.168.7.9', 443, true],
  ['a.com, b.com', 'b.com', 443, true],
  ['a.com b.com', 'b.com', 443, true],
  ['a.com,,b.com', 'chatgpt.com', 443, false],
  ['chatgpt.com:443', 'chatgpt.com', 443, true],
  ['chatgpt.com:8443', 'chatgpt.com', 443, false],
  ['*:8443', 'chatgpt.com', 8443, true],
  ['10.0.0.0/8', '10.200.3.4', 443, true],
  ['10.0.0.0/8', '11.0.0.1', 443, false],
  ['10.0.0.0/8', '10.example.com', 443, false],
  ['10.1.2.3', '10.1.2.3', 443, true],
  ['10.1.2.3', '110.1.2.3', 443, false],
  ['10.1.2.3:80', '10.1.2.3', 443, false],
  ['0.0.0.0/0', '8.8.8.8', 443, true],
  ['fd00::/8', '[fd12::1]', 443, true],
  ['[fd00::1]', '[fd00::1]', 443, true],
  ['[fd00::1]:8443', '[fd00::1]', 8443, true],
  ['[fd00::1]:8443', '[fd00::1]', 443, false],
  ['fd00:0:0::1', '[fd00::1]', 443, true],
  ['10.0.0.0/99', '10.0.0.1', 443, false],
  ['(', 'chatgpt.com', 443, false],
  ['', 'localhost', 80, true],
  ['', '127.0.0.1', 80, true],
  ['', '[::1]', 80, true],
  ['', '127.0.0.2', 80, true],
  ['', '127.255.255.254', 80, true],
  ['', '[::ffff:7f00:1]', 80, true],
  ['', '[::ffff:7f12:3456]', 80, true],
  ['', '128.0.0.1', 80, false],
  ['', '127.0.0.1.evil.org', 80, false],
  ['', 'localhost.evil.org', 80, false],
])('with no proxy for "%s", %s at %i goes straight: %s', (entries, host, port, straight) => {
  expect(asks(entries, host, port)).toBe(straight);
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.'));
const anyPort = fc.integer({ min: 1, max: 65_535 });

test('a name always stands for itself and all below it, and never for one that only ends alike', () => {
  fc.assert(
    fc.property(name, label, anyPort, fc.constantFrom('', '.', '*.'), (host, sub, port, lead) => {
      expect(asks(lead + host, host, port)).toBe(true);
      expect(asks(lead + host, `${sub}.${host}`, port)).toBe(true);
      expect(asks(lead + host, `${sub}${host}`, port)).toBe(false);
      expect(asks(lead + host, `${host}.${sub}`, port)).toBe(false);
    }),
  );
});

test('entries together say yes exactly where one of them does, however they are separated', () => {
  const entry = fc.oneof(
    name,
    name.map((host) => `${host}:8443`),
    fc.constantFrom('10.0.0.0/8', '192.168.*', '[fd00::1]'),
  );
  const asked = fc.oneof(name, fc.ipV4(), fc.constantFrom('10.1.1.1', '192.168.1.1'));
  const separator = fc.constantFrom(',', ' ', ', ', ',,');
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 5 }),
      asked,
      anyPort,
      separator,
      (entries, host, port, by) => {
        const each = entries.some((one) => asks(one, host, port));
        expect(asks(entries.join(by), host, port)).toBe(each || asks('', host, port));
        expect(createBypass(entries)(host, port)).toBe(asks(entries.join(by), host, port));
      },
    ),
  );
});

test('a network holds exactly the addresses that begin with its bits', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, bits) => {
      const first = (text: string) =>
        text
          .split('.')
          .map((part) => Number(part).toString(2).padStart(8, '0'))
          .join('')
          .slice(0, bits);
      // This machine never goes through a proxy.
      fc.pre(!address.startsWith('127.'));
      expect(asks(`${base}/${bits}`, address)).toBe(first(base) === first(address));
    }),
  );
});

test('no text makes it throw, and none but a star alone or a network of everything lets all go straight', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (entries) => {
      const bypass = createBypass(entries);
      expect(typeof bypass('chatgpt.com', 443)).toBe('boolean');
      fc.pre(!entries.some((entry) => entry.includes('*')));
      expect(bypass('a-name-that-nobody-typed.example', 443)).toBe(false);
    }),
  );
});
