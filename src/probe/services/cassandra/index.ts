/**
 * Apache Cassandra, ScyllaDB and what speaks CQL, 9042 and 9142 (TLS).
 *
 * | we (CQL 4 frames) | the server |
 * |---|---|
 * | OPTIONS | SUPPORTED |
 * | STARTUP | AUTHENTICATE <class>: secured; READY: AllowAllAuthenticator, everybody is in |
 * | SELECT postern_<random> FROM system.local | ERROR 0x2200 (anything else: a honeypot) |
 * | release_version, system_schema.columns, system.size_estimates | version, tables, columns, partitions |
 * | system_views.settings, `authorizer` (4.0 and later) | AllowAllAuthorizer: everybody may write |
 * | system_auth.roles beyond the last token | rows (none): no authorizer at all; ERROR 0x2100: one |
 * | each table beyond the last token (at most 5) | no error: readable; ERROR 0x2100: not |
 *
 * `LIST ALL PERMISSIONS` tells nothing here: it refuses anonymous sessions whatever the authorizer is (run against 5.0).
 * Sources: https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec and a real server.
 */
import type { Connection } from '../../../net/connection.ts';
import { datasetName, fieldName } from '../../names.ts';
import { parseVersion, speak, sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { cassandraAllow } from './allow.ts';
import { type Answer, OPTIONS, query, readFrame, STARTUP } from './frames.ts';
import {
  COLUMNS,
  controlQuery,
  MOST_TABLES,
  RELEASE,
  ROLES,
  rightQuery,
  SETTINGS,
  SIZES,
  type Table,
  tablesOf,
} from './queries.ts';

const INVALID = 0x2200;
const SYNTAX = 0x2000;
/** Tables whose readability is asked one by one, where an authorizer decides. */
const MOST_ASKED = 5;

export const cassandra: ProbeService = {
  id: 'cassandra',
  title: 'Cassandra / ScyllaDB',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 9042, tls: 'retry' },
    { port: 9142, tls: 'first' },
  ],
  allow: cassandraAllow,
  remediation: {
    developer:
      'Connect from the back end with a role that has rights on its own keyspace only, over TLS; the app itself must never hold a database address.',
    it: 'cassandra.yaml: `authenticator: PasswordAuthenticator`, `authorizer: CassandraAuthorizer`, `client_encryption_options: enabled: true`, `rpc_address` on the private address; replace the role `cassandra`. Close 9042, 9142, 7000, 7199 and 9160 in the firewall.',
    security:
      'Whoever reached this port could read and drop every keyspace: compare partition counts with backups and rotate what was stored.',
  },
  references: [
    'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html',
    'https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec',
  ],
  tested: [
    { how: 'server', what: 'Apache Cassandra 5.0.6 (open, PasswordAuthenticator, TLS)' },
    { how: 'documentation', what: 'ScyllaDB' },
  ],
  probe,
};

type Ask = (request: Buffer) => Promise<Answer>;

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'CQL', (connection) => dialogue(context, asker(connection)));
}

function asker(connection: Connection): Ask {
  return async (request) => {
    await connection.write(request);
    return await readFrame(connection);
  };
}

async function dialogue(context: ProbeContext, ask: Ask): Promise<Observation> {
  const options = await ask(OPTIONS);
  if (options.kind === 'error') {
    return {
      ...unclear(`the server refuses protocol version 4 (error ${hex(options.code)})`),
      identified: /protocol version/i.test(options.message),
    };
  }
  if (options.kind !== 'supported') return unidentified('CQL');
  const start = await ask(STARTUP);
  context.record('OPTIONS; STARTUP', start.kind);
  if (start.kind === 'authenticate') {
    const name = /(\w{1,64})$/.exec(start.authenticator)?.[1] ?? 'an authenticator';
    return {
      identified: true,
      verdict: 'secured',
      datasets: [],
      reason: `the server asks for a login (${name})`,
      notTested: ['logins, the default one among them'],
    };
  }
  if (start.kind !== 'ready')
    return unclear(`the session was refused${start.kind === 'error' ? ` (error ${hex(start.code)})` : ''}`);
  const control = await ask(query(controlQuery(context.nonce())));
  context.record('control: a column that does not exist', control.kind === 'error' ? hex(control.code) : 'accepted');
  if (control.kind !== 'error' || (control.code !== INVALID && control.code !== SYNTAX)) {
    return unclear('a column that does not exist was not refused as such: no genuine Cassandra answers so');
  }
  return await survey(context, ask);
}

async function survey(context: ProbeContext, ask: Ask): Promise<Observation> {
  const rows = async (cql: string) => {
    const answer = await ask(query(cql));
    return answer.kind === 'rows' ? answer.rows : undefined;
  };
  const version = parseVersion((await rows(RELEASE))?.[0]?.[0]?.toString('latin1'));
  const columns = await rows(COLUMNS);
  const tables = tablesOf(columns ?? []);
  const sizes = sizesOf((await rows(SIZES)) ?? []);
  context.record('schema', columns === undefined ? 'refused' : `${tables.length} tables`);
  const settings = await rows(SETTINGS);
  const authorizer = settings?.map((row) => row[1]?.toString('latin1') ?? '').find((value) => /Authorizer/.test(value));
  const free = (await rows(ROLES)) !== undefined;
  context.record(
    'authorizer',
    authorizer === undefined ? (free ? 'none' : 'not told') : (/\w{1,64}$/.exec(authorizer)?.[0] ?? 'another'),
  );

  const datasets = tables.map((table) => datasetOf(context, table, sizes.get(idOf(table.keyspace, table.name))));
  const notTested = columns !== undefined && columns.length >= 4_000 ? ['columns beyond the first 4,000'] : [];
  if (tables.length >= MOST_TABLES) notTested.push(`tables beyond the first ${MOST_TABLES}`);
  const found = {
    identified: true,
    ...(version === undefined ? {} : { version }),
    product: 'cassandra',
    datasets,
    documents: sumKnown(datasets.map(({ documents }) => documents)),
    bytes: sumKnown(datasets.map(({ bytes }) => bytes)),
    notTested,
  };
  if (free && (authorizer === undefined || /AllowAllAuthorizer/.test(authorizer))) {
    return {
      ...found,
      verdict: 'anonymous-write',
      reason: 'no login is asked for and no authorizer decides: a stranger may read and change every keyspace',
    };
  }
  notTested.push('writing');
  let readable = 0;
  const asked = tables.filter(({ key }) => key.length > 0).slice(0, MOST_ASKED);
  for (const table of asked) {
    if ((await rows(rightQuery(table.keyspace, table.name, table.key))) !== undefined) readable++;
  }
  context.record('<table> beyond the last token', `${readable} of ${asked.length} allowed`);
  if (readable > 0) {
    return {
      ...found,
      verdict: 'anonymous-read',
      reason: `no login is asked for: a stranger may read ${readable} of ${asked.length} tables asked`,
    };
  }
  return {
    ...found,
    verdict: 'metadata-only',
    reason: 'no login is asked for; a stranger sees the schema but may read no table that was asked',
  };
}

interface Size {
  partitions: number;
  bytes: number;
}

/** Summed over token ranges. */
function sizesOf(rows: readonly (Buffer | null)[][]): Map<string, Size> {
  const sizes = new Map<string, Size>();
  for (const [keyspace, table, partitions, mean] of rows) {
    const [count, size] = [numberOf(partitions), numberOf(mean)];
    const id = idOf(keyspace?.toString('utf8') ?? '', table?.toString('utf8') ?? '');
    const sum = sizes.get(id) ?? { partitions: 0, bytes: 0 };
    sizes.set(id, { partitions: sum.partitions + count, bytes: sum.bytes + count * size });
  }
  return sizes;
}

function numberOf(value: Buffer | null | undefined): number {
  const number = value?.length === 8 ? Number(value.readBigInt64BE(0)) : 0;
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function datasetOf(context: ProbeContext, table: Table, size: Size | undefined): ObservedDataset {
  const name = datasetName(`${table.keyspace}.${table.name}`);
  const fields = table.columns.map((column) => fieldName(column.name));
  const dataset: ObservedDataset = {
    name,
    ...(size === undefined ? {} : { documents: size.partitions, bytes: Math.round(size.bytes) }),
    fields,
    fieldTypes: Object.fromEntries(
      table.columns.map((column) => [fieldName(column.name), column.type.replace(/[^\w<>, ]/g, '')]),
    ),
  };
  // One partition per person where the partition key is what tells people apart.
  const [key] = table.key.length === 1 ? table.key : [];
  const subjects = context.subjectFields?.(name, fields) ?? [];
  if (key !== undefined && size !== undefined && size.partitions > 0 && subjects.includes(fieldName(key))) {
    dataset.people = { count: size.partitions, how: 'statistics', field: fieldName(key) };
  }
  return dataset;
}

function idOf(keyspace: string, table: string): string {
  return `${keyspace}\0${table}`;
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`;
}

function unclear(reason: string): Observation {
  return { identified: true, verdict: 'inconclusive', datasets: [], reason, notTested: ['reading', 'writing'] };
}
