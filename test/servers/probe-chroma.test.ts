import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { lockedFront } from './harness/locked-front.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const python = requireServer('chroma', [new URL('../../.cache/servers/chroma/bin/python', import.meta.url).pathname]);
const HOME = '/api/v2/tenants/default_tenant/databases/default_database/collections';

describe.skipIf(!python)('a real Chroma', () => {
  const servers = fleet();
  let port: number;
  afterAll(() => servers.stop());

  const post = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id?: string };
  };

  beforeAll(async () => {
    ({ port } = await servers.start({
      name: 'chroma',
      command: python ?? '',
      args: (own, folder) => [
        '-c',
        'import sys, chromadb_rust_bindings as c; c.cli(["chroma", *sys.argv[1:]])',
        ...['run', '--path', join(folder, 'data'), '--host', '127.0.0.1', '--port', `${own}`],
      ],
    }));
    const { id } = await post(HOME, { name: 'customers' });
    await post(`${HOME}/${id}/add`, {
      ids: ['a', 'b'],
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      documents: ['Canary text of person1@example.org', 'another'],
      metadatas: [{ email: 'person1@example.org' }, { email: 'person2@example.org' }],
    });
  });

  it('as it comes is open to reading and writing, with counts and no value', async () => {
    const result = await askWhenReady(port, 'chroma');
    expect(result).toMatchObject({
      service: 'chroma-milvus',
      product: 'chroma',
      version: '1.0.0',
      verdict: 'anonymous-write',
      documents: 2,
    });
    expect(result.datasets).toMatchObject([{ name: 'customers', documents: 2 }]);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|Canary/);
    expect(await askPort(port)).toMatchObject({ service: 'chroma-milvus', verdict: 'anonymous-write' });
    expect(await askWatched(port, 'chroma-milvus')).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(await servers.behindTls(port))).toMatchObject({
      product: 'chroma',
      verdict: 'anonymous-write',
    });
  });

  it('hands metadata and texts to the classifier only', async () => {
    const { result, taken } = await askSampled(port, [], 'chroma');
    expect(taken['customers.email']?.sort()).toEqual(['person1@example.org', 'person2@example.org']);
    expect(taken['customers.document']).toHaveLength(2);
    expect(result.datasets[0]?.fields).toEqual(expect.arrayContaining(['email', 'document']));
    expect(JSON.stringify(result)).not.toMatch(/example\.org|Canary/);
  });

  it('behind a password is not open', async () => {
    const front = await lockedFront(port, 'made-up');
    const result = await askPort(front.port);
    front.close();
    expect(result).toMatchObject({ verdict: 'secured', datasets: [] });
  });
});
