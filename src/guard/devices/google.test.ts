import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createDecoder, GOOGLE, readServiceAccount } from './google.ts';
import { type GoogleStandIn, type StandInAnswers, startGoogleStandIn } from './verify/testing/google-stand-in.ts';

const NOW = Date.UTC(2026, 10, 1);
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PACKAGE = 'org.example.shop';
const VERDICT = '{"tokenPayloadExternal":{"requestDetails":{"requestPackageName":"org.example.shop"}}}';

let standIn: GoogleStandIn | undefined;
afterEach(() => standIn?.close());

function accountFile(key = pair.privateKey, changes: Readonly<Record<string, unknown>> = {}): Buffer {
  const file = {
    type: 'service_account',
    client_email: 'gateway@example-shop.iam.example.org',
    private_key_id: 'k1',
    private_key: key.export({ format: 'pem', type: 'pkcs8' }),
    // Not followed: the addresses are this file's own word, and the gateway knows Google's.
    token_uri: 'https://evil.example.org/token',
    ...changes,
  };
  return Buffer.from(JSON.stringify(file));
}

async function start(answers: Partial<StandInAnswers> = {}): Promise<GoogleStandIn> {
  const all = { account: pair.publicKey, now: () => NOW, decode: () => ({ status: 200, body: VERDICT }), ...answers };
  standIn = await startGoogleStandIn(all);
  return standIn;
}

const account = readServiceAccount(accountFile());

describe('the decoder of integrity tokens', () => {
  it('asks Google, as the service account, and gives back the verdict', async () => {
    const asked: string[] = [];
    const { endpoints } = await start({
      decode: (packageName, token) => {
        asked.push(packageName, token);
        return { status: 200, body: VERDICT };
      },
    });
    const decode = createDecoder(account, endpoints);
    expect(JSON.stringify(await decode(PACKAGE, 'a token', NOW))).toBe(
      JSON.stringify({ requestDetails: { requestPackageName: PACKAGE } }),
    );
    expect(asked).toEqual([PACKAGE, 'a token']);
  });

  it('asks for access once for many tokens, and again before it ends', async () => {
    const { endpoints, asked } = await start();
    const decode = createDecoder(account, endpoints);
    await Promise.all([decode(PACKAGE, 'a', NOW), decode(PACKAGE, 'b', NOW), decode(PACKAGE, 'c', NOW)]);
    await decode(PACKAGE, 'd', NOW + 3_539_999);
    expect(asked).toEqual({ token: 1, decode: 4 });
  });

  it('asks for access again when the last one is nearly over', async () => {
    let now = NOW;
    const { endpoints, asked } = await start({ now: () => now });
    const decode = createDecoder(account, endpoints);
    await decode(PACKAGE, 'a', now);
    now = NOW + 3_540_000;
    await decode(PACKAGE, 'b', now);
    expect(asked.token).toBe(2);
  });

  it('says of a token that Google does not take that it is not proven', async () => {
    const { endpoints } = await start({ decode: () => ({ status: 400, body: '{"error":{"code":400}}' }) });
    await expect(createDecoder(account, endpoints)(PACKAGE, 'a', NOW)).rejects.toMatchObject({
      name: 'Unproven',
      position: 'token: Google does not take it',
    });
  });

  it.each<[string, Partial<StandInAnswers>]>([
    ['is out of order', { decode: () => ({ status: 500, body: '' }) }],
    ['has no quota left', { decode: () => ({ status: 429, body: '{}' }) }],
    ['does not permit it', { decode: () => ({ status: 403, body: '{}' }) }],
    ['answers something else', { decode: () => ({ status: 200, body: '{"tokenPayloadExternal":"text"}' }) }],
    ['answers no JSON', { decode: () => ({ status: 200, body: '<html>' }) }],
    ['answers without end', { decode: () => ({ status: 200, body: `"${'x'.repeat(200_000)}"` }) }],
    ['sends elsewhere', { decode: () => ({ status: 302, body: '' }) }],
    ['does not take the account', { account: other.publicKey }],
    ['gives access of no length', { token: () => ({ status: 200, body: '{"access_token":"a"}' }) }],
    [
      'gives access with a line break',
      { token: () => ({ status: 200, body: '{"access_token":"a\\nb","expires_in":1}' }) },
    ],
  ])('decides nothing when Google %s', async (_, answers) => {
    const { endpoints } = await start(answers);
    await expect(createDecoder(account, endpoints)(PACKAGE, 'a token', NOW)).rejects.toMatchObject({
      name: 'Refusal',
      code: 'unavailable',
      detail: expect.not.stringContaining('a token'),
    });
  });

  it('decides nothing when Google is not there, and asks again', async () => {
    const { endpoints } = await start();
    const decode = createDecoder(account, endpoints);
    await standIn?.close();
    standIn = undefined;
    for (let time = 0; time < 2; time++) {
      await expect(decode(PACKAGE, 'a', NOW)).rejects.toMatchObject({
        code: 'unavailable',
        detail: 'google: cannot be asked',
      });
    }
  });

  it('forgets an access that Google does not take any more', async () => {
    let good = false;
    const { endpoints, asked } = await start({ decode: () => ({ status: good ? 200 : 401, body: VERDICT }) });
    const decode = createDecoder(account, endpoints);
    await expect(decode(PACKAGE, 'a', NOW)).rejects.toMatchObject({ code: 'unavailable' });
    good = true;
    await decode(PACKAGE, 'a', NOW);
    expect(asked.token).toBe(2);
  });

  it('connects to Google by HTTPS, and in the clear to loopback alone', async () => {
    for (const address of [GOOGLE.token, GOOGLE.integrity]) expect(address).toMatch(/^https:\/\/\w+\.googleapis\.com/);
    const clear = { token: 'http://192.0.2.1/token', integrity: 'http://192.0.2.1' };
    await expect(createDecoder(account, clear)(PACKAGE, 'a', NOW)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the key file of a service account', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each<[string, Buffer]>([
    ['of another kind', accountFile(pair.privateKey, { type: 'authorized_user' })],
    ['without an address', accountFile(pair.privateKey, { client_email: undefined })],
    ['without a key', accountFile(pair.privateKey, { private_key: undefined })],
    ['with a key that is text', accountFile(pair.privateKey, { private_key: 'secret text' })],
    ['with another kind of key', accountFile(ec)],
    ['that is no JSON', Buffer.from('{')],
  ])('%s is refused, without a word of it', (_, bytes) => {
    expect(() => readServiceAccount(bytes)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
