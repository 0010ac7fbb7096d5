import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { identityOf, makeKey, makeToken, NOW, network, request, type SigningKey } from './testing/issuer.ts';

let key: SigningKey;
let folder: string;
let file: string;
const said: string[] = [];
const open: Authenticator[] = [];

beforeAll(async () => {
  key = await makeKey('k1');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-revoked-'));
  file = join(folder, 'revoked.json');
  said.length = 0;
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<Authenticator> {
  const { get } = network({ 'https://id.example.org/jwks.json': { keys: [key.jwk] } });
  const made = createAuthenticator(identityOf({ revoked: file }), {
    roles: [],
    fetch: get,
    now: () => NOW,
    log: (message) => said.push(message),
  });
  open.push(made);
  await made.refresh();
  return made;
}

async function attempt(authenticator: Authenticator, token: string, now = NOW): Promise<string> {
  try {
    return (await authenticator.authenticate(request(['Authorization', `Bearer ${token}`]), now)).id;
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

describe('a revoked token', () => {
  it.each([
    ['jti', { jti: ['t-1'] }],
    ['sub', { sub: ['ada'] }],
    ['kid', { kid: ['k1'] }],
  ])(
    'B208: is refused by its %s, though it was verified before, and holds again when taken off the list',
    async (_, list) => {
      writeFileSync(file, '{}');
      const authenticator = await start();
      const token = await makeToken(key, { jti: 't-1' });
      expect(await attempt(authenticator, token)).toBe('token:shop:ada');
      writeFileSync(file, JSON.stringify(list));
      await authenticator.refresh();
      expect(await attempt(authenticator, token)).toBe('401 token: revoked');
      writeFileSync(file, '{"jti":["another"],"sub":[],"kid":[]}');
      await authenticator.refresh();
      expect(await attempt(authenticator, token)).toBe('token:shop:ada');
    },
  );

  it('is noticed without being told, within seconds', async () => {
    writeFileSync(file, '{}');
    const authenticator = await start();
    const token = await makeToken(key);
    expect(await attempt(authenticator, token)).toBe('token:shop:ada');
    writeFileSync(file, '{"sub":["ada"]}');
    await expect.poll(() => attempt(authenticator, token), { timeout: 10_000 }).toBe('401 token: revoked');
  });

  it('B219: cannot be told once the list is broken: after a minute nobody of the issuer comes in', async () => {
    writeFileSync(file, '{"sub":["eve"]}');
    const authenticator = await start();
    const token = await makeToken(key);
    const eve = await makeToken(key, { sub: 'eve' });
    writeFileSync(file, '{"sub":["e');
    await authenticator.refresh();
    await authenticator.refresh();
    expect(said).toHaveLength(1);
    expect(await attempt(authenticator, eve)).toBe('401 token: revoked');
    expect(await attempt(authenticator, token, NOW + 60_000)).toBe('token:shop:ada');
    expect(await attempt(authenticator, token, NOW + 60_001)).toBe('503 revocations: the list cannot be read');
    rmSync(file);
    await authenticator.refresh();
    expect(await attempt(authenticator, token, NOW + 60_001)).toBe('503 revocations: the list cannot be read');
    writeFileSync(file, '{}');
    await authenticator.refresh();
    expect(await attempt(authenticator, token, NOW + 60_001)).toBe('token:shop:ada');
  });

  it.each(['', '[]', '{"jti":"x"}', '{"jti":[1]}', '{"users":["ada"]}', '{"sub":[],"sub":[]}'])(
    'stops the start when the list is %j',
    async (text) => {
      writeFileSync(file, text);
      await expect(start()).rejects.toThrow(PosternError);
    },
  );
});
