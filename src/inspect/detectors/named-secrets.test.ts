import { describe, expect, it } from 'vitest';
import { createScanner, grammarOf } from '../formats/text/index.ts';
import { createCredentials } from './credentials.ts';
import { createPlaceBudget } from './evidence.ts';
import { namedSecret } from './named-secrets.ts';

const named = (name: string, text: string) => namedSecret({ name, text, entry: 'assets/config.json', via: 'text' });

describe('namedSecret', () => {
  it.each([
    ['db_password', 'Xk9-bluemarket!7'],
    ['keystorePassword', 'aB3dE5gH7j'],
    ['string/smtp_password', 'h4rd-c0ded'],
    ['spring.datasource.mysql.password', 'h4rd-c0ded'],
    ['ADMIN_PASS', 'h4rd-c0ded'],
  ])('takes %s=%s for a password', (name, text) => {
    expect(named(name, text)).toMatchObject({ kind: 'hardcoded-password', value: text });
  });

  it.each([
    ['secretKey', 'aB3dE5gH7jK9mN1pQ3sT'],
    ['string/encryption_key', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['token', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['apiKey', '0A1B2C3D4E5F60718293A4B5C6D7E8F9'],
    ['weather_api_key', 'aB3dE5gH7jK9mN1pQ3sT'],
  ])('takes %s=%s for a secret', (name, text) => {
    expect(named(name, text)).toMatchObject({ kind: 'named-secret', value: text });
  });

  it.each([
    ['string/password', 'Password'],
    ['password', 'Enter-your-password-1'],
    ['db_password', 'db_password'],
    ['db_password', '${DB_PASSWORD}'],
    ['db_password', 'DB_PASSWORD'],
    ['db_password', 'changeme1'],
    ['admin_password_hint', 'At-least-8-characters'],
    ['forgot_password', 'Forgot1?'],
    ['keystorePassword', 'string'],
    ['secret_key', 'users_v2_secret_of_orders'],
    ['secret_key', '00000000000000000000'],
    ['comment', 'aB3dE5gH7jK9mN1pQ3sT'],
    ['public_secret_key', 'aB3dE5gH7jK9mN1pQ3sT'],
    ['abc_secret_title', 'aB3dE5gH7jK9mN1pQ3sT'],
    ['title', 'h4rd-c0ded'],
    ['token', 'keyword.operator.assignment.2'],
    ['token', 'com-bluemarket-shop-release-2'],
    ['apiKey', '00000000000000000000000000000000'],
    ['apiKey', 'your0a1b2c3d4e5f60718293a4b5c6d7'],
    ['tokenType', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['key', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
  ])('does not take %s=%s for one', (name, text) => {
    expect(named(name, text)).toBeUndefined();
  });
});

describe('a key that a script gives to a variable', () => {
  const KEY = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';

  it.each([
    `const token = '${KEY}';`,
    `var apiKey="${KEY}"`,
    `let a={apiSecret: '${KEY}'}`,
    `config = { "api_key": "${KEY}" }`,
  ])('is found in %s', (script) => {
    const credentials = createCredentials(() => ({ origin: 'app', reason: 'a test' }), createPlaceBudget());
    const scanner = createScanner(grammarOf('js') ?? expect.fail('scripts are read'), (piece) =>
      credentials.take({ ...piece, entry: 'a.js', via: 'text' }),
    );
    scanner.push(Buffer.from(script));
    scanner.end();
    expect(credentials.finish([], new Uint8Array(32))(true)).toMatchObject([
      { kind: 'named-secret', value: KEY, sensitivity: 'unknown' },
    ]);
  });
});

describe('a script in one endless line', () => {
  it('reaches the rules in short pieces, each byte once', () => {
    // the beginnings of keys, over and over: what makes patterns look and fail
    const block = Buffer.from(
      'a={k:"sk_live_AIzaSyAKIAxoxb-eyJhbGciOi.eyJ-----BEGIN PRIVATE KEY-----secret:",u:"AccountKey=sig="};',
    );
    const line = Buffer.alloc(50_000_000, block);
    const credentials = createCredentials(() => ({ origin: 'app', reason: 'a test' }), createPlaceBudget());
    let characters = 0;
    let longest = 0;
    let pieces = 0;
    const grammar = grammarOf('js');
    if (grammar === undefined) throw new Error('scripts are read');
    const scanner = createScanner(grammar, (piece) => {
      pieces++;
      characters += piece.text.length;
      longest = Math.max(longest, piece.text.length);
      if (pieces % 1000 === 0) credentials.take({ ...piece, entry: 'a.js', via: 'text' });
    });
    for (let at = 0; at < line.length; at += 1 << 20) scanner.push(line.subarray(at, at + (1 << 20)));
    scanner.end();
    expect(pieces).toBeGreaterThan(400_000);
    expect(longest).toBeLessThanOrEqual(4096);
    expect(characters).toBeLessThanOrEqual(line.length);
    expect(credentials.finish([], new Uint8Array(32))(false)).toEqual([]);
  }, 30_000);
});
