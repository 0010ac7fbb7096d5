import { describe, expect, it } from 'vitest';
import type { DoorFact, DoorState, StoreFact } from '../facts.ts';
import { sourceOf } from '../source.ts';
import type { Told } from './gather.ts';
import type { JoinedStore } from './stores.ts';
import { waysTo } from './ways.ts';

const place = (path: string) => ({ source: sourceOf(path, 'x\n'), span: { start: 0, end: 1 }, pointer: 'x' });

function store(
  more: Partial<StoreFact> = {},
  declared: JoinedStore['declared'] = null,
  path = 'deploy/redis.conf',
): JoinedStore {
  const fact: StoreFact = {
    asset: `config:${path}`,
    name: 'cache',
    engine: 'redis',
    version: '7.2',
    by: declared === null ? 'native' : 'container',
    listens: { on: 'everywhere', port: 6379, place: place(path) },
    login: { state: 'off', text: 'it asks for no password', place: place(path) },
    encrypted: { state: 'off', place: null },
    behind: [],
    publicAddress: null,
    place: place(path),
    ...more,
  };
  return { fact, path, declared, native: [] };
}

function container(more: Partial<NonNullable<JoinedStore['declared']>> = {}): NonNullable<JoinedStore['declared']> {
  const file = 'deploy/compose.yml';
  return {
    name: 'cache',
    file,
    format: 'docker-compose',
    line: 2,
    asset: `config:${file}/cache`,
    image: 'redis:7.2',
    engine: 'redis',
    version: '7.2',
    published: [
      {
        hostIp: null,
        hostPort: 6379,
        containerPort: 6379,
        protocol: 'tcp',
        line: 5,
        column: 9,
        pointer: 'p',
        allInterfaces: true,
      },
    ],
    mounts: [],
    environment: [],
    hostNetwork: false,
    ...more,
  };
}

function filter(path: string, host: DoorState, inContainer: DoorState = host): Told<DoorFact> {
  const lets: DoorFact['lets'] = (_port, way) => {
    const state = way === 'host' ? host : inContainer;
    return { state, text: `${state} by ${path}`, place: place(path) };
  };
  return { fact: { id: path, kind: 'packet-filter', stands: 'host', lets }, path, format: 'nftables' };
}

function group(id: string, state: DoorState): Told<DoorFact> {
  const lets: DoorFact['lets'] = () => ({ state, text: `${state} by ${id}`, place: place('main.tf') });
  return { fact: { id, kind: 'security-group', stands: 'behind', lets }, path: 'main.tf', format: 'terraform' };
}

const states = (joined: JoinedStore, doors: readonly Told<DoorFact>[]) =>
  waysTo(joined, doors).ways.map(({ state }) => state);

describe('the ways to a store', () => {
  it('are open on every address, and closed on loopback', () => {
    expect(states(store(), [])).toEqual(['open']);
    expect(states(store({ listens: { on: 'loopback', port: 6379, place: null } }), [])).toEqual(['closed']);
    expect(states(store({ listens: { on: ['127.0.0.1', '::1'], port: 6379, place: null } }), [])).toEqual(['closed']);
    expect(states(store({ listens: { on: ['127.0.0.1', '198.51.100.7'], port: 6379, place: null } }), [])).toEqual([
      'unknown',
    ]);
    expect(states(store({ listens: { on: ['8.8.8.8'], port: 6379, place: null } }), [])).toEqual(['open']);
    expect(states(store({ listens: { on: ['10.0.0.5'], port: 6379, place: null } }), [])).toEqual(['unknown']);
    expect(states(store({ listens: { on: 'unknown', port: null, place: null } }), [])).toEqual(['unknown']);
  });

  it('go through every filter of the host, and one that is shut decides', () => {
    expect(states(store(), [filter('deploy/nft.conf', 'open')])).toEqual(['open']);
    expect(states(store(), [filter('deploy/nft.conf', 'closed')])).toEqual(['closed']);
    expect(states(store(), [filter('deploy/nft.conf', 'unknown')])).toEqual(['unknown']);
  });

  it('pass the rules for incoming connections where Docker publishes the port', () => {
    const joined = store({}, container(), 'deploy/compose.yml');
    expect(states(joined, [filter('deploy/nft.conf', 'closed', 'open')])).toEqual(['open']);
    expect(states(joined, [filter('deploy/nft.conf', 'open', 'closed')])).toEqual(['closed']);
  });

  it('ask the filters that lie nearest, and claim nothing where several lie as near', () => {
    const joined = store({}, null, 'shop/redis/redis.conf');
    const near = filter('shop/firewall/nft.conf', 'closed');
    const far = filter('other/firewall/nft.conf', 'open');
    expect(states(joined, [near, far])).toEqual(['closed']);
    const rival = filter('shop/old/nft.conf', 'open');
    const { ways, unknowns } = waysTo(joined, [near, rival]);
    expect(ways.map(({ state }) => state)).toEqual(['open']);
    expect(unknowns).toEqual(['several nftables rule sets could stand before it: shop/firewall, shop/old']);
  });

  it('are closed for a container that publishes nothing, and open on the host’s network', () => {
    expect(states(store({}, container({ published: [] })), [])).toEqual(['closed']);
    expect(states(store({}, container({ published: [], hostNetwork: true })), [])).toEqual(['open']);
  });

  it('add groups up, and need one that is not in the files to be unknown', () => {
    const managed = (behind: readonly string[]) =>
      store({ by: 'managed', behind, publicAddress: { state: true, place: null } }, null, 'main.tf');
    expect(states(managed(['a', 'b']), [group('a', 'closed'), group('b', 'open')])).toEqual(['open']);
    expect(states(managed(['a']), [group('a', 'closed')])).toEqual(['closed']);
    expect(states(managed(['a', 'elsewhere']), [group('a', 'closed')])).toEqual(['unknown']);
    const shut = store({ by: 'managed', publicAddress: { state: false, place: null } }, null, 'main.tf');
    expect(states(shut, [])).toEqual(['closed']);
  });

  it('lead through a proxy that asks for no login', () => {
    const proxy = (asksForLogin: 'yes' | 'no' | 'unknown'): Told<DoorFact> => ({
      path: 'nginx.conf',
      format: 'nginx',
      fact: {
        id: 'nginx',
        kind: 'proxy',
        stands: 'behind',
        lets: () => ({ state: 'open', text: 'nginx passes on /search', place: place('nginx.conf') }),
        leadsTo: [{ host: 'cache', port: 6379, asksForLogin }],
      },
    });
    const joined = store({}, container({ published: [] }));
    expect(states(joined, [proxy('no')])).toEqual(['closed', 'open']);
    expect(states(joined, [proxy('yes')])).toEqual(['closed', 'closed']);
    expect(states(joined, [proxy('unknown')])).toEqual(['closed', 'unknown']);
    expect(states(store({}, container({ name: 'other', published: [] })), [proxy('no')])).toEqual(['closed']);
  });
});
