/**
 * Qdrant 1.x, HTTP port 6333 (gRPC on 6334).
 *
 * ```
 * GET /                     200 {"title":"qdrant - vector search engine","version":"1.9.2",…}, never refused since keys have
 *                           exceptions; before (1.2) 403 "Invalid api-key" like everything else
 * GET /<random>             404; 2xx: a catch-all
 * GET /collections          200 {"result":{"collections":[{"name":"docs"}]},"status":"ok"}: no key is configured, so
 *                           everything is open; 401 or 403 "Must provide an API key or an Authorization bearer token"
 * GET /collections/<name>   {"result":{"points_count":…,"payload_schema":{"email":{"data_type":"keyword"}}}}
 * ```
 *
 * With `api_key`, `read_only_api_key` or `jwt_rbac` every path but `/` and the health checks wants a key: an answered list
 * means that no access control exists.
 *
 * Sources: https://qdrant.tech/documentation/guides/security/, https://api.qdrant.tech/,
 * https://github.com/qdrant/qdrant/blob/master/src/actix/auth.rs, before 1.8 …/src/actix/api_key.rs
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady, seen } from '../../http-dialogue.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const MOST_COLLECTIONS = 50;
const COLLECTION = /[A-Za-z0-9_.-]{1,255}/;
const PLAIN_COLLECTION = new RegExp(`^(?!\\.{1,2}$)${COLLECTION.source}$`);

const placeholders: Readonly<Record<string, Placeholder>> = {
  collection: { pattern: new RegExp(`(?!\\.{1,2}(?:/|$))${COLLECTION.source}`), example: 'docs' },
  most: { pattern: /[1-5]/, example: '5' },
};

function titleOf(body: unknown): boolean {
  return /^qdrant\b/i.test(text(at(body, 'title')) ?? '');
}

async function askQdrant(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await askJson(session, context, '/', { maxBytes: 65_536 });
  if (root.status === 403 && /^Invalid api-key$/.test(root.answer.body.subarray(0, 100).toString('latin1'))) {
    const refused = conclude(known(undefined, undefined), 'secured', `everything is refused (${root.status})`);
    return context.port === 6333 ? refused : { ...refused, tentative: true };
  }
  if (root.status !== 200 || !titleOf(root.json)) return unidentified('Qdrant');
  const base = known(undefined, parseVersion(text(at(root.json, 'version'))));
  const list = await askJson(session, context, '/collections');
  if (isLocked(list)) return conclude(base, 'secured', `the list of collections is refused (${list.status})`);
  const collections = at(list.json, 'result', 'collections');
  if (list.status !== 200 || !Array.isArray(collections)) return notReady(base, 'the list of collections', list);
  const control = await askJson(session, context, `/collections/${context.nonce()}`, {
    shown: '/collections/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a collection that cannot exist', control.status);
  const names = collections.map((one: unknown) => text(at(one, 'name'))).filter((name) => name !== undefined);
  const asked = names.filter((name) => PLAIN_COLLECTION.test(name)).slice(0, MOST_COLLECTIONS);
  const datasets: ObservedDataset[] = [];
  for (const name of asked) datasets.push(await askCollection(context, session, name));
  const notTested = ['payload fields without an index: they stand in points only'];
  if (names.length > asked.length) notTested.push(`${names.length - asked.length} further collections`);
  const what = `no key is configured, so every request is open: a stranger reads and changes ${seen(datasets, 'collection', 'collections', 'points')}`;
  return conclude(base, 'anonymous-write', what, notTested, datasets);
}

async function askCollection(context: ProbeContext, session: PostingSession, name: string): Promise<ObservedDataset> {
  const shown = datasetName(name);
  const { json } = await askJson(session, context, `/collections/${name}`, { shown: `/collections/${shown}` });
  const documents = count(at(json, 'result', 'points_count')) ?? count(at(json, 'result', 'vectors_count'));
  const schema = at(json, 'result', 'payload_schema');
  const indexed = isRecord(schema) ? Object.entries(schema).slice(0, 2_000) : [];
  const types = indexed.flatMap(([field, one]) => {
    const type = text(at(one, 'data_type'));
    return type !== undefined && /^[a-z_]{1,20}$/.test(type) ? [[fieldName(field), type] as const] : [];
  });
  const sampled = await sample(context, session, name, shown);
  return {
    name: shown,
    ...(documents === undefined ? {} : { documents }),
    fields: [...new Set([...indexed.map(([field]) => fieldName(field)), ...sampled])],
    ...(types.length === 0 ? {} : { fieldTypes: Object.fromEntries(types) }),
  };
}

async function sample(context: ProbeContext, session: PostingSession, name: string, shown: string): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const { json } = await askJson(session, context, `/collections/${name}/points/scroll`, {
    shown: `/collections/${shown}/points/scroll`,
    body: `{"limit":${values.most},"with_payload":true,"with_vector":false}`,
    note: () => 'values classified in memory and dropped',
  });
  const points = at(json, 'result', 'points');
  if (!Array.isArray(points)) return [];
  return takeDocuments(
    values,
    shown,
    points.map((point: unknown) => at(point, 'payload')),
  );
}

export const qdrant: ProbeService = {
  id: 'qdrant',
  title: 'Qdrant',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 6333, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/', why: 'product and version' },
      { path: '/collections', why: 'names of collections; refused where a key is configured' },
      { path: '/collections/<nonce>', why: 'the control request, which must fail' },
      { path: '/collections/<collection>', why: 'number of points and indexed payload fields' },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        method: 'POST',
        path: '/collections/<collection>/points/scroll',
        body: '{"limit":<most>,"with_payload":true,"with_vector":false}',
        why: 'the payload of up to five points, classified in memory and dropped',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer:
      'Let the app search through your own API; vectors and payloads of other users do not belong on the device.',
    it: 'Set `service.api_key` (and `read_only_api_key` for readers) and `service.enable_tls: true` in config.yaml, `service.host: 127.0.0.1`, and close 6333 and 6334 in the firewall.',
    security: 'Treat the payloads as read by strangers, and the texts behind the embeddings as well.',
  },
  references: ['https://qdrant.tech/documentation/guides/security/', 'https://api.qdrant.tech/'],
  tested: [
    {
      how: 'documentation',
      what: 'answers as Qdrant’s API reference and src/actix/auth.rs, api_key.rs describe them (1.x)',
    },
  ],
  recognise: (root) => recognised(root, root.status === 200 && titleOf(parseJson(root.body))),
  probe: askQdrant,
};
