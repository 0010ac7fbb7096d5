/**
 * The description against the behaviour (B225): whatever is documented works as it is documented, whatever is not is 404, 405 or
 * a problem. Requests are made from the document alone, and answered by the real api room over a store in memory.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADA, harness, principal } from '../../../src/guard/api/testing/harness.ts';
import { createMemoryResourceStore } from '../../../src/guard/api/testing/memory-resource-store.ts';
import { ORDERS } from '../../../src/guard/api/testing/resources.ts';
import { RESOURCE_OPERATIONS, type Resource, type ResourceOperation } from '../../../src/guard/contract/resource.ts';
import type { Operation, Parameter, Response } from '../../../src/guard/describe/document.ts';
import { describeApi, type OpenApiDocument } from '../../../src/guard/describe/index.ts';
import { orders, products, shop } from './resources.ts';

const CALLER = principal('ada', { hidden_claim: 'ada' }, ['hidden-role', 'mobile']);
const OTHER = principal('bob', { hidden_claim: 'bob' }, ['hidden-role', 'mobile']);
const DOCUMENT_ID = '00000000-0000-4000-8000-00000000000a';
const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'SEARCH'];

/** A subject whose key encrypts, as the fixtures' fields say it. */
function withOwner(resource: Resource): Resource {
  return {
    ...resource,
    subjects: new Map([['owner', { name: 'owner', reference: 'hidden_reference', from: 'owner' as const }]]),
  };
}

interface World {
  readonly document: OpenApiDocument;
  readonly ask: ReturnType<typeof harness>['ask'];
  readonly validate: (schema: object) => ValidateFunction;
}

function world(resources: readonly Resource[]): World {
  const store = createMemoryResourceStore({
    '7': { column_name: 'A chair', column_price: 12.5 },
    '8': { column_name: 'A table' },
  });
  const { ask } = harness({
    resources,
    stores: new Map([
      ['hidden-upstream', createMemoryResourceStore()],
      ['shop', createMemoryResourceStore()],
      ['furniture', store],
    ]),
  });
  const document = describeApi(shop(resources), 'v1');
  const ajv = addFormats.default(new Ajv2020({ strict: false, validateFormats: true }));
  ajv.addSchema({ $id: 'https://api.invalid/', ...document });
  const compiled = new Map<string, ValidateFunction>();
  const validate = (schema: object): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"https://api.invalid/#/components/');
    const made = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, made);
    return made;
  };
  return { document, ask, validate };
}

interface Documented {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
}

function documented({ document }: World): readonly Documented[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
      parameters: (operation.parameters ?? []).map((one) => resolve<Parameter>(document, one)),
    })),
  );
}

function resolve<T extends object>(document: OpenApiDocument, value: T | { readonly $ref: string }): T {
  if (!('$ref' in value)) return value;
  let here: unknown = document;
  for (const name of value.$ref.slice(2).split('/')) here = (here as Record<string, unknown>)[name];
  return here as T;
}

interface Sent {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the document says a request of this operation is, with its examples. */
async function call(world: World, one: Documented, sent: Sent = {}) {
  const made = one.path.includes('{id}') ? await existing(world, one.path) : { id: '', etag: '' };
  const required = one.parameters.filter(({ in: place, required }) => place === 'header' && required === true);
  const [type, media] = Object.entries(one.operation.requestBody?.content ?? {})[0] ?? [];
  return world.ask(`${one.path.replace('{id}', made.id)}${sent.query ?? ''}`, {
    method: one.method,
    as: CALLER,
    headers: { ...Object.fromEntries(required.map(({ name }) => [name, made.etag])), ...sent.headers },
    ...(type !== undefined && { type, body: sent.body ?? media?.example }),
  });
}

/** A document of the collection that this path is below, made as the description says. */
async function existing(world: World, path: string): Promise<{ id: string; etag: string }> {
  const collection = documented(world).find((one) => one.method === 'POST' && path === `${one.path}/{id}`);
  if (collection === undefined) return { id: '7', etag: '' };
  const answer = await call(world, collection);
  expect(answer.status, String(answer.body)).toBe(201);
  return { id: (answer.json as { id: string }).id, etag: answer.headers.etag ?? '' };
}

/** The answer is one that the description has: its status, its media type, its headers, its body. */
function expectDocumented(world: World, one: Documented, answer: Awaited<ReturnType<World['ask']>>): void {
  const name = `${one.method} ${one.path} ${answer.status} ${String(answer.body)}`;
  const response = one.operation.responses[String(answer.status)];
  expect(response, name).toBeDefined();
  const { content = {}, headers = {} } = resolve<Response>(world.document, response!);
  const names = Object.keys(headers).map((header) => header.toLowerCase());
  // The pipeline's own, and what says how to read the body.
  const own = ['content-type', 'x-content-type-options'];
  expect(
    Object.keys(answer.headers).filter((header) => !names.includes(header) && !own.includes(header)),
    name,
  ).toEqual([]);
  if (answer.body === '') return;
  const media = content[answer.headers['content-type'] ?? ''];
  expect(media, name).toBeDefined();
  const validate = world.validate(media!.schema);
  expect(validate(JSON.parse(String(answer.body))), `${name} ${JSON.stringify(validate.errors)}`).toBe(true);
}

function queryOf(name: string, value: unknown): string {
  return `?${encodeURIComponent(name)}=${encodeURIComponent([value].flat().join(','))}`;
}

const resources = [withOwner(orders()), products()];

describe.each([
  ['of everything that a policy can declare', resources],
  ['of the orders that the api room is tested with', [ORDERS]],
])('the description %s', (_, declared) => {
  const here = world(declared);
  const all = documented(here);

  it.each(all.map((one) => [`${one.method} ${one.path}`, one] as const))('%s does what it says', async (_name, one) => {
    const answer = await call(here, one);
    expect(answer.status, String(answer.body)).toBeLessThan(300);
    expectDocumented(here, one, answer);
    const { headers = {} } = resolve<Response>(here.document, one.operation.responses[String(answer.status)]!);
    const always = Object.keys(headers).filter((name) => name !== 'x-request-id' && name !== 'Preference-Applied');
    for (const name of always) expect(answer.headers, `${name} is promised`).toHaveProperty(name.toLowerCase());
  });

  const parameters = all.flatMap((one) =>
    one.parameters.filter((parameter) => parameter.in === 'query').map((parameter) => [one, parameter] as const),
  );

  it.each(parameters.map(([one, parameter]) => [one.path, parameter.name, one, parameter] as const))(
    '%s takes %s, with its brackets encoded and plain, and refuses what is no value of it',
    async (_path, name, one, parameter) => {
      const value = await valueFor(here, one, parameter);
      const query = queryOf(name, value);
      for (const text of [query, query.replace('%5B', '[').replace('%5D', ']')]) {
        const answer = await call(here, one, { query: text });
        expect(answer.status, `${text} ${String(answer.body)}`).toBe(200);
        expectDocumented(here, one, answer);
      }
      const wrong = ['', ...wrongFor(resolveSchema(here, parameter.schema))];
      for (const bad of wrong) {
        const answer = await call(here, one, { query: queryOf(name, bad) });
        expect(answer.status, `${name}=${JSON.stringify(bad)}`).toBe(400);
        expectDocumented(here, one, answer);
      }
      const twice = await call(here, one, { query: `${query}&${query.slice(1)}` });
      expect(twice.status).toBe(400);
    },
  );

  it('takes every value of a parameter that lists its values', async () => {
    for (const [one, parameter] of parameters) {
      const schema = resolveSchema(here, parameter.schema);
      const { enum: values = [] } = schema.type === 'array' ? resolveSchema(here, schema.items ?? {}) : schema;
      for (const value of values) {
        const answer = await call(here, one, { query: queryOf(parameter.name, value) });
        expect(answer.status, `${parameter.name}=${String(value)}`).toBe(200);
      }
    }
  });

  it('takes no parameter that it does not name', async () => {
    const known = new Set(parameters.map(([, { name }]) => name));
    const names = ['q', 'from', '_source', 'filter', 'status[ne]', 'status[$ne]', 'status[eq]', 'owner', 'id', 'iban'];
    const declaredNames = declared.flatMap((resource) => [...resource.fields.keys()]);
    const guesses = declaredNames.flatMap((name) =>
      ['', '[in]', '[gte]', '[exists]', '[like]'].map((end) => name + end),
    );
    for (const one of all) {
      const own = new Set(one.parameters.map(({ name }) => name));
      for (const name of [...names, ...guesses, ...known].filter((name) => !own.has(name))) {
        const answer = await call(here, one, { query: queryOf(name, 'open') });
        expect([400, 403], `${one.method} ${one.path} ${name}: ${answer.status}`).toContain(answer.status);
        if (answer.status === 403) expect(answer.json).toMatchObject({ type: 'urn:postern:problem:encrypted_field' });
        expectDocumented(here, one, answer);
      }
    }
  });

  it('takes no member of a body that it does not name, and no other media type', async () => {
    for (const one of all.filter(({ operation }) => operation.requestBody !== undefined)) {
      const [type, media] = Object.entries(one.operation.requestBody?.content ?? {})[0]!;
      const example = media.example as Record<string, unknown>;
      for (const name of ['id', 'owner', 'customer', 'hidden_owner', 'column_status', 'isAdmin']) {
        const answer = await call(here, one, { body: { ...example, [name]: 'x' } });
        expect(answer.status, name).toBe(422);
        expectDocumented(here, one, answer);
      }
      for (const other of ['text/plain', 'application/x-ndjson', 'application/xml', 'application/json-patch+json']) {
        const answer = await call(here, one, { headers: { 'content-type': other } });
        expect(answer.status, `${type} as ${other}`).toBe(415);
      }
    }
  });

  it('is the whole of it: every other method is 405 where something is documented, and 404 elsewhere', async () => {
    const paths = new Set(all.map(({ path }) => path));
    for (const path of paths) {
      const methods = all.filter((one) => one.path === path).map(({ method }) => method);
      const target = path.replace('{id}', (await existing(here, path)).id);
      for (const method of ALL_METHODS.filter((one) => !methods.includes(one))) {
        const answer = await here.ask(target, { method, as: CALLER });
        expect(answer.status, `${method} ${path}`).toBe(405);
        const allowed = answer.headers.allow?.split(', ') ?? [];
        if (method !== 'OPTIONS' && allowed.length > 0) expect(allowed.toSorted()).toEqual(methods.toSorted());
      }
    }
    const collections = [...paths].map((path) => path.replace(/\/(?:count|\{id\})$/, ''));
    const near = collections.flatMap((path) => [
      path.slice(0, -1),
      `${path}s`,
      path.toUpperCase(),
      path.replace('/v1', '/v2'),
      path.replace('/v1', ''),
      `${path}/${DOCUMENT_ID}/items`,
      `${path}/count/count`,
      `${path}/_search`,
      `${path}/%2e%2e/secrets`,
      path.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
    ]);
    for (const target of ['/v1', '/v1/', '/v1/openapi.json', '/', '/_search', ...near]) {
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
        const answer = await here.ask(target, { method, as: CALLER, headers: { 'if-match': '*' } });
        expect([400, 404, 405, 428], `${method} ${target}`).toContain(answer.status);
        if (answer.status === 428) expect(target).toMatch(/_search$/);
      }
    }
  });

  it('is no more for guessed paths', async () => {
    const segment = fc.constantFrom(
      'v1',
      'orders',
      'shop',
      'products',
      'count',
      'openapi.json',
      '_all',
      'x',
      DOCUMENT_ID,
    );
    const paths = new Set(all.map(({ path }) => path.replace('{id}', '*')));
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 5 }), async (segments) => {
        const target = `/${segments.join('/')}`;
        const known = paths.has(target) || paths.has(`/${[...segments.slice(0, -1), '*'].join('/')}`);
        const answer = await here.ask(target, { as: CALLER });
        if (answer.status === 200) expect(known, target).toBe(true);
        else expect([404, 405]).toContain(answer.status);
      }),
      { numRuns: 300 },
    );
  });

  it('says of conditions what they do: 304, 412, 428, and a document that was deleted is 404', async () => {
    for (const one of all.filter(({ path }) => path.endsWith('{id}'))) {
      const names = one.parameters.map(({ name }) => name);
      if (names.includes('If-None-Match')) {
        const first = await call(here, one);
        const target = one.path.replace('{id}', (first.json as { id: string }).id);
        const again = await here.ask(target, { as: CALLER, headers: { 'if-none-match': first.headers.etag ?? '' } });
        expect(again.status).toBe(304);
        expectDocumented(here, one, again);
      }
      if (names.includes('If-Match')) {
        const stale = await call(here, one, { headers: { 'If-Match': '"c3ludGhldGljLWV0YWc"' } });
        expect(stale.status).toBe(412);
        expectDocumented(here, one, stale);
      }
      if (one.method === 'PATCH') {
        const { id } = await existing(here, one.path);
        const target = one.path.replace('{id}', id);
        const bare = await here.ask(target, { method: 'PATCH', as: CALLER, body: {} });
        expect(bare.status).toBe(428);
        expectDocumented(here, one, bare);
        const short = await call(here, one, { headers: { Prefer: 'return=minimal' } });
        expect(short.status).toBe(204);
        expectDocumented(here, one, short);
      }
    }
  });

  it('shows of others nothing: their documents are 404, as if there were none', async () => {
    for (const one of all.filter(
      ({ path, method }) => path.endsWith('{id}') && path.includes('orders') && method !== 'POST',
    )) {
      const { id, etag } = await existing(here, one.path);
      const [type, media] = Object.entries(one.operation.requestBody?.content ?? {})[0] ?? [];
      const answer = await here.ask(one.path.replace('{id}', id), {
        method: one.method,
        as: OTHER,
        headers: one.method === 'GET' ? {} : { 'if-match': etag },
        ...(type !== undefined && { type, body: media?.example }),
      });
      expect(answer.status).toBe(404);
      expectDocumented(here, one, answer);
    }
  });

  it('says of a repeated creation what happens: the same document, or 422 for another body', async () => {
    const create = all.find(({ method }) => method === 'POST');
    if (create === undefined) throw new Error('nothing can be created');
    const [first, same] = [
      await call(here, create, { headers: { 'Idempotency-Key': 'one' } }),
      await call(here, create, { headers: { 'Idempotency-Key': 'one' } }),
    ];
    expect([first.status, same.status, same.headers.location]).toEqual([201, 201, first.headers.location]);
    const example = Object.values(create.operation.requestBody?.content ?? {})[0]?.example as Record<string, unknown>;
    const other = await call(here, create, {
      headers: { 'Idempotency-Key': 'one' },
      body: { ...example, status: 'sent' },
    });
    expect(other.status).toBe(422);
    expectDocumented(here, create, other);
    const short = await call(here, create, { headers: { Prefer: 'return=minimal' } });
    expect([short.status, short.body]).toEqual([201, '']);
    expectDocumented(here, create, short);
  });

  it('names what a new document may hold, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(bodies(declared[0]!, 'create'), async (body) => {
        const create = all.find(({ method }) => method === 'POST')!;
        const schema = Object.values(create.operation.requestBody?.content ?? {})[0]!.schema;
        const fits = here.validate(schema)(body);
        const answer = await call(here, create, { body });
        expect(answer.status, `${JSON.stringify(body)} ${String(answer.body)}`).toBe(fits ? 201 : 422);
        expectDocumented(here, create, answer);
      }),
      { numRuns: 400 },
    );
  });

  it('names what a change may hold, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(bodies(declared[0]!, 'update'), async (body) => {
        const update = all.find(({ method }) => method === 'PATCH')!;
        const schema = Object.values(update.operation.requestBody?.content ?? {})[0]!.schema;
        const fits = here.validate(schema)(body);
        const answer = await call(here, update, { body });
        expect(answer.status, `${JSON.stringify(body)} ${String(answer.body)}`).toBe(fits ? 200 : 422);
        expectDocumented(here, update, answer);
      }),
      { numRuns: 400 },
    );
  });
});

describe('what a policy leaves out', () => {
  it('is in neither: an operation is described when it is answered, for every choice of operations', async () => {
    const methods: Record<ResourceOperation, readonly [string, string]> = {
      list: ['GET', ''],
      create: ['POST', ''],
      count: ['GET', '/count'],
      get: ['GET', `/${DOCUMENT_ID}`],
      update: ['PATCH', `/${DOCUMENT_ID}`],
      delete: ['DELETE', `/${DOCUMENT_ID}`],
    };
    await fc.assert(
      fc.asyncProperty(fc.subarray([...RESOURCE_OPERATIONS]), async (operations) => {
        const set = new Set(operations);
        const one = { ...withOwner(orders()), operations: set, roles: new Map([['hidden-role', set]]) };
        const here = world([one]);
        const described = documented(here).map(({ method, path }) => `${method} ${path.replace('{id}', DOCUMENT_ID)}`);
        for (const operation of RESOURCE_OPERATIONS) {
          const [method, end] = methods[operation];
          const answer = await here.ask(`/v1/orders${end}`, {
            method,
            as: CALLER,
            headers: { 'if-match': '*' },
            ...(method === 'POST' || method === 'PATCH' ? { body: {} } : {}),
          });
          const code = String((answer.json as { type?: string } | undefined)?.type);
          const there = answer.status !== 405 && !(answer.status === 404 && !set.has(operation));
          expect(there, `${operation}: ${answer.status} ${code}`).toBe(set.has(operation));
          expect(described.includes(`${method} /v1/orders${end}`)).toBe(set.has(operation));
        }
      }),
      { numRuns: 64 },
    );
  });

  it('is refused with an answer of the description where another role may do it', async () => {
    const one = {
      ...withOwner(orders()),
      roles: new Map([
        ['hidden-role', new Set(['list'] as const)],
        ['editor', new Set(RESOURCE_OPERATIONS)],
      ]),
    };
    const here = world([one]);
    for (const operation of documented(here).filter(({ method }) => method !== 'GET')) {
      const answer = await here.ask(operation.path.replace('{id}', DOCUMENT_ID), {
        method: operation.method,
        as: CALLER,
        body: {},
      });
      expect(answer.status).toBe(403);
      expectDocumented(here, operation, answer);
    }
    const stranger = await here.ask('/v1/orders', { as: { ...ADA, roles: ['nobody'] } });
    expect(stranger.status).toBe(404);
  });
});

function resolveSchema(here: World, schema: Parameter['schema']): Parameter['schema'] {
  return schema.$ref === undefined ? schema : resolve(here.document, { $ref: schema.$ref });
}

/** A value of the description: its example, or for a cursor one that the list itself gave. */
async function valueFor(here: World, one: Documented, { name, example, schema }: Parameter): Promise<unknown> {
  if (name === 'cursor') {
    await existing(here, `${one.path}/{id}`);
    await existing(here, `${one.path}/{id}`);
    const page = await call(here, one, { query: '?size=1' });
    const { next } = page.json as { next: string | null };
    return next ?? [];
  }
  return example ?? resolveSchema(here, schema).default ?? 1;
}

/** Values that the schema of a parameter excludes. */
function wrongFor(schema: Parameter['schema']): readonly unknown[] {
  if (schema.enum !== undefined) return ['not-one-of-them', `${String(schema.enum[0])} `];
  switch ([schema.type].flat()[0]) {
    case 'array':
      return [Array.from({ length: (schema.maxItems ?? 0) + 1 }, (_, index) => `x${index}`), 'a,,b'];
    case 'boolean':
      return ['TRUE', '1', 'yes'];
    case 'integer':
      return ['x', '1.5', String((schema.maximum ?? 0) + 1), String((schema.minimum ?? 0) - 1)];
    case 'number':
      return ['x', 'NaN', '1,5'];
    default:
      if (schema.format === 'date-time') return ['yesterday', '2026-01-31', '2026-02-30T00:00:00Z'];
      if (schema.format === 'uuid') return ['x', `${DOCUMENT_ID}0`];
      return ['x'.repeat((schema.maxLength ?? 0) + 1)];
  }
}

/** Bodies of declared members with values that fit, nearly fit and do not fit. Whom they name they name: see `dependentRequired`. */
function bodies(resource: Resource, write: 'create' | 'update'): fc.Arbitrary<Record<string, unknown>> {
  const members = [...resource.fields.values()].map((field) => {
    const { schema, encryption, required } = field;
    const some: unknown[] = [
      '',
      'open',
      'x',
      'y'.repeat(8),
      'abc',
      '12345',
      0,
      1,
      99,
      100,
      1.5,
      -1,
      true,
      null,
      [],
      ['x'],
    ];
    const more: unknown[] = [
      '2026-01-31T12:00:00Z',
      '2026-01-31',
      DOCUMENT_ID,
      { city: 'Ulm' },
      { street: 'A', city: 'B' },
    ];
    const last: unknown[] = [{ city: '', street: 'x' }, { city: null }, { zip: 'x' }, { x: 1 }, ['abc', 'abcdefghijk']];
    const long: unknown[] = ['z'.repeat(501), 'k'.repeat(8191), 'k'.repeat(8192), Array(11).fill('a'), 2 ** 53];
    // What is looked up has a form that JSON Schema cannot say: what has none is refused, as the description's words have it.
    const values = encryption?.lookup
      ? ['+12025550142', 'ada@example.org', null, 1, ['x']]
      : [...some, ...more, ...last, ...long];
    const looked = encryption?.lookup === 'phone' ? values.filter((value) => value !== 'ada@example.org') : values;
    const known = encryption?.lookup === 'email' ? looked.filter((value) => value !== '+12025550142') : looked;
    const fitting = schema.oneOf?.[0] ?? (schema.type === 'uuid' ? DOCUMENT_ID : undefined);
    // Mostly whole: a body that lacks what is required says nothing of its other members.
    const isNeeded = write === 'create' && required;
    const value = fc.oneof(
      { weight: fitting === undefined ? 0 : 8, arbitrary: fc.constant(fitting) },
      { weight: 1, arbitrary: fc.constantFrom(...known) },
    );
    const left = fc.constant(undefined);
    const weight = isNeeded ? 1 : field.write.has(write) ? 20 : 60;
    return [
      field.name,
      fc.oneof({ weight, arbitrary: left }, { weight: isNeeded ? 30 : 4, arbitrary: value }),
    ] as const;
  });
  return fc
    .record(Object.fromEntries(members))
    .map((body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)))
    .map((body) => ('recipientId' in body || 'recipientName' in body ? { ...body, recipientId: 'bob' } : body));
}
