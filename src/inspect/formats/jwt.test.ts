import { describe, expect, it } from 'vitest';
import { readJwt } from './jwt.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('readJwt', () => {
  it('reads header and claims, whatever the signature', () => {
    expect(readJwt(`${part({ alg: 'HS256' })}.${part({ role: 'anon' })}.x`)).toEqual({
      header: { alg: 'HS256' },
      claims: { role: 'anon' },
    });
  });
  it.each([
    'eyJ.!!!.x',
    'eyJhbGciOiJIUzI1NiJ9.eyJub3QganNvbg.x',
    '',
    'a',
    `${part([1])}.${part({})}.x`,
    `${part({})}.${part('a')}.x`,
  ])('does not take %j for one', (text) => {
    expect(readJwt(text)).toBeUndefined();
  });
  it('does not decode parts longer than a token has', () => {
    expect(readJwt(`${part({ alg: 'none' })}.${part({ a: 'x'.repeat(9000) })}.x`)).toBeUndefined();
  });
});
