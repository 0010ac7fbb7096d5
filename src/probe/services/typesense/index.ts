/**
 * Typesense, HTTP port 8108 (8107 between its nodes). It does not start without a bootstrap key, so a stranger has only
 * the key that the app carries: the scope's `searchKey`.
 *
 * ```
 * GET /health         200 {"ok":true}, for everybody
 * GET /collections    401 {"message":"Forbidden - a valid `x-typesense-api-key` header must be sent."}
 * GET /<random>       404; 2xx: a catch-all
 * ```
 *
 * With `x-typesense-api-key` set to the app's own key:
 *
 * ```
 * GET /collections    200 [{"name","num_documents","fields":[{"name","type"}]}]: more than a search-only key may do
 * GET /keys           200: the key is an admin's, everything is open
 * GET /debug          200 {"version":"27.1"}
 * GET /collections/<name>/documents/search?q=*&per_page=0   {"found":…}: a collection that the scope names is searched
 * ```
 *
 * Sources: https://typesense.org/docs/27.1/api/api-keys.html, …/api/cluster-operations.html, …/api/api-errors.html
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, type Known, known, notReady, seen } from '../../http-dialogue.ts';
import { identifierOf, namedDatasets } from '../../identifiers.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const MOST_COLLECTIONS = 50;
const COLLECTION = /[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}/;
const PLAIN_COLLECTION = new RegExp(`^${COLLECTION.source}$`);

const placeholders: Readonly<Record<string, Placeholder>> = {
  collection: { pattern: COLLECTION, example: 'companies' },
  most: { pattern: /[1-5]/, example: '5' },
  searchKey: 'identifier',
};
const withKey = { 'x-typesense-api-key': '<searchKey>' };

async function askTypesense(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const health = await askJson(session, context, '/health', { maxBytes: 65_536 });
  if (at(health.json, 'ok') !== true && at(health.json, 'ok') !== false) return unidentified('Typesense');
  const list = await askJson(session, context, '/collections');
  if (!isLocked(list) || !/x-typesense-api-key/.test(text(at(list.json, 'message')) ?? '')) {
    return unidentified('Typesense');
  }
  const base = known(undefined, undefined);
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const key = identifierOf(context, 'searchKey');
  if (key === undefined) {
    return conclude(base, 'secured', `without a key the list of collections is refused (${list.status})`, [
      'what the key in the app allows: the scope entry names no searchKey',
    ]);
  }
  return await withSearchKey(context, session, { 'x-typesense-api-key': key });
}

async function withSearchKey(
  context: ProbeContext,
  session: PostingSession,
  headers: Record<string, string>,
): Promise<Observation> {
  const ask = (path: string, shown = path) =>
    askJson(session, context, path, { headers, shown: `${shown} with the app’s key` });
  const debug = await ask('/debug');
  const base: Known = known(undefined, parseVersion(text(at(debug.json, 'version'))));
  const list = await ask('/collections');
  const keys = await ask('/keys');
  if (list.status === 200 && !Array.isArray(list.json)) return notReady(base, 'the list of collections', list);
  const listed = Array.isArray(list.json) ? list.json.slice(0, 500) : [];
  if (list.status === 200) {
    const datasets = listed.map(readCollection);
    const names = listed.map((one: unknown) => text(at(one, 'name')) ?? '').filter((one) => PLAIN_COLLECTION.test(one));
    for (const name of names.slice(0, 10)) await sample(context, session, headers, name);
    const open = seen(datasets, 'collection', 'collections');
    if (keys.status === 200) {
      const what = `the key that the app carries manages keys: whoever has the app reads and changes ${open}`;
      return conclude(base, 'anonymous-write', what, [], datasets);
    }
    const what = `with the key that the app carries a stranger lists ${open}, which a search-only key may not`;
    return conclude(base, 'anonymous-read', what, ['writing with the app’s key'], datasets);
  }
  const { asked, left } = namedDatasets(context.options.datasets, PLAIN_COLLECTION, MOST_COLLECTIONS);
  const found: ObservedDataset[] = [];
  for (const name of asked) {
    const path = (collection: string) => `/collections/${collection}/documents/search?q=*&per_page=0`;
    const answer = await ask(path(name), path(datasetName(name)));
    const documents = count(at(answer.json, 'out_of')) ?? count(at(answer.json, 'found'));
    if (answer.status !== 200 || documents === undefined) continue;
    found.push({ name: datasetName(name), documents, fields: [] });
    await sample(context, session, headers, name);
  }
  const notTested = ['writing with the app’s key, which may not list collections'];
  if (asked.length === 0) notTested.push('collections by name: the scope entry names none');
  if (left > 0) notTested.push(`${left} further named collections`);
  if (found.length === 0) {
    return conclude(base, 'secured', 'the app’s key lists no collection and is no admin’s', notTested);
  }
  const what = `with the key that the app carries a stranger searches ${seen(found, 'collection', 'collections')}`;
  return conclude(base, 'anonymous-read', what, notTested, found);
}

function readCollection(one: unknown): ObservedDataset {
  const documents = count(at(one, 'num_documents'));
  const fields = at(one, 'fields');
  const named = (Array.isArray(fields) ? fields.slice(0, 2_000) : []).flatMap((field: unknown) => {
    const name = text(at(field, 'name'));
    return name === undefined ? [] : [{ name: fieldName(name), type: text(at(field, 'type')) ?? '' }];
  });
  const types = named
    .filter(({ type }) => /^[a-z][a-z0-9]{0,14}\*?(?:\[\])?$/.test(type))
    .map(({ name, type }) => [name, type]);
  return {
    name: datasetName(text(at(one, 'name')) ?? ''),
    ...(documents === undefined ? {} : { documents }),
    fields: [...new Set(named.map(({ name }) => name))],
    ...(types.length === 0 ? {} : { fieldTypes: Object.fromEntries(types) as Record<string, string> }),
  };
}

async function sample(
  context: ProbeContext,
  session: PostingSession,
  headers: Record<string, string>,
  name: string,
): Promise<void> {
  const { values } = context;
  if (values === undefined) return;
  const path = (collection: string) => `/collections/${collection}/documents/search?q=*&per_page=${values.most}`;
  const { json } = await askJson(session, context, path(name), {
    headers,
    shown: `${path(datasetName(name))} with the app’s key`,
    note: () => 'values classified in memory and dropped',
  });
  const hits = at(json, 'hits');
  if (!Array.isArray(hits)) return;
  takeDocuments(
    values,
    datasetName(name),
    hits.map((hit: unknown) => at(hit, 'document')),
  );
}

export const typesense: ProbeService = {
  id: 'typesense',
  title: 'Typesense',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8108, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/health', why: 'whether it may be Typesense' },
      { path: '/collections', why: 'how it refuses a stranger' },
      { path: '/<nonce>', why: 'the control request, which must fail' },
      { path: '/debug', headers: withKey, why: 'version' },
      { path: '/collections', headers: withKey, why: 'what the app’s own key lists' },
      { path: '/keys', headers: withKey, why: 'whether the app’s own key manages keys' },
      {
        path: '/collections/<collection>/documents/search?q=*&per_page=0',
        headers: withKey,
        why: 'whether it searches a named collection, without documents',
      },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        path: '/collections/<collection>/documents/search?q=*&per_page=<most>',
        headers: withKey,
        why: 'up to five documents, classified in memory and dropped',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer:
      'Ship nothing but a key with the single action `documents:search`, better one scoped by an embedded filter to the user’s own documents.',
    it: 'Rotate the bootstrap key (`--api-key`), bind `--api-address` to a private address, use `--ssl-certificate`, and close 8107 and 8108 in the firewall.',
    security: 'If an admin key was in an app, treat every collection as read and changeable since its first release.',
  },
  references: [
    'https://typesense.org/docs/27.1/api/api-keys.html',
    'https://typesense.org/docs/27.1/api/api-errors.html',
  ],
  tested: [{ how: 'documentation', what: 'answers as Typesense’s API reference describes them (27.1)' }],
  recognise: (root) => perhaps(root, root.status === 404 && isNotFound(parseJson(root.body))),
  probe: askTypesense,
};

/** `{"message":"Not Found"}`: what many answer. */
function isNotFound(body: unknown): boolean {
  return /^not found$/i.test(text(at(body, 'message')) ?? '');
}
