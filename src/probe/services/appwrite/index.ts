/**
 * Appwrite, HTTPS on one's own host and on `{region}.cloud.appwrite.io`, which all customers share: the project of the scope
 * stands in a header of every request but the first. Identifiers: `projectId` (bound by the authority on the provider's
 * hosts), `databaseId`; `datasets` of the target are collections (tables) as `<database>/<collection>`, or as `<collection>`
 * of that database: a stranger gets no list of them and none is guessed.
 *
 * ```
 * GET /v1/health/version                 200 {"version":"1.6.1"}
 * GET /v1/databases/<database>/collections/<random>/documents?<one>
 *                                        404 {"type":"collection_not_found","code":404,"version":…,"message":…}; or
 *                                        database_not_found, project_not_found; 200: a catch-all
 * GET /v1/databases/<database>/collections/<collection>/documents?<one>
 *                                        200 {"total":3,"documents":[{"$id":…}]}; 401 user_unauthorized or
 *                                        general_unauthorized_scope; total 0: empty, or each document has its own rights
 * ```
 *
 * `<one>` asks for one document: from 1.5 on for its `$id` only, as JSON (https://appwrite.io/docs/apis/rest#queries), before
 * as `limit(1)`, which brings the document's values; they are dropped at once. Who may write stands in the collection's
 * permissions, which a stranger is not shown.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { identifierOf, namedDatasets } from '../../identifiers.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService, ValueSink } from '../../service.ts';

const PROTOCOL = 'Appwrite’s API';
/** https://appwrite.io/docs/advanced/platform/custom-ids */
const ID = /[A-Za-z0-9_][\w.-]{0,35}/;
const NAMED = new RegExp(`^(?:${ID.source}/)?${ID.source}$`);
const MOST_COLLECTIONS = 20;
/** `APP_LIMIT_COUNT` of appwrite/appwrite: totals stop there. */
const MOST_TOLD = 5_000;

const query = (...parts: string[]) => `?${parts.map((part) => `queries[]=${encodeURIComponent(part)}`).join('&')}`;
const ONE = query('{"method":"limit","values":[1]}', '{"method":"select","values":["$id"]}');
const ONE_BEFORE_1_5 = query('limit(1)');
const FEW = query('{"method":"limit","values":[5]}');
const FEW_BEFORE_1_5 = query('limit(5)');

interface Collection {
  database: string;
  id: string;
}

interface Dialogue {
  session: HttpSession;
  context: ProbeContext;
  headers: Record<string, string>;
  /** Queries are words, not JSON. */
  old: boolean;
}

async function askAppwrite(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const answer = await session.get('/v1/health/version', { maxBytes: 65_536 });
  const body = parseJson(answer.body);
  const version = parseVersion(text(at(body, 'version')));
  const refusal = refusalType(answer);
  context.record('GET /v1/health/version', refusal ?? `${answer.status}`);
  const open = answer.status === 200 && version !== undefined && isRecord(body) && Object.keys(body).length === 1;
  if (!open && refusal === undefined) return unidentified(PROTOCOL);
  const base = { identified: true, product: 'appwrite', ...(version === undefined ? {} : { version }), datasets: [] };
  const project = identifierOf(context, 'projectId');
  const collections = collectionsOf(context);
  if (project === undefined || collections.asked.length === 0) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: 'the scope entry names no `projectId` and no collections, and a stranger gets no list of them here',
      notTested: ['collections by name (list them as database/collection under `datasets` of the target)'],
    };
  }
  const old = /^(?:0\.|1\.[0-4](?:\.|$))/.test(version ?? '');
  const dialogue = { session, context, headers: { 'x-appwrite-project': project }, old };
  return { ...base, ...(await askCollections(dialogue, collections.asked, collections.left)) };
}

type Told = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

async function askCollections(dialogue: Dialogue, asked: readonly Collection[], left: number): Promise<Told> {
  const { context } = dialogue;
  const [first] = asked;
  const control = await list(dialogue, { database: first?.database ?? '', id: context.nonce() }, '<random>');
  const refusal = refusalType(control);
  if (refusal === undefined) {
    return {
      verdict: 'inconclusive',
      datasets: [],
      reason: `the control request for a collection that cannot exist was answered with ${control.status}`,
      notTested: ['what a stranger gets here'],
    };
  }
  if (refusal.startsWith('project_')) {
    return { verdict: 'unidentified', datasets: [], reason: 'the server knows no project of this id', notTested: [] };
  }
  const datasets: ObservedDataset[] = [];
  const notTested = ['whether a stranger may write: only the permissions of the collections tell'];
  let [empty, unsettled] = [0, 0];
  for (const collection of asked) {
    const name = datasetName(`${collection.database}/${collection.id}`);
    const answer = await list(dialogue, collection, datasetName(collection.id));
    const body = parseJson(answer.body);
    const total = count(at(body, 'total'));
    if (answer.status !== 200 || total === undefined) {
      if (!REFUSED.test(refusalType(answer) ?? '')) unsettled++;
    } else if (total === 0) empty++;
    else datasets.push({ name, documents: total, fields: await fieldsOf(dialogue, collection, name, body) });
  }
  if (datasets.some(({ fields }) => fields.length === 0)) {
    notTested.push('field names: they stand in documents only, and none was asked for');
  }
  if (datasets.some((one) => (one.documents ?? 0) >= MOST_TOLD)) {
    notTested.push(`how many documents there are beyond ${grouped(MOST_TOLD)}, where Appwrite stops counting`);
  }
  if (unsettled > 0)
    notTested.push(`${unsettled} collections that answered with something else than a list or a refusal`);
  if (left > 0) notTested.push(`${left} further collections of the scope`);
  if (empty > 0)
    notTested.push(`${empty} collections that are empty, or whose documents each have rights of their own`);
  const documents = sumKnown(datasets.map((one) => one.documents));
  if (datasets.length > 0) {
    const reason = `a stranger reads ${datasets.length} of the ${asked.length} collections that the scope names, with ${grouped(documents ?? 0)} documents`;
    return {
      verdict: 'anonymous-read',
      ...(documents === undefined ? {} : { documents }),
      datasets,
      reason,
      notTested,
    };
  }
  if (unsettled > 0) {
    const reason = `${unsettled} of the ${asked.length} collections answered with something else than a list or a refusal`;
    return { verdict: 'inconclusive', datasets, reason, notTested };
  }
  notTested.push('collections that the scope does not name, files, and functions');
  const reason = `a stranger gets no document of the ${asked.length} collections that the scope names`;
  return { verdict: 'secured', datasets, reason, notTested };
}

async function list(dialogue: Dialogue, { database, id }: Collection, shown: string): Promise<HttpAnswer> {
  const { session, context, headers, old } = dialogue;
  const path = `/v1/databases/${database}/collections/${id}/documents${old ? ONE_BEFORE_1_5 : ONE}`;
  const answer = await session.get(path, { headers, maxBytes: 65_536 });
  const total = count(at(parseJson(answer.body), 'total'));
  const told = refusalType(answer) ?? `${answer.status}${total === undefined ? '' : ', a count'}`;
  context.record(`GET /v1/databases/${datasetName(database)}/collections/${shown}/documents, one`, told);
  return answer;
}

/**
 * Fields' names leave this function. Values go to the sink and nowhere else, with `--sample`; without it an old server's one
 * document is all there is.
 */
async function fieldsOf(dialogue: Dialogue, collection: Collection, name: string, one: unknown): Promise<string[]> {
  const { session, headers, old } = dialogue;
  const { values, record } = dialogue.context;
  let body = one;
  if (values !== undefined) {
    const { database, id } = collection;
    const path = `/v1/databases/${database}/collections/${id}/documents${old ? FEW_BEFORE_1_5 : FEW}`;
    const answer = await session.get(path, { headers });
    record(`GET /v1/databases/…/documents, five`, `${answer.status}, values in memory only`);
    body = parseJson(answer.body);
  }
  const documents = at(body, 'documents');
  return takeDocuments(values ?? NAMES_ONLY, name, Array.isArray(documents) ? documents.map((one) => own(one, 0)) : []);
}

/** `$id`, `$permissions` and the like are the store's, in the documents of relations as well. */
function own(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((one) => own(one, depth + 1));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => (name.startsWith('$') ? [] : [[name, own(held, depth + 1)]])),
  );
}

const DEEPEST = 12;

const NAMES_ONLY: ValueSink = { most: 1, take: () => {} };

function collectionsOf(context: ProbeContext): { asked: Collection[]; left: number } {
  const fallback = identifierOf(context, 'databaseId');
  const { asked, left } = namedDatasets(context.options.datasets, NAMED, MOST_COLLECTIONS);
  const collections = asked.flatMap((name): Collection[] => {
    const [one = '', other] = name.split('/');
    if (other !== undefined) return [{ database: one, id: other }];
    return fallback === undefined || !new RegExp(`^${ID.source}$`).test(fallback)
      ? []
      : [{ database: fallback, id: one }];
  });
  return { asked: collections, left: left + asked.length - collections.length };
}

/** Of these a stranger gets nothing; a query that is not understood or too many requests say nothing. */
const REFUSED =
  /^(?:user_unauthorized|general_unauthorized_scope|general_access_forbidden|(?:collection|database|table)_not_found)$/;

/** `collection_not_found` of `{"message":…,"code":404,"type":…,"version":…}`, with the status of the answer. */
function refusalType(answer: HttpAnswer): string | undefined {
  const body = parseJson(answer.body);
  const type = text(at(body, 'type')) ?? '';
  if (answer.status < 400 || count(at(body, 'code')) !== answer.status || !/^[a-z_]{1,64}$/.test(type))
    return undefined;
  return type;
}

/** Its own name, or none, or that of a proxy before it. */
function recognise({ headers: { server = '' } }: HttpAnswer): 'sure' | 'possible' | 'no' {
  if (/^appwrite$/i.test(server)) return 'sure';
  return server === '' || /nginx|cloudflare|caddy|traefik|envoy|apache/i.test(server) ? 'possible' : 'no';
}

const PROJECT = { 'x-appwrite-project': '<projectId>' };
const DOCUMENTS = '/v1/databases/<database>/collections/<collection>/documents';
const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  projectId: 'identifier',
  database: { pattern: ID, example: 'main' },
  collection: { pattern: ID, example: 'users' },
};

export const appwrite: ProbeService = {
  id: 'appwrite',
  title: 'Appwrite',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 80, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  recognise,
  allow: allowRequests(
    [
      { path: '/v1/health/version', why: 'product and version' },
      {
        path: `${DOCUMENTS}${ONE}`,
        headers: PROJECT,
        why: 'how many documents a collection of the scope shows, with the id of one; a random collection as control',
      },
      { path: `${DOCUMENTS}${ONE_BEFORE_1_5}`, headers: PROJECT, why: 'the same before version 1.5' },
    ],
    PLACEHOLDERS,
  ),
  sampling: allowRequests(
    [FEW, FEW_BEFORE_1_5].map((few) => ({
      path: `${DOCUMENTS}${few}`,
      headers: PROJECT,
      why: 'up to five documents, for the kind of their values',
    })),
    PLACEHOLDERS,
  ),
  managed: true,
  remediation: {
    developer:
      'Remove `Role.any()` and `Role.guests()` from collections (tables) and buckets, turn document security on, and give each document `Permission.read(Role.user(ID))` when it is created.',
    it: 'Set `_APP_CONSOLE_WHITELIST_ROOT=enabled` and `_APP_CONSOLE_WHITELIST_IPS`, `_APP_OPTIONS_FORCE_HTTPS=enabled`, and keep versions current.',
    security:
      'Treat the documents as read by strangers; look in the access logs for lists without a session, and judge the duty to notify.',
  },
  references: [
    'https://appwrite.io/docs/references/cloud/client-rest/databases',
    'https://appwrite.io/docs/advanced/platform/permissions',
    'https://github.com/appwrite/appwrite/blob/main/app/config/errors.php',
  ],
  tested: [
    { how: 'recorded', what: 'refusals as quoted in github.com/appwrite/appwrite/issues/3504' },
    { how: 'documentation', what: 'lists' },
  ],
  probe: askAppwrite,
};
