/**
 * Chroma 0.4 to 1.x, HTTP port 8000.
 *
 * ```
 * GET /api/v2/heartbeat        200 {"nanosecond heartbeat":…}; before 0.5.16 404, and /api/v1/heartbeat answers
 * GET /api/v2/version          200 "1.0.0"
 * GET /api/v2/<random>         404; 2xx: a catch-all
 * GET /api/v2/auth/identity    200 {"user_id":"","tenant":"default_tenant",…}: no authentication; 401, 403: there is one
 * GET /api/v2/tenants/default_tenant/databases/default_database/collections?limit=100   [{"id","name","metadata",…}]
 * GET …/collections/<id>/count the number of records
 * ```
 *
 * Chroma’s own server knows no authentication from 1.0 on; what is answered without one is open to writing as well.
 *
 * Sources: https://docs.trychroma.com/reference/, https://github.com/chroma-core/chroma/blob/main/rust/frontend/src/server.rs
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady, seen } from '../../http-dialogue.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { vectorRemediation } from './remediation.ts';

const MOST_COLLECTIONS = 50;
const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/;
const PLAIN_UUID = new RegExp(`^${UUID.source}$`);
const DATABASE = '/api/v2/tenants/default_tenant/databases/default_database';

/** Where the collections of each version of the interface are. */
const HOME = { v2: `${DATABASE}/collections`, v1: '/api/v1/collections' } as const;
type Interface = keyof typeof HOME;

const placeholders: Readonly<Record<string, Placeholder>> = {
  id: { pattern: UUID, example: '3f9c1d27-ab84-4e05-9c1d-27ab844e0512' },
  most: { pattern: /[1-5]/, example: '5' },
};

async function askChroma(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const api = (await beats(session, context, 'v2')) ? 'v2' : (await beats(session, context, 'v1')) ? 'v1' : undefined;
  if (api === undefined) return unidentified('Chroma');
  const told = await askJson(session, context, `/api/${api}/version`, { maxBytes: 65_536 });
  const base = known('chroma', parseVersion(text(told.json)));
  const control = await askJson(session, context, `/api/${api}/${context.nonce()}`, {
    shown: `/api/${api}/<random>`,
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const list = await askJson(session, context, `${HOME[api]}?limit=100`);
  if (isLocked(list)) return conclude(base, 'secured', `the list of collections is refused (${list.status})`);
  if (list.status !== 200 || !Array.isArray(list.json)) return notReady(base, 'the list of collections', list);
  const collections = list.json.filter(isRecord);
  const datasets: ObservedDataset[] = [];
  for (const one of collections.slice(0, MOST_COLLECTIONS))
    datasets.push(await askCollection(context, session, api, one));
  const notTested = ['metadata fields: they stand in records only', 'other tenants and databases'];
  if (collections.length > datasets.length)
    notTested.push(`${collections.length - datasets.length} further collections`);
  const listed = seen(datasets, 'collection', 'collections', 'records');
  const open = api === 'v2' && (await isNobody(session, context));
  if (open) {
    const what = `no authentication is set up: a stranger reads and changes ${listed}`;
    return conclude(base, 'anonymous-write', what, notTested, datasets);
  }
  notTested.push('whether a stranger may write');
  return conclude(base, 'anonymous-read', `a stranger reads ${listed}`, notTested, datasets);
}

async function beats(session: PostingSession, context: ProbeContext, api: Interface): Promise<boolean> {
  const { status, json } = await askJson(session, context, `/api/${api}/heartbeat`, { maxBytes: 65_536 });
  return status === 200 && typeof at(json, 'nanosecond heartbeat') === 'number';
}

/** The user that a server without authentication takes everybody for has no id. */
async function isNobody(session: PostingSession, context: ProbeContext): Promise<boolean> {
  const { status, json } = await askJson(session, context, '/api/v2/auth/identity', { maxBytes: 65_536 });
  const user = at(json, 'user_id');
  return status === 200 && isRecord(json) && (user === '' || user === null);
}

async function askCollection(
  context: ProbeContext,
  session: PostingSession,
  api: Interface,
  one: Readonly<Record<string, unknown>>,
): Promise<ObservedDataset> {
  const name = datasetName(text(one.name) ?? '');
  const id = text(one.id) ?? '';
  if (!PLAIN_UUID.test(id)) return { name, fields: [] };
  const { json } = await askJson(session, context, `${HOME[api]}/${id}/count`, {
    shown: `…/collections/${name}/count`,
  });
  const documents = count(json);
  const keys = at(one, 'schema', 'keys');
  const declared = isRecord(keys) ? Object.keys(keys).filter((key) => !key.startsWith('#')) : [];
  const sampled = await sample(context, session, api, id, name);
  return {
    name,
    ...(documents === undefined ? {} : { documents }),
    fields: [...new Set([...declared.slice(0, 500).map(fieldName), ...sampled])],
  };
}

async function sample(
  context: ProbeContext,
  session: PostingSession,
  api: Interface,
  id: string,
  name: string,
): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const { json } = await askJson(session, context, `${HOME[api]}/${id}/get`, {
    shown: `…/collections/${name}/get`,
    body: `{"limit":${values.most},"include":["metadatas","documents"]}`,
    note: () => 'values classified in memory and dropped',
  });
  const [metadatas, documents] = [at(json, 'metadatas'), at(json, 'documents')];
  const fields = Array.isArray(metadatas) ? takeDocuments(values, name, metadatas) : [];
  const texts = Array.isArray(documents) ? documents.map((document: unknown) => ({ document })) : [];
  return [...fields, ...takeDocuments(values, name, texts)];
}

export const chroma: ProbeService = {
  id: 'chroma-milvus',
  face: 'chroma',
  aliases: ['chroma'],
  title: 'Chroma or Milvus',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8000, tls: 'retry' }],
  allow: allowRequests(
    (['v2', 'v1'] as const).flatMap((api) => [
      { path: `/api/${api}/heartbeat`, why: 'whether it is Chroma' },
      { path: `/api/${api}/version`, why: 'version' },
      { path: `/api/${api}/<nonce>`, why: 'the control request, which must fail' },
      { path: `${HOME[api]}?limit=100`, why: 'names of collections' },
      { path: `${HOME[api]}/<id>/count`, why: 'number of records' },
      ...(api === 'v2' ? [{ path: '/api/v2/auth/identity', why: 'whether any authentication is set up' }] : []),
    ]),
    placeholders,
  ),
  sampling: allowRequests(
    (['v2', 'v1'] as const).map((api) => ({
      method: 'POST' as const,
      path: `${HOME[api]}/<id>/get`,
      body: '{"limit":<most>,"include":["metadatas","documents"]}',
      why: 'up to five records without their vectors, classified in memory and dropped',
    })),
    placeholders,
  ),
  remediation: vectorRemediation,
  references: ['https://docs.trychroma.com/production/administration/auth', 'https://milvus.io/docs/authenticate.md'],
  tested: [{ how: 'server', what: 'Chroma 1.5.9 (open, behind a proxy with a password, TLS)' }],
  recognise: (root) => perhaps(root, root.status === 404 || root.status === 405),
  probe: askChroma,
};
