/**
 * Neo4j and Memgraph over Bolt, port 7687.
 *
 *   handshake                 the chosen version; "HTTP/1.1 …": another service
 *   HELLO scheme none         SUCCESS {server: "Neo4j/5.26.10"}: nobody is asked who is there
 *                             FAILURE {code: Neo.ClientError.Security.Unauthorized}: secured
 *   RUN POSTERN <random>      FAILURE: no statement at all (SUCCESS: a honeypot); RESET
 *   RUN …, PULL               the fixed statements of queries.ts, in read mode; what one server does not know fails
 *   GOODBYE
 *
 * Neo4j takes the scheme none only with `dbms.security.auth_enabled=false`, Memgraph only while it has no users: in both
 * there are no rights either.
 */
import type { Connection } from '../../../net/connection.ts';
import { at, text } from '../../json.ts';
import { malformed, parseVersion, speak, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { boltAllow } from './allow.ts';
import {
  type Answer,
  GOODBYE,
  HANDSHAKE,
  helloMessage,
  MOST_ROWS,
  pullMessage,
  RESET,
  readAnswer,
  runMessage,
} from './bolt.ts';
import { REMEDIATION } from './index.ts';
import { concluded, nonsense, type Rows, STATEMENTS, type Statement } from './queries.ts';

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'Bolt', async (connection) => {
    await connection.write(HANDSHAKE);
    const chosen = await connection.read(4);
    const [minor, major] = [chosen[2] ?? 0, chosen[3] ?? 0];
    const none = chosen.equals(Buffer.alloc(4));
    const known = chosen[0] === 0 && chosen[1] === 0 && ((major === 5 && minor === 0) || (major === 4 && minor < 5));
    // Four zeros: Bolt, but none of these versions.
    if (none) return told('inconclusive', 'the server speaks none of the proposed versions of Bolt', {});
    if (!known) return unidentified('Bolt');
    return await hello(context, connection, `${major}.${minor}`);
  });
}

async function hello(context: ProbeContext, connection: Connection, bolt: string): Promise<Observation> {
  await connection.write(helloMessage());
  const answer = await readAnswer(connection);
  const code = codeOf(answer);
  context.record(`Bolt ${bolt}, HELLO with scheme none`, `${answer.kind}${code === undefined ? '' : `, ${code}`}`);
  if (answer.kind === 'failure') {
    if (/\.Security\.|Unauthorized|MemgraphError/i.test(code ?? '')) {
      return told('secured', 'the server asks for credentials', {});
    }
    return told('inconclusive', 'the server refuses HELLO', {});
  }
  if (answer.kind !== 'success') throw malformed('Bolt', 'answer to HELLO');
  const agent = text(at(answer.value, 'server')) ?? '';
  const memgraph = /memgraph/i.test(agent);
  const version = memgraph ? undefined : parseVersion(/^Neo4j\/(\S+)/.exec(agent)?.[1]);
  const base = { product: memgraph ? 'memgraph' : 'neo4j', ...(version === undefined ? {} : { version }) };
  const control = await run(context, connection, nonsense(context.nonce()), 'no statement at all');
  if (control !== undefined) {
    return told('inconclusive', 'the control request, no statement at all, was not refused', base);
  }
  const ask = (statement: Statement) => run(context, connection, STATEMENTS[statement], statement);
  const rows: Rows = {
    nodes: await ask('nodes'),
    labels: await ask('labels'),
    shape: await ask('shape'),
    access: await ask('access'),
  };
  await connection.write(GOODBYE);
  return { identified: true, ...base, ...concluded(rows) };
}

/** The rows; undefined where the server refused the statement. */
async function run(
  context: ProbeContext,
  connection: Connection,
  statement: string,
  name: string,
): Promise<unknown[][] | undefined> {
  await connection.write(runMessage(statement));
  let answer = await readAnswer(connection);
  const rows: unknown[][] = [];
  if (answer.kind === 'success') {
    await connection.write(pullMessage());
    for (answer = await readAnswer(connection); answer.kind === 'record'; answer = await readAnswer(connection)) {
      if (rows.length >= MOST_ROWS) throw malformed('Bolt', 'more rows than asked for');
      rows.push(Array.isArray(answer.value) ? answer.value : []);
    }
  }
  context.record(`RUN, ${name}`, answer.kind === 'success' ? `${rows.length} rows` : (codeOf(answer) ?? answer.kind));
  if (answer.kind === 'success') return rows;
  await connection.write(RESET);
  if ((await readAnswer(connection)).kind !== 'success') throw malformed('Bolt', 'answer to RESET');
  return undefined;
}

/** Codes are words of the product's; messages may hold names and are dropped. */
function codeOf(answer: Answer): string | undefined {
  const code = text(at(answer.value, 'code'));
  return code !== undefined && /^(?:Neo|Memgraph)(?:\.[A-Z][A-Za-z]{1,60}){1,3}$/.test(code) ? code : undefined;
}

function told(
  verdict: 'secured' | 'inconclusive',
  reason: string,
  base: Pick<Observation, 'product' | 'version'>,
): Observation {
  const notTested = verdict === 'secured' ? [] : ['what a stranger gets here'];
  return { identified: true, ...base, verdict, datasets: [], reason, notTested };
}

export const bolt: ProbeService = {
  id: 'neo4j',
  face: 'bolt',
  aliases: ['memgraph'],
  title: 'Neo4j and Memgraph (Bolt)',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [{ port: 7687, tls: 'retry' }],
  allow: boltAllow,
  remediation: REMEDIATION,
  references: [
    'https://neo4j.com/docs/bolt/current/bolt/message/',
    'https://neo4j.com/docs/bolt/current/packstream/',
    'https://memgraph.com/docs/database-management/authentication-and-authorization',
  ],
  tested: [
    { how: 'server', what: 'Neo4j 5.26.10 Community (authentication off and on; behind TLS)' },
    { how: 'documentation', what: 'Memgraph' },
  ],
  probe,
};
