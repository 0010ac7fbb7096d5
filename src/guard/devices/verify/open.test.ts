import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevicesConfig } from '../../policy/devices-config.ts';
import { verifyAppCheck } from './app-check.ts';
import { openAttestationTrust } from './open.ts';
import { openStatusList, readStatusList } from './status-list.ts';
import { makeAppCheck, makeAppCheckKeys, makeGoogleAuthority, makePlayKeys } from './testing/index.ts';
import { Unproven } from './unproven.ts';

const NOW = Date.UTC(2026, 10, 1);
const play = makePlayKeys();
const google = makeGoogleAuthority(NOW);
const firebase = makeAppCheckKeys();
const options = { now: () => NOW, log: () => undefined, env: { PLAY_KEY: play.verificationKey } };
const none = { appAttest: null, playIntegrity: null, keyAttestation: null, appCheck: null };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-trust-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function playConfig(
  more: Partial<NonNullable<DevicesConfig['playIntegrity']>>,
): NonNullable<DevicesConfig['playIntegrity']> {
  const base = {
    packages: ['org.example.shop'],
    certificates: [],
    integrity: 'device',
    licensed: false,
    maxAge: 60_000,
  } as const;
  return { ...base, classic: null, standard: null, ...more };
}

function keyConfig(
  more: Partial<NonNullable<DevicesConfig['keyAttestation']>>,
): NonNullable<DevicesConfig['keyAttestation']> {
  const base = { packages: [], certificates: [], securityLevel: 'trusted-environment', patchLevel: null } as const;
  return { ...base, roots: null, statusList: null, ...more };
}

describe('what attestations are judged by', () => {
  it('is nothing where nothing is configured', async () => {
    expect(await openAttestationTrust(none, options)).toMatchObject(none);
  });

  it('is read from the files and variables that the policy names', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const account = {
      type: 'service_account',
      client_email: 'a@example.org',
      private_key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    };
    const trust = await openAttestationTrust(
      {
        appAttest: { appIds: ['ABCDE12345.org.example.shop'], environment: 'production' },
        playIntegrity: playConfig({
          classic: {
            decryptionKey: { file: await file('key', `${play.decryptionKey}\n`) },
            verificationKey: { env: 'PLAY_KEY' },
          },
          standard: { serviceAccountFile: await file('account.json', JSON.stringify(account)) },
        }),
        keyAttestation: keyConfig({
          roots: await file('roots.pem', google.rootPem),
          statusList: await file('status.json', '{"entries":{}}'),
        }),
        appCheck: {
          project: '1234567890',
          appIds: ['1:1:web:1'],
          jwks: await file('jwks.json', JSON.stringify(firebase.jwks)),
        },
      },
      options,
    );
    expect(trust.appAttest?.config.appIds).toEqual(['ABCDE12345.org.example.shop']);
    expect(Buffer.from(trust.playIntegrity?.keys?.decryption ?? []).toString('base64')).toBe(play.decryptionKey);
    expect(trust.playIntegrity?.decode).toBeTypeOf('function');
    expect(trust.keyAttestation?.roots).toEqual(google.roots);
    expect(trust.keyAttestation?.status?.isRevoked('1', NOW)).toBe(false);
    const token = await makeAppCheck({ keys: firebase, project: '1234567890', appId: '1:1:web:1', now: NOW });
    if (!trust.appCheck) throw new Error('no app check');
    expect(await verifyAppCheck(token, trust.appCheck, NOW)).toMatchObject({ appId: '1:1:web:1' });
    trust.close();
  });

  it("asks Firebase's own address for its keys where no file is named", async () => {
    const asked: string[] = [];
    const trust = await openAttestationTrust(
      { ...none, appCheck: { project: '1', appIds: [], jwks: null } },
      {
        ...options,
        get: async (url) => {
          asked.push(url.href);
          return { bytes: Buffer.from(JSON.stringify(firebase.jwks)), maxAge: null };
        },
      },
    );
    expect(await trust.appCheck?.keys.find('k1', 'RS256', NOW)).toMatchObject({ kid: 'k1' });
    expect(asked).toEqual(['https://firebaseappcheck.googleapis.com/v1/jwks']);
    trust.close();
  });

  it.each<[string, () => Promise<Parameters<typeof openAttestationTrust>[0]>, string]>([
    [
      'a key that is none',
      async () => ({
        ...none,
        playIntegrity: playConfig({
          classic: { decryptionKey: { file: await file('bad', 'secret') }, verificationKey: { env: 'PLAY_KEY' } },
        }),
      }),
      'E_CONFIG_INVALID',
    ],
    [
      'a variable that is not set',
      async () => ({
        ...none,
        playIntegrity: playConfig({
          classic: { decryptionKey: { env: 'NO_KEY' }, verificationKey: { env: 'PLAY_KEY' } },
        }),
      }),
      'E_INPUT_NOT_FOUND',
    ],
    [
      'a service account that is none',
      async () => ({
        ...none,
        playIntegrity: playConfig({
          standard: { serviceAccountFile: await file('bad.json', '{"private_key":"secret"}') },
        }),
      }),
      'E_CONFIG_INVALID',
    ],
    [
      'a service account that is not there',
      async () => ({ ...none, playIntegrity: playConfig({ standard: { serviceAccountFile: join(folder, 'none') } }) }),
      'E_INPUT_NOT_FOUND',
    ],
    [
      'roots that are none',
      async () => ({ ...none, keyAttestation: keyConfig({ roots: await file('bad.pem', 'secret') }) }),
      'E_CONFIG_INVALID',
    ],
    [
      'a status list that is none',
      async () => ({ ...none, keyAttestation: keyConfig({ statusList: await file('bad-status.json', '[]') }) }),
      'E_CONFIG_INVALID',
    ],
    [
      'a status list that is not there',
      async () => ({ ...none, keyAttestation: keyConfig({ statusList: join(folder, 'none') }) }),
      'E_CONFIG_INVALID',
    ],
  ])('is not made of %s', async (_, config, code) => {
    await expect(openAttestationTrust(await config(), options)).rejects.toMatchObject({
      name: 'PosternError',
      code,
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('a status list', () => {
  it.each([
    '',
    '[]',
    '{}',
    '{"entries":[]}',
    '{"entries":{"1":{}}}',
    '{"entries":{"1":"REVOKED"}}',
    '{"entries":{"xyz":{"status":"REVOKED"}}}',
  ])('is not %s', (text) => {
    expect(() => readStatusList(Buffer.from(text))).toThrow(Unproven);
  });

  it('may be as long as that of Google, and longer', () => {
    const entries = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, at) => [
        (at + 1).toString(16),
        { status: 'REVOKED', reason: 'KEY_COMPROMISE' },
      ]),
    );
    expect(readStatusList(Buffer.from(JSON.stringify({ entries }))).size).toBe(50_000);
  });

  it('is read again when the file changes, and holds for an hour when that can be read no more', async () => {
    const said: string[] = [];
    const path = await file('live.json', '{"entries":{"a1":{"status":"REVOKED"}}}');
    const list = openStatusList(path, (message) => said.push(message), NOW);
    expect([list.isRevoked('a1', NOW), list.isRevoked('b2', NOW)]).toEqual([true, false]);

    await file('live.json', '{"entries":{"b2":{"status":"REVOKED"}}}');
    await utimes(path, NOW / 1000 - 1, NOW / 1000 - 1);
    expect(list.isRevoked('b2', NOW + 9_999)).toBe(false);
    expect([list.isRevoked('a1', NOW + 10_000), list.isRevoked('b2', NOW + 10_000)]).toEqual([false, true]);

    await file('live.json', '{"entries":');
    const hour = 3_600_000;
    expect(list.isRevoked('b2', NOW + 20_000)).toBe(true);
    expect(list.isRevoked('b2', NOW + 30_000)).toBe(true);
    expect(said).toHaveLength(1);
    expect(list.isRevoked('b2', NOW + 10_000 + hour)).toBe(true);
    expect(() => list.isRevoked('b2', NOW + 10_001 + hour)).toThrow(expect.objectContaining({ code: 'unavailable' }));

    await file('live.json', '{"entries":{}}');
    expect(list.isRevoked('b2', NOW + 30_000 + hour)).toBe(false);
  });

  it('that nobody has written for more than a week is told of once, at the start or when it is noticed', async () => {
    const week = 7 * 86_400_000;
    const said: string[] = [];
    const path = await file('old.json', '{"entries":{}}');
    const writtenAt = (at: number) => utimes(path, at / 1000, at / 1000);
    await writtenAt(NOW - week);
    const list = openStatusList(path, (message) => said.push(message), NOW);
    list.isRevoked('1', NOW);
    expect(said).toEqual([]);
    list.isRevoked('1', NOW + 20_000);
    list.isRevoked('1', NOW + 40_000);
    expect(said).toEqual([expect.stringContaining('was written 7 days ago')]);
    openStatusList(path, (message) => said.push(message), NOW + week);
    expect(said).toEqual([expect.anything(), expect.stringContaining('was written 14 days ago')]);

    await writtenAt(NOW + 50_000);
    list.isRevoked('1', NOW + 60_000);
    expect(said).toHaveLength(2);
    list.isRevoked('1', NOW + 50_001 + week);
    expect(said).toHaveLength(3);
  });

  it('that is gone decides nothing after an hour', async () => {
    const path = await file('gone.json', '{"entries":{}}');
    const list = openStatusList(path, () => undefined, NOW);
    expect(list.isRevoked('1', NOW)).toBe(false);
    await rm(path);
    expect(list.isRevoked('1', NOW + 20_000)).toBe(false);
    expect(() => list.isRevoked('1', NOW + 4_000_000)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
