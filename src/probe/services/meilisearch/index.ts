/**
 * Meilisearch 0.2x to 1.x, HTTP port 7700.
 *
 * ```
 * GET /health          200 {"status":"available"}, with and without a master key
 * GET /                200 {"status":"Meilisearch is running"}, in development the page of the mini-dashboard
 * GET /<random>        404; 2xx: a catch-all
 * GET /stats           200 {"databaseSize":…,"indexes":{"orders":{"numberOfDocuments":…,"fieldDistribution":{…}}}}: no
 *                      master key, so every route is open; 401 {"code":"missing_authorization_header"} with one
 * GET /version         200 {"pkgVersion":"1.6.2",…}
 * ```
 *
 * With the app's own `searchKey` from the scope (`Authorization: Bearer …`), where the list is refused:
 *
 * ```
 * GET /stats, GET /keys?limit=1               403 {"code":"invalid_api_key"}: it may search only; 200: it is an admin's
 * GET /indexes/<index>/search?q=&limit=0      {"estimatedTotalHits":…} of the indices that the scope names
 * ```
 *
 * Sources: https://www.meilisearch.com/docs/reference/api/stats, …/reference/errors/error_codes,
 * https://www.meilisearch.com/docs/learn/security/basic_security
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, type Known, known, notReady, seen } from '../../http-dialogue.ts';
import { identifierOf, namedDatasets } from '../../identifiers.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const MOST_INDICES = 50;
/** https://www.meilisearch.com/docs/learn/core_concepts/indexes#index-uid */
const INDEX = /[A-Za-z0-9_-]{1,400}/;
const PLAIN_INDEX = new RegExp(`^${INDEX.source}$`);

const placeholders: Readonly<Record<string, Placeholder>> = {
  index: { pattern: INDEX, example: 'orders' },
  most: { pattern: /[1-5]/, example: '5' },
  searchKey: 'identifier',
};
const withKey = { authorization: 'Bearer <searchKey>' };

async function askMeilisearch(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const health = await askJson(session, context, '/health', { maxBytes: 65_536 });
  if (health.status !== 200 || text(at(health.json, 'status')) !== 'available') return unidentified('Meilisearch');
  const stats = await askJson(session, context, '/stats');
  const open = stats.status === 200 && isRecord(at(stats.json, 'indexes'));
  const locked = isLocked(stats) && /missing_authorization_header|invalid_api_key/.test(codeOf(stats.json));
  if (!open && !locked)
    return stats.status >= 500
      ? notReady(known(undefined, undefined), 'the statistics', stats)
      : unidentified('Meilisearch');
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  const version = open ? await askVersion(session, context) : undefined;
  const base = known(undefined, version);
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  if (!open) return await withSearchKey(context, session, base);
  const datasets = readIndices(stats.json);
  const size = count(at(stats.json, 'databaseSize'));
  await sample(context, session, stats.json);
  const observed = conclude(
    base,
    'anonymous-write',
    `no master key is set, so every route is open: a stranger reads and changes ${seen(datasets, 'index', 'indices')}`,
    [],
    datasets,
  );
  return size === undefined ? observed : { ...observed, bytes: size };
}

function codeOf(json: unknown): string {
  return text(at(json, 'code')) ?? text(at(json, 'errorCode')) ?? '';
}

async function askVersion(session: PostingSession, context: ProbeContext): Promise<string | undefined> {
  const { json } = await askJson(session, context, '/version', { maxBytes: 65_536 });
  return parseVersion(text(at(json, 'pkgVersion')));
}

function readIndices(stats: unknown): ObservedDataset[] {
  const indexes = at(stats, 'indexes');
  if (!isRecord(indexes)) return [];
  return Object.entries(indexes)
    .slice(0, 500)
    .map(([name, index]) => {
      const documents = count(at(index, 'numberOfDocuments'));
      const fields = at(index, 'fieldDistribution') ?? at(index, 'fieldsDistribution');
      return {
        name: datasetName(name),
        ...(documents === undefined ? {} : { documents }),
        fields: isRecord(fields) ? [...new Set(Object.keys(fields).slice(0, 2_000).map(fieldName))] : [],
      };
    });
}

async function sample(context: ProbeContext, session: PostingSession, stats: unknown): Promise<void> {
  const { values } = context;
  const indexes = at(stats, 'indexes');
  if (values === undefined || !isRecord(indexes)) return;
  for (const name of Object.keys(indexes)
    .filter((one) => PLAIN_INDEX.test(one))
    .slice(0, 10)) {
    const shown = datasetName(name);
    const { json } = await askJson(session, context, `/indexes/${name}/documents?limit=${values.most}`, {
      shown: `/indexes/${shown}/documents?limit=${values.most}`,
      note: () => 'values classified in memory and dropped',
    });
    const documents = at(json, 'results');
    if (Array.isArray(documents)) takeDocuments(values, shown, documents);
  }
}

/** The key that every copy of the app carries is what a stranger has. */
async function withSearchKey(context: ProbeContext, session: PostingSession, base: Known): Promise<Observation> {
  const key = identifierOf(context, 'searchKey');
  if (key === undefined) {
    return conclude(base, 'secured', 'without a key every route but its health is refused', [
      'what the key in the app allows: the scope entry names no searchKey',
    ]);
  }
  const headers = { authorization: `Bearer ${key}` };
  const keys = await askJson(session, context, '/keys?limit=1', { headers, shown: '/keys?limit=1 with the app’s key' });
  const stats = await askJson(session, context, '/stats', { headers, shown: '/stats with the app’s key' });
  const datasets = stats.status === 200 ? readIndices(stats.json) : [];
  if (keys.status === 200) {
    const what = 'the key that the app carries manages keys: whoever has the app reads and changes everything';
    return conclude(base, 'anonymous-write', what, [], datasets);
  }
  const { asked, left } = namedDatasets(context.options.datasets, PLAIN_INDEX, MOST_INDICES);
  const found: ObservedDataset[] = [];
  for (const name of asked) {
    const answer = await askJson(session, context, `/indexes/${name}/search?q=&limit=0`, {
      headers,
      shown: `/indexes/${datasetName(name)}/search?q=&limit=0 with the app’s key`,
    });
    const documents = count(at(answer.json, 'estimatedTotalHits')) ?? count(at(answer.json, 'nbHits'));
    if (answer.status === 200 && documents !== undefined) {
      const fields = datasets.find((one) => one.name === datasetName(name))?.fields ?? [];
      found.push({ name: datasetName(name), documents, fields });
    }
  }
  const notTested = ['writing with the app’s key, which may not manage keys'];
  if (asked.length === 0) notTested.push('indices by name: the scope entry names none');
  if (left > 0) notTested.push(`${left} further named indices`);
  if (found.length > 0) {
    const what = `with the key that the app carries a stranger searches ${seen(found, 'index', 'indices')}`;
    return conclude(base, 'anonymous-read', what, notTested, found);
  }
  if (datasets.length > 0) {
    const what = `with the key that the app carries a stranger lists ${seen(datasets, 'index', 'indices')}`;
    return conclude(base, 'metadata-only', what, notTested, datasets);
  }
  return conclude(base, 'secured', 'without a key every route is refused, and the app’s key lists nothing', notTested);
}

export const meilisearch: ProbeService = {
  id: 'meilisearch',
  title: 'Meilisearch',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 7700, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/health', why: 'whether it is Meilisearch' },
      { path: '/stats', why: 'indices, their sizes and field names; refused where a master key is set' },
      { path: '/version', why: 'version' },
      { path: '/<nonce>', why: 'the control request, which must fail' },
      { path: '/keys?limit=1', headers: withKey, why: 'whether the app’s own key manages keys' },
      { path: '/stats', headers: withKey, why: 'what the app’s own key lists' },
      { path: '/indexes/<index>/search?q=&limit=0', headers: withKey, why: 'whether it searches a named index' },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        path: '/indexes/<index>/documents?limit=<most>',
        why: 'up to five documents, classified in memory and dropped',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer:
      'Ship nothing but a search-only key, better a tenant token that limits the search to the user’s own documents; keep the master and admin keys on the server.',
    it: 'Start with `MEILI_ENV=production` and a `MEILI_MASTER_KEY` of at least 16 bytes, `--http-addr 127.0.0.1:7700`, and close 7700 in the firewall.',
    security:
      'Treat the documents as read and changeable by strangers; rotate the keys by changing the master key, and judge the duty to notify.',
  },
  references: [
    'https://www.meilisearch.com/docs/learn/security/basic_security',
    'https://www.meilisearch.com/docs/reference/api/stats',
    'https://www.meilisearch.com/docs/reference/errors/error_codes',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as Meilisearch’s API reference and its extractors/authentication/mod.rs describe them (1.x)',
    },
  ],
  recognise: (root) => {
    const dashboard = /<title>meilisearch/i.test(root.body.subarray(0, 4_096).toString('latin1'));
    return recognised(root, root.status === 200 && (dashboard || isRunning(root.body.toString('utf8'))));
  },
  probe: askMeilisearch,
};

function isRunning(body: string): boolean {
  return body.length < 200 && /"status"\s*:\s*"Meilisearch is running\.?"/i.test(body);
}
