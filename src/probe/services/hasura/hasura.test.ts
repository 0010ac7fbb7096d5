import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import type { Reply, TestHttpServer } from '../../testing/http-server.ts';
import { postingServer } from '../../testing/posting-server.ts';
import { hasuraAllow } from './allow.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** https://github.com/hasura/graphql-engine/issues/7264 */
const DENIED = {
  path: '$',
  error: 'x-hasura-admin-secret/x-hasura-access-key required, but not found',
  code: 'access-denied',
};
const NOT_FOUND: Reply = [404, { path: '$', error: 'resource does not exist', code: 'not-found' }];

interface Shape {
  admin?: boolean;
  /** Fields of the query root; undefined: no role for strangers. */
  queries?: readonly string[];
  mutations?: readonly string[];
  rows?: number;
  change?: (request: string) => Reply | undefined;
}

/** Answers as `Hasura.Server.App` makes them. */
async function engine({ admin = false, queries, mutations = [], rows = 12, change }: Shape): Promise<number> {
  const named = (name: string, fields: readonly string[]) => ({
    name,
    kind: 'OBJECT',
    fields: fields.map((one) => ({ name: one })),
  });
  const server = await postingServer((request, body) => {
    const changed = change?.(request);
    if (changed !== undefined) return changed;
    if (request === 'GET /v1/version') return [200, { version: 'v2.36.0' }];
    if (request === 'GET /v1alpha1/config')
      return admin ? [200, { version: 'v2.36.0', is_admin_secret_set: false }] : [400, DENIED];
    if (request !== 'POST /v1/graphql') return NOT_FOUND;
    if (queries === undefined)
      return [200, { errors: [{ message: DENIED.error, extensions: { path: '$', code: DENIED.code } }] }];
    if (body.includes('__schema')) {
      const types = [named('query_root', queries), named('mutation_root', mutations), named('users', ['id', 'email'])];
      return [
        200,
        { data: { __schema: { queryType: { name: 'query_root' }, mutationType: { name: 'mutation_root' }, types } } },
      ];
    }
    if (body.includes('distinct')) return [200, { data: { users_aggregate: { aggregate: { count: 9 } } } }];
    if (body.includes('aggregate')) return [200, { data: { users_aggregate: { aggregate: { count: rows } } } }];
    return [200, { data: { users: rows === 0 ? [] : [{ __typename: 'users' }] } }];
  });
  servers.push(server);
  return server.port;
}

describe('the Hasura dialogue', () => {
  it('calls an engine without admin secret open to writing', async () => {
    const result = await askPort(
      await engine({ admin: true, queries: ['users', 'users_aggregate', 'users_by_pk'] }),
      'hasura',
    );
    expect(result).toMatchObject({
      version: '2.36.0',
      verdict: 'anonymous-write',
      documents: 12,
      datasets: [{ name: 'users', documents: 12, fields: ['id', 'email'] }],
    });
    expect(result.reason).toContain('no admin secret');
  });

  it('takes a configuration with a secret set for no proof that strangers are administrators', async () => {
    const change = (request: string): Reply | undefined =>
      request === 'GET /v1alpha1/config' ? [200, { version: 'v2.36.0', is_admin_secret_set: true }] : undefined;
    expect(await askPort(await engine({ change }), 'hasura')).toMatchObject({ verdict: 'secured' });
  });

  it('does not call secured a role whose queries have other names than their tables', async () => {
    const other = await engine({ queries: ['customersByPk', 'customersAggregate'] });
    expect(await askPort(other, 'hasura')).toMatchObject({ verdict: 'metadata-only', datasets: [] });
    // no_queries_available: the engine's word for a schema without queries (hasura/graphql-engine, its own tests).
    const none = await engine({ queries: ['no_queries_available'] });
    expect(await askPort(none, 'hasura')).toMatchObject({ verdict: 'secured' });
    const writes = await engine({ queries: ['users'], mutations: ['insertUsers'] });
    expect(await askPort(writes, 'hasura')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('counts what the role of strangers sees', async () => {
    expect(await askPort(await engine({ queries: ['users', 'users_aggregate'] }))).toMatchObject({
      service: 'hasura',
      verdict: 'anonymous-read',
      documents: 12,
    });
  });

  it('asks for one type’s name where rows cannot be counted', async () => {
    const result = await askPort(await engine({ queries: ['users'] }), 'hasura');
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'users', fields: ['id', 'email'] }] });
    expect(result.documents).toBeUndefined();
  });

  it('calls tables without rows metadata only', async () => {
    expect(await askPort(await engine({ queries: ['users'], rows: 0 }), 'hasura')).toMatchObject({
      verdict: 'metadata-only',
    });
  });

  it('tells writing by the mutations that the schema of strangers has', async () => {
    const port = await engine({
      queries: ['users', 'users_aggregate'],
      mutations: ['insert_users', 'insert_users_one'],
    });
    expect(await askPort(port, 'hasura')).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('is secured where strangers have no role', async () => {
    expect(await askPort(await engine({}), 'hasura')).toMatchObject({
      verdict: 'secured',
      version: '2.36.0',
      datasets: [],
    });
  });

  it('believes no server that has every path', async () => {
    const port = await engine({
      admin: true,
      queries: [],
      change: (request) => (/\/v1\/[a-z][0-9a-f]{15}$/.test(request) ? [200, {}] : undefined),
    });
    expect(await askPort(port, 'hasura')).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each<[string, Reply]>([
    ['a version of something else', [200, { version: '1.0' }]],
    ['garbage', [200, '\0\x01']],
  ])('is not found in %s', async (_what, reply) => {
    expect(await askPort(await engine({ change: () => reply }), 'hasura')).toMatchObject({ verdict: 'unidentified' });
  });

  it.each(['{"query":"{users{email}}"}', '{"query":"mutation{delete_users{affected_rows}}"}', '{"type":"run_sql"}'])(
    'may not send %s',
    (body) => {
      expect(hasuraAllow.permitsPost?.('/v1/graphql', body)).toBe(false);
      expect(hasuraAllow.permitsPost?.('/v1/metadata', body)).toBe(false);
    },
  );
});
