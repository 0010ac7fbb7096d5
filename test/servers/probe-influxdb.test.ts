import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate, freePort } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const influxd = requireServer('influxdb', ['influxd']);
const PLANTED = /person[12]@example\.org|Exampleton|made-up note/;

describe.skipIf(!influxd)('a real InfluxDB 1', () => {
  const servers = fleet();
  afterAll(() => servers.stop());

  const start = async (http: (folder: string) => readonly string[]) => {
    const backup = await freePort();
    const { port } = await servers.start({
      name: 'influxdb',
      command: influxd ?? '',
      args: (own, folder) => {
        const file = join(folder, 'influxdb.conf');
        const lines = [
          'reporting-disabled = true',
          `bind-address = "127.0.0.1:${backup}"`,
          `[meta]\ndir = "${folder}/meta"`,
          `[data]\ndir = "${folder}/data"\nwal-dir = "${folder}/wal"`,
          `[http]\nbind-address = "127.0.0.1:${own}"\nlog-enabled = false`,
          ...http(folder),
        ];
        writeFileSync(file, lines.join('\n'));
        return ['-config', file];
      },
    });
    return port;
  };
  const post = async (port: number, path: string, body: string, scheme = 'http') => {
    const { Client } = await import('undici');
    const client = new Client(`${scheme}://127.0.0.1:${port}`, { connect: { rejectUnauthorized: false } });
    const headers = path.startsWith('/query') ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const answer = await client.request({ method: 'POST', path, body, headers });
    const text = await answer.body.text();
    await client.close();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  };
  const seed = async (port: number, scheme?: string) => {
    await post(port, '/query', `q=${encodeURIComponent('CREATE DATABASE shop')}`, scheme);
    const points = [
      'visits,user=person1@example.org,city=Exampleton page=1,note="made-up note"',
      'visits,user=person2@example.org,city=Exampleton page=2',
      'orders total=3',
    ];
    await post(port, '/write?db=shop', points.join('\n'), scheme);
  };

  let open: number;
  beforeAll(async () => {
    open = await start(() => []);
    await askWhenReady(open, 'influxdb');
    await seed(open);
  });

  it('as it comes is open to reading and writing, with names, types and the number of series', async () => {
    const result = await askPort(open);
    expect(result).toMatchObject({ service: 'influxdb', version: '1.6.7~rc0', verdict: 'anonymous-write' });
    expect(result.datasets).toEqual([
      { name: 'shop.orders', fields: ['total'], fieldTypes: { total: 'float' } },
      {
        name: 'shop.visits',
        fields: ['city', 'user', 'note', 'page'],
        fieldTypes: { city: 'tag', user: 'tag', note: 'string', page: 'float' },
      },
    ]);
    expect(result.reason).toContain('2 measurements with 3 series');
    expect(JSON.stringify(result)).not.toMatch(PLANTED);
    expect(await askWatched(open, 'influxdb')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('counts people by a tag, and hands values to the classifier only', async () => {
    const { result, taken } = await askSampled(open, ['user'], 'influxdb');
    expect(result.datasets.find(({ name }) => name === 'shop.visits')?.people).toEqual({
      count: 2,
      how: 'cardinality',
      field: 'user',
    });
    expect(taken['shop.visits.user']?.sort()).toEqual(['person1@example.org', 'person2@example.org']);
    expect(JSON.stringify(result)).not.toMatch(PLANTED);
  });

  it('over TLS is as open', async () => {
    const port = await start((folder) => {
      const { key, cert } = certificate(folder);
      return ['https-enabled = true', `https-certificate = "${cert}"`, `https-private-key = "${key}"`];
    });
    await seed(port, 'https');
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'influxdb', verdict: 'anonymous-write' });
    expect(result.exchanges[0]?.tls?.protocol).toMatch(/^TLS/);
  });

  it('with logins and no admin belongs to whoever comes first; with an admin it is secured', async () => {
    const port = await start(() => ['auth-enabled = true']);
    expect(await askWhenReady(port, 'influxdb')).toMatchObject({ verdict: 'anonymous-write', datasets: [] });
    await post(
      port,
      '/query',
      `q=${encodeURIComponent("CREATE USER owner WITH PASSWORD 'made-up' WITH ALL PRIVILEGES")}`,
    );
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'influxdb', version: '1.6.7~rc0', verdict: 'secured', datasets: [] });
  });
});
