/**
 * Parse Server, HTTP port 1337 (`/parse`); Back4App and others on 443 without the prefix. The application id is public: every
 * app carries it, and without it nothing but its refusal is answered.
 *
 * ```
 * GET /parse/health                              {"status":"ok"}
 * GET /parse/classes/<random>                    403 {"error":"unauthorized"}: no application id. The control request
 * GET /parse/classes/<random>?limit=0&count=1    with X-Parse-Application-Id: {"results":[],"count":0} or
 *                                                {"code":119,"error":"This user is not allowed to access non-existent class: …"}
 * GET /parse/classes/<Class>?limit=0&count=1     {"results":[],"count":12}: what a stranger sees; {"code":119,"error":"Permission denied …"}
 * ```
 *
 * Schemas, and with them field names and permissions, need the master key.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder, type RequestTemplate } from '../../../net/request-templates.ts';
import { at, count, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, counted, doubtful, type Identity, SHORT_ANSWER } from '../web-answers.ts';

const BASES = ['/parse', ''] as const;
/** Parse's own classes, and what the documentation's examples and most apps call theirs. */
const WELL_KNOWN = ['_User', '_Role', '_Installation', 'Profile', 'Post', 'Message', 'Order', 'Customer', 'Product'];
const MOST_CLASSES = 30;
const CLASS = /^_?[A-Za-z]\w{0,127}$/;

type Headers = Readonly<Record<string, string>>;

/** With the application id alone, and with the key that some installations ask for beside it. */
const HEADERS: readonly Headers[] = [
  { 'x-parse-application-id': '<appId>' },
  { 'x-parse-application-id': '<appId>', 'x-parse-rest-api-key': '<restKey>' },
  { 'x-parse-application-id': '<appId>', 'x-parse-client-key': '<clientKey>' },
];
const placeholders: Readonly<Record<string, Placeholder>> = {
  class: { pattern: /_?[A-Za-z]\w{0,127}/, example: '_User' },
  appId: 'identifier',
  restKey: 'identifier',
  clientKey: 'identifier',
};

async function askParse(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const base = await findBase(session, context);
  if (base === undefined) return unidentified('Parse');
  const identity: Identity = { identified: true, product: 'parse-server' };
  const headers = headersOf(context);
  if (headers === undefined) {
    return concluded(identity, 'secured', 'without an application id everything is refused (403)', [
      'what a stranger with the app’s own application id gets: put it into scope as identifiers.appId',
    ]);
  }
  const unknown = await countOf(session, base, `X${context.nonce()}`, headers);
  context.record(
    `GET ${base}/classes/<random>?limit=0&count=1 with the application id`,
    shapeOf(unknown.answer, unknown.total),
  );
  if (unknown.answer.status === 403 && text(at(parseJson(unknown.answer.body), 'error')) === 'unauthorized') {
    return concluded(identity, 'secured', 'the application id, or the key beside it, is refused (403)', [
      'what a stranger with a valid application id gets',
    ]);
  }
  if ((unknown.total ?? 0) > 0) return doubtful(identity, 'a class that does not exist');
  return { ...identity, ...(await askClasses(context, session, base, headers)) };
}

/** Where `unauthorized` is the answer to a request without application id; below its root Parse says so on every path. */
async function findBase(session: HttpSession, context: ProbeContext): Promise<string | undefined> {
  let old: string | undefined;
  for (const base of BASES) {
    const answer = await session.get(`${base}/classes/${context.nonce()}`, { maxBytes: SHORT_ANSWER });
    if (answer.status !== 403 || text(at(parseJson(answer.body), 'error')) !== 'unauthorized') continue;
    const health = await session.get(`${base}/health`, { maxBytes: SHORT_ANSWER });
    context.record(`GET ${base}/classes/<random>`, '403, unauthorized');
    context.record(`GET ${base}/health`, `${health.status}`);
    if (/^(?:ok|initialized|starting)$/.test(text(at(parseJson(health.body), 'status')) ?? '')) return base;
    // Early versions have no health check: it is refused like everything.
    if (health.status === 403) old ??= base;
  }
  return old;
}

function headersOf(context: ProbeContext): Record<string, string> | undefined {
  const { appId, restKey, clientKey } = context.options.identifiers ?? {};
  if (appId === undefined || appId === '') return undefined;
  const id = { 'x-parse-application-id': appId };
  if (restKey) return { ...id, 'x-parse-rest-api-key': restKey };
  return clientKey ? { ...id, 'x-parse-client-key': clientKey } : id;
}

async function countOf(session: HttpSession, base: string, name: string, headers: Record<string, string>) {
  const answer = await session.get(`${base}/classes/${name}?limit=0&count=1`, { headers, maxBytes: SHORT_ANSWER });
  const body = parseJson(answer.body);
  const total = answer.status === 200 && Array.isArray(at(body, 'results')) ? count(at(body, 'count')) : undefined;
  return { answer, total };
}

function shapeOf(answer: HttpAnswer, total: number | undefined): string {
  if (total !== undefined) return `200, ${total === 0 ? 'none' : 'objects'} counted`;
  const code = count(at(parseJson(answer.body), 'code'));
  return `${answer.status}${code === undefined ? '' : `, code ${code}`}`;
}

type Seen = Pick<Observation, 'verdict' | 'documents' | 'datasets' | 'reason' | 'notTested'>;

async function askClasses(
  context: ProbeContext,
  session: HttpSession,
  base: string,
  headers: Record<string, string>,
): Promise<Seen> {
  const named = (context.options.datasets ?? []).filter((name) => CLASS.test(name));
  const classes = [...new Set([...named, ...WELL_KNOWN])].slice(0, MOST_CLASSES);
  const datasets: ObservedDataset[] = [];
  for (const name of classes) {
    const { answer, total } = await countOf(session, base, name, headers);
    const shown = datasetName(name);
    context.record(`GET ${base}/classes/${shown}?limit=0&count=1`, shapeOf(answer, total));
    if (total === undefined || total === 0) continue;
    const dataset: ObservedDataset = { name: shown, documents: total, fields: [] };
    if (name === '_User') dataset.people = { count: total, how: 'records' };
    await sample(context, session, `${base}/classes/${name}`, headers, dataset);
    datasets.push(dataset);
  }
  const notTested = ['classes of other names', 'whether a stranger may write: only the class-level permissions tell'];
  if (context.values === undefined) notTested.push('field names: schemas need the master key');
  const documents = sumKnown(datasets.map((one) => one.documents));
  if (documents === undefined) {
    const reason = `with the application id a stranger sees no object of ${counted(classes.length, 'class', 'classes')}`;
    return { verdict: 'secured', datasets: [], reason, notTested };
  }
  const reason = `with the app’s own application id a stranger reads ${counted(datasets.length, 'class', 'classes')} with ${grouped(documents)} objects`;
  return { verdict: 'anonymous-read', documents, datasets, reason, notTested };
}

async function sample(
  context: ProbeContext,
  session: HttpSession,
  path: string,
  headers: Record<string, string>,
  dataset: ObservedDataset,
): Promise<void> {
  if (context.values === undefined) return;
  const most = Math.max(1, Math.min(5, context.values.most));
  const answer = await session.get(`${path}?limit=${most}`, { headers, maxBytes: 1_048_576 });
  const found: unknown = at(answer.truncated ? undefined : parseJson(answer.body), 'results');
  dataset.fields = takeDocuments(context.values, dataset.name, Array.isArray(found) ? found : []);
}

const withId = (path: string, why: string): RequestTemplate[] =>
  BASES.flatMap((base) => HEADERS.map((headers) => ({ path: `${base}${path}`, headers, why })));

export const parseServer: ProbeService = {
  id: 'parse-server',
  aliases: ['parse', 'back4app'],
  title: 'Parse Server',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 1337, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  allow: allowRequests(
    [
      ...BASES.flatMap((base) => [
        { path: `${base}/classes/<nonce>`, why: 'what it is: without application id everything is refused' },
        { path: `${base}/health`, why: 'what it is' },
      ]),
      ...withId('/classes/X<nonce>?limit=0&count=1', 'the control request: a class that does not exist'),
      ...withId('/classes/<class>?limit=0&count=1', 'number of objects that a stranger sees, without one'),
    ],
    placeholders,
  ),
  sampling: allowRequests(
    withId('/classes/<class>?limit=<most>', 'at most five objects, for their fields and values'),
    {
      ...placeholders,
      most: { pattern: /[1-5]/, example: '5' },
    },
  ),
  remediation: {
    developer:
      'Set class-level permissions on every class (`find`, `get`, `count`, `create`, `update`, `delete` with `requiresAuthentication`, `addField` off), give every object an ACL of its owner, and use protectedFields for what others must not see. The application id is no secret.',
    it: 'Start with `allowClientClassCreation: false`, `enableAnonymousUsers: false`, `masterKeyIps` set to your own servers and `enforcePrivateUsers: true`; do not publish the dashboard.',
    security:
      'Treat the objects counted here as read by everybody who has the app; look for objects without owner that strangers created.',
  },
  references: [
    'https://docs.parseplatform.org/rest/guide/#queries',
    'https://docs.parseplatform.org/parse-server/guide/#class-level-permissions',
  ],
  tested: [{ how: 'server', what: 'Parse Server 9.10.0 on PostgreSQL (open and closed classes, plain and TLS)' }],
  probe: askParse,
};
