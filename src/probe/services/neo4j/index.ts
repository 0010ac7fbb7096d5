/**
 * Neo4j over HTTP, ports 7474 and 7473 (TLS).
 *
 * ```
 * GET  /                      {"bolt_direct":…,"neo4j_version":"5.26.10","neo4j_edition":"community"}, open to everybody
 * POST /db/neo4j/tx/commit    header access-mode: READ, one fixed statement each (see queries.ts)
 *      POSTERN <random>       {"errors":[{"code":"Neo.ClientError.Statement.SyntaxError"}]}; 401: secured
 *                             {"errors":[{"code":"Neo.ClientError.Security.Unauthorized"}]}
 * ```
 *
 * Answered without credentials means `dbms.security.auth_enabled=false`, and then there are no rights at all. Before 4.0
 * the path is /db/data/transaction/commit.
 */
import type { PostingSession } from '../../../net/connection.ts';
import { at, parseJson, text } from '../../json.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { neo4jAllow, posted, TRANSACTIONS } from './allow.ts';
import { concluded, nonsense, type Rows, STATEMENTS, type Statement } from './queries.ts';

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/', { maxBytes: 65_536 });
  const told = parseJson(root.body);
  const version = parseVersion(text(at(told, 'neo4j_version')));
  if (version === undefined && text(at(told, 'bolt_direct')) === undefined) return unidentified('Neo4j');
  context.record('GET /', `${root.status}`);
  const base = { identified: true, product: 'neo4j', ...(version === undefined ? {} : { version }) };
  const path = TRANSACTIONS[version !== undefined && /^[0-3]\./.test(version) ? 1 : 0];
  const control = await session.post(path, posted(nonsense(context.nonce())), { headers: READ, maxBytes: 65_536 });
  const code = errorCode(control.body);
  context.record(`POST ${path}, no statement at all`, `${control.status}${code === undefined ? '' : `, ${code}`}`);
  if (control.status === 401 || control.status === 403 || code?.startsWith('Neo.ClientError.Security.')) {
    const reason = `statements ask for credentials (${control.status})`;
    return { ...base, verdict: 'secured', datasets: [], reason, notTested: [] };
  }
  if (code !== 'Neo.ClientError.Statement.SyntaxError') {
    const reason = 'the control request, no statement at all, was not refused as such';
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const ask = (statement: Statement) => rowsOf(context, session, path, statement);
  const rows: Rows = {
    nodes: await ask('nodes'),
    labels: await ask('labels'),
    shape: await ask('shape'),
    access: await ask('access'),
  };
  return { ...base, ...concluded(rows) };
}

const READ = { 'access-mode': 'READ' };

async function rowsOf(
  context: ProbeContext,
  session: PostingSession,
  path: string,
  statement: Statement,
): Promise<unknown[][] | undefined> {
  const answer = await session.post(path, posted(STATEMENTS[statement]), { headers: READ, maxBytes: 1_048_576 });
  const results = at(parseJson(answer.body), 'results');
  const data = Array.isArray(results) ? at(results[0], 'data') : undefined;
  const failed = answer.status !== 200 || errorCode(answer.body) !== undefined || !Array.isArray(data);
  context.record(`POST ${path}, ${statement}`, failed ? `${answer.status}, refused` : `200, ${data.length} rows`);
  if (failed) return undefined;
  return data.map((one: unknown) => at(one, 'row')).filter((row) => Array.isArray(row));
}

function errorCode(body: Buffer): string | undefined {
  const errors = at(parseJson(body), 'errors');
  const code = Array.isArray(errors) ? text(at(errors[0], 'code')) : undefined;
  return code !== undefined && /^Neo\.[A-Za-z.]{1,100}$/.test(code) ? code : undefined;
}

export const REMEDIATION = {
  developer: 'Query through your own API with parameters; give each service its own user and role.',
  it: 'In neo4j.conf set `dbms.security.auth_enabled=true`, `server.default_listen_address=127.0.0.1` and `server.bolt.tls_level=REQUIRED`; Memgraph: create a user, and `--bolt-address=127.0.0.1`. Close 7473, 7474 and 7687 in the firewall.',
  security:
    'Treat the graph as read and possibly changed; `LOAD CSV` and procedures may have read files and reached internal hosts.',
};

export const neo4j: ProbeService = {
  id: 'neo4j',
  face: 'http',
  title: 'Neo4j (HTTP)',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 7474, tls: 'retry' },
    { port: 7473, tls: 'first' },
  ],
  allow: neo4jAllow,
  remediation: REMEDIATION,
  references: [
    'https://neo4j.com/docs/http-api/current/',
    'https://neo4j.com/docs/operations-manual/current/authentication-authorization/',
  ],
  tested: [{ how: 'server', what: 'Neo4j 5.26.10 Community (authentication off and on; behind TLS)' }],
  recognise: ({ status, body }) => {
    if (text(at(parseJson(body), 'neo4j_version')) !== undefined) return 'sure';
    return status === 200 || status === 404 ? 'no' : 'possible';
  },
  probe,
};
