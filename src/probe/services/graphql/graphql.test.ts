import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { postingServer } from '../../testing/posting-server.ts';
import { graphql } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function endpoint(answer: (request: string, body: string) => Reply | undefined): Promise<number> {
  const server = await postingServer(answer);
  servers.push(server);
  return server.port;
}

const LOOK = 'GET /api/graphql?query=%7B__typename%7D';
const type = (name: string, ...fields: string[]) => ({
  name,
  kind: 'OBJECT',
  fields: fields.map((one) => ({ name: one })),
});
const schema = (...types: object[]): Reply => [
  200,
  {
    data: {
      __schema: {
        queryType: { name: 'Query' },
        mutationType: null,
        subscriptionType: null,
        types: [type('Query', 'users'), ...types],
      },
    },
  },
];
const open =
  (answer: Reply) =>
  (request: string, body: string): Reply | undefined => {
    if (request === LOOK) return [200, { data: { __typename: 'Query' } }];
    if (request !== 'POST /api/graphql') return undefined;
    if (body.includes('__schema')) return answer;
    return body === '{"query":"{__typename}"}'
      ? [200, { data: { __typename: 'Query' } }]
      : [400, { errors: [{ message: 'Cannot query field' }] }];
  };

describe('the GraphQL dialogue', () => {
  it('reads names of types and fields, on whichever path they lie', async () => {
    const result = await askPort(
      await endpoint(open(schema(type('User', 'id', 'email'), type('__Type', 'name')))),
      'graphql',
    );
    expect(result).toMatchObject({ verdict: 'metadata-only', datasets: [{ name: 'User', fields: ['id', 'email'] }] });
    expect(result.notTested).toEqual(['whether a stranger reads data: no query for data is sent']);
  });

  it('drops names that no schema can have', async () => {
    const hostile = await endpoint(open(schema(type('jane@example.org', 'a'), type('User', 'jane@example.org', 'id'))));
    expect((await askPort(hostile, 'graphql')).datasets).toEqual([{ name: 'User', fields: ['id'] }]);
  });

  it('calls an endpoint that asks for a login secured', async () => {
    const port = await endpoint((request) =>
      request.split('?')[0]?.endsWith(' /graphql')
        ? [401, { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] }]
        : undefined,
    );
    expect(await askPort(port, 'graphql')).toMatchObject({ verdict: 'secured' });
  });

  it('is no endpoint where every path is refused so', async () => {
    const port = await endpoint(() => [401, { errors: [{ message: 'Unauthorized' }] }]);
    expect(await askPort(port, 'graphql')).toMatchObject({ verdict: 'unidentified' });
  });

  it('believes no server that answers a field that does not exist', async () => {
    const port = await endpoint(() => [200, { data: { __typename: 'Query', __schema: {} } }]);
    expect(await askPort(port, 'graphql')).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it.each<[string, Reply]>([
    ['a page', [200, '<html>{"data":{"__typename":"Query"}}</html>']],
    ['another JSON', [200, { data: null, errors: 7 }]],
    ['a type of odd shape', [200, { data: { __typename: { evil: true } } }]],
  ])('is not found in %s', async (_what, reply) => {
    expect(await askPort(await endpoint(() => reply), 'graphql')).toMatchObject({ verdict: 'unidentified' });
  });

  it.each([404, 401, 405])(
    'posts nothing below a folder that answers %d, where it could become a document',
    async (status) => {
      const server = await postingServer((request) => (request.includes('/api/') ? [status, { status }] : undefined));
      servers.push(server);
      expect(await askPort(server.port, 'graphql')).toMatchObject({ verdict: 'unidentified' });
      expect(server.asked.filter((line) => line.startsWith('POST'))).toEqual([]);
    },
  );

  it('survives schemas of any shape', async () => {
    const odd: Reply = [
      200,
      { data: { __schema: { queryType: 7, types: [null, 1, { name: 5 }, { name: 'A', fields: 'x' }] } } },
    ];
    expect(await askPort(await endpoint(open(odd)), 'graphql')).toMatchObject({
      verdict: 'metadata-only',
      datasets: [],
    });
  });

  it.each(['{"query":"{users{email}}"}', '{"query":"mutation{forget}"}', '[{"query":"{__typename}"}]'])(
    'may not send %s',
    (body) => {
      expect(graphql.allow.permitsPost?.('/graphql', body)).toBe(false);
    },
  );
});
