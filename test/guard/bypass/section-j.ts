/** J. Declared resources and encrypted fields. */
import { expect } from 'vitest';
import { describeApi } from '../../../src/guard/describe/index.ts';
import { orderOf, RESOURCES, resourceOf, type Told } from '../harness/api-fixture.ts';
import { type ApiSent, apiWorlds, each, MERGE, patch, post, sendBoth } from './api-cases.ts';
import { type BypassStory, step } from './case.ts';

/** What a store was sent, as text. */
const reached = ({ requests, statements }: Told): string => JSON.stringify([requests, statements]);
const items = ({ json }: Told): readonly Record<string, unknown>[] =>
  (json as { items: Record<string, unknown>[] }).items;

const ENCRYPTED = ['phone', 'note', 'salary', 'recipientName'];
const HIDDEN = ['iban', 'voucher', 'pin'];

export const STORIES_J: readonly BypassStory[] = [
  {
    id: 'B221',
    title: 'an operator in a parameter',
    precedent: 'own',
    steps: [
      ...each('refused-400', [
        '/v1/{r}?status[$ne]=open',
        '/v1/{r}?status[ne]=open',
        '/v1/{r}?status[]=open',
        '/v1/{r}?status[in][]=open',
        '/v1/{r}?status={"prefix":"o"}',
        '/v1/{r}?status=%7B%22prefix%22%3A%22o%22%7D',
        '/v1/{r}?status=open&status=paid',
        '/v1/{r}?status=open&%73tatus=paid',
        '/v1/{r}?units={"gte":0}',
        '/v1/{r}?units=1||true',
        '/v1/{r}?units=0x1',
        '/v1/{r}?units=1e0',
        '/v1/{r}?gift=1',
        '/v1/{r}?total[gte]=*',
        '/v1/{r}?total[between]=1,2',
        '/v1/{r}?placed[gte]=now-1d',
        '/v1/{r}?placed=2026-01-01||/y',
        '/v1/{r}?status.keyword=open',
        '/v1/{r}?address.city=x',
        '/v1/{r}?customer=bob',
        '/v1/{r}?customer_ref=x',
        '/v1/{r}?deleted=true',
        '/v1/{r}?sort=customer',
        '/v1/{r}?sort=_score',
        '/v1/{r}?sort=status:desc',
        '/v1/{r}?size=1000',
        '/v1/{r}?from=5',
        '/v1/{r}?q=*',
        '/v1/{r}?_source=*',
        '/v1/{r}?filter={"match_all":{}}',
        '/v1/{r}/count?size=1',
      ]),
      ...each('filtered', ['/v1/{r}?units[in]=1,2&status[in]=open,paid'], (told) => {
        expect(items(told).length).toBeGreaterThan(0);
      }),
    ],
  },
  {
    id: 'B222',
    title: 'a pattern as a value',
    precedent: 'own',
    steps: each(
      'filtered',
      [
        ...[
          '*',
          '?',
          'a OR b',
          'ssn:1',
          'CANARY-ADA*',
          '%',
          '_',
          '.*',
          '/.*/',
          "' OR 1=1 --",
          "'; DROP TABLE parcels; --",
        ],
        ...['$1', '{"match_all":{}}', '${claims.sub}', '\\', 'x" OR "1"="1', '\ufeff', '{a,b}', 'null', 'bob'],
      ].map(
        (value): ApiSent =>
          ({ resource }) => ({ target: `/v1/${resource}?title=${encodeURIComponent(value)}` }),
      ),
      (told, { target }) => {
        expect(items(told)).toEqual([]);
        const value = decodeURIComponent(target.split('=')[1]!);
        // The value whole, as a value: of a term, or beside the text of a statement.
        for (const { body } of told.requests) expect(body).toContain(`{"terms":{"title":[${JSON.stringify(value)}]}}`);
        for (const { text, values } of told.statements) {
          expect(values).toContain(value);
          if (!/^(?:[$%?_.*\\]|\.\*|\$1|null|bob)$/.test(value)) expect(text).not.toContain(value);
        }
      },
    ),
  },
  {
    id: 'B224',
    title: 'members that nobody declared',
    precedent: 'own',
    steps: [
      ...each(
        'refused-422',
        [
          ...[
            { customer: 'bob' },
            { customer: 'ada' },
            { customer_ref: 'x' },
            { recipient_ref: null },
            { deleted: true },
            { id: '00000000-0000-4000-8000-000000000000' },
            { _id: 'x' },
            { recipientName_beacon: '00' },
            { role: 'admin' },
          ].flatMap((more): ApiSent[] => [post({ status: 'open', ...more }), patch(more)]),
          patch({ iban: 'x' }),
          patch({ pin: 'x' }),
          patch({ placed: '2026-01-01T00:00:00Z' }),
          post({ status: 'open', address: { city: 'x', more: 1 } }),
          post({ status: 'open', tags: [{ customer: 'bob' }] }),
        ],
        ({ requests, statements }) => {
          // A creation reaches nothing; of a change nothing is written.
          expect([...requests.map(({ path }) => path), ...statements.map(({ text }) => text)].join()).not.toMatch(
            /_create|_update|INSERT|UPDATE/,
          );
        },
      ),
      ...each('refused-400', [
        post('{"status":"open","status":"paid"}'),
        post('{"status":"open","constructor":{}}'),
        patch('{"constructor":{"prototype":{}}}'),
        post('{"status":"open","__proto__":{"customer":"bob"}}'),
        post('[{"status":"open"}]'),
        post('{"status":"open"}{"customer":"bob"}'),
        patch('{"title":"a","t\\u0069tle":"b"}'),
      ]),
      step('what was written belongs to who wrote it', 'rewritten', async () => {
        for (const resource of RESOURCES) {
          const [{ bench }] = await apiWorlds();
          const told = await sendBoth(resource, post(orderOf('ada', 7), 'mine'));
          expect(told.answer.status).toBe(201);
          const written = (await bench.documents(resource)).find(
            ({ columns }) => columns.title === 'CANARY-ADA-title-7',
          );
          expect(written?.columns).toMatchObject({ customer: await bench.ownerOf(resource, 'ada'), deleted: false });
        }
      }),
    ],
  },
  {
    id: 'B225',
    title: 'what the description says, and what there is',
    precedent: 'own',
    steps: [
      step('every documented operation is there', 'filtered', async () => {
        const [world] = await apiWorlds();
        const document = describeApi(
          { title: 'Shop', description: '', resources: RESOURCES.map(resourceOf) },
          'v1',
        ) as { paths: Record<string, Record<string, unknown>> };
        const published = await world.bench.send({ as: null, target: '/v1/openapi.json' });
        expect(published.answer.status).toBe(200);
        expect(Object.keys((published.json as typeof document).paths)).toEqual(Object.keys(document.paths));
        let asked = 0;
        for (const [path, methods] of Object.entries(document.paths)) {
          const resource = RESOURCES.find((one) => path.split('/').includes(one))!;
          for (const method of Object.keys(methods).filter((one) => /^(?:get|post|patch|delete)$/.test(one))) {
            world.reset?.();
            const id = world.loot.ada[resource].ids[0]!;
            const target = `${path.startsWith('/v1') ? '' : '/v1'}${path.replace(/\{\w+\}/, id)}`;
            const told = await world.bench.send({
              method: method.toUpperCase(),
              target,
              ...(method === 'post' && { body: orderOf('ada', 5) }),
              ...(method === 'patch' && { body: '{"title":"x"}', headers: [MERGE, ['If-Match', '*']] }),
            });
            expect(told.answer.status, `${method} ${target}`).toBeLessThan(300);
            asked += 1;
          }
        }
        expect(asked).toBe(18);
      }),
      ...each('undeclared', [
        ...['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map(
          (method): ApiSent =>
            ({ resource }) => ({ method, target: `/v1/${resource}` }),
        ),
        ...['PUT', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'get'].map(
          (method): ApiSent =>
            ({ resource, own }) => ({ method, target: `/v1/${resource}/${own.ids[0]}` }),
        ),
        ...['POST', 'DELETE', 'PUT'].map(
          (method): ApiSent =>
            ({ resource }) => ({ method, target: `/v1/${resource}/count` }),
        ),
        '/v1/{r}s',
        '/v1/{r}/_search',
        '/v1/{r}/_count',
        '/v1/{r}/_doc/1',
        '/v1/{r}/*',
        '/v1/customers',
        '/v1/openapi.yaml',
        '/v1/%6frders',
        ({ resource }) => ({ target: `/v1/${resource.toUpperCase()}` }),
        ({ resource, own }) => ({ target: `/v1/${resource}/${own.ids[0]}/title` }),
        ({ resource, own }) => ({
          target: `/v1/${resource}/${own.ids[0]}`,
          headers: [['X-HTTP-Method-Override', 'DELETE']],
          method: 'POST',
        }),
      ]),
      // What no resource has is a question to the search API, in which nobody here may do anything.
      ...each('refused', ['/v2/{r}', '/{r}/_search', '/_search', '/{r}/_doc/1', '/v1{r}']),
      ...each('refused-403', [
        ({ resource, own }) => ({ as: 'carol', method: 'DELETE', target: `/v1/${resource}/${own.ids[0]}` }),
        ({ resource }) => ({ as: 'carol', method: 'POST', target: `/v1/${resource}`, body: { status: 'open' } }),
      ]),
      ...each('refused-404', [({ resource }) => ({ as: 'mallory', target: `/v1/${resource}` })]),
      ...each('refused-401', [
        ({ resource }) => ({ as: null, target: `/v1/${resource}` }),
        ({ resource }) => ({ as: null, target: `/v1/${resource}?x=/v1/openapi.json` }),
        ({ resource }) => ({ as: null, target: `/v1/${resource}/openapi.json` }),
      ]),
      step("another person's document, tag, cursor, key", 'absent', async () => {
        for (const resource of RESOURCES) {
          for (const n of [0, 1, 3]) {
            const target = (their: { ids: readonly string[] }) => `/v1/${resource}/${their.ids[n]}`;
            const tries: ApiSent[] = [
              ({ their }) => ({ target: target(their) }),
              ({ their }) => ({
                target: target(their).toUpperCase().replace(`/V1/${resource.toUpperCase()}`, `/v1/${resource}`),
              }),
              ({ their }) => ({ target: target(their), headers: [['If-None-Match', their.tags[n]!]] }),
              ({ their }) => ({ method: 'DELETE', target: target(their) }),
              ({ their }) => ({ method: 'DELETE', target: target(their), headers: [['If-Match', their.tags[n]!]] }),
              ({ their }) => ({
                method: 'PATCH',
                target: target(their),
                body: '{"title":"mine"}',
                headers: [MERGE, ['If-Match', their.tags[n]!]],
              }),
            ];
            for (const one of tries) expect((await sendBoth(resource, one)).answer.status).toBe(404);
          }
          const cursor = await sendBoth(resource, ({ their }) => ({
            target: `/v1/${resource}?size=1&cursor=${their.cursor}`,
          }));
          expect(cursor.answer.status).toBe(400);
          expect(reached(cursor)).toBe('[[],[]]');
          const key = await sendBoth(resource, post(orderOf('ada', 7), 'seed-bob-4'));
          expect(key.answer.status).toBe(201);
          const tag = await sendBoth(resource, ({ own, their }) => ({
            method: 'PATCH',
            target: `/v1/${resource}/${own.ids[0]}`,
            body: '{"title":"x"}',
            headers: [MERGE, ['If-Match', their.tags[0]!]],
          }));
          expect(tag.answer.status).toBe(412);
          // Another device of one's own, and a cursor of another list.
          for (const one of [
            ({ own }: { own: { cursor: string } }) => ({
              as: 'ada-tablet',
              target: `/v1/${resource}?size=1&cursor=${own.cursor}`,
            }),
            ({ own }: { own: { cursor: string } }) => ({ target: `/v1/${resource}?status=open&cursor=${own.cursor}` }),
            ({ own }: { own: { cursor: string } }) => ({ target: `/v1/${resource}?sort=total&cursor=${own.cursor}` }),
            ({ own }: { own: { cursor: string } }) => ({
              target: `/v1/${RESOURCES.find((other) => other !== resource)}?cursor=${own.cursor}`,
            }),
            ({ own }: { own: { cursor: string } }) => ({ target: `/v1/${resource}?cursor=${own.cursor.slice(0, -2)}` }),
          ])
            expect((await sendBoth(resource, one)).answer.status).toBe(400);
        }
      }),
    ],
  },
  {
    id: 'B226',
    title: 'an encrypted field as an oracle',
    precedent: 'own',
    steps: [
      ...each(
        'refused-403',
        ENCRYPTED.flatMap((name) => [
          ...['gt', 'gte', 'lt', 'lte', 'in', 'exists'].map((operator) => `/v1/{r}?${name}[${operator}]=1`),
          `/v1/{r}?sort=${name}`,
          `/v1/{r}?sort=-${name}`,
          `/v1/{r}/count?${name}[gte]=1`,
        ]),
      ),
      ...each('refused-403', ['/v1/{r}?note=x', '/v1/{r}?salary=987654321', '/v1/{r}/count?note=x']),
      ...each('refused-400', [
        '/v1/{r}?phone=*',
        '/v1/{r}?phone=',
        '/v1/{r}?recipientName_beacon=00',
        '/v1/{r}?phone.beacon=00',
      ]),
      ...each(
        'filtered',
        ['/v1/{r}?phone=%2B49305550', '/v1/{r}?recipientName=PLAIN', '/v1/{r}?recipientName=*'],
        (told) => {
          expect(items(told)).toEqual([]);
        },
      ),
      step('equality where it is declared, and of own documents alone', 'filtered', async () => {
        const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
        for (const resource of RESOURCES) {
          for (const n of numbers) {
            for (const [name, of] of [
              ['phone', 'ada'],
              ['phone', 'bob'],
              ['recipientName', 'ada'],
              ['recipientName', 'bob'],
            ] as const) {
              const value = encodeURIComponent(String(orderOf(of, n)[name]));
              const told = await sendBoth(resource, () => ({ target: `/v1/${resource}?${name}=${value}` }));
              // The third was hidden.
              const count = of === 'ada' && n <= 4 && n !== 3 ? 1 : 0;
              expect(
                items(told).map(({ title }) => title),
                `${resource} ${name} ${of} ${n}`,
              ).toEqual(count === 1 ? [orderOf('ada', n).title] : []);
              // Whether anybody has the value or not, a store is asked as often.
              expect(told.requests.length + told.statements.length).toBeGreaterThan(0);
              const counted = await sendBoth(resource, () => ({ target: `/v1/${resource}/count?${name}=${value}` }));
              expect(counted.json).toEqual({ count });
            }
          }
        }
      }),
    ],
  },
  {
    id: 'B229',
    title: 'plain text on its way out',
    precedent: 'own',
    steps: [
      step('of what is written and read, no store and no journal sees an encrypted value', 'filtered', async () => {
        for (const resource of RESOURCES) {
          const create = post(orderOf('ada', 8), 'new');
          const told = await sendBoth(resource, create);
          expect(told.answer.status).toBe(201);
          expect(told.text).toContain('PLAIN note of ada 8');
          // `sendBoth` asks for markers in everything that reached a store or the journal; here, that there were some to find.
          expect(reached(told)).toMatch(/pv1\./);
          const patched = await sendBoth(
            resource,
            patch({ note: 'PLAIN and new', phone: '+49 30 555 0199', salary: 987654321 }),
            ({ own }) => ({ target: `/v1/${resource}/${own.ids[0]}` }),
          );
          expect(patched.text).toContain('PLAIN and new');
        }
      }),
      step('refused for its value, the refusal does not say it', 'refused', async () => {
        for (const resource of RESOURCES) {
          for (const body of [
            { status: 'open', note: `PLAIN ${'x'.repeat(600)}` },
            { status: 'open', salary: '987654321' },
            { status: 'open', phone: 'PLAIN none' },
            { status: 'open', recipientName: 'PLAIN nobody' },
            { status: 'PLAIN', note: ['PLAIN'] },
          ]) {
            const told = await sendBoth(resource, post(body));
            expect(told.answer.status).toBe(422);
            expect(told.text).not.toMatch(/PLAIN|987654321/);
            expect(reached(told)).toBe('[[],[]]');
          }
        }
      }),
      step('a sealed text that a client makes up is a text like others', 'filtered', async () => {
        for (const resource of RESOURCES) {
          const [world] = await apiWorlds();
          const sealed = String(
            (await world.bench.documents(resource)).find(({ columns }) => columns.customer !== undefined)?.columns.note,
          );
          expect(sealed).toMatch(/^pv1\./);
          const told = await sendBoth(resource, patch({ note: sealed }));
          expect((told.json as { note: string }).note).toBe(sealed);
          expect(reached(told)).not.toContain(sealed);
        }
      }),
      step('one document of a store, put in the place of another, shows nothing', 'filtered', async () => {
        for (const resource of RESOURCES) {
          const worlds = await apiWorlds();
          const { bench, loot } = worlds[0];
          const bobs = (await bench.documents(resource)).find(({ id }) => id === loot.bob[resource].ids[0])!.columns;
          // Whoever can write to the store moves Bob's ciphertext into Ada's document, with his reference and without.
          bench.tamper(resource, loot.ada[resource].ids[0]!, { note: bobs.note, phone: bobs.phone });
          bench.tamper(resource, loot.ada[resource].ids[1]!, { note: bobs.phone, customer_ref: bobs.customer_ref });
          for (const n of [0, 1]) {
            const told = await bench.send({ target: `/v1/${resource}/${loot.ada[resource].ids[n]}` });
            expect(told.answer.status).toBe(200);
            expect((told.json as { note: unknown }).note).toBeNull();
            expect(told.text).not.toMatch(/of bob|555 02/);
            // The operator is told how many, and nothing else.
            expect(JSON.stringify(told.failures)).toMatch(/^\[\["unreadable","\w+",\d\]\]$/);
          }
        }
      }),
      step('the vault keeps no value', 'harmless', async () => {
        const [world] = await apiWorlds();
        const rows = await world.bench.vaultStore.subjects(null, 100);
        expect(rows.length).toBeGreaterThan(2);
        expect(JSON.stringify(rows)).not.toMatch(/PLAIN|555|"ada"|"bob"|rita/);
      }),
    ],
  },
  {
    id: 'B230',
    title: 'a masked value in every place',
    precedent: 'CVE-2019-13419, CVE-2025-12148',
    steps: [
      ...each(
        'refused-400',
        HIDDEN.flatMap((name) => [
          `/v1/{r}?${name}=x`,
          `/v1/{r}?${name}[exists]=true`,
          `/v1/{r}?${name}[in]=x`,
          `/v1/{r}?${name}[gte]=a`,
          `/v1/{r}?sort=${name}`,
          `/v1/{r}/count?${name}=x`,
        ]),
      ),
      step('masked or left out in a list, a document, what was just written', 'filtered', async () => {
        for (const resource of RESOURCES) {
          const order = orderOf('ada', 5);
          const shown = [
            ...items(await sendBoth(resource, () => ({ target: `/v1/${resource}?size=20` }))),
            (await sendBoth(resource, ({ own }) => ({ target: `/v1/${resource}/${own.ids[0]}` }))).json,
            (await sendBoth(resource, post(order, 'masked'))).json,
            (await sendBoth(resource, post(order, 'masked'), post(order, 'masked'))).json,
            (await sendBoth(resource, patch({ title: 'x' }))).json,
          ] as Record<string, string>[];
          expect(shown.length).toBe(7);
          for (const { iban, voucher, pin } of shown) {
            expect(iban).toMatch(/^\*{3}.{4}$/);
            // A keyed token: the same for equal values, and nothing that could be worked out outside.
            expect(voucher).toMatch(/^[\w-]{16}$/);
            expect(pin).toBeUndefined();
          }
        }
      }),
      ...each('refused-422', [post({ status: 'open', iban: 5 }), patch({ iban: '***0041' })]),
    ],
  },
];
