/**
 * ClickHouse's native protocol, 9000 and 9440 (TLS), as a client of revision 54000 speaks it: without client information
 * and time zones, which newer servers leave out for it.
 *
 * | we | the server |
 * |---|---|
 * | 0 Hello: name, version, revision, database, user `default`, empty password | 0 Hello: name, version, revision; 2 Exception: secured |
 * | 1 Query: id, settings, stage 2, no compression, SQL; 2 Data: an empty block | 1 Data, 3 Progress, 6 ProfileInfo, 5 EndOfStream, 2 Exception |
 *
 * An empty password is what every client sends by default. Numbers are variable-length, strings are length-prefixed.
 * Sources: https://clickhouse.com/docs/native-protocol/basics, /client, /server, and a real server.
 */
import type { Connection } from '../../../net/connection.ts';
import { allowDeclared } from '../../declared-bytes.ts';
import { malformed, speak } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { CLICKHOUSE_REMEDIATION } from './index.ts';
import { controlQuery, FIXED } from './queries.ts';
import { type AskSql, REFUSES_LOGIN, type SqlAnswer, survey } from './survey.ts';

const REVISION = 54_000;
const LONGEST_TEXT = 256 * 1024;
const MOST_ROWS = 5_000;

const HELLO = Buffer.concat([
  number(0),
  string('postern'),
  number(1),
  number(1),
  number(REVISION),
  string(''),
  string('default'),
  string(''),
]);
/** Data: no table name; block information (no overflow, bucket -1); no columns, no rows. */
const EMPTY_BLOCK = Buffer.concat([
  number(2),
  string(''),
  Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]),
  number(0),
  number(0),
]);

export function nativeQuery(sql: string): Buffer {
  return Buffer.concat([number(1), string(''), string(''), number(2), number(0), string(sql), EMPTY_BLOCK]);
}

export const clickhouseNativeAllow = allowDeclared([
  { why: 'Hello as default with an empty password, as every client does', bytes: HELLO },
  {
    why: 'Query SELECT postern_<random> (must fail)',
    bytes: nativeQuery(controlQuery('x3f9c1d27ab84e05')),
    permits: (sent) => {
      const nonce = /postern_([a-z0-9]{16})/.exec(sent.toString('latin1', 0, 64))?.[1];
      return nonce !== undefined && nativeQuery(controlQuery(nonce)).equals(sent);
    },
  },
  ...FIXED.map((sql) => ({ why: `Query ${sql}`, bytes: nativeQuery(sql) })),
]);

export const clickhouseNative: ProbeService = {
  id: 'clickhouse',
  face: 'native',
  title: 'ClickHouse (native protocol)',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ladder: false,
  ports: [
    { port: 9000, tls: 'retry' },
    { port: 9440, tls: 'first' },
  ],
  allow: clickhouseNativeAllow,
  remediation: CLICKHOUSE_REMEDIATION,
  references: [
    'https://clickhouse.com/docs/native-protocol/basics',
    'https://clickhouse.com/docs/native-protocol/server',
  ],
  tested: [
    { how: 'server', what: 'ClickHouse 18.16.1 (open, readonly, password)' },
    { how: 'documentation', what: 'ClickHouse 20.4 and later' },
  ],
  probe,
};

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'the native protocol of ClickHouse', async (connection) => {
    await connection.write(HELLO);
    const hello = await readHello(connection);
    if ('code' in hello) {
      context.record('Hello as default', `code ${hello.code}`);
      return REFUSES_LOGIN.has(hello.code)
        ? {
            identified: true,
            verdict: 'secured',
            datasets: [],
            reason: `the user default has a password or does not exist (code ${hello.code})`,
            notTested: ['other users'],
          }
        : {
            identified: true,
            verdict: 'inconclusive',
            datasets: [],
            reason: `the server refused the session (code ${hello.code})`,
            notTested: ['reading', 'writing'],
          };
    }
    context.record('Hello as default', 'Hello');
    const ask: AskSql = async (sql) => {
      await connection.write(nativeQuery(sql));
      return await readAnswer(connection);
    };
    return await survey(context, ask, ask);
  });
}

async function readHello(connection: Connection): Promise<{ revision: number } | { code: number }> {
  const kind = (await connection.read(1))[0];
  if (kind === 2) return await readException(connection);
  if (kind !== 0) throw fail('no Hello');
  // Another protocol's bytes rarely hold a length and then this name.
  const length = await readNumber(connection);
  if (length < 3 || length > 64) throw fail('name');
  if (!/clickhouse/i.test((await connection.read(length)).toString('latin1'))) throw fail('name');
  await readNumber(connection);
  await readNumber(connection);
  return { revision: await readNumber(connection) };
}

async function readAnswer(connection: Connection): Promise<SqlAnswer> {
  const rows: (string | null)[][] = [];
  for (let packets = 0; packets < 1_000; packets++) {
    const kind = await readNumber(connection);
    if (kind === 2) return await readException(connection);
    if (kind === 5) return { rows };
    if (kind === 1 || kind === 7 || kind === 8) {
      const block = await readBlock(connection);
      if (kind === 1 && rows.length + block.length <= MOST_ROWS) rows.push(...block);
    } else if (kind === 3) {
      for (let n = 0; n < 3; n++) await readNumber(connection);
    } else if (kind === 6) {
      for (let n = 0; n < 3; n++) await readNumber(connection);
      await connection.read(1);
      await readNumber(connection);
      await connection.read(1);
    } else throw fail('packet');
  }
  throw fail('an endless answer');
}

/** Only columns of text: all that the queries have. */
async function readBlock(connection: Connection): Promise<string[][]> {
  await readString(connection);
  await readBlockInformation(connection);
  const columns = await readNumber(connection);
  const count = await readNumber(connection);
  if (columns > 16 || count > MOST_ROWS) throw fail('block');
  const rows: string[][] = Array.from({ length: count }, () => []);
  for (let column = 0; column < columns; column++) {
    await readString(connection);
    const type = await readString(connection);
    if (count > 0 && type !== 'String') throw fail('type');
    for (const row of rows) row.push(await readString(connection));
  }
  return rows;
}

/** Numbered fields, ended by 0: 1 is a flag, 2 is a 32-bit number. */
async function readBlockInformation(connection: Connection): Promise<void> {
  for (let fields = 0; fields < 8; fields++) {
    const field = await readNumber(connection);
    if (field === 0) return;
    if (field !== 1 && field !== 2) break;
    await connection.read(field === 1 ? 1 : 4);
  }
  throw fail('block information');
}

async function readException(connection: Connection): Promise<{ code: number }> {
  const code = (await connection.read(4)).readInt32LE(0);
  if (code < 0 || code > 100_000) throw fail('code');
  for (let n = 0; n < 3; n++) await readString(connection);
  await connection.read(1);
  return { code };
}

async function readString(connection: Connection): Promise<string> {
  const length = await readNumber(connection);
  if (length > LONGEST_TEXT) throw fail('string');
  return length === 0 ? '' : (await connection.read(length)).toString('utf8');
}

async function readNumber(connection: Connection): Promise<number> {
  let value = 0;
  for (let shift = 0; shift < 10; shift++) {
    const byte = (await connection.read(1))[0] ?? 0;
    value += (byte & 0x7f) * 128 ** shift;
    if (byte < 0x80) {
      if (!Number.isSafeInteger(value)) break;
      return value;
    }
  }
  throw fail('number');
}

function number(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

function string(text: string): Buffer {
  return Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)]);
}

function fail(detail: string): Error {
  return malformed('ClickHouse', detail);
}
