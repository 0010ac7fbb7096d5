import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { lockedFront } from './harness/locked-front.ts';
import { findProgram, requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const CACHE = new URL('../../.cache/servers/', import.meta.url).pathname;
const java = requireServer('java', ['java']);
const jars = join(CACHE, 'dynamodb-local/lib');
const dynalite = requireServer('dynalite', [join(CACHE, 'dynalite/node_modules/dynalite/cli.js')]);
if (!existsSync(jars) && process.env.POSTERN_REQUIRE_SERVERS === '1') {
  throw new Error('DynamoDB Local is not installed (bash test/servers/install.sh search_jars)');
}

const servers = fleet();
afterAll(() => servers.stop());

async function act(port: number, action: string, body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=postern/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
}

async function seed(port: number): Promise<void> {
  await act(port, 'CreateTable', {
    TableName: 'customers',
    AttributeDefinitions: [{ AttributeName: 'email', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  // Some emulators create tables with a delay, as Amazon does.
  for (let tries = 0; ; tries++) {
    const done = await act(port, 'PutItem', {
      TableName: 'customers',
      Item: { email: { S: 'person1@example.org' }, home: { M: { city: { S: 'Exampleton' } } } },
    }).then(
      () => true,
      () => false,
    );
    if (done) return;
    if (tries > 50) throw new Error('the table is not there');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const EMULATORS: [string, string | undefined, (port: number, folder: string) => readonly string[]][] = [
  [
    'dynamodb-local',
    existsSync(jars) ? java : undefined,
    (port) => [
      `-Djava.library.path=${jars}`,
      ...['-cp', `${jars}/*`, 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'],
      ...['-inMemory', '-port', `${port}`],
    ],
  ],
  [
    'dynalite',
    dynalite === undefined ? undefined : findProgram([process.execPath]),
    (port) => [dynalite ?? '', '--port', `${port}`],
  ],
];

describe.each(EMULATORS)('a real %s', (product, command, args) => {
  it.skipIf(command === undefined)('is open to reading and writing, with counts and no value', async () => {
    const { port } = await servers.start({ name: product, command: command ?? '', args });
    await askWhenReady(port, 'dynamodb-local');
    await seed(port);
    const result = await askPort(port, 'dynamodb-local');
    expect(result).toMatchObject({ service: 'dynamodb-local', product, verdict: 'anonymous-write' });
    expect(result.datasets).toMatchObject([{ name: 'customers', fields: ['email'] }]);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|Exampleton/);
    expect(await askWatched(port, 'dynamodb-local')).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(await servers.behindTls(port), 'dynamodb-local')).toMatchObject({
      verdict: 'anonymous-write',
    });
    expect(await askPort(port)).toMatchObject({ service: 'dynamodb-local' });

    const { result: sampled, taken } = await askSampled(port, [], 'dynamodb-local');
    expect(taken['customers.home.city']).toEqual(['Exampleton']);
    expect(sampled.datasets[0]?.fields).toEqual(expect.arrayContaining(['email', 'home.city']));
    expect(JSON.stringify(sampled)).not.toMatch(/example\.org|Exampleton/);

    const front = await lockedFront(port, 'made-up');
    const shut = await askPort(front.port);
    front.close();
    expect(shut).toMatchObject({ verdict: 'secured', datasets: [] });
  });
});
