/**
 * Hasura GraphQL Engine 1.x and 2.x, HTTP port 8080; Hasura Cloud on 443.
 *
 * ```
 * GET /v1/version        {"version":"v2.36.0"}
 * GET /v1/<random>       404 {"path":"$","error":"resource does not exist","code":"not-found"}: the control request
 * GET /v1alpha1/config   to administrators only: 200 {"is_admin_secret_set":false,…}: no admin secret is set; 400/401
 *                        {"error":"x-hasura-admin-secret/x-hasura-access-key required, but not found","code":"access-denied"}
 * POST /v1/graphql       {__schema{…}}: the schema of the role that strangers have (HASURA_GRAPHQL_UNAUTHORIZED_ROLE)
 *                        {users_aggregate{aggregate{count}}}: rows that this role sees
 * ```
 *
 * The schema is made for each role: a mutation that a stranger's schema has is one that this role may run, so that writing
 * is told without writing.
 */
import type { PostingSession } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { errorText, readSchema, type Schema } from '../graphql/schema.ts';
import { concluded, counted, doubtful, type Identity, isRefused, okJson, SHORT_ANSWER } from '../web-answers.ts';
import {
  anyOf,
  CONFIG,
  countOf,
  distinctOf,
  GRAPHQL,
  hasuraAllow,
  hasuraSampling,
  NAME,
  SCHEMA,
  VERSION,
  valuesOf,
} from './allow.ts';

const MOST_TABLES = 25;
const MOST_COLUMNS_SAMPLED = 20;

async function askHasura(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const banner = await session.get(VERSION, { maxBytes: SHORT_ANSWER });
  const told = okJson(banner);
  const version = parseVersion(text(at(told, 'version')));
  if (version === undefined) return unidentified('Hasura');
  const config = await session.get(CONFIG, { maxBytes: SHORT_ANSWER });
  const settings = okJson(config);
  // `true` here would be an administrator's answer that something in front asked for: the schema tells what it allows.
  const admin = isRecord(settings) && settings.is_admin_secret_set === false;
  const probe = await session.post(GRAPHQL, SCHEMA);
  const body = parseJson(probe.body);
  const schema = probe.status === 200 ? readSchema(body) : undefined;
  const denied = /x-hasura|access-denied|invalid-headers|invalid-jwt|webhook|authorization/.test(
    `${errorText(body)} ${config.status >= 400 ? text(at(parseJson(config.body), 'code')) : ''}`,
  );
  // `/v1/version` alone is nobody's in particular.
  if (!admin && schema === undefined && !denied) return unidentified('Hasura');
  const identity: Identity = { identified: true, product: 'hasura', version };
  context.record(`GET ${VERSION}`, '200, version');
  context.record(`GET ${CONFIG}`, `${config.status}${admin ? ', as to an administrator' : ''}`);
  context.record(
    `POST ${GRAPHQL} {__schema}`,
    `${probe.status}, ${schema ? counted(schema.queries.length, 'query', 'queries') : 'no schema'}`,
  );
  const control = await session.get(`/v1/${context.nonce()}`, { maxBytes: SHORT_ANSWER });
  context.record('GET /v1/<random>', `${control.status}`);
  if (control.status < 300) return doubtful(identity, 'a path that does not exist');
  if (admin) return await asAdmin(context, session, identity, schema);
  if (schema !== undefined) return await asRole(context, session, identity, schema);
  if (probe.truncated) return concluded(identity, 'metadata-only', 'a stranger reads a schema longer than the limit');
  const refused = isRefused(probe) || denied;
  return concluded(
    identity,
    refused ? 'secured' : 'inconclusive',
    refused ? 'strangers have no role: an admin secret or a token is asked for' : `the schema answers ${probe.status}`,
  );
}

async function asAdmin(
  context: ProbeContext,
  session: PostingSession,
  identity: Identity,
  schema: Schema | undefined,
): Promise<Observation> {
  const { datasets } = schema === undefined ? { datasets: [] } : await readTables(context, session, schema);
  const documents = sumKnown(datasets.map((one) => one.documents));
  return {
    ...identity,
    verdict: 'anonymous-write',
    ...(documents === undefined ? {} : { documents }),
    datasets,
    reason: `no admin secret is set: everybody is administrator, reads ${counted(datasets.length, 'table')} and may change them`,
    notTested: ['further databases that its metadata name'],
  };
}

async function asRole(
  context: ProbeContext,
  session: PostingSession,
  identity: Identity,
  schema: Schema,
): Promise<Observation> {
  const { datasets, readable } = await readTables(context, session, schema);
  const documents = sumKnown(datasets.map((one) => one.documents));
  const size = { ...(documents === undefined ? {} : { documents }), datasets };
  const writes = schema.mutations.filter((name) => /^(?:insert|update|delete)[_A-Z]/.test(name)).length;
  const seen = `strangers have a role that reads ${readable} of ${counted(datasets.length, 'table')} (${grouped(documents ?? 0)} rows counted)`;
  const notTested = ['actions and remote schemas'];
  if (writes > 0) {
    const reason = `${seen} and has ${counted(writes, 'mutation')} that change rows`;
    return { ...identity, verdict: 'anonymous-write', ...size, reason, notTested };
  }
  if (readable > 0) return { ...identity, verdict: 'anonymous-read', ...size, reason: seen, notTested };
  if (datasets.length > 0) {
    return {
      ...identity,
      verdict: 'metadata-only',
      ...size,
      reason: 'strangers have a role that sees tables and no rows',
      notTested,
    };
  }
  // What the engine puts into a schema that would be empty.
  const others = schema.queries.filter((name) => name !== 'no_queries_available').length;
  if (others > 0) {
    const reason = `strangers have a role with ${counted(others, 'query', 'queries')}, none of which is named as a table`;
    return concluded(identity, 'metadata-only', reason, [
      ...notTested,
      'tables with names of their own (`graphql-default`)',
    ]);
  }
  return concluded(identity, 'secured', 'the role of strangers sees no table', notTested);
}

/** Tables are the query fields that have rows: `users` of `users`, `users_aggregate` and `users_by_pk`. */
async function readTables(
  context: ProbeContext,
  session: PostingSession,
  schema: Schema,
): Promise<{ datasets: ObservedDataset[]; readable: number }> {
  const fields = new Map(schema.types.map((type) => [type.name, type.fields]));
  const queries = new Set(schema.queries);
  const tables = schema.queries.filter(
    (name) => NAME.test(name) && fields.has(name) && !/_(?:aggregate|by_pk)$/.test(name),
  );
  const datasets: ObservedDataset[] = [];
  let readable = 0;
  for (const table of tables.slice(0, MOST_TABLES)) {
    const columns = [...(fields.get(table) ?? [])];
    const dataset: ObservedDataset = { name: datasetName(table), fields: columns };
    datasets.push(dataset);
    if (queries.has(`${table}_aggregate`)) {
      const rows = await numberIn(session, countOf(table), `${table}_aggregate`);
      context.record(
        `POST ${GRAPHQL} {${dataset.name}_aggregate{aggregate{count}}}`,
        rows === undefined ? 'no number' : 'a number',
      );
      if (rows === undefined) continue;
      dataset.documents = rows;
      readable++;
      await countPeople(context, session, table, dataset);
    } else {
      const answer = await session.post(GRAPHQL, anyOf(table), { maxBytes: SHORT_ANSWER });
      const list = at(okJson(answer), 'data', table);
      context.record(
        `POST ${GRAPHQL} {${dataset.name}(limit:1){__typename}}`,
        Array.isArray(list) ? `200, ${list.length} of 1` : `${answer.status}`,
      );
      if (!Array.isArray(list) || list.length === 0) continue;
      readable++;
    }
    await sample(context, session, table, dataset);
  }
  return { datasets, readable };
}

async function numberIn(session: PostingSession, query: string, root: string): Promise<number | undefined> {
  const answer = await session.post(GRAPHQL, query, { maxBytes: SHORT_ANSWER });
  return count(at(okJson(answer), 'data', root, 'aggregate', 'count'));
}

async function countPeople(
  context: ProbeContext,
  session: PostingSession,
  table: string,
  dataset: ObservedDataset,
): Promise<void> {
  const [field] = context.subjectFields?.(dataset.name, dataset.fields) ?? [];
  if (field === undefined || !NAME.test(field)) return;
  const people = await numberIn(session, distinctOf(table, field), `${table}_aggregate`);
  if (people !== undefined) dataset.people = { count: people, how: 'cardinality', field };
}

async function sample(
  context: ProbeContext,
  session: PostingSession,
  table: string,
  dataset: ObservedDataset,
): Promise<void> {
  if (context.values === undefined) return;
  const most = Math.max(1, Math.min(5, context.values.most));
  for (const column of dataset.fields.filter((name) => NAME.test(name)).slice(0, MOST_COLUMNS_SAMPLED)) {
    const answer = await session.post(GRAPHQL, valuesOf(table, column, most), { maxBytes: SHORT_ANSWER });
    const rows = at(okJson(answer), 'data', table);
    if (Array.isArray(rows))
      context.values.take(
        dataset.name,
        column,
        rows.slice(0, most).map((row) => at(row, column)),
      );
  }
}

export const hasura: ProbeService = {
  id: 'hasura',
  title: 'Hasura GraphQL Engine',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8080, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  allow: hasuraAllow,
  sampling: hasuraSampling,
  remediation: {
    developer:
      'Give the app’s users a JWT or webhook role and write row permissions for it (`user_id: {_eq: X-Hasura-User-Id}`); never put the admin secret into the app.',
    it: 'Set HASURA_GRAPHQL_ADMIN_SECRET, leave HASURA_GRAPHQL_UNAUTHORIZED_ROLE unset, set HASURA_GRAPHQL_ENABLE_CONSOLE=false and HASURA_GRAPHQL_ENABLED_APIS=graphql, and disable introspection for the anonymous role.',
    security:
      'Without an admin secret its metadata (with the databases’ connection strings) and `run_sql` were open too: rotate the database passwords and treat every table as read and changed.',
  },
  references: [
    'https://hasura.io/docs/2.0/auth/authentication/unauthenticated-access/',
    'https://hasura.io/docs/2.0/deployment/securing-graphql-endpoint/',
    'https://github.com/hasura/graphql-engine/blob/master/server/src-lib/Hasura/Server/App.hs',
  ],
  tested: [
    { how: 'recorded', what: 'Hasura 2.x: the refusal as in hasura/graphql-engine issue 7264' },
    {
      how: 'documentation',
      what: 'the configuration as in its config API’s reference and the engine’s test_config_api.py; schema and counts',
    },
  ],
  recognise: ({ status, headers, body }) => {
    if (status === 302 && (headers.location ?? '').startsWith('/console')) return 'sure';
    return status === 404 && body.includes('"resource does not exist"') ? 'sure' : 'possible';
  },
  probe: askHasura,
};
