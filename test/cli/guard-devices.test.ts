import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedData } from '../../src/db/embedded.ts';
import type { DeviceRow } from '../../src/guard/contract/device.ts';
import { createPseudonyms, loadSecretKey } from '../../src/guard/run/keys.ts';
import { run } from './run.ts';

const POLICY = `version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
data: { folder: data }
keys: { limits: limits.key }
devices:
  tokens: { issuer: 'https://search.shop.example/device' }
  appAttest: { appIds: [ABCDE12345.org.example.shop] }
roles:
  mobile:
    match: { issuer: shop }
    rules:
      - { indices: [orders], operations: [search], filter: { term: { tenant: '\${claims.tenant}' } }, filterFields: { tenant: keyword }, fields: { total: double } }
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-devices-'));
  writeFileSync(join(folder, 'guard.yaml'), POLICY);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const devices = (...args: string[]) => run(['guard', 'devices', ...args], { cwd: folder });

async function enrolled(people: readonly (readonly [id: string, user: string, version: string])[]): Promise<void> {
  const pseudonyms = createPseudonyms(await loadSecretKey(join(folder, 'limits.key')));
  const data = await createEmbeddedData(join(folder, 'data'));
  for (const [id, user, version] of people) {
    const row: DeviceRow = {
      id,
      jkt: 'j'.repeat(43),
      subject: pseudonyms.of('principal', `token:${user}`),
      facts: { id, platform: 'ios', app: 'org.example.shop', version, format: 'app-attest', integrity: 'strong' },
      assertionKey: Buffer.from('key'),
      keyId: `key-of-${id}`,
      counter: 3,
      enrolledAt: Date.UTC(2026, 10, 22, 12),
      revokedAt: null,
    };
    await data.devices.add(row);
  }
  await data.close();
}

describe('postern guard devices', () => {
  it('lists them by pseudonyms, without their keys', async () => {
    await enrolled([
      ['d1', 'shop:ada', '5.1.0'],
      ['d2', 'shop:eve', '5.2.0'],
    ]);
    const all = await devices('list');
    expect(all).toMatchObject({ code: 0 });
    expect(all.stdout).toMatch(
      /^d1 {2}ios {5}org\.example\.shop 5\.1\.0 {2}app-attest, strong {2}of [\w-]{22} since 2026-11-22 12:00$/m,
    );
    expect(all.stdout).not.toMatch(/ada|eve/);
    const ada = await devices('list', '--user', 'shop:ada', '--format', 'json');
    expect(
      ada.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ id: 'd1', version: '5.1.0', counter: 3, revokedAt: null }]);
    expect(ada.stdout).not.toContain('key-of');
    const { subject } = JSON.parse(ada.stdout);
    expect((await devices('list', '--subject', subject, '--format', 'json')).stdout).toBe(ada.stdout);
    expect((await devices('list', '--app-version', '1.0')).stdout.trim()).toBe('no devices');
  });

  it('ends those that meet all criteria', async () => {
    await enrolled([
      ['d1', 'shop:ada', '5.1.0'],
      ['d2', 'shop:eve', '5.1.0'],
      ['d3', 'shop:eve', '5.2.0'],
    ]);
    expect((await devices('revoke', '--user', 'shop:eve', '--app-version', '5.1.0')).stdout.trim()).toBe('1 revoked');
    expect((await devices('list')).stdout.match(/^d\d/gm)).toEqual(['d1', 'd3']);
    expect((await devices('list', '--all')).stdout).toMatch(/^d2 .*revoked$/m);
    expect((await devices('revoke', '--device', 'd1')).stdout.trim()).toBe('1 revoked');
    expect((await devices('revoke', '--device', 'd1')).stdout.trim()).toBe('0 revoked');
    expect((await devices('revoke', '--platform', 'ios')).stdout.trim()).toBe('1 revoked');
  });

  it.each([
    [['revoke'], /which\?/],
    [['revoke', '--platform', 'symbian'], /no such platform/],
    [['list', '--user', 'ada'], /expected ISSUER:SUBJECT/],
    [['list', '--user', 'other:ada'], /Issuers of this policy: shop/],
    [['list', '--user', 'shop:ada', '--subject', 'x'], /one of them/],
    [['list', '--format', 'xml'], /no format/],
  ])('is told what is missing: %j', async (args, message) => {
    const { code, stderr } = await devices(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('needs a policy with devices', async () => {
    writeFileSync(join(folder, 'guard.yaml'), POLICY.replace(/devices:\n(?: {2}.*\n)+/, ''));
    expect((await devices('list')).stderr).toMatch(/no `devices`/);
  });
});
