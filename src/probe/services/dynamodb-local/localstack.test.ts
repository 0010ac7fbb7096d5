/** Recorded: https://docs.localstack.cloud/references/internal-endpoints/; the other emulators are tested as they are. */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server on which every post is answered by what it is about. */
async function node(health: Reply | undefined, acted: (target: string) => Reply): Promise<number> {
  const server = await httpServer((path, request) => {
    if (path === '/_localstack/health') return health;
    if (request.method === 'POST') return acted(`${request.headers['x-amz-target']}`);
    return path === '/' ? [200, ''] : undefined;
  });
  servers.push(server);
  return server.port;
}
const HEALTH: Reply = [
  200,
  { services: { s3: 'running', dynamodb: 'running' }, edition: 'community', version: '3.4.0' },
];
const NONE: Reply = [400, { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException' }];

describe('the DynamoDB dialogue', () => {
  it('knows LocalStack by its health', async () => {
    const port = await node(HEALTH, (target) =>
      target.endsWith('ListTables') ? [200, { TableNames: ['orders'] }] : NONE,
    );
    expect(await askPort(port, 'localstack')).toMatchObject({
      service: 'dynamodb-local',
      product: 'localstack',
      version: '3.4.0',
      verdict: 'anonymous-write',
      datasets: [{ name: 'orders', fields: [] }],
    });
  });

  it('takes Amazon’s own refusal for what it is', async () => {
    const refusal: Reply = [
      400,
      { __type: 'com.amazon.coral.service#UnrecognizedClientException', message: 'The security token …' },
    ];
    expect(await askPort(await node(HEALTH, () => refusal), 'dynamodb-local')).toMatchObject({ verdict: 'secured' });
  });

  it('believes nothing where a table that cannot exist is described', async () => {
    const described: Reply = [200, { Table: { ItemCount: 3 } }];
    expect(await askPort(await node(HEALTH, () => described), 'dynamodb-local')).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
    expect(await askPort(await node(undefined, () => described), 'dynamodb-local')).toMatchObject({
      verdict: 'unidentified',
    });
  });
});
