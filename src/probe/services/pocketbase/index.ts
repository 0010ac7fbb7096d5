/**
 * PocketBase, HTTP port 8090.
 *
 * ```
 * GET /api/health                      {"message":"API is healthy.","code":200,"data":{}}
 * GET /api/collections/<random>/records?perPage=1&fields=collectionName
 *                                      404 {"message":"Missing collection context.",…}: the control request
 * GET /api/collections/<name>/records?perPage=1&fields=collectionName
 *                                      {"totalItems":12,"items":[{"collectionName":…}]}: what the list rule lets strangers see;
 *                                      403 {"message":"Only superusers can perform this action."}: the rule is null
 * ```
 *
 * A list rule is a filter: a stranger who may see nothing gets 200 and no item. The list of collections, with their fields and
 * rules, needs a superuser.
 */

import type { HttpSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { counted, doubtful, type Identity, SHORT_ANSWER } from '../web-answers.ts';

/** Made by PocketBase itself, and what its documentation's examples and most apps call theirs. */
const WELL_KNOWN = ['users', 'profiles', 'posts', 'messages', 'orders', 'customers', 'products', 'clients'];
const MOST_COLLECTIONS = 30;
/** PocketBase's own rule for names of collections. */
const COLLECTION = /^[A-Za-z_]\w{0,99}$/;
const TOTAL = 'perPage=1&fields=collectionName';
const placeholders: Readonly<Record<string, Placeholder>> = {
  collection: { pattern: /[A-Za-z_]\w{0,99}/, example: 'users' },
  most: { pattern: /[1-5]/, example: '5' },
};

async function askPocketbase(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const health = await session.get('/api/health', { maxBytes: SHORT_ANSWER });
  if (health.status !== 200 || !/^api is healthy/i.test(text(at(parseJson(health.body), 'message')) ?? '')) {
    return unidentified('PocketBase');
  }
  const identity: Identity = { identified: true, product: 'pocketbase' };
  context.record('GET /api/health', '200, healthy');
  const control = await totalOf(session, context.nonce());
  context.record(`GET /api/collections/<random>/records?${TOTAL}`, `${control.status}`);
  if (control.status < 300) return doubtful(identity, 'a collection that does not exist');
  const named = (context.options.datasets ?? []).filter((name) => COLLECTION.test(name));
  const asked = [...new Set([...named, ...WELL_KNOWN])].slice(0, MOST_COLLECTIONS);
  const datasets: ObservedDataset[] = [];
  let existing = 0;
  for (const name of asked) {
    const { status, total } = await totalOf(session, name);
    const shown = datasetName(name);
    context.record(`GET /api/collections/${shown}/records?${TOTAL}`, shapeOf(status, total));
    if (status !== 404) existing++;
    if (total === undefined || total === 0) continue;
    const dataset: ObservedDataset = { name: shown, documents: total, fields: [] };
    // A collection of accounts holds one record for each person.
    if (name === 'users') dataset.people = { count: total, how: 'records' };
    await sample(context, session, name, dataset);
    datasets.push(dataset);
  }
  return { ...identity, ...verdictOf(context, asked.length, existing, datasets) };
}

type Seen = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

function verdictOf(context: ProbeContext, asked: number, existing: number, datasets: ObservedDataset[]): Seen {
  const notTested = [
    'collections of other names',
    'whether a stranger may write: only the create, update and delete rules tell',
  ];
  if (context.values === undefined) notTested.push('field names: the list of collections needs a superuser');
  const documents = sumKnown(datasets.map((one) => one.documents));
  if (documents === undefined) {
    const reason = `a stranger sees no record of the ${existing} that exist of ${counted(asked, 'collection')} asked for`;
    return { verdict: 'secured', datasets, reason, notTested };
  }
  const reason = `a stranger reads ${counted(datasets.length, 'collection')} with ${grouped(documents)} records`;
  return { verdict: 'anonymous-read', documents, datasets, reason, notTested };
}

async function totalOf(session: HttpSession, name: string): Promise<{ status: number; total: number | undefined }> {
  const answer = await session.get(`/api/collections/${name}/records?${TOTAL}`, { maxBytes: SHORT_ANSWER });
  const body = parseJson(answer.body);
  const listed = answer.status === 200 && Array.isArray(at(body, 'items'));
  return { status: answer.status, total: listed ? count(at(body, 'totalItems')) : undefined };
}

function shapeOf(status: number, total: number | undefined): string {
  return total === undefined ? `${status}` : `200, ${total === 0 ? 'none' : 'records'} counted`;
}

async function sample(
  context: ProbeContext,
  session: HttpSession,
  name: string,
  dataset: ObservedDataset,
): Promise<void> {
  if (context.values === undefined) return;
  const most = Math.max(1, Math.min(5, context.values.most));
  const answer = await session.get(`/api/collections/${name}/records?perPage=${most}`, { maxBytes: 1_048_576 });
  const items: unknown = at(answer.truncated ? undefined : parseJson(answer.body), 'items');
  dataset.fields = takeDocuments(context.values, dataset.name, Array.isArray(items) ? items : []);
}

export const pocketbase: ProbeService = {
  id: 'pocketbase',
  title: 'PocketBase',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8090, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  allow: allowRequests(
    [
      { path: '/api/health', why: 'what it is' },
      { path: `/api/collections/<nonce>/records?${TOTAL}`, why: 'the control request, which must fail' },
      {
        path: `/api/collections/<collection>/records?${TOTAL}`,
        why: 'number of records; of the first only its collection’s name',
      },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        path: '/api/collections/<collection>/records?perPage=<most>',
        why: 'at most five records, for their fields and values',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer:
      'Write API rules for every collection: `listRule` and `viewRule` as `@request.auth.id = owner.id` (an empty rule means everybody, null means superusers only), `createRule`, `updateRule` and `deleteRule` likewise, and hide fields that others must not see.',
    it: 'Bind `--http 127.0.0.1:8090` behind a proxy with TLS, let `/_/` in from the office or VPN only, create the superuser before publishing, and set a rate limit in the settings.',
    security:
      'Treat the records counted here as read by strangers, and look at the request logs in `/_/` for long lists.',
  },
  references: [
    'https://pocketbase.io/docs/api-rules-and-filters/',
    'https://pocketbase.io/docs/api-records/#listsearch-records',
    'https://pocketbase.io/docs/api-health/',
  ],
  tested: [{ how: 'server', what: 'PocketBase 0.36.8 (open, filtered and locked collections, plain and TLS)' }],
  recognise: ({ status, body }) =>
    status === 404 && body.includes("The requested resource wasn't found.") ? 'sure' : 'possible',
  probe: askPocketbase,
};
