/**
 * Milvus 2.3 to 2.6, HTTP on port 19530 (gRPC on the same port), health on 9091.
 *
 * ```
 * GET /v1/vector/collections                       {"code":200,"data":["docs"]}; with authorization {"code":1800,
 *                                                  "message":"user hasn't authenticate, please check …"}; 404 from 2.6 on
 * POST /v2/vectordb/collections/list {}            2.4 on: {"code":0,"data":["docs"]}
 * GET …/collections/describe?collectionName=<random>, POST …/describe   {"code":100,"message":"can't find collection …"}
 * GET …/collections/describe?collectionName=<name>         {"data":{"fields":[{"name","type"}]}}
 * POST /v2/vectordb/collections/get_stats {"collectionName":…}   {"data":{"rowCount":…}}
 * GET /healthz (9091)                              OK: it is up, and its metrics and web page are open
 * ```
 *
 * With `authorizationEnabled` there is no anonymous user: an answered list means that no access control exists.
 *
 * Sources: https://milvus.io/api-reference/restful/v2.4.x/, https://milvus.io/docs/authenticate.md,
 * https://github.com/milvus-io/milvus/tree/master/internal/distributed/proxy/httpserver
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder, type RequestTemplate } from '../../../net/request-templates.ts';
import {
  askJson,
  conclude,
  disbelieved,
  isLocked,
  type JsonAnswer,
  known,
  notReady,
  seen,
} from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { vectorRemediation } from './remediation.ts';

const MOST_COLLECTIONS = 30;
const NAME = /[A-Za-z_][A-Za-z0-9_]{0,254}/;
const PLAIN_NAME = new RegExp(`^${NAME.source}$`);

/** One collection's request, by the version of the interface. */
const REQUESTS = {
  v1: {
    list: () => ({ path: '/v1/vector/collections' }),
    describe: (name: string) => ({ path: `/v1/vector/collections/describe?collectionName=${name}` }),
  },
  v2: {
    list: () => ({ path: '/v2/vectordb/collections/list', body: '{}' }),
    describe: (name: string) => ({
      path: '/v2/vectordb/collections/describe',
      body: `{"collectionName":"${name}"}`,
    }),
  },
} as const;
type Interface = keyof typeof REQUESTS;

const stats = (name: string) => ({
  path: '/v2/vectordb/collections/get_stats',
  body: `{"collectionName":"${name}"}`,
});

async function askMilvus(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const found = (await askList(session, context, 'v2')) ?? (await askList(session, context, 'v1'));
  if (found === undefined) return await askHealth(session, context);
  const { api, answer } = found;
  const base = known('milvus', undefined);
  const names = at(answer.json, 'data');
  if (isUnauthenticated(answer))
    return conclude(base, 'secured', 'the list of collections is refused: no login was sent');
  if (!Array.isArray(names)) return notReady(base, 'the list of collections', answer);
  const control = await askOne(session, context, REQUESTS[api].describe(context.nonce()), 'describe, <random>');
  // A collection that cannot exist is an error, with a code of its own.
  if (isDone(control) || at(control.json, 'data', 'fields') !== undefined) {
    return disbelieved(base, 'a collection that cannot exist', control.status);
  }
  const plain = names.filter((name): name is string => typeof name === 'string' && PLAIN_NAME.test(name));
  const datasets: ObservedDataset[] = [];
  for (const name of plain.slice(0, MOST_COLLECTIONS)) datasets.push(await askCollection(session, context, api, name));
  const notTested = names.length > datasets.length ? [`${names.length - datasets.length} further collections`] : [];
  if (api === 'v1') notTested.push('the number of rows: this version does not tell it over HTTP');
  const listed = seen(datasets, 'collection', 'collections', 'rows');
  const what = `\`authorizationEnabled\` is off, so everything is open: a stranger reads and changes ${listed}`;
  return conclude(base, 'anonymous-write', what, notTested, datasets);
}

interface HttpCall {
  path: string;
  body?: string;
}

async function askOne(
  session: PostingSession,
  context: ProbeContext,
  call: HttpCall,
  shown: string,
): Promise<JsonAnswer> {
  return await askJson(session, context, call.path, {
    shown: `${call.path.split('?')[0]} (${shown})`,
    ...(call.body === undefined ? {} : { body: call.body }),
  });
}

async function askList(
  session: PostingSession,
  context: ProbeContext,
  api: Interface,
): Promise<{ api: Interface; answer: JsonAnswer } | undefined> {
  const answer = await askOne(session, context, REQUESTS[api].list(), 'list');
  const ok = isDone(answer) && Array.isArray(at(answer.json, 'data'));
  return (answer.status === 200 && ok) || isUnauthenticated(answer) ? { api, answer } : undefined;
}

/** The code of success: 0, before 2.4 200. */
function isDone({ json }: JsonAnswer): boolean {
  return [0, 200].includes(Number(at(json, 'code')));
}

/** Code 1800, or the words; with status 200 in 2.3 and 2.4, 401 in some. */
function isUnauthenticated(answer: JsonAnswer): boolean {
  const said = text(at(answer.json, 'message')) ?? '';
  return (
    (answer.status === 200 || isLocked(answer)) &&
    (at(answer.json, 'code') === 1800 || /hasn't authenticat|auth check failure/i.test(said))
  );
}

async function askCollection(
  session: PostingSession,
  context: ProbeContext,
  api: Interface,
  name: string,
): Promise<ObservedDataset> {
  const shown = datasetName(name);
  const { json } = await askOne(session, context, REQUESTS[api].describe(name), `describe, ${shown}`);
  const listed = at(json, 'data', 'fields');
  const fields = (Array.isArray(listed) ? listed.slice(0, 500) : []).flatMap((field: unknown) => {
    const own = text(at(field, 'name'));
    return own === undefined ? [] : [{ name: fieldName(own), type: text(at(field, 'type')) ?? '' }];
  });
  const counted = api === 'v2' ? await askOne(session, context, stats(name), `get_stats, ${shown}`) : undefined;
  const documents = count(at(counted?.json, 'data', 'rowCount'));
  const types = fields.filter(({ type }) => /^[A-Za-z][A-Za-z0-9]{0,19}(?:\(\d{1,6}\))?$/.test(type));
  return {
    name: shown,
    ...(documents === undefined ? {} : { documents }),
    fields: [...new Set(fields.map((field) => field.name))],
    ...(types.length === 0 ? {} : { fieldTypes: Object.fromEntries(types.map((field) => [field.name, field.type])) }),
  };
}

/** The port beside it: health, metrics and a web page, all without a login. */
async function askHealth(session: PostingSession, context: ProbeContext): Promise<Observation> {
  if (context.port !== 9091) return unidentified('Milvus');
  const health = await askJson(session, context, '/healthz', { maxBytes: 65_536 });
  const metrics = await session.get('/metrics', { maxBytes: 1_048_576 });
  const own = /^# HELP milvus_/m.test(metrics.body.toString('latin1'));
  context.record('GET /metrics', `${metrics.status}${own ? ', metrics of Milvus' : ''}`);
  if (health.status !== 200 || !own) return unidentified('Milvus');
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  const base = known('milvus', undefined);
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  return conclude(base, 'metadata-only', 'a stranger reads its health and its metrics', [
    'collections: they are on 19530',
  ]);
}

const placeholders: Readonly<Record<string, Placeholder>> = { collection: { pattern: NAME, example: 'docs' } };

function templates(api: Interface): RequestTemplate[] {
  const { list, describe } = REQUESTS[api];
  const method = api === 'v2' ? ('POST' as const) : ('GET' as const);
  return [
    { method, ...list(), why: 'names of collections' },
    { method, ...describe('<nonce>'), why: 'the control request, which must fail' },
    { method, ...describe('<collection>'), why: 'names and types of fields' },
  ];
}

export const milvus: ProbeService = {
  id: 'chroma-milvus',
  face: 'milvus',
  aliases: ['milvus'],
  title: 'Milvus',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 19530, tls: 'retry' },
    { port: 9091, tls: 'retry' },
  ],
  allow: allowRequests(
    [
      ...templates('v2'),
      { method: 'POST', ...stats('<collection>'), why: 'number of rows' },
      ...templates('v1'),
      { path: '/healthz', why: '9091: whether it is up' },
      { path: '/metrics', why: '9091: whether it is Milvus' },
      { path: '/<nonce>', why: '9091: the control request, which must fail' },
    ],
    placeholders,
  ),
  remediation: vectorRemediation,
  references: ['https://milvus.io/docs/authenticate.md', 'https://milvus.io/api-reference/restful/v2.4.x/'],
  tested: [
    { how: 'recorded', what: 'Milvus 2.3.5 (open, authorizationEnabled)' },
    { how: 'documentation', what: 'the RESTful interface v2 of 2.4 and later' },
  ],
  recognise: (root) => perhaps(root, root.status === 404),
  probe: askMilvus,
};
