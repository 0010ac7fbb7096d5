/** The worlds of the bypass catalogue (`test/guard/harness/world.ts`) in a real store, with the mappings that it talks of. */
import { createWorld, type MemoryIndex } from '../../guard/harness/world.ts';
import type { Distribution, SearchNode } from './search.ts';

const KEYWORD = { type: 'keyword' };

function profiles(distribution: Distribution): object {
  return {
    // Two shards: their statistics, and the order of their documents, depend on what is hidden beside.
    settings: { number_of_shards: 2, number_of_replicas: 0 },
    mappings: {
      dynamic: 'strict',
      properties: {
        name: { type: 'text', fields: { keyword: KEYWORD }, copy_to: 'all_text' },
        city: KEYWORD,
        age: { type: 'integer' },
        tenant: KEYWORD,
        email: KEYWORD,
        ip: { type: 'ip' },
        phone: { type: 'text', fields: { keyword: KEYWORD }, copy_to: 'all_text' },
        tel: { type: 'alias', path: 'phone' },
        ssn: KEYWORD,
        salary: { type: 'long' },
        notes: { properties: { private: KEYWORD } },
        all_text: { type: 'text' },
        reviews: { type: 'nested', properties: { stars: { type: 'integer' }, secret: KEYWORD } },
        joined: { type: 'date' },
        ...(distribution.startsWith('elasticsearch-8') && {
          vec: { type: 'dense_vector', dims: 2, index: true, similarity: 'l2_norm' },
        }),
      },
    },
  };
}

/** Removes what is there and puts every index of the world in. */
export async function fillWorld(node: SearchNode, variant: 1 | 2, distribution: Distribution): Promise<void> {
  const world = createWorld(variant);
  const other = createWorld(variant === 1 ? 2 : 1);
  for (const name of new Set([...world.indices.keys(), ...other.indices.keys()]))
    await node.ask('DELETE', `/${name}?ignore_unavailable=true`);
  for (const [name, index] of world.indices) {
    // Elasticsearch's own security module keeps this name for itself.
    if (name === '.security-7' && distribution === 'elasticsearch-8') continue;
    if (name === 'profiles') await putProfiles(node, variant, distribution);
    else await put(node, index, { settings: { number_of_replicas: 0 } });
  }
  const actions = [...world.aliases].flatMap(([alias, indices]) => indices.map((index) => ({ add: { index, alias } })));
  await node.ask('POST', '/_aliases', { actions });
}

/** Only `profiles`, as it was before anybody wrote to it. */
export async function putProfiles(node: SearchNode, variant: 1 | 2, distribution: Distribution): Promise<void> {
  const index = createWorld(variant).indices.get('profiles');
  if (index === undefined) throw new Error('no profiles');
  await node.ask('DELETE', '/profiles?ignore_unavailable=true');
  const vector = distribution.startsWith('elasticsearch-8');
  await put(node, index, profiles(distribution), vector ? { vec: [1, 2] } : {});
  await node.ask('POST', '/_aliases', {
    actions: [{ add: { index: 'profiles', alias: 'people' } }, { add: { index: 'profiles', alias: 'me' } }],
  });
}

async function put(node: SearchNode, index: MemoryIndex, definition: object, beside: object = {}): Promise<void> {
  await node.ask('PUT', `/${index.name}`, definition);
  // Written in portions, so that hidden documents decide which segments the visible ones lie in.
  for (let at = 0; at < index.documents.length; at += 5) {
    const portion = index.documents.slice(at, at + 5);
    await bulk(
      node,
      index.name,
      portion.flatMap(({ id, source }) => [{ create: { _id: id } }, { ...source, ...beside }]),
    );
  }
}

async function bulk(node: SearchNode, index: string, lines: readonly object[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${node.port}/${index}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  const said: unknown = await answer.json();
  if (typeof said !== 'object' || said === null || !('errors' in said) || said.errors !== false)
    throw new Error(`${index} was not filled: ${JSON.stringify(said).slice(0, 500)}`);
}
