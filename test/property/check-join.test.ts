import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { join } from '../../src/check/join.ts';
import { app, audited, declared, endpoint, port, result, world } from '../../src/check/testing/world.ts';
import { storySchema } from '../../src/core/contract/model.ts';
import { VERDICTS } from '../../src/core/verdict.ts';

const HOSTS = ['a.shop.example', 'b.shop.example', '203.0.113.7', 'project.firebaseio.example'];
const ADDRESSES = ['203.0.113.7', '203.0.113.8', '2001:db8::1'];
const PORTS = [443, 6379, 9200];

const results = fc.uniqueArray(
  fc
    .record({
      host: fc.constantFrom(...HOSTS),
      at: fc.constantFrom(...PORTS),
      address: fc.constantFrom(...ADDRESSES),
      verdict: fc.constantFrom(...VERDICTS),
      service: fc.constantFrom('elasticsearch', 'redis', 'firebase-rtdb'),
    })
    .map(({ host, at, address, verdict, service }) => result(host, at, { address, verdict, service })),
  // A port of an address is one service and ends one way.
  { selector: ({ address, port: at }) => `${address} ${at}`, maxLength: 8 },
);

const apps = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('com.example.one', 'com.example.two', 'com.example.three'),
      urls: fc.array(
        fc.record({
          host: fc.constantFrom(...HOSTS),
          at: fc.constantFrom(...PORTS),
          origin: fc.constantFrom('app' as const, 'sdk' as const, 'documentation' as const),
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ id, urls }) =>
      app(
        id,
        '1.0',
        urls.map(({ host, at, origin }) => endpoint(`http://${host}:${at}/x`, { origin })),
      ),
    ),
  { selector: ({ path }) => path },
);

const services = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom('search', 'cache', 'old'),
      engine: fc.constantFrom('elasticsearch' as const, 'redis' as const),
      at: fc.constantFrom(...PORTS),
      ip: fc.constantFrom(null, '127.0.0.1', ...ADDRESSES),
      version: fc.constantFrom(null, '7.17.9', '7.2', '8.11.0'),
    })
    .map(({ name, engine, at, ip, version }) =>
      declared(name, { engine, version, published: [port(at, ip)], asset: `config:docker-compose.yml/${name}` }),
    ),
  { selector: ({ name }) => name },
);

const hint = fc.constantFrom(undefined, 'deploy/docker-compose.yml', 'deploy/other.yml');

describe('joining what the verbs found', () => {
  it('does not depend on the order in which anything was found', () => {
    fc.assert(
      fc.property(
        results,
        apps,
        services,
        hint,
        fc.infiniteStream(fc.nat()),
        (found, packages, compose, file, numbers) => {
          const shuffle = <T>(items: readonly T[]): T[] =>
            items
              .map((item) => ({ item, at: numbers.next().value ?? 0 }))
              .sort((a, b) => a.at - b.at)
              .map(({ item }) => item);
          const scoped = [...new Set(found.map(({ host }) => host))];
          const common = { hintOf: () => file, scoped };
          const one = join(world({ ...common, results: found, apps: packages, audited: audited(compose) }));
          const other = join(
            world({ ...common, results: shuffle(found), apps: shuffle(packages), audited: audited(shuffle(compose)) }),
          );
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells one story per exposed store, each with an asset, a task and a shape that the contract knows', () => {
    fc.assert(
      fc.property(results, apps, services, (found, packages, compose) => {
        const { stories, assets, findings } = join(
          world({ results: found, apps: packages, audited: audited(compose) }),
        );
        const ids = stories.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const open = found.filter(({ verdict }) =>
          ['anonymous-read', 'anonymous-write', 'metadata-only'].includes(verdict),
        );
        const told = stories.filter(({ state }) => state === 'exposed').flatMap(({ outsider }) => outsider);
        for (const one of open) {
          expect(
            told.some(({ host, address, port: at }) => host === one.host && address === one.address && at === one.port),
          ).toBe(true);
        }
        const known = new Set(assets.map(({ id }) => id));
        const prints = new Set(findings.map(({ fingerprint }) => fingerprint));
        for (const story of stories) {
          storySchema.parse(story);
          expect(known).toContain(story.store);
          expect(story.tasks.length).toBeGreaterThan(0);
          for (const print of story.findings) expect(prints).toContain(print);
          for (const link of story.links) {
            expect(known).toContain(link.from);
            expect(known).toContain(link.to);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
