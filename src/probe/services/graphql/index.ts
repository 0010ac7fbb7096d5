/**
 * A GraphQL endpoint on a path of any web server. Only its schema is asked for: names, never data.
 *
 * ```
 * GET  /graphql?query={__typename}               GraphQL, 400 or 405; 404: nothing is posted
 * POST /graphql      {"query":"{__typename}"}      {"data":{"__typename":"Query"}}; 401 {"errors":[…]}
 * POST /graphql      {"query":"{<random>}"}        {"errors":[{"message":"Cannot query field …"}]}: the control request
 * POST /graphql      {"query":"{__schema{…}}"}     {"data":{"__schema":{"types":[{"name":…,"fields":[{"name":…}]}]}}}
 *                    or {"errors":[{"message":"GraphQL introspection is not allowed by Apollo Server, …"}]}
 * ```
 *
 * Operations without `mutation` are reads (GraphQL specification, section 6.2.1): nothing is changed.
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { at, isRecord, parseJson, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, SHORT_ANSWER } from '../web-answers.ts';
import { errorText, readSchema } from './schema.ts';

const PATHS = ['/graphql', '/api/graphql', '/query'] as const;
/** `{__typename}`, as a query string. */
const LOOK = '?query=%7B__typename%7D';
/** Without it Apollo Server takes a GET for a forged request. */
const PREFLIGHT = { 'apollo-require-preflight': 'true' };
const TYPENAME = '{"query":"{__typename}"}';
const SCHEMA =
  '{"query":"{__schema{queryType{name}mutationType{name}subscriptionType{name}types{name kind fields{name}}}}"}';
const MOST_DATASETS = 200;

async function askGraphql(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  for (const path of PATHS) {
    const looked = await session.get(`${path}${LOOK}`, { headers: PREFLIGHT, maxBytes: SHORT_ANSWER });
    if (!mayPost(path, looked)) continue;
    const answer = await session.post(path, TYPENAME, { maxBytes: SHORT_ANSWER });
    const spoken = speaks(answer);
    if (spoken === undefined) continue;
    context.record(`GET ${path}${LOOK}`, `${looked.status}`);
    context.record(`POST ${path} {__typename}`, `${answer.status}, ${spoken}`);
    const identity: Identity = { identified: true, product: 'graphql' };
    if (spoken === 'refused') {
      const other = await session.get(`/${context.nonce()}${LOOK}`, { headers: PREFLIGHT, maxBytes: SHORT_ANSWER });
      context.record(`GET /<random>${LOOK}`, `${other.status}`);
      // A gateway that refuses everything in GraphQL's words has no endpoint of its own here.
      if (speaks(other) !== undefined) return unidentified('GraphQL');
      return concluded(identity, 'secured', `the endpoint ${path} asks strangers to log in (${answer.status})`);
    }
    const control = await session.post(path, fieldOf(context.nonce()), { maxBytes: SHORT_ANSWER });
    context.record(`POST ${path} {<random>}`, `${control.status}`);
    if (isRecord(at(parseJson(control.body), 'data'))) return doubtful(identity, 'a field that does not exist');
    return await introspect(context, session, path, identity);
  }
  return unidentified('GraphQL');
}

/**
 * Whether the answer to GET lets a POST be harmless. Elasticsearch makes an index of `POST /graphql` up to 2.x, and a
 * document of `POST /api/graphql` up to 7.x; it answers GET there with 404, and with 405 respectively.
 */
function mayPost(path: string, { status, headers, body }: HttpAnswer): boolean {
  const told = parseJson(body);
  if (Array.isArray(at(told, 'errors')) || text(at(told, 'data', '__typename')) !== undefined) return true;
  if (path.lastIndexOf('/') > 0) return false;
  // Servers that take POST alone say so; others show their page for trying queries.
  const page = status === 200 && (headers['content-type'] ?? '').startsWith('text/html');
  return page || [400, 405, 406, 415].includes(status);
}

/** A field that no schema has. */
function fieldOf(name: string): string {
  return `{"query":"{${name}}"}`;
}

/** `answers` a stranger, `refused` him, or is no GraphQL. */
function speaks(answer: HttpAnswer): 'answers' | 'refused' | undefined {
  const body = parseJson(answer.body);
  if (answer.status === 200 && /^[_A-Za-z]\w{0,127}$/.test(text(at(body, 'data', '__typename')) ?? ''))
    return 'answers';
  const refused = /unauthenticated|unauthorized|forbidden|access-denied|not authorized|log ?in|authenticat/;
  return [200, 400, 401, 403].includes(answer.status) && refused.test(errorText(body)) ? 'refused' : undefined;
}

async function introspect(
  context: ProbeContext,
  session: PostingSession,
  path: string,
  identity: Identity,
): Promise<Observation> {
  const answer = await session.post(path, SCHEMA);
  const body = parseJson(answer.body);
  const schema = readSchema(body);
  context.record(
    `POST ${path} {__schema}`,
    `${answer.status}, ${schema ? counted(schema.types.length, 'type') : 'no schema'}`,
  );
  const notTested = ['whether a stranger reads data: no query for data is sent'];
  if (schema === undefined && answer.truncated) {
    return concluded(
      identity,
      'metadata-only',
      `a stranger reads the schema at ${path}, longer than the limit`,
      notTested,
    );
  }
  if (schema === undefined) {
    const off = /introspection/.test(errorText(body));
    const reason = `${path} answers strangers, and ${off ? 'introspection is switched off' : 'gives no schema'}`;
    return concluded(identity, off ? 'secured' : 'inconclusive', reason, notTested);
  }
  if (schema.mutations.length > 0) {
    notTested.push(
      `whether a stranger may use the ${counted(schema.mutations.length, 'mutation')}: that they exist says nothing`,
    );
  }
  const reason = `a stranger reads the schema at ${path}: ${counted(schema.types.length, 'type')}, ${counted(schema.queries.length, 'query', 'queries')}, ${counted(schema.mutations.length, 'mutation')}`;
  const datasets = schema.types
    .slice(0, MOST_DATASETS)
    .map(({ name, fields }) => ({ name: datasetName(name), fields: [...fields] }));
  return { ...identity, verdict: 'metadata-only', datasets, reason, notTested };
}

export const graphql: ProbeService = {
  id: 'graphql',
  title: 'GraphQL endpoint',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 4000, tls: 'retry' },
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first' },
    { port: 8080, tls: 'retry' },
  ],
  beside: true,
  allow: allowRequests([
    ...PATHS.map((path) => ({ path: `${path}${LOOK}`, headers: PREFLIGHT, why: 'whether GraphQL may be spoken here' })),
    ...PATHS.map((path) => ({ method: 'POST' as const, path, body: TYPENAME, why: 'where it may: whether it is' })),
    ...PATHS.map((path) => ({
      method: 'POST' as const,
      path,
      body: fieldOf('<nonce>'),
      why: 'the control request, which must fail',
    })),
    { path: `/<nonce>${LOOK}`, headers: PREFLIGHT, why: 'where strangers are refused: whether any path is' },
    ...PATHS.map((path) => ({ method: 'POST' as const, path, body: SCHEMA, why: 'names of types and fields' })),
  ]),
  remediation: {
    developer:
      'Check the signed-in user in every resolver, object by object; switch introspection and field suggestions off in production (`introspection: false`, `hideSchemaDetailsFromClientErrors: true` in Apollo Server; `useDisableIntrospection()` in Yoga); use persisted queries for the app.',
    it: 'Set limits on depth, aliases, batching and cost at the gateway, and do not serve GraphiQL or the sandbox in production.',
    security:
      'The schema alone is no leak: have the resolvers for personal data tried with two accounts, and look for batched or very deep queries in the logs.',
  },
  references: [
    'https://spec.graphql.org/October2021/#sec-Introspection',
    'https://www.apollographql.com/docs/apollo-server/api/apollo-server#introspection',
    'https://the-guild.dev/graphql/yoga-server/docs/features/introspection',
  ],
  tested: [
    { how: 'server', what: 'GraphQL Yoga 5.24.1 and Apollo Server 5.5.1 (introspection on and off, plain and TLS)' },
  ],
  // What takes a POST for a document is no API.
  recognise: ({ headers, body }) => {
    if (/^postgrest\b/i.test(headers.server ?? '')) return 'no';
    const root = parseJson(body);
    return ['tagline', 'couchdb', 'express-pouchdb'].some((name) => at(root, name) !== undefined) ? 'no' : 'possible';
  },
  probe: askGraphql,
};
