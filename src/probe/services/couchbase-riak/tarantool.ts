/**
 * Tarantool 1.6 to 3.x, binary protocol (IPROTO), port 3301. Without a login one is the user `guest`.
 *
 * ```
 * (server)  "Tarantool 2.6.0 (Binary) <uuid>\n" and a salt, 128 bytes
 * SELECT of a space that does not exist, limit 0    error 36; anything else is not believed
 * SELECT _vspace (281)    the spaces that guest sees: [id, owner, name, engine, …, format]; its own have ids from 512 on
 * SELECT <space>, limit 0 no tuple, or error 42 "Read access to space … is denied for user 'guest'"
 * SELECT _vpriv (313)     guest’s privileges: [grantor, grantee, "space" | "universe", object, bits]
 *                         1 read, 2 write, 4 execute
 * ```
 *
 * Each request: length (ce, 4 bytes), header {request type: SELECT, sync: 1}, body {space, index, limit, offset, iterator, key}.
 * Sources: https://www.tarantool.io/en/doc/latest/reference/internals/box_protocol/,
 * https://github.com/tarantool/tarantool/blob/master/src/box/schema_def.h
 */
import { randomInt } from 'node:crypto';
import type { Connection } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { malformed, parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { decodeAll } from './msgpack.ts';
import { remediation } from './remediation.ts';

const VSPACE = 281;
const VPRIV = 313;
/** Ids below are the server’s own spaces. */
const FIRST_OWN = 512;
/** Ids that no space has: the highest is 2147483647. */
const NOWHERE = { from: 0x80000000, to: 0xfffffff0 };
const MOST_ROWS = 1_000;
const MOST_SPACES = 50;
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** `82 00 01 01 01` is the header; the body’s keys are 10 space, 11 index, 12 limit, 13 offset, 14 iterator (ALL), 20 key. */
function select(space: number, limit: number): Buffer {
  const body = Buffer.from('82000101018610ce00000000110012cd0000130014022090', 'hex');
  body.writeUInt32BE(space, 8);
  body.writeUInt16BE(limit, 16);
  const length = Buffer.from([0xce, 0, 0, 0, body.length]);
  return Buffer.concat([length, body]);
}

/** What a request is for; undefined when it is no SELECT of this form. */
function readSelect(bytes: Buffer): { space: number; limit: number } | undefined {
  if (bytes.length !== select(0, 0).length) return undefined;
  const [space, limit] = [bytes.readUInt32BE(13), bytes.readUInt16BE(21)];
  return bytes.equals(select(space, limit)) ? { space, limit } : undefined;
}

interface Space {
  id: number;
  name: string;
  fields: { name: string; type: string }[];
}

async function askTarantool(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  const greeting = (await connection.read(128)).toString('latin1');
  const version = /^Tarantool (\d[\w.-]{0,40}) \(Binary\) /.exec(greeting)?.[1];
  if (version === undefined) {
    if (!greeting.startsWith('Tarantool ')) throw malformed('Tarantool', 'no greeting');
    return unidentified('Tarantool');
  }
  const told = parseVersion(version);
  const base = { identified: true, product: 'tarantool', ...(told === undefined ? {} : { version: told }) } as const;
  const control = await ask(connection, randomInt(NOWHERE.from, NOWHERE.to), 0);
  context.record(
    'SELECT, a space that does not exist',
    control.error === undefined ? 'answered' : `error ${control.error}`,
  );
  if (control.error === undefined) {
    const reason = 'the control request for a space that cannot exist was answered';
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const list = await ask(connection, VSPACE, MOST_ROWS);
  context.record('SELECT _vspace', list.error === undefined ? `${list.tuples.length} spaces` : `error ${list.error}`);
  const own = list.tuples.map(readSpace).filter((space) => space !== undefined && space.id >= FIRST_OWN);
  if (list.error !== undefined || own.length === 0) {
    const reason =
      list.error === undefined ? 'guest sees no space but the server’s own' : `guest is refused (error ${list.error})`;
    return { ...base, verdict: 'secured', datasets: [], reason, notTested: [] };
  }
  return { ...base, ...(await openAnswer(context, connection, own as Space[])) };
}

type OpenAnswer = Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'>;

async function openAnswer(context: ProbeContext, connection: Connection, own: readonly Space[]): Promise<OpenAnswer> {
  const datasets: ObservedDataset[] = [];
  let readable = 0;
  for (const space of own.slice(0, MOST_SPACES)) {
    const name = datasetName(space.name);
    const answer = await ask(connection, space.id, 0);
    context.record(`SELECT ${name}, limit 0`, answer.error === undefined ? 'no tuple' : `error ${answer.error}`);
    if (answer.error === undefined) {
      readable++;
      await sample(context, connection, space, name);
    }
    datasets.push({
      name,
      fields: [...new Set(space.fields.map((field) => fieldName(field.name)))],
      fieldTypes: Object.fromEntries(space.fields.map((field) => [fieldName(field.name), field.type])),
    });
  }
  const notTested = ['the number of tuples: counting reads them'];
  if (own.length > datasets.length) notTested.push(`${own.length - datasets.length} further spaces`);
  const privileges = await ask(connection, VPRIV, MOST_ROWS);
  const writes = privileges.error === undefined && privileges.tuples.some(mayWrite);
  context.record(
    'SELECT _vpriv',
    privileges.error === undefined
      ? `${privileges.tuples.length} privileges${writes ? ', writing among them' : ''}`
      : `error ${privileges.error}`,
  );
  const spaces = `${readable} of ${own.length} ${own.length === 1 ? 'space' : 'spaces'}`;
  if (writes)
    return { verdict: 'anonymous-write', datasets, reason: `guest reads ${spaces} and was granted writing`, notTested };
  if (readable > 0)
    return {
      verdict: 'anonymous-read',
      datasets,
      reason: `guest reads ${spaces}; it was not granted writing`,
      notTested,
    };
  return { verdict: 'metadata-only', datasets, reason: `guest lists ${own.length} spaces and reads none`, notTested };
}

async function sample(context: ProbeContext, connection: Connection, space: Space, name: string): Promise<void> {
  const { values } = context;
  if (values === undefined) return;
  const { error, tuples } = await ask(connection, space.id, values.most);
  context.record(
    `SELECT ${name}, limit ${values.most}`,
    error === undefined ? 'values classified in memory and dropped' : `error ${error}`,
  );
  const documents = tuples.map((tuple) =>
    Object.fromEntries(tuple.map((value, n) => [space.fields[n]?.name ?? `field ${n + 1}`, plain(value)])),
  );
  takeDocuments(values, name, documents);
}

function plain(value: unknown, depth = 0): unknown {
  if (depth > 12) return undefined;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plain(one, depth + 1)]));
  return Array.isArray(value) ? value.map((one: unknown) => plain(one, depth + 1)) : value;
}

interface Selected {
  /** The server’s error code. */
  error: number | undefined;
  tuples: unknown[][];
}

/** One request; its answer is {00 status, 01 sync, …} and {30 tuples} or {31 message}. */
async function ask(connection: Connection, space: number, limit: number): Promise<Selected> {
  await connection.write(select(space, limit));
  const head = await connection.read(5);
  const length = head.readUInt32BE(1);
  if (head[0] !== 0xce || length < 2 || length > LONGEST_ANSWER) throw malformed('Tarantool', 'an impossible length');
  const [header, body] = decodeAll(await connection.read(length));
  const status = header instanceof Map ? header.get(0x00) : undefined;
  if (typeof status !== 'number') throw malformed('Tarantool', 'an answer without a status');
  if (status !== 0) return { error: status & 0x7fff, tuples: [] };
  const data = body instanceof Map ? body.get(0x30) : undefined;
  if (!Array.isArray(data)) throw malformed('Tarantool', 'an answer without data');
  return { error: undefined, tuples: data.filter((tuple: unknown): tuple is unknown[] => Array.isArray(tuple)) };
}

function readSpace(tuple: readonly unknown[]): Space | undefined {
  const [id, , name, , , , format] = tuple;
  if (typeof id !== 'number' || typeof name !== 'string') return undefined;
  const fields = (Array.isArray(format) ? format.slice(0, 500) : []).flatMap((field: unknown) => {
    if (!(field instanceof Map)) return [];
    const [own, type] = [field.get('name'), field.get('type')];
    const known = typeof type === 'string' && /^[a-z]{1,20}$/.test(type);
    return typeof own === 'string' ? [{ name: own, type: known ? type : 'any' }] : [];
  });
  return { id, name, fields };
}

/** Writing, or running code, on everything or on a space; granted to guest, or to a role that it has. */
function mayWrite([, , type, , bits]: readonly unknown[]): boolean {
  if (typeof bits !== 'number') return false;
  if (type === 'universe') return (bits & 0b110) !== 0;
  return type === 'space' && (bits & 0b010) !== 0;
}

const WHY = {
  control: 'SELECT of a space that cannot exist, limit 0 – the control request, which must fail',
  list: 'SELECT _vspace – names and fields of spaces',
  privileges: 'SELECT _vpriv – what the user guest may do',
  reads: 'SELECT <space>, limit 0 – whether tuples may be read, without reading one',
  sample: 'SELECT <space>, limit 5 – up to five tuples, classified in memory and dropped',
} as const;

export const tarantool: ProbeService = {
  id: 'couchbase-riak',
  face: 'tarantool',
  aliases: ['tarantool'],
  title: 'Tarantool',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: true,
  ports: [{ port: 3301, tls: 'never' }],
  allow: allowDeclared([
    {
      why: WHY.control,
      bytes: select(NOWHERE.from, 0),
      permits: (bytes) => readSelect(bytes)?.limit === 0 && (readSelect(bytes)?.space ?? 0) >= NOWHERE.from,
    },
    { why: WHY.list, bytes: select(VSPACE, MOST_ROWS) },
    { why: WHY.privileges, bytes: select(VPRIV, MOST_ROWS) },
    {
      why: WHY.reads,
      bytes: select(FIRST_OWN, 0),
      permits: (bytes) => readSelect(bytes)?.limit === 0 && (readSelect(bytes)?.space ?? 0) >= FIRST_OWN,
    },
  ]),
  sampling: allowDeclared([
    {
      why: WHY.sample,
      bytes: select(FIRST_OWN, 5),
      permits: (bytes) => {
        const { space, limit } = readSelect(bytes) ?? { space: 0, limit: 0 };
        return space >= FIRST_OWN && limit >= 1 && limit <= 5;
      },
    },
  ]),
  remediation,
  references: [
    'https://www.tarantool.io/en/doc/latest/reference/internals/box_protocol/',
    'https://www.tarantool.io/en/doc/latest/platform/access_control/',
  ],
  tested: [{ how: 'server', what: 'Tarantool 2.6.0 (guest with all, with reading and with no privileges)' }],
  recogniseGreeting: (bytes) => bytes.subarray(0, 10).toString('latin1') === 'Tarantool ',
  probe: askTarantool,
};
