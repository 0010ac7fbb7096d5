import { describe, expect, it } from 'vitest';
import type { Mask } from '../contract/grant.ts';
import type { JsonObject } from '../json/value.ts';
import { harness, token } from './testing/harness.ts';
import { field, resource } from './testing/resources.ts';

const IBAN = 'DE02120300000000202051';
const ID = '00000000-0000-4000-8000-000000000000';

function masked(mask: Mask, more: Parameters<typeof field>[1] = {}) {
  return resource({
    subjects: [{ name: 'owner', reference: 'ref', from: 'owner' }],
    fields: [
      field('iban', {
        write: ['create', 'update'],
        filters: ['eq', 'in', 'range', 'exists'],
        sort: true,
        mask,
        ...more,
      }),
    ],
  });
}

describe('a masked field (B230)', () => {
  it('is masked in every answer that shows a document', async () => {
    const { ask } = harness({ resources: [masked({ kind: 'last', keep: 4 })] });
    const made = await ask('/v1/orders', { method: 'POST', body: { iban: IBAN } });
    const path = made.headers.location!;
    const patch = { method: 'PATCH', body: { iban: `${IBAN}9` }, headers: { 'if-match': made.headers.etag! } };
    const key = { method: 'POST', body: { iban: IBAN }, headers: { 'idempotency-key': 'k' } };
    const answers = [
      made,
      await ask(path),
      await ask('/v1/orders'),
      await ask('/v1/orders', key),
      await ask('/v1/orders', key),
      await ask(path, patch),
    ];
    for (const { body, status, headers } of answers) {
      expect(status).toBeLessThan(300);
      expect(String(body)).toMatch(/\*\*\*(2051|0519)/);
      expect(String(body) + JSON.stringify(headers)).not.toContain('DE02');
    }
  });

  it('answers no question', async () => {
    const { ask, store } = harness({ resources: [masked({ kind: 'redact' })] });
    for (const query of [`iban=${IBAN}`, `iban[in]=${IBAN}`, 'iban[gte]=D', 'iban[exists]=true', 'sort=iban']) {
      expect((await ask(`/v1/orders?${query}`)).status).toBe(400);
      expect((await ask(`/v1/orders/count?${query}`)).status).toBe(400);
    }
    expect(store.handed).toEqual([]);
  });

  it('shows a keyed token, never a plain hash; the same as the search API shows', async () => {
    const { ask } = harness({ resources: [masked({ kind: 'token' })] }, { [ID]: { customer: 'ada', iban: IBAN } });
    expect((await ask(`/v1/orders/${ID}`)).json).toEqual({ id: ID, iban: token('iban', IBAN) });
  });

  it.each<[string, JsonObject[string], unknown]>([
    ['an object', { plain: IBAN }, '***'],
    ['a list', [IBAN, IBAN], ['***2051', '***2051']],
    ['a number', 555_014_299, '***4299'],
    ['null', null, undefined],
  ])('is masked though the store holds %s there', async (_case, stored, shown) => {
    const { ask } = harness(
      { resources: [masked({ kind: 'last', keep: 4 })] },
      { [ID]: { customer: 'ada', iban: stored } },
    );
    expect(((await ask(`/v1/orders/${ID}`)).json as { iban?: unknown }).iban).toEqual(shown);
  });

  it('is not replaced by its mask when a client sends back what it was shown', async () => {
    const { ask, store } = harness({ resources: [masked({ kind: 'last', keep: 4 })] });
    const made = await ask('/v1/orders', { method: 'POST', body: { iban: IBAN } });
    const { iban } = made.json as { iban: string };
    const patch = (body: unknown) => ({ method: 'PATCH', body, headers: { 'if-match': '*' } });
    expect((await ask(made.headers.location!, patch({ iban }))).json).toEqual(made.json);
    expect([...store.documents.values()].map(({ columns }) => columns.iban)).toEqual([IBAN]);
    expect((await ask(made.headers.location!, patch({ iban: 'DE99' }))).json).toMatchObject({ iban: '***99' });
  });

  it('that is encrypted too is masked after it was opened', async () => {
    const declared = masked({ kind: 'last', keep: 4 }, { encryption: { subject: 'owner', lookup: 'exact' } });
    const { ask, store } = harness({ resources: [declared] });
    const made = await ask('/v1/orders', { method: 'POST', body: { iban: IBAN } });
    expect(made.json).toMatchObject({ iban: '***2051' });
    expect(store.handed.join()).not.toContain('2051');
    expect((await ask(`/v1/orders?iban=${IBAN}`)).status).toBe(403);
  });
});
