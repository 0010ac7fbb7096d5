/**
 * RethinkDB, driver port 28015: what the user `admin` with its factory setting, an empty password, may do. Drivers log in
 * so when they are told nothing.
 *
 * | we | the server |
 * |---|---|
 * | V1_0 magic | `{"success":true,"server_version":"2.4.2",…}`; before 2.3: `ERROR: …` |
 * | SCRAM-SHA-256 as admin, empty password | `{"success":true,…}`; `{"success":false,"error_code":12,…}`: wrong password |
 * | table_list of a database that cannot exist | error 18 (anything else: a honeypot) |
 * | db_list, table_list | names |
 * | table.info | `doc_count_estimates`: told, not counted |
 *
 * The user admin may do everything, and that cannot be taken from it, so write access is told by the login.
 * Sources: https://rethinkdb.com/docs/writing-drivers/, https://rethinkdb.com/docs/permissions-and-accounts/.
 */
import type { Connection } from '../../../net/connection.ts';
import { scramFinal, scramFirst } from '../../auth/scram.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { at, count, text } from '../../json.ts';
import { datasetName, fieldName, grouped } from '../../names.ts';
import { parseVersion, speak, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import {
  type Answer,
  DB_LIST,
  greeting,
  MAGIC,
  query,
  readAnswer,
  readGreeting,
  type Term,
  tableInfo,
  tableList,
} from './wire.ts';

const MOST_DATABASES = 16;
const MOST_TABLES = 60;
const RUNTIME_ERROR = 18;
const USER = 'admin';

const FIRST = (nonce: string) =>
  greeting({ protocol_version: 0, authentication_method: 'SCRAM-SHA-256', authentication: scramFirst(USER, nonce) });
const FINAL = (message: string) => greeting({ authentication: message });
const EXAMPLE = 'x3f9c1d27ab84e05';

export const rethinkdbAllow = allowDeclared([
  { why: 'handshake V1_0', bytes: MAGIC },
  {
    why: 'SCRAM-SHA-256 as admin',
    bytes: FIRST(EXAMPLE),
    permits: (sent) => {
      const nonce = /r=([a-z0-9]{16})"/.exec(sent.toString('latin1', 0, 256))?.[1];
      return nonce !== undefined && FIRST(nonce).equals(sent);
    },
  },
  {
    why: 'SCRAM-SHA-256, proof of an empty password',
    bytes: FINAL(`c=biws,r=${EXAMPLE}cGxlYXNl,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`),
    matches:
      /\{"authentication":"c=biws,r=[a-z0-9]{16}[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{0,256},p=[A-Za-z0-9+/]{43}="\}\x00/,
  },
  {
    why: 'table_list of postern_<random> (must fail)',
    bytes: query(tableList(`postern_${EXAMPLE}`)),
    permits: (sent) => isTerm(sent, ([database = '']) => tableList(database)),
  },
  { why: 'db_list', bytes: query(DB_LIST) },
  {
    why: 'table_list of <database>',
    bytes: query(tableList('shop')),
    permits: (sent) => isTerm(sent, ([database = '']) => tableList(database)),
  },
  {
    why: 'info of <table> – estimates and names of indexes',
    bytes: query(tableInfo('shop', 'customers')),
    permits: (sent) => isTerm(sent, ([database = '', table = '']) => tableInfo(database, table)),
  },
]);

/** RethinkDB's own rule for names: letters, digits, underscores and hyphens. */
function isTerm(sent: Buffer, build: (names: string[]) => Term): boolean {
  const names = [...sent.toString('latin1', 12, 512).matchAll(/"([\w-]{1,128})"/g)].map((match) => match[1] ?? '');
  return query(build(names)).equals(sent);
}

export const REMEDIATION = {
  developer:
    'Connect from the back end with a user of its own and over TLS; the app itself must never hold a database address.',
  it: "Set a password: `r.db('rethinkdb').table('users').get('admin').update({password: '…'})` (or `--initial-password`), then rethinkdb.conf: `bind=127.0.0.1` or the private address, `no-http-admin`, `driver-tls-key` and `driver-tls-cert`. Close 28015, 29015 and 8080 in the firewall.",
  security:
    'Whoever reached this port was administrator: compare tables with backups and rotate everything stored there.',
} as const;

export const rethinkdb: ProbeService = {
  id: 'rethinkdb',
  title: 'RethinkDB',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ladder: false,
  ports: [{ port: 28015, tls: 'retry' }],
  allow: rethinkdbAllow,
  remediation: REMEDIATION,
  references: [
    'https://rethinkdb.com/docs/writing-drivers/',
    'https://rethinkdb.com/docs/permissions-and-accounts/',
    'https://rethinkdb.com/docs/security/',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as of https://rethinkdb.com/docs/writing-drivers/ and /api/javascript/info/',
    },
  ],
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'ReQL', (connection) => dialogue(context, connection));
}

async function dialogue(context: ProbeContext, connection: Connection): Promise<Observation> {
  await connection.write(MAGIC);
  const hello = await readGreeting(connection);
  if (hello === undefined || hello.success !== true || typeof hello.min_protocol_version !== 'number')
    return unidentified('ReQL');
  const version = parseVersion(text(hello.server_version));
  const base = { identified: true, ...(version === undefined ? {} : { version }) };
  context.record('handshake V1_0', `version ${version ?? 'not told'}`);
  const login = await logIn(context, connection);
  context.record('SCRAM as admin, empty password', login === true ? 'accepted' : `refused (${login})`);
  if (login !== true) {
    return {
      ...base,
      verdict: 'secured',
      datasets: [],
      reason: `the user admin has a password (error ${login})`,
      notTested: ['other users'],
    };
  }
  const ask = async (term: Term): Promise<Answer> => {
    await connection.write(query(term));
    return await readAnswer(connection);
  };
  const control = await ask(tableList(`postern_${context.nonce()}`));
  context.record(
    'control: a database that cannot exist',
    control.kind === 'error' ? `error ${control.type}` : 'accepted',
  );
  if (control.kind !== 'error' || control.type !== RUNTIME_ERROR) {
    return {
      ...base,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'a database that cannot exist was not refused: no genuine RethinkDB answers so',
      notTested: ['reading', 'writing'],
    };
  }
  return { ...base, ...(await survey(context, ask)) };
}

/** @returns true, or the code of the refusal */
async function logIn(context: ProbeContext, connection: Connection): Promise<true | number> {
  const nonce = context.nonce();
  await connection.write(FIRST(nonce));
  const first = await readGreeting(connection);
  if (first?.success !== true) return errorOf(first);
  const step = await scramFinal(USER, '', nonce, text(first.authentication) ?? '');
  await connection.write(FINAL(step.message));
  const final = await readGreeting(connection);
  if (final?.success !== true) return errorOf(final);
  return step.verify(text(final.authentication) ?? '') ? true : -1;
}

function errorOf(answer: Readonly<Record<string, unknown>> | undefined): number {
  return count(answer?.error_code) ?? -1;
}

async function survey(
  context: ProbeContext,
  ask: (term: Term) => Promise<Answer>,
): Promise<Pick<Observation, 'verdict' | 'datasets' | 'documents' | 'reason' | 'notTested'>> {
  const notTested = ['names of fields without an index (that would mean reading documents)'];
  const databases = namesOf(await ask(DB_LIST)).filter((name) => name !== 'rethinkdb');
  const datasets: ObservedDataset[] = [];
  for (const database of databases.slice(0, MOST_DATABASES)) {
    for (const table of namesOf(await ask(tableList(database)))) {
      if (datasets.length >= MOST_TABLES) break;
      datasets.push(datasetOf(database, table, await ask(tableInfo(database, table))));
    }
  }
  if (databases.length > MOST_DATABASES) notTested.push(`${databases.length - MOST_DATABASES} further databases`);
  if (datasets.length >= MOST_TABLES) notTested.push(`tables beyond the first ${MOST_TABLES}`);
  context.record('db_list; table_list; info', `${databases.length} databases, ${datasets.length} tables`);
  const documents = sumKnown(datasets.map((one) => one.documents)) ?? 0;
  return {
    verdict: 'anonymous-write',
    datasets,
    documents,
    reason: `the user admin has no password: a stranger may read and change ${datasets.length} tables with about ${grouped(documents)} documents`,
    notTested,
  };
}

function namesOf(answer: Answer): string[] {
  if (answer.kind !== 'result') return [];
  const list: unknown[] = Array.isArray(answer.values[0]) ? answer.values[0] : answer.values;
  return list.filter((name): name is string => typeof name === 'string' && /^[\w-]{1,128}$/.test(name));
}

function datasetOf(database: string, table: string, answer: Answer): ObservedDataset {
  const info = answer.kind === 'result' ? answer.values[0] : undefined;
  const estimates = at(info, 'doc_count_estimates');
  const indexes = at(info, 'indexes');
  const key = text(at(info, 'primary_key'));
  const names = [...(key === undefined ? [] : [key]), ...(Array.isArray(indexes) ? indexes : [])];
  return {
    name: datasetName(`${database}.${table}`),
    documents: sumKnown((Array.isArray(estimates) ? estimates : []).map(count)),
    fields: names
      .filter((name): name is string => typeof name === 'string')
      .slice(0, 64)
      .map(fieldName),
  };
}
