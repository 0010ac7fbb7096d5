/** Solr is tested as it is (test/servers/probe-solr.test.ts); here what a server cannot be made to answer. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';
import { solr } from './index.ts';

const REFUSED: Reply = [401, '<title>Error 401 require authentication</title> URI: /solr/admin/info/system'];
const SYSTEM = '/solr/admin/info/system?wt=json';
const CORES = '/solr/admin/cores?action=STATUS&indexInfo=true&wt=json';
const nothing = (core: string) => `/solr/${core}/select?q=*:*&rows=0&timeAllowed=2000&wt=json`;
const FOUND: Reply = [200, { response: { numFound: 7, docs: [] } }];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing?: Reply): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Solr dialogue', () => {
  it('finds a named core that rules forgot, where both lists are locked', async () => {
    const port = await node({ [SYSTEM]: REFUSED, [CORES]: REFUSED, [nothing('orders')]: FOUND });
    expect(await askPort(port, 'solr')).toMatchObject({ verdict: 'secured' });
    const result = await askPort(port, 'solr', undefined, { datasets: ['orders', 'other'] });
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      documents: 7,
      datasets: [{ name: 'orders', documents: 7 }],
    });
    expect(result.datasets).toHaveLength(1);
  });

  it('believes nothing where everything is answered', async () => {
    const system: Reply = [200, { lucene: { 'solr-spec-version': '9.4.0' } }];
    const cores: Reply = [200, { status: { 'jane@example.org': { index: { numDocs: 1 } } } }];
    expect(await askPort(await node({ [SYSTEM]: system, [CORES]: cores }, FOUND), 'solr')).toMatchObject({
      version: '9.4.0',
      verdict: 'inconclusive',
      datasets: [],
    });
    const listed = await askPort(await node({ [SYSTEM]: system, [CORES]: cores }), 'solr');
    expect(listed).toMatchObject({ verdict: 'metadata-only', datasets: [{ name: '*' }] });
    expect(JSON.stringify(listed)).not.toContain('jane');
  });

  it.each([
    '/solr/orders/update?commit=true',
    '/solr/orders/config',
    '/solr/orders/select?q=*:*&rows=10&timeAllowed=2000&wt=json',
    '/solr/orders/select?q=*:*&rows=0&timeAllowed=2000&wt=json&stream.url=http://x',
    '/solr/admin/cores?action=RELOAD&core=orders',
    '/solr/admin/cores?action=STATUS&indexInfo=true&wt=json&action=UNLOAD',
    '/solr/orders/dataimport',
  ])('has no place for %s', (path) => {
    expect(solr.allow.permitsHttp('GET', path)).toBe(false);
  });
});
