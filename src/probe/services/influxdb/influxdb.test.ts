/**
 * 1.x is tested against a real server. Answers as described: 2.x in https://docs.influxdata.com/influxdb/v2/api/ (GetPing, GetSetup),
 * 3 Core in https://docs.influxdata.com/influxdb3/core/api/v3/.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';
import { influxdbAllow, query } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing?: Reply): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}
const PAGE: Reply = [200, '<!DOCTYPE html><html><head><title>InfluxDB</title></head></html>'];
const two = (allowed: boolean): Answers => ({
  '/ping': [204, '', { 'x-influxdb-version': 'v2.7.5', 'x-influxdb-build': 'OSS' }],
  '/api/v2/setup': [200, { allowed }],
});
const three = (list: Reply): Answers => ({
  '/ping': [200, { version: '3.0.1', revision: 'd7c071e0c4' }, { 'x-influxdb-version': '3.0.1' }],
  '/api/v3/configure/database?format=json': list,
});

describe('the InfluxDB dialogue', () => {
  it('knows a 2.x that nobody has set up, and one that somebody has', async () => {
    expect(await askPort(await node(two(true), PAGE))).toMatchObject({
      service: 'influxdb',
      version: '2.7.5',
      verdict: 'anonymous-write',
      datasets: [],
    });
    expect(await askPort(await node(two(false), PAGE))).toMatchObject({ service: 'influxdb', verdict: 'secured' });
  });

  it('knows a 3 without authentication, and one with tokens', async () => {
    const list: Reply = [200, [{ 'iox::database': '_internal' }, { 'iox::database': 'shop' }]];
    expect(await askPort(await node(three(list)), 'influxdb')).toMatchObject({
      version: '3.0.1',
      verdict: 'anonymous-write',
      datasets: [{ name: 'shop' }],
    });
    const refusal: Reply = [401, { error: 'the request was not authenticated' }];
    expect(await askPort(await node(three(refusal)), 'influxdb')).toMatchObject({ verdict: 'secured' });
  });

  it('believes nothing where a database that cannot exist is known', async () => {
    const result: Reply = [
      200,
      { results: [{ statement_id: 0, series: [{ name: 'databases', columns: ['name'], values: [['shop']] }] }] },
    ];
    const answers: Answers = {
      '/ping': [204, '', { 'x-influxdb-version': '1.8.10' }],
      [query('SHOW DATABASES')]: result,
    };
    const server = await recordedServer(answers);
    servers.push(server);
    expect((await askPort(server.port, 'influxdb')).verdict).toBe('inconclusive');
  });

  it.each([
    query('DROP DATABASE "shop"'),
    query('SELECT * FROM "shop".."visits"'),
    query('SELECT * FROM "shop".."visits" LIMIT 5'),
    query('SELECT * INTO "a" FROM "b"'),
    query('SHOW TAG VALUES ON "shop" WITH KEY = "user"'),
    query('SHOW FIELD KEYS ON "a" ; DROP DATABASE "b"'),
    '/write?db=shop',
    '/debug/vars',
  ])('has no place for %s', (path) => {
    expect(influxdbAllow.permitsHttp('GET', path)).toBe(false);
  });
});
