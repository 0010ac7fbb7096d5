import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import { jsonObject } from '../json/value.ts';
import { addApiKey, createApiKey, hashChosenSecret, type NewApiKey } from './api-key-new.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { identityOf, NOW, request, role } from './testing/issuer.ts';

let folder: string;
let file: string;
let clock = NOW;
const said: string[] = [];
const open: Authenticator[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-api-keys-'));
  file = join(folder, 'api-keys.json');
  clock = NOW;
  said.length = 0;
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(folder, { recursive: true });
});

function write(...entries: readonly object[]): void {
  writeFileSync(file, JSON.stringify(entries), { mode: 0o600 });
  chmodSync(file, 0o600);
}

function start(): Authenticator {
  const identity = { ...identityOf({}, { apiKeys: { file } }), issuers: [] };
  const roles = [
    role('reports', [{ source: 'api-key', name: 'reports', claims: [] }]),
    role('batch', [{ source: 'anonymous', name: '', claims: [] }]),
  ];
  const made = createAuthenticator(identity, { roles, now: () => clock, log: (message) => said.push(message) });
  open.push(made);
  return made;
}

async function attempt(authenticator: Authenticator, encoded: string, now = NOW): Promise<string> {
  try {
    return (await authenticator.authenticate(request(['Authorization', `ApiKey ${encoded}`]), now)).id;
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

const encode = (text: string) => Buffer.from(text).toString('base64');
const WRONG = '401 api key: unknown id or wrong secret';

describe('an API key', () => {
  it('is a principal with the roles and claims of its entry, at once', () => {
    const key = createApiKey({
      id: 'reports',
      roles: ['batch'],
      claims: jsonObject([['tenant', 't1']]),
      expires: new Date(NOW + 1000),
    });
    write(key.entry);
    const principal = start().authenticate(request(['authorization', `apikey ${key.encoded}`]), NOW);
    expect(principal).toEqual({
      kind: 'api-key',
      id: 'api-key:reports',
      roles: ['reports', 'batch'],
      claims: { sub: 'reports', tenant: 't1' },
      confirmation: null,
      expiresAt: NOW + 1000,
    });
  });

  it('is kept as a salted hash, and its secret has 256 bits', () => {
    const [one, two] = [createApiKey({ id: 'a' }), createApiKey({ id: 'a' })];
    expect(Buffer.from(one.secret, 'base64url').length).toBe(32);
    expect(one.secret).not.toBe(two.secret);
    expect(JSON.stringify(one.entry)).not.toContain(one.secret);
    expect(one.entry.hash).toMatch(/^sha256\$[\w-]{22}\$[\w-]{43}$/);
    expect(one.encoded).toBe(encode(`a:${one.secret}`));
  });

  it('B215: is refused with a wrong secret, a prefix, another id, an empty half, or in another form', async () => {
    const key = createApiKey({ id: 'reports' });
    const other = createApiKey({ id: 'other' });
    write(key.entry, other.entry);
    const authenticator = start();
    expect(await attempt(authenticator, key.encoded)).toBe('api-key:reports');
    for (const text of [
      `reports:${other.secret}`,
      `other:${key.secret}`,
      `reports:${key.secret}x`,
      `nobody:${key.secret}`,
      `__proto__:${key.secret}`,
      `reports :${key.secret}`,
    ]) {
      expect(await attempt(authenticator, encode(text))).toBe(WRONG);
    }
    for (let length = 1; length < key.secret.length; length += 1) {
      expect(await attempt(authenticator, encode(`reports:${key.secret.slice(0, length)}`))).toBe(WRONG);
    }
    const malformed = ['reports', ':', ':x', 'reports:', key.secret].map(encode);
    for (const text of [
      ...malformed,
      key.encoded.replace(/=*$/, '='.repeat(3)),
      `${key.encoded}AAAA`,
      key.encoded.slice(1),
      'A'.repeat(2000),
    ]) {
      expect(await attempt(authenticator, text)).toMatch(/^401 /);
    }
  });

  it('B215: is refused as a bearer token, in the URL, and without a file of keys', async () => {
    const key = createApiKey({ id: 'reports' });
    write(key.entry);
    const authenticator = start();
    for (const headers of [
      ['Authorization', `Bearer ${key.encoded}`],
      ['Authorization', `Basic ${key.encoded}`],
      ['X-Api-Key', key.encoded],
    ]) {
      expect(() => authenticator.authenticate(request(headers, { target: `/?api_key=${key.encoded}` }), NOW)).toThrow(
        Refusal,
      );
    }
    const without = createAuthenticator(identityOf({}, { anonymous: { claims: jsonObject([]) } }), {
      roles: [],
      fetch: () => Promise.reject(new Error('x')),
    });
    open.push(without);
    expect(await attempt(without, key.encoded)).toBe('401 authorization: no API keys in the policy');
  });

  it('B215: ends when it expires or is revoked, and when it leaves the file', async () => {
    const key = createApiKey({ id: 'reports', expires: new Date(NOW + 1000) });
    write(key.entry);
    const authenticator = start();
    expect(await attempt(authenticator, key.encoded, NOW + 999)).toBe('api-key:reports');
    expect(await attempt(authenticator, key.encoded, NOW + 1000)).toBe('401 api key: expired');
    write({ ...key.entry, revoked: true });
    await authenticator.refresh();
    expect(await attempt(authenticator, key.encoded)).toBe('401 api key: revoked');
    write();
    await authenticator.refresh();
    expect(await attempt(authenticator, key.encoded)).toBe(WRONG);
  });

  it('of somebody’s own choosing is hashed slowly, once', async () => {
    write({ id: 'old', hash: await hashChosenSecret('correct horse', 12) });
    const authenticator = start();
    const first = authenticator.authenticate(request(['Authorization', `ApiKey ${encode('old:correct horse')}`]), NOW);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({ id: 'api-key:old' });
    expect(
      authenticator.authenticate(request(['Authorization', `ApiKey ${encode('old:correct horse')}`]), NOW),
    ).not.toBeInstanceOf(Promise);
    expect(await attempt(authenticator, encode('old:wrong horse'))).toBe(WRONG);
    // An unknown id takes the same way.
    const unknown = authenticator.authenticate(request(['Authorization', `ApiKey ${encode('nobody:x')}`]), NOW);
    expect(unknown).toBeInstanceOf(Promise);
    await expect(unknown).rejects.toThrow(Refusal);
  });

  it('of somebody’s own choosing cannot be guessed at by many at once', async () => {
    write({ id: 'old', hash: await hashChosenSecret('correct horse', 12) });
    const authenticator = start();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => attempt(authenticator, encode(`old:${at}`))),
    );
    expect(answers.filter((answer) => answer === WRONG).length).toBe(8);
    expect(answers.filter((answer) => answer === '503 api key: too many slow hashes at once').length).toBe(32);
  });
});

describe('the file of API keys', () => {
  it.skipIf(process.platform === 'win32')(
    'is refused at start when others can read it, and when it is no such file',
    () => {
      write(createApiKey({ id: 'a' }).entry);
      chmodSync(file, 0o640);
      expect(start).toThrow(PosternError);
      const { entry } = createApiKey({ id: 'a' });
      const bad = [
        '',
        '{}',
        '[7]',
        '[{}]',
        JSON.stringify([entry, entry]),
        JSON.stringify([{ ...entry, more: 1 }]),
        JSON.stringify([{ ...entry, id: 'a:b' }]),
        JSON.stringify([{ ...entry, hash: 'plain' }]),
        JSON.stringify([{ ...entry, expires: 'soon' }]),
        JSON.stringify([{ ...entry, roles: 'a' }]),
        '[],"keys":[]',
        `${JSON.stringify([entry])}]`,
      ];
      for (const text of bad) {
        writeFileSync(file, text);
        chmodSync(file, 0o600);
        expect(start, text).toThrow(PosternError);
      }
      rmSync(file);
      expect(start).toThrow(PosternError);
    },
  );

  it('B219: that breaks leaves the last keys for a minute, then none', async () => {
    const key = createApiKey({ id: 'reports' });
    write(key.entry);
    const authenticator = start();
    writeFileSync(file, '[{"id":');
    await authenticator.refresh();
    expect(said).toHaveLength(1);
    expect(await attempt(authenticator, key.encoded, NOW + 60_000)).toBe('api-key:reports');
    expect(await attempt(authenticator, key.encoded, NOW + 60_001)).toBe('503 api keys: the file cannot be read');
    write(key.entry);
    await authenticator.refresh();
    expect(await attempt(authenticator, key.encoded, NOW + 60_001)).toBe('api-key:reports');
  });

  it('takes new keys beside those it has, stays closed to others, and keeps numbers as they were', async () => {
    const [one, two] = [createApiKey({ id: 'one' }), createApiKey({ id: 'two', roles: ['batch'] })];
    write({ id: 'big', hash: one.entry.hash, claims: {} });
    const big = readFileSync(file, 'utf8').replace('{}', '{"n":12345678901234567890}');
    writeFileSync(file, big);
    for (const { entry } of [one, two]) await addApiKey(file, entry);
    expect(readFileSync(file, 'utf8')).toContain('12345678901234567890');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const authenticator = start();
    expect(await attempt(authenticator, two.encoded)).toBe('api-key:two');
    await expect(addApiKey(file, one.entry)).rejects.toThrow(/already/);
    expect(() => createApiKey({ id: 'a:b' })).toThrow(PosternError);
  });

  it('is made closed to others where there is none', async () => {
    const key: NewApiKey = createApiKey();
    await addApiKey(file, key.entry);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await attempt(start(), key.encoded)).toBe(`api-key:${key.id}`);
  });
});
