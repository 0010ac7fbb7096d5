/**
 * Algolia, HTTPS on `{application}-dsn.algolia.net`, with the key that the app carries: what it may do is told by Algolia
 * itself, before anything else is asked. Identifiers: `appId` (bound by the authority), `searchKey`; `datasets` of the
 * target are names of indices.
 *
 * ```
 * GET /1/keys/<key>              200 {"acl":["search"],"indexes":["products"],…}: the key's own rights; 403 {"message":
 *                                "Invalid Application-ID or API key","status":403}: no key of this application (or it is a
 *                                secured key, which cannot be looked up: 404)
 * POST /1/indexes/<random>/query 404 {"message":"Index … does not exist","status":404} or 403; 200: a catch-all
 * GET /1/indexes                 200 {"items":[{"name":…,"entries":…,"dataSize":…}]}; only where the key has `listIndexes`
 * POST /1/indexes/<index>/query  200 {"nbHits":…,"hits":[{"objectID":…}]}: one record without its attributes; dropped
 * ```
 *
 * A key that may change or delete is told by its rights (`addObject`, …); nothing is asked with it any more. Queries keep
 * out of the owner's analytics.
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { identifierOf, lacksIdentifier, namedDatasets } from '../../identifiers.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const PROTOCOL = 'Algolia’s search API';
const INDEX = /[A-Za-z0-9_][\w.-]{0,127}/;
const WHOLE = new RegExp(`^${INDEX.source}$`);
const MOST_INDICES = 10;
/** https://www.algolia.com/doc/guides/security/api-keys/#rights-and-restrictions */
const WRITING = new Set(['addObject', 'deleteObject', 'deleteIndex', 'editSettings', 'admin']);
const RIGHT = /^[A-Za-z]{1,40}$/;

const NO_TRACES = '"query":"","analytics":false,"clickAnalytics":false';
const NO_ATTRIBUTES = '"attributesToRetrieve":[],"attributesToHighlight":[],"attributesToSnippet":[]';
const COUNTED = `{${NO_TRACES},"hitsPerPage":1,${NO_ATTRIBUTES}}`;
const SAMPLED = `{${NO_TRACES},"hitsPerPage":5,"attributesToHighlight":[],"attributesToSnippet":[]}`;

interface KeyRights {
  acl: string[];
  /** Names that the key is restricted to; patterns are left out. */
  indices: string[];
}

async function askAlgolia(context: ProbeContext): Promise<Observation> {
  const [application, key] = [identifierOf(context, 'appId'), identifierOf(context, 'searchKey')];
  if (application === undefined || key === undefined) return lacksIdentifier('appId or searchKey');
  const headers = { 'x-algolia-application-id': application, 'x-algolia-api-key': key };
  const session = await context.http();
  const answer = await session.get(`/1/keys/${encodeURIComponent(key)}`, { headers, maxBytes: 65_536 });
  const rights = readRights(answer);
  context.record('GET /1/keys/<key>', rights === undefined ? `${answer.status}` : `200, ${rights.acl.join(', ')}`);
  const base = { identified: true, product: 'algolia', datasets: [], notTested: [] };
  if (rights === undefined) {
    if (!isRefusal(answer)) return unidentified(PROTOCOL);
    if (answer.status === 403) return { ...base, verdict: 'secured', reason: 'the application refuses the key (403)' };
  }
  const writes = rights?.acl.filter((right) => WRITING.has(right)) ?? [];
  if (writes.length > 0) {
    return {
      ...base,
      verdict: 'anonymous-write',
      reason: `the key that the app carries holds ${writes.join(', ')}: whoever has the app changes and deletes records`,
      notTested: ['which indices there are: nothing more was asked with such a key'],
    };
  }
  const control = await session.post(`/1/indexes/${context.nonce()}/query`, COUNTED, { headers, maxBytes: 65_536 });
  context.record('POST /1/indexes/<random>/query', `${control.status}`);
  if (!isRefusal(control)) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: `the control request for an index that cannot exist was answered with ${control.status}`,
      notTested: ['what a stranger gets here'],
    };
  }
  return await askIndices(session, context, headers, rights);
}

async function askIndices(
  session: PostingSession,
  context: ProbeContext,
  headers: Record<string, string>,
  rights: KeyRights | undefined,
): Promise<Observation> {
  const listed = rights?.acl.includes('listIndexes') ? await listIndices(session, context, headers) : [];
  const names = [...new Set([...(context.options.datasets ?? []), ...(rights?.indices ?? [])])].filter(
    (name) => !listed.some((one) => one.name === datasetName(name)),
  );
  const { asked, left } = namedDatasets(names, WHOLE, MOST_INDICES);
  const datasets = [...listed];
  for (const name of asked) {
    const found = await askIndex(session, context, headers, name);
    if (found !== undefined) datasets.push(found);
  }
  const notTested = ['field names: they stand in records only, and none was asked for'];
  if (context.values !== undefined) notTested.pop();
  if (left > 0) notTested.push(`${left} further indices`);
  const documents = sumKnown(datasets.map((one) => one.documents));
  const bytes = sumKnown(datasets.map((one) => one.bytes));
  const base = {
    identified: true,
    product: 'algolia',
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    datasets,
    notTested,
  };
  const can = rights === undefined ? 'a restricted key' : `a key for ${rights.acl.join(', ') || 'nothing'}`;
  const browses = rights?.acl.includes('browse') ?? false;
  if (datasets.length > 0 || browses) {
    const seen = `${datasets.length} indices with ${grouped(documents ?? 0)} records`;
    const reason = browses ? `${seen}, each of them whole` : seen;
    return { ...base, verdict: 'anonymous-read', reason: `with the app’s key a stranger searches ${reason} (${can})` };
  }
  notTested.push('indices by name (list them under `datasets` of the target)');
  return { ...base, verdict: 'secured', reason: `the app carries ${can}, and no index of the scope answers to it` };
}

async function listIndices(
  session: PostingSession,
  context: ProbeContext,
  headers: Record<string, string>,
): Promise<ObservedDataset[]> {
  const answer = await session.get('/1/indexes', { headers });
  const items = at(parseJson(answer.body), 'items');
  const found = answer.status === 200 && Array.isArray(items) ? items.slice(0, 1_000) : [];
  context.record('GET /1/indexes', `${answer.status}, ${found.length} indices`);
  return found.flatMap((item): ObservedDataset[] => {
    const name = text(at(item, 'name'));
    if (name === undefined) return [];
    const [documents, bytes] = [count(at(item, 'entries')), count(at(item, 'dataSize'))];
    return [
      {
        name: datasetName(name),
        ...(documents === undefined ? {} : { documents }),
        ...(bytes === undefined ? {} : { bytes }),
        fields: [],
      },
    ];
  });
}

async function askIndex(
  session: PostingSession,
  context: ProbeContext,
  headers: Record<string, string>,
  name: string,
): Promise<ObservedDataset | undefined> {
  const { values } = context;
  const path = `/1/indexes/${name}/query`;
  const answer = await session.post(path, values === undefined ? COUNTED : SAMPLED, { headers, maxBytes: 1_048_576 });
  const body = parseJson(answer.body);
  const documents = count(at(body, 'nbHits'));
  const open = answer.status === 200 && documents !== undefined;
  context.record(`POST /1/indexes/${datasetName(name)}/query`, `${answer.status}${open ? ', a count' : ''}`);
  if (!open) return undefined;
  const hits = at(body, 'hits');
  const fields =
    values === undefined ? [] : takeDocuments(values, datasetName(name), Array.isArray(hits) ? hits.map(own) : []);
  return { name: datasetName(name), documents, fields };
}

/** `_highlightResult` and the like are the answer's, not the record's. */
function own(hit: unknown): unknown {
  return isRecord(hit) ? Object.fromEntries(Object.entries(hit).filter(([name]) => !name.startsWith('_'))) : hit;
}

function readRights(answer: HttpAnswer): KeyRights | undefined {
  const body = parseJson(answer.body);
  const acl = at(body, 'acl');
  if (answer.status !== 200 || !Array.isArray(acl)) return undefined;
  const listed = at(body, 'indexes');
  return {
    acl: acl.filter((right): right is string => typeof right === 'string' && RIGHT.test(right)).slice(0, 30),
    indices: (Array.isArray(listed) ? listed : []).filter(
      (name): name is string => typeof name === 'string' && WHOLE.test(name),
    ),
  };
}

/** `{"message":…,"status":403}`, with the status of the answer. */
function isRefusal(answer: HttpAnswer): boolean {
  const body = parseJson(answer.body);
  return answer.status >= 400 && count(at(body, 'status')) === answer.status && text(at(body, 'message')) !== undefined;
}

const KEY = { 'x-algolia-application-id': '<appId>', 'x-algolia-api-key': '<searchKey>' };
const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  appId: 'identifier',
  searchKey: 'identifier',
  index: { pattern: INDEX, example: 'products' },
};

export const algolia: ProbeService = {
  id: 'algolia',
  title: 'Algolia',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: allowRequests(
    [
      { path: '/1/keys/<searchKey>', headers: KEY, why: 'what the app’s key may do' },
      {
        method: 'POST',
        path: '/1/indexes/<nonce>/query',
        headers: KEY,
        body: COUNTED,
        why: 'the control request: an index that does not exist, which must fail',
      },
      { path: '/1/indexes', headers: KEY, why: 'names, numbers of records and sizes, where the key may list them' },
      {
        method: 'POST',
        path: '/1/indexes/<index>/query',
        headers: KEY,
        body: COUNTED,
        why: 'how many records a search finds; the one that comes along has no attributes',
      },
    ],
    PLACEHOLDERS,
  ),
  sampling: allowRequests(
    [
      {
        method: 'POST',
        path: '/1/indexes/<index>/query',
        headers: KEY,
        body: SAMPLED,
        why: 'up to five records, for the kind of their values',
      },
    ],
    PLACEHOLDERS,
  ),
  managed: true,
  ladder: false,
  remediation: {
    developer:
      'Ship a search-only key that is restricted to the indices of the app, better a secured key per user with `filters` and `validUntil` from your own server; list `unretrievableAttributes` for whatever is personal.',
    it: 'Delete the key that the app carries when it holds more than `search`, rotate the admin key, and set index, referer and rate restrictions on what remains.',
    security:
      'Treat every record that the key finds as copied; look in the search API logs for `browse` and for changes that nobody made.',
  },
  references: [
    'https://www.algolia.com/doc/rest-api/search/get-api-key',
    'https://www.algolia.com/doc/rest-api/search/list-indices',
    'https://www.algolia.com/doc/guides/security/api-keys/',
  ],
  tested: [{ how: 'documentation', what: 'Algolia Search REST API 1' }],
  probe: askAlgolia,
};
