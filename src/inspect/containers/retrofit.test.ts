import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import type { FoundString, PackageSink } from '../source.ts';
import { joinRequests, requestsOf } from './retrofit.ts';
import { collect } from './testing/collect.ts';

function joined(bases: readonly (string | undefined)[], paths: readonly string[]): string[] {
  const found: FoundString[] = [];
  const sink = { string: (one: FoundString) => found.push(one) } as unknown as PackageSink;
  const requests = requestsOf(sink);
  for (const base of bases) requests.base(base);
  for (const text of paths) {
    requests.path({ text, offset: 1, place: { class: 'shop.Api', method: 'call' }, entry: 'classes2.dex' });
  }
  joinRequests(sink);
  return found.map(({ text }) => text);
}

describe('the paths of Retrofit', () => {
  it('are joined to the only base of the app, as HttpUrl resolves them', () => {
    const base = 'https://api.bluemarket-shop.com/v1/';
    expect(joined([base, base], ['users/{id}', '/root', './near', 'https://else.example/x', '//host/x'])).toEqual([
      'https://api.bluemarket-shop.com/v1/users/{id}',
      'https://api.bluemarket-shop.com/root',
      'https://api.bluemarket-shop.com/v1/near',
    ]);
  });

  it('stay relative when there is no base, several, or one that is not known', () => {
    expect(joined([], ['users'])).toEqual([]);
    expect(joined(['https://a.example/', 'https://b.example/'], ['users'])).toEqual([]);
    expect(joined(['https://a.example/', undefined], ['users'])).toEqual([]);
  });

  it('are joined across the DEX files of a package, with the method that bears the annotation', async () => {
    const dex = readFileSync(new URL('../formats/dex/testing/shop.dex', import.meta.url));
    const { strings, code, calls } = await collect(writeZip([{ name: 'classes.dex', data: dex, compress: true }]));
    const found = strings.find(({ text }) => text === 'https://retrofit.bluemarket-shop.com/api/v1/users/{id}');
    expect(found).toMatchObject({
      entry: 'classes.dex',
      via: 'dex-code',
      joined: true,
      code: [{ class: 'shop.Shop$Api', method: 'user' }],
    });
    expect(strings.map(({ text }) => text)).toContain('https://retrofit.bluemarket-shop.com/v2/login');
    expect(code).toMatchObject([{ entry: 'classes.dex', via: 'dex-string' }]);
    expect(calls.every(({ entry }) => entry === 'classes.dex')).toBe(true);
  });
});
