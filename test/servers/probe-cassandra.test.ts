import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { query, readFrame, STARTUP } from '../../src/probe/services/cassandra/frames.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { testContext } from '../../src/probe/testing/connection.ts';
import { askWatched } from './harness/asked.ts';
import { startCassandra } from './harness/cassandra.ts';
import type { Daemon } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';

const jars = new URL('../../.cache/servers/cassandra/lib', import.meta.url).pathname;
const java = requireServer('cassandra', existsSync(jars) ? ['java'] : []);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

/** What the owner does; not through the probe's allow-list. */
async function run(port: number, statements: readonly string[]): Promise<void> {
  const context = testContext(
    { describes: [], permitsBytes: () => true, permitsHttp: () => false },
    { port, deadline: 30_000 },
  );
  const connection = await context.connect();
  await connection.write(STARTUP);
  await readFrame(connection);
  for (const cql of statements) {
    await connection.write(query(cql));
    const answer = await readFrame(connection);
    if (answer.kind === 'error') throw new Error(answer.message);
  }
  connection.close();
}

describe.skipIf(!java)('a real Cassandra', { timeout: 180_000 }, () => {
  // audit/cassandra-no-login, audit/cassandra-clients-without-tls
  it('as it comes is open to writing: tables and columns, no row', async () => {
    const { port } = await start({});
    await run(port, [
      "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      'CREATE TABLE shop.customers (customer_id uuid PRIMARY KEY, email text, tags map<text, frozen<list<text>>>)',
      "INSERT INTO shop.customers (customer_id, email) VALUES (uuid(), 'canary@example.org')",
    ]);
    const result = await askWatched(port, 'cassandra');
    expect(result, result.reason).toMatchObject({
      verdict: 'anonymous-write',
      product: 'cassandra',
      datasets: [{ name: 'shop.customers' }],
    });
    expect(result.version).toMatch(/^5\.0\./);
    expect(result.datasets[0]?.fields.sort()).toEqual(['customer_id', 'email', 'tags']);
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(await askPort(port)).toMatchObject({ service: 'cassandra', verdict: 'anonymous-write' });
  });

  // audit/cassandra-no-login, audit/cassandra-clients-without-tls
  it('with PasswordAuthenticator, and TLS demanded, is secured', async () => {
    const { port } = await start({ locked: true, tls: true });
    const result = await askPort(port, 'cassandra');
    expect(result).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(result.reason).toContain('PasswordAuthenticator');
    expect(result.exchanges.some(({ tls }) => tls !== undefined)).toBe(true);
    // In clear it answers nothing.
    await expect(run(port, [])).rejects.toThrow();
  });
});

async function start(options: { locked?: boolean; tls?: boolean }): Promise<Daemon> {
  const daemon = await startCassandra(java ?? '', jars, options);
  daemons.push(daemon);
  // The port is open a moment before the node serves.
  await until(async () => (await askPort(daemon.port, 'cassandra')).verdict !== 'inconclusive');
  return daemon;
}
