import { describe, expect, test } from 'vitest';
import { HttpError } from '../../../src/base/http.ts';
import {
  classifyProxyError,
  classifyTransportError,
} from '../../../src/node/http/transportError.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

describe('an error of the machine', () => {
  test.each([
    ['ENOTFOUND', 'dns', 'proxy'],
    ['EAI_AGAIN', 'dns', 'proxy'],
    ['ECONNREFUSED', 'refused', 'proxy'],
    ['ENETUNREACH', 'unreachable', 'proxy'],
    ['EHOSTUNREACH', 'unreachable', 'proxy'],
    ['ECONNRESET', 'reset', 'proxy'],
    ['EPIPE', 'reset', 'proxy'],
    ['UND_ERR_SOCKET', 'reset', 'proxy'],
    ['HPE_INVALID_CONSTANT', 'reset', 'proxy'],
    ['ZSTD_error_corruption_detected', 'reset', 'proxy'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connectTimeout', 'connectTimeout'],
    ['ETIMEDOUT', 'connectTimeout', 'connectTimeout'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls', 'tls'],
    ['CERT_NOT_YET_VALID', 'tls', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'tls'],
    ['EPROTO', 'tls', 'tls'],
    ['EMFILE', 'other', 'proxy'],
  ])('with code %s is of kind %s, on the way to a proxy %s', (code, kind, byProxy) => {
    expect(classifyTransportError(withCode(code), 'h')).toMatchObject({ kind, host: 'h' });
    const wrapped = new Error('outer', { cause: new AggregateError([withCode(code)]) });
    expect(classifyTransportError(wrapped, 'h').kind).toBe(kind);
    expect(classifyProxyError(withCode(code), 'h', 'p:1')).toMatchObject({
      kind: byProxy,
      host: byProxy === 'proxy' ? 'h' : 'p:1',
      proxy: 'p:1',
    });
  });

  test('that was classified before stays as it is', () => {
    const first = new HttpError('proxy', 'h', { proxy: 'p:1', proxyStatus: 407 });
    expect(classifyTransportError(new Error('outer', { cause: first }), 'other')).toBe(first);
    expect(classifyProxyError(first, 'other', 'q:2')).toBe(first);
    expect(first.message).toBe('proxy (h, proxy p:1 407)');
  });

  test('that is no error at all, or its own cause, is of kind other', () => {
    const loop: Error = new Error('loop');
    loop.cause = loop;
    for (const error of [loop, 'text', undefined, null]) {
      expect(classifyTransportError(error, 'h').kind).toBe('other');
    }
  });
});
