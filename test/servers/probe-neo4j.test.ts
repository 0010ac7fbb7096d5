import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { freePort } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const LIB = new URL('../../.cache/servers/neo4j/lib', import.meta.url).pathname;
const java = requireServer('neo4j', existsSync(LIB) ? ['java'] : ['neo4j']);
const running = fleet();
afterAll(() => running.stop());

async function start(authentication: boolean): Promise<{ bolt: number; http: number }> {
  const http = await freePort();
  const { port } = await running.start({
    name: 'neo4j',
    command: java ?? '',
    readyWithin: 90_000,
    args: (port, folder) => {
      mkdirSync(join(folder, 'conf'));
      const lines = [
        `dbms.security.auth_enabled=${authentication}`,
        `server.bolt.listen_address=127.0.0.1:${port}`,
        'dbms.usage_report.enabled=false',
        'server.memory.pagecache.size=16m',
        `server.http.listen_address=127.0.0.1:${http}`,
      ];
      writeFileSync(join(folder, 'conf', 'neo4j.conf'), lines.join('\n'));
      const opens = [
        'java.base/java.nio=ALL-UNNAMED',
        'java.base/sun.nio.ch=ALL-UNNAMED',
        'java.base/java.io=ALL-UNNAMED',
      ];
      return [
        ...['-Xmx384m', '-XX:TieredStopAtLevel=1', ...opens.map((one) => `--add-opens=${one}`)],
        ...['-cp', `${LIB}/*`, 'org.neo4j.server.CommunityEntryPoint'],
        ...[`--home-dir=${folder}`, `--config-dir=${join(folder, 'conf')}`],
      ];
    },
  });
  return { bolt: port, http };
}

/** The owner's own writes. */
async function fill(port: number): Promise<void> {
  const statements = [
    "UNWIND range(1, 3) AS n CREATE (:Customer {email: 'planted' + n + '@example.org', iban: 'planted'})",
    "CREATE (:Order {total: 12, note: 'planted'})",
  ].map((statement) => ({ statement }));
  const answer = await fetch(`http://127.0.0.1:${port}/db/neo4j/tx/commit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ statements }),
  });
  expect(await answer.json()).toMatchObject({ errors: [] });
}

const GRAPH = [
  { name: 'Customer', documents: 3, fields: ['email', 'iban'] },
  { name: 'Order', documents: 1, fields: ['note', 'total'] },
];

describe.skipIf(!java)('a real Neo4j', () => {
  it('without authentication is open to reading and writing on both of its ports, with labels, fields and counts', async () => {
    const { bolt, http } = await start(false);
    await askWhenReady(http, 'neo4j');
    await fill(http);
    for (const port of [http, bolt]) {
      const result = await askPort(port);
      expect(result, result.reason).toMatchObject({ service: 'neo4j', verdict: 'anonymous-write', documents: 4 });
      expect(result.version).toMatch(/^5\.26\.\d+$/);
      for (const dataset of GRAPH) expect(result.datasets).toContainEqual(dataset);
      expect(JSON.stringify(result)).not.toContain('planted');
      expect(await foreignBytes('neo4j', port)).toBeUndefined();
      const secure = await askPort(await running.behindTls(port));
      expect(secure).toMatchObject({ service: 'neo4j', verdict: 'anonymous-write', documents: 4 });
    }
  }, 180_000);

  it('with authentication is secured on both', async () => {
    const { bolt, http } = await start(true);
    expect(await askWhenReady(http, 'neo4j')).toMatchObject({ service: 'neo4j', verdict: 'secured', datasets: [] });
    expect(await askPort(bolt)).toMatchObject({ service: 'neo4j', verdict: 'secured', datasets: [] });
    expect(await askPort(http)).toMatchObject({ service: 'neo4j', verdict: 'secured' });
  }, 180_000);
});
