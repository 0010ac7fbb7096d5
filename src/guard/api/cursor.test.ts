import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json/value.ts';
import { CURSOR_LIFE } from './cursor.ts';
import { ADA, BOB, harness } from './testing/harness.ts';
import { field, ORDERS, resource } from './testing/resources.ts';

function seed(count: number, customer = 'ada'): Record<string, JsonObject> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      { customer, deleted: false, status: at % 2 === 0 ? 'open' : 'paid', total: at % 3 },
    ]),
  );
}

async function walk(h: ReturnType<typeof harness>, query: string, as = ADA) {
  const ids: string[] = [];
  let target: string | null = `/v1/orders?${query}`;
  for (let pages = 0; target !== null; pages++) {
    expect(pages).toBeLessThan(50);
    const answer = await h.ask(target, { as });
    expect(answer.status).toBe(200);
    expect(answer.features?.continues).toBe(pages > 0);
    const { items, next } = answer.json as { items: { id: string }[]; next: string | null };
    ids.push(...items.map(({ id }) => id));
    target = next === null ? null : `/v1/orders?${query}&cursor=${next}`;
  }
  return ids;
}

async function firstCursor(h: ReturnType<typeof harness>, query = 'size=3', as = ADA): Promise<string> {
  return ((await h.ask(`/v1/orders?${query}`, { as })).json as { next: string }).next;
}

describe('a cursor', () => {
  it('walks all documents once, in the order that was asked for', async () => {
    const h = harness({}, seed(20));
    expect(new Set(await walk(h, 'size=3')).size).toBe(20);
    expect(await walk(h, 'size=7&sort=-total,status')).toHaveLength(20);
    expect(await walk(h, 'size=2&status=open')).toHaveLength(10);
    expect(await walk(h, 'size=20')).toHaveLength(20);
  });

  it('may go on with another size', async () => {
    const h = harness({}, seed(20));
    const cursor = await firstCursor(h);
    expect(((await h.ask(`/v1/orders?size=50&cursor=${cursor}`)).json as { items: [] }).items).toHaveLength(17);
  });

  it('shows nothing of where it points', async () => {
    const h = harness({}, seed(20));
    const text = Buffer.from(await firstCursor(h), 'base64url').toString('latin1');
    expect(text).not.toContain('00000000');
    expect(text).not.toContain('ada');
  });

  it('is another’s, of another key, filter, order, list or declaration, or an hour old: the same 400', async () => {
    const h = harness({}, seed(20));
    const cursor = await firstCursor(h);
    const bad = await h.ask('/v1/orders?size=3&cursor=none');
    expect(bad.status).toBe(400);
    const sameAs = async (target: string, as = ADA, from = h) => expect(await from.ask(target, { as })).toEqual(bad);
    await sameAs(`/v1/orders?cursor=${cursor}`, BOB);
    await sameAs(`/v1/orders?cursor=${cursor}`, { ...ADA, confirmation: 'thumbprint' });
    await sameAs(`/v1/orders?status=open&cursor=${cursor}`);
    await sameAs(`/v1/orders?sort=total&cursor=${cursor}`);
    await sameAs(`/v1/orders?sort=placed&cursor=${cursor}`);
    await sameAs(`/v1/orders?cursor=${cursor}x`);
    await sameAs(`/v1/orders?cursor=${'a'.repeat(7000)}`);
    await sameAs('/v1/orders?cursor=');
    await sameAs(`/v1/orders?cursor=${cursor}`, ADA, harness({ resources: [{ ...ORDERS, hash: 'later' }] }, seed(20)));
    await sameAs(
      `/v1/orders?cursor=${cursor}`,
      ADA,
      harness({ resources: [{ ...ORDERS, source: 'other' }] }, seed(20)),
    );
    await sameAs(`/v1/orders?cursor=${cursor}`, ADA, harness({ resources: [{ ...ORDERS, name: 'other' }] }, seed(20)));
    h.clock.now += CURSOR_LIFE - 1;
    expect((await h.ask(`/v1/orders?cursor=${cursor}`)).status).toBe(200);
    h.clock.now += 1;
    await sameAs(`/v1/orders?cursor=${cursor}`);
  });

  it('of a bound key is good for that key alone', async () => {
    const h = harness({}, seed(20));
    const bound = { ...ADA, confirmation: 'thumbprint' };
    const cursor = await firstCursor(h, 'size=3', bound);
    expect((await h.ask(`/v1/orders?cursor=${cursor}`, { as: bound })).status).toBe(200);
    expect((await h.ask(`/v1/orders?cursor=${cursor}`, { as: ADA })).status).toBe(400);
  });

  it('is read as it was made or not at all', async () => {
    const h = harness({}, seed(20));
    const cursor = await firstCursor(h);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    await fc.assert(
      fc.asyncProperty(fc.nat(cursor.length - 1), fc.constantFrom(...alphabet), fc.nat(3), async (at, char, how) => {
        const changed =
          how === 0
            ? cursor.slice(0, at) + char + cursor.slice(at + 1)
            : how === 1
              ? cursor.slice(0, at) + cursor.slice(at + 1)
              : how === 2
                ? cursor.slice(0, at) + char + cursor.slice(at)
                : cursor.slice(at);
        const { status } = await h.ask(`/v1/orders?cursor=${changed}`);
        expect(status).toBe(changed === cursor ? 200 : 400);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps positions whose digits a double cannot hold', async () => {
    const plain = resource({
      owner: null,
      fields: [field('n', { schema: { type: 'number' }, sort: true })],
    });
    const big = { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } };
    const h = harness({ resources: [plain] }, big);
    expect(await walk(h, 'size=1&sort=-n')).toEqual(['c', 'b', 'a']);
  });
});
