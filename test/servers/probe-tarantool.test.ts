import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';
import { askSampled } from './harness/sampled.ts';

const tarantool = requireServer('tarantool', ['tarantool']);

const SPACE = `
local people = box.schema.space.create('people', {if_not_exists = true, format = {
  {name = 'id', type = 'unsigned'}, {name = 'email', type = 'string'}, {name = 'home', type = 'map'}}})
people:create_index('primary', {if_not_exists = true})
people:replace({1, 'person1@example.org', {city = 'Exampleton'}})
people:replace({2, 'person2@example.org', {city = 'Exampleton'}})
`;

describe.skipIf(!tarantool)('a real Tarantool', () => {
  const servers = fleet();
  afterAll(() => servers.stop());

  const start = async (grants: string) => {
    const { port } = await servers.start({
      name: 'tarantool',
      command: tarantool ?? '',
      args: (own, folder) => {
        const file = join(folder, 'init.lua');
        writeFileSync(
          file,
          `box.cfg{work_dir = '${folder}', memtx_memory = 33554432}\n${SPACE}\n${grants}\nbox.cfg{listen = '127.0.0.1:${own}'}\n`,
        );
        return [file];
      },
    });
    return port;
  };

  it('whose guest may do everything is open to writing, with names and types and no value', async () => {
    const port = await start("box.schema.user.grant('guest', 'read,write,execute', 'universe')");
    const result = await askPort(port);
    expect(result).toMatchObject({
      service: 'couchbase-riak',
      product: 'tarantool',
      version: '2.6.0',
      verdict: 'anonymous-write',
      datasets: [
        {
          name: 'people',
          fields: ['id', 'email', 'home'],
          fieldTypes: { id: 'unsigned', email: 'string', home: 'map' },
        },
      ],
    });
    expect(JSON.stringify(result)).not.toMatch(/example\.org|Exampleton/);
    expect(await askWatched(port, 'tarantool')).toMatchObject({ verdict: 'anonymous-write' });
    const { result: sampled, taken } = await askSampled(port, [], 'tarantool');
    expect(taken['people.email']).toEqual(['person1@example.org', 'person2@example.org']);
    expect(taken['people.home.city']).toEqual(['Exampleton', 'Exampleton']);
    expect(JSON.stringify(sampled)).not.toMatch(/example\.org|Exampleton/);
  });

  it('whose guest may read one space is readable', async () => {
    const port = await start("box.schema.user.grant('guest', 'read', 'space', 'people')");
    expect(await askPort(port)).toMatchObject({ product: 'tarantool', verdict: 'anonymous-read' });
  });

  it('whose guest has no privileges, as it comes, is secured', async () => {
    const port = await start('');
    expect(await askWhenReady(port, 'tarantool')).toMatchObject({
      product: 'tarantool',
      verdict: 'secured',
      datasets: [],
    });
  });
});
