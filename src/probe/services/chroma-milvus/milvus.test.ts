/**
 * Recorded: interface v1 from a real Milvus 2.3.5 (open and with authorizationEnabled); interface v2 from
 * https://milvus.io/api-reference/restful/v2.4.x/.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { type Answers, recordedServer } from '../../testing/recorded.ts';

const NOT_FOUND: Reply = [404, '404 page not found'];
const FIELDS = [
  { autoId: true, description: '', name: 'id', primaryKey: true, type: 'Int64' },
  { autoId: false, description: '', name: 'vector', primaryKey: false, type: 'FloatVector(4)' },
];
const V1: Answers = {
  '/v1/vector/collections': [200, { code: 200, data: ['customers'] }],
  '/v1/vector/collections/describe?collectionName=customers': [
    200,
    { code: 200, data: { collectionName: 'customers', enableDynamicField: true, fields: FIELDS, shardsNum: 1 } },
  ],
};
const V2: Answers = {
  'POST /v2/vectordb/collections/list': [200, { code: 0, data: ['customers'] }],
  'POST /v2/vectordb/collections/get_stats': [200, { code: 0, data: { rowCount: 12 } }],
};

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function node(answers: Answers, missing = NOT_FOUND): Promise<number> {
  const server = await recordedServer(answers, missing);
  servers.push(server);
  return server.port;
}

describe('the Milvus dialogue', () => {
  it('lists collections and fields of 2.3 without authorization', async () => {
    const result = await askPort(await node(V1), 'milvus');
    expect(result).toMatchObject({
      service: 'chroma-milvus',
      product: 'milvus',
      verdict: 'anonymous-write',
      datasets: [{ name: 'customers', fields: ['id', 'vector'], fieldTypes: { vector: 'FloatVector(4)' } }],
    });
    expect(await askPort(await node(V1))).toMatchObject({ service: 'chroma-milvus', product: 'milvus' });
  });

  it('counts rows over the interface of 2.4', async () => {
    const result = await askPort(await node(V2), 'milvus');
    expect(result).toMatchObject({ verdict: 'anonymous-write', documents: 12 });
  });

  it('is secured with authorization', async () => {
    const refusal: Reply = [401, { code: 1800, message: "user hasn't authenticated" }];
    expect(await askPort(await node({}, refusal), 'milvus')).toMatchObject({ product: 'milvus', verdict: 'secured' });
  });

  it('believes nothing where a random collection is described', async () => {
    const described: Reply = [200, { code: 200, data: { fields: FIELDS } }];
    expect(await askPort(await node(V1, described), 'milvus')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('is nothing without its answers', async () => {
    expect(await askPort(await node({}), 'milvus')).toMatchObject({ verdict: 'unidentified' });
    const cut: Answers = { '/v1/vector/collections': [200, '{"code":200,"da'] };
    expect(await askPort(await node(cut), 'milvus')).toMatchObject({ verdict: 'unidentified' });
  });
});
