import { describe, expect, it } from 'vitest';
import { readCredentials } from './credentials.ts';
import { Unauthenticated } from './refuse.ts';

function read(...headers: readonly string[]): unknown {
  try {
    return readCredentials(headers);
  } catch (error) {
    if (error instanceof Unauthenticated) return error.detail;
    throw error;
  }
}

describe('the credentials of a request', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('are one scheme and one token68: %s', (scheme) => {
    expect(read('Host', 'x', 'authorization', `${scheme} abc.DEF-_~+/==`)).toEqual({
      scheme: 'bearer',
      value: 'abc.DEF-_~+/==',
      proof: null,
    });
  });

  it('are none where there is no Authorization', () => {
    expect(read('Host', 'x', 'Proxy-Authorization', 'Bearer abc', 'X-Authorization', 'Bearer abc')).toBeNull();
  });

  it('B194: are refused when there twice, in any case of the name, equal or not', () => {
    expect(read('Authorization', 'Bearer a', 'authorization', 'Bearer a')).toBe('authorization: there twice');
    expect(read('AUTHORIZATION', 'Bearer a', 'Host', 'x', 'Authorization', 'Bearer b')).toBe(
      'authorization: there twice',
    );
    expect(read('Authorization', '', 'Authorization', 'Bearer b')).toBe('authorization: there twice');
  });

  it.each([
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer a b',
    'Bearer  a',
    ' Bearer a',
    'Bearer a ',
    'Bearer\ta',
    'Bearer',
    'Bearer ',
    '',
    'a',
    'Bearer a===',
    'Bearer =a',
    'Bearer a\u0000',
    'Bearer ä',
    'Bearer "a"',
    'Bearer a;b',
    'Bearer a\r\nX: y',
  ])('are refused: %j', (value) => {
    expect(read('Authorization', value)).toBe('authorization: not a scheme with one token68');
  });

  it.each(['Basic YTpi', 'Negotiate abc', 'Digest abc', 'Token abc', 'JWT abc', 'X abc'])(
    'are refused by scheme: %s',
    (value) => {
      expect(read('Authorization', value)).toBe('authorization: a scheme that is not accepted');
    },
  );

  it('are refused above their length before anything else is done with them', () => {
    expect(read('Authorization', `Bearer ${'a'.repeat(8 * 1024 + 10)}`)).toBe('authorization: too long');
    expect(read('Authorization', 'DPoP a', 'DPoP', 'a'.repeat(4097))).toBe('dpop: too long');
  });

  it('hold a proof with the scheme DPoP, and only then', () => {
    expect(read('Authorization', 'DPoP a', 'DPoP', 'p')).toEqual({ scheme: 'dpop', value: 'a', proof: 'p' });
    expect(read('Authorization', 'DPoP a')).toBe('dpop: no proof');
    expect(read('Authorization', 'Bearer a', 'DPoP', 'p')).toBe('dpop: a proof beside another scheme');
    expect(read('Authorization', 'ApiKey a', 'dpop', 'p')).toBe('dpop: a proof beside another scheme');
    expect(read('DPoP', 'p')).toBe('dpop: a proof without a token');
    expect(read('Authorization', 'DPoP a', 'DPoP', 'p', 'dpop', 'p')).toBe('dpop: two proofs');
  });
});
