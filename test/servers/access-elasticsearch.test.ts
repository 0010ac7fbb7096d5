/** What accounts get from a real Elasticsearch 8: one that may read and see the cluster, one that may read one index alone. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccess, storesWithoutStory } from '../../src/check/access.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { Access } from '../../src/core/access.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, seed, startSearch } from './harness/search.ts';

const eight = requireSearch('elasticsearch-8');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };
const READER = { username: 'reader', password: 'made-up-pass-2', role: 'reader' };
const NARROW = { username: 'narrow', password: 'made-up-pass-3', role: 'narrow' };
const ROLES = `
reader:
  cluster: [monitor]
  indices:
    - names: ["orders"]
      privileges: [read, monitor, view_index_metadata]
narrow:
  indices:
    - names: ["orders"]
      privileges: [read]
`;

describe.skipIf(!eight)('accounts at a real Elasticsearch 8 with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-access-'));
  let node: SearchNode;
  beforeAll(async () => {
    node = await startSearch('elasticsearch-8', {
      settings: [
        'xpack.security.enabled: true',
        'xpack.security.enrollment.enabled: false',
        'xpack.security.http.ssl.enabled: true',
        'xpack.security.http.ssl.key: server.key',
        'xpack.security.http.ssl.certificate: server.crt',
      ],
      scheme: 'https',
      login: OWNER,
      prepare: (home) => {
        certificate(join(home, 'config'));
        appendFileSync(join(home, 'config/roles.yml'), ROLES);
        for (const { username, password, role } of [{ ...OWNER, role: 'superuser' }, READER, NARROW]) {
          execFileSync(join(home, 'bin/elasticsearch-users'), ['useradd', username, '-p', password, '-r', role], {
            stdio: 'ignore',
            env: { ...process.env, ES_JAVA_HOME: javaHome() },
          });
        }
      },
    });
    await seed(node);
  });
  afterAll(async () => {
    await node?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function accessWith(password: string, username: string): Promise<Access[]> {
    writeFileSync(join(folder, 'password'), `${password}\n`, { mode: 0o600 });
    writeFileSync(
      join(folder, 'postern.yaml'),
      `version: 1
targets:
  - host: 127.0.0.1
    addresses: [127.0.0.1]
    authority: loopback
    accounts:
      - { name: desk, username: ${username}, passwordFile: password, service: elasticsearch, port: ${node.port} }
`,
    );
    const { targets } = await loadConfig(folder, { named: true });
    const scope = await createScope(
      [{ host: '127.0.0.1', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
      systemEnvironment([]),
    );
    const stranger = await askPort(node.port);
    expect(stranger).toMatchObject({ service: 'elasticsearch', verdict: 'secured' });
    const access = await createAccess(targets, scope).ofStore(stranger);
    const [report] = storesWithoutStory([{ ...stranger, access }]);
    expect(report?.endpoints.flatMap((endpoint) => endpoint.access)).toEqual(access);
    expect(JSON.stringify(access)).not.toMatch(/made-up-pass|example\.org|555-01|Exampleton/);
    return access;
  }

  it('a reader reads the index of its role, and may not write', async () => {
    const access = await accessWith(READER.password, READER.username);
    expect(access).toEqual([
      { as: 'signed-in', what: 'orders', read: 'yes', write: 'no', reason: 'desk reads 5 documents with 2 fields' },
    ]);
  });

  it('one that may not see the cluster is unknown, not clean', async () => {
    const access = await accessWith(NARROW.password, NARROW.username);
    expect(access).toMatchObject([{ as: 'signed-in', read: 'unknown', write: 'untested' }]);
    // The distribution of these tests has no banner: without it and without the list nothing is told.
    expect(access[0]?.reason).toMatch(/^desk (?:is signed in and is refused the overview|was not told anything)/);
  });

  it('the owner’s own account reads all and may write', async () => {
    const access = await accessWith(OWNER.password, OWNER.username);
    expect(access.map(({ what, read, write }) => [what, read, write])).toEqual([
      ['orders', 'yes', 'yes'],
      ['customers', 'yes', 'yes'],
    ]);
  });

  it('a wrong password is told, not taken for a refusal of rights', async () => {
    const access = await accessWith('made-up-pass-wrong', READER.username);
    expect(access).toMatchObject([{ read: 'unknown', write: 'untested' }]);
    expect(access[0]?.reason).toContain('could not sign in');
  });
});
