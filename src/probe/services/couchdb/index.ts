/**
 * Apache CouchDB 1.x to 3.x, Cloudant and PouchDB Server, HTTP ports 5984 and 6984 (TLS).
 *
 * ```
 * GET /                 200 {"couchdb":"Welcome","version":…} or {"express-pouchdb":"Welcome!",…}; 401 with
 *                       `require_valid_user`
 * GET /_all_dbs         200 ["orders", …]; 401 {"error":"unauthorized","reason":"You are not a server admin."} (3.x)
 * GET /_session         {"userCtx":{"name":null,"roles":["_admin"]}}: "admin party", everybody may do everything
 * GET /<random>         404 {"error":"not_found"}; 2xx: a catch-all or a honeypot
 * GET /<db>             {"doc_count":…,"sizes":{"file":…}}, before 2.0 `disk_size`; 401 or 403: members only
 * GET /<db>/_security   no members: everybody may read and write documents
 * GET /<db>/_all_docs?include_docs=true&limit=5   with `--sample` only: values for the classifier
 * ```
 *
 * | version | without configuration |
 * |---|---|
 * | 1.x, 2.x | admin party |
 * | 3.x | does not start without an admin; new databases have `_admin` as their only member |
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, sumKnown, unidentified } from '../../observations.ts';
import { recognised } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService, ValueSink } from '../../service.ts';
import { couchdbAllow, couchdbControlAllow, couchdbSampling } from './allow.ts';

const MOST_DATABASES = 50;

interface Found {
  datasets: ObservedDataset[];
  readable: number;
  writable: number;
}

async function askCouchdb(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  const body = parseJson(root.body);
  const pouch = text(at(body, 'express-pouchdb')) !== undefined;
  if (!isWelcome(root)) return unidentified('CouchDB');
  context.record('GET /', `${root.status}${root.status === 200 ? ', welcome' : ''}`);
  const version = parseVersion(text(at(body, 'version')));
  const base = {
    identified: true,
    product: pouch ? 'pouchdb-server' : 'couchdb',
    ...(version === undefined ? {} : { version }),
  };
  const all = await session.get('/_all_dbs');
  const names = parseJson(all.body);
  if (all.status === 401 || all.status === 403) {
    context.record('GET /_all_dbs', `${all.status}`);
    return {
      ...base,
      verdict: 'secured',
      datasets: [],
      reason: `the list of databases is refused (${all.status})`,
      notTested: ['databases by name'],
    };
  }
  if (all.status !== 200 || !Array.isArray(names)) {
    context.record('GET /_all_dbs', `${all.status}`);
    return {
      ...base,
      verdict: 'inconclusive',
      datasets: [],
      reason: `the list of databases answers ${all.status}${all.truncated ? ' and is longer than the limit' : ''}`,
      notTested: ['what a stranger gets here'],
    };
  }
  const databases = names.filter((name): name is string => typeof name === 'string');
  context.record('GET /_all_dbs', `200, array of ${databases.length} names`);
  const control = await session.get(`/${context.nonce()}`);
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) {
    return {
      ...base,
      verdict: 'inconclusive',
      datasets: [],
      reason: `the control request for a database that cannot exist was answered with ${control.status}`,
      notTested: ['what a stranger gets here'],
    };
  }
  return { ...base, ...(await openAnswer(context, session, databases)) };
}

type OpenAnswer = Pick<Observation, 'verdict' | 'documents' | 'bytes' | 'datasets' | 'reason' | 'notTested'>;

async function openAnswer(
  context: ProbeContext,
  session: HttpSession,
  databases: readonly string[],
): Promise<OpenAnswer> {
  const party = await isAdminParty(session, context);
  const own = databases.filter((name) => !name.startsWith('_'));
  const asked = own.filter(isPlainName).slice(0, MOST_DATABASES);
  const found: Found = { datasets: [], readable: 0, writable: 0 };
  for (const name of asked) await askDatabase(session, context, name, found);
  const notTested = context.values === undefined ? ['field names: they stand in documents only'] : [];
  if (own.length > asked.length) notTested.push(`${own.length - asked.length} further databases`);
  const documents = sumKnown(found.datasets.map((one) => one.documents));
  const bytes = sumKnown(found.datasets.map((one) => one.bytes));
  const size = {
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    datasets: found.datasets,
  };
  const seen = `${own.length} ${own.length === 1 ? 'database' : 'databases'} with ${grouped(documents ?? 0)} documents`;
  if (party)
    return { ...size, verdict: 'anonymous-write', reason: `everybody is admin; a stranger reads ${seen}`, notTested };
  if (found.writable > 0) {
    notTested.push('validation functions, which may refuse single documents');
    const reason = `a stranger reads ${seen}; ${found.writable} have no members, so everybody may write`;
    return { ...size, verdict: 'anonymous-write', reason, notTested };
  }
  notTested.push('whether a stranger may write');
  if (found.readable > 0) return { ...size, verdict: 'anonymous-read', reason: `a stranger reads ${seen}`, notTested };
  return {
    ...size,
    verdict: 'metadata-only',
    reason: `a stranger lists ${own.length} names and opens none`,
    notTested,
  };
}

async function isAdminParty(session: HttpSession, context: ProbeContext): Promise<boolean> {
  const answer = await session.get('/_session');
  const user = at(parseJson(answer.body), 'userCtx');
  const roles = at(user, 'roles');
  const party = answer.status === 200 && Array.isArray(roles) && roles.includes('_admin') && at(user, 'name') === null;
  context.record(
    'GET /_session',
    `${answer.status}, ${party ? 'the anonymous user is admin' : 'the anonymous user is no admin'}`,
  );
  return party;
}

async function askDatabase(session: HttpSession, context: ProbeContext, name: string, found: Found): Promise<void> {
  const path = `/${encodeURIComponent(name)}`;
  const answer = await session.get(path);
  const shown = datasetName(name);
  context.record(`GET /${shown}`, `${answer.status}`);
  const body = parseJson(answer.body);
  const documents = count(at(body, 'doc_count'));
  if (answer.status !== 200 || documents === undefined) {
    found.datasets.push({ name: shown, fields: [] });
    return;
  }
  const bytes = count(at(body, 'sizes', 'file')) ?? count(at(body, 'disk_size'));
  const fields = context.values === undefined ? [] : await sample(session, context, context.values, name, shown);
  found.datasets.push({ name: shown, documents, ...(bytes === undefined ? {} : { bytes }), fields });
  found.readable++;
  const security = await session.get(`${path}/_security`);
  const empty = security.status === 200 && hasNoMembers(parseJson(security.body));
  context.record(`GET /${shown}/_security`, `${security.status}${empty ? ', no members' : ''}`);
  if (empty) found.writable++;
}

/** A few documents go straight into the sink; the names of their fields are kept. */
async function sample(
  session: HttpSession,
  context: ProbeContext,
  sink: ValueSink,
  name: string,
  shown: string,
): Promise<string[]> {
  const path = `/${encodeURIComponent(name)}/_all_docs?include_docs=true&limit=${sink.most}`;
  const answer = await session.get(path, { maxBytes: 1_048_576 });
  context.record(
    `GET /${shown}/_all_docs?include_docs=true&limit=${sink.most}`,
    `${answer.status}, values classified in memory and dropped`,
  );
  const rows = answer.status === 200 && !answer.truncated ? at(parseJson(answer.body), 'rows') : undefined;
  if (!Array.isArray(rows)) return [];
  const documents = rows.flatMap((row: unknown) => {
    const document = at(row, 'doc');
    // `_id` and `_rev` are the store's; design documents (`_design/…`) are code.
    if (!isRecord(document) || String(document._id).startsWith('_')) return [];
    return [Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith('_')))];
  });
  return takeDocuments(sink, shown, documents);
}

/** `{}` or `{"members":{"names":[],"roles":[]}}`; before 1.2 `readers`. */
function hasNoMembers(security: unknown): boolean {
  if (!isRecord(security)) return false;
  const members = [security.members, security.readers].filter((one) => one !== undefined);
  return members.every((one) => isEmptyList(at(one, 'names')) && isEmptyList(at(one, 'roles')));
}

function isEmptyList(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Names the allow-list permits when encoded: CouchDB's own rule. */
function isPlainName(name: string): boolean {
  return /^[a-z][a-z0-9_$()+/-]{0,254}$/.test(name);
}

function isWelcome(root: HttpAnswer): boolean {
  const body = parseJson(root.body);
  const welcomed = text(at(body, 'couchdb')) !== undefined || text(at(body, 'express-pouchdb')) !== undefined;
  return (root.status === 200 && welcomed) || (root.status === 401 && isCouchRefusal(root));
}

function isCouchRefusal(answer: HttpAnswer): boolean {
  const product = /couchdb|cloudant/i.test(
    `${answer.headers.server ?? ''} ${answer.headers['www-authenticate'] ?? ''}`,
  );
  return product && text(at(parseJson(answer.body), 'error')) === 'unauthorized';
}

export const couchdb: ProbeService = {
  id: 'couchdb',
  title: 'CouchDB',
  version: 2,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 5984, tls: 'retry' },
    { port: 6984, tls: 'first' },
  ],
  allow: couchdbAllow,
  sampling: couchdbSampling,
  recognise: (root) => recognised(root, isWelcome(root)),
  remediation: {
    developer:
      'Let the app sync through your own API or with per-user databases and credentials; remove any shared credential from the app.',
    it: 'Create an admin in `[admins]` of local.ini, set `[chttpd] require_valid_user = true` and `bind_address = 127.0.0.1`, give each database members in `_security`, and close 5984, 6984, 4369 and 9100 in the firewall.',
    security:
      'Treat the documents as read by strangers; look for unknown admins, design documents and replications that were added.',
  },
  references: [
    'https://docs.couchdb.org/en/stable/intro/security.html',
    'https://docs.couchdb.org/en/stable/api/server/common.html',
  ],
  tested: [
    { how: 'server', what: 'PouchDB Server (express-pouchdb 4.2.0)' },
    { how: 'documentation', what: 'Apache CouchDB 3' },
  ],
  control: {
    allow: couchdbControlAllow,
    run: async (context, { username, password }) => {
      const session = await context.http();
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const answer = await session.get('/_session', { headers: { authorization }, maxBytes: 65_536 });
      const name = text(at(parseJson(answer.body), 'userCtx', 'name'));
      context.record('GET /_session with credentials', `${answer.status}`);
      return answer.status === 200 && name === username;
    },
  },
  probe: askCouchdb,
};
