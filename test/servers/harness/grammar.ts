/**
 * What a probe may send, written a second time and independently of the services' allow-lists, from the protocols'
 * specifications: the recording test holds every byte against it. Each function splits what one connection sent into
 * requests and names the first that is not allowed; undefined means that all of it is.
 */
import { applicationGrammar } from './grammar/application.ts';
import { databaseGrammar } from './grammar/database.ts';
import { http, type Judge, TOKEN } from './grammar/http.ts';
import { infrastructureGrammar } from './grammar/infrastructure.ts';
import { managedGrammar } from './grammar/managed.ts';
import { searchGrammar } from './grammar/search.ts';

/** RESP arrays of bulk strings (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
function redis(sent: Buffer): string | undefined {
  const allowed = new RegExp(
    `^(?:PING|POSTERN\\.CONTROL\\.${TOKEN}|INFO (?:server|keyspace|replication|memory)|DBSIZE|ACL WHOAMI|ACL DRYRUN default (?:GET postern:${TOKEN}|SET postern:${TOKEN} x)|ACL GETUSER default|COMMAND INFO SET|SELECT \\d+|SCAN 0 COUNT 10|QUIT)$`,
  );
  let rest = sent.toString('latin1');
  while (rest !== '') {
    const head = /^\*([1-9])\r\n/.exec(rest);
    if (head === null) return rest.slice(0, 80);
    rest = rest.slice(head[0].length);
    const words: string[] = [];
    for (let n = Number(head[1]); n > 0; n--) {
      const size = /^\$(\d{1,3})\r\n/.exec(rest);
      if (size === null) return rest.slice(0, 80);
      const [from, length] = [size[0].length, Number(size[1])];
      words.push(rest.slice(from, from + length));
      if (rest.slice(from + length, from + length + 2) !== '\r\n') return rest.slice(0, 80);
      rest = rest.slice(from + length + 2);
    }
    if (!allowed.test(words.join(' '))) return words.join(' ');
  }
  return undefined;
}

/** https://github.com/memcached/memcached/blob/master/doc/protocol.txt and the binary protocol's Version and Get. */
function memcached(sent: Buffer): string | undefined {
  const binary = /^(?:\x80\x0b\x00{22}|\x80\x00\x00\x18\x00{7}\x18\x00{12}postern:[a-z0-9]{16})+$/;
  const text = new RegExp(
    `^(?:(?:version|stats|stats settings|quit|postern_control_${TOKEN}|get postern:${TOKEN})\\r\\n)*$`,
  );
  const all = sent.toString('latin1');
  return text.test(all) || binary.test(all) ? undefined : all.slice(0, 80);
}

const READ_ONLY_SQL = /^(?:SELECT|SHOW)\b/i;
/** Words that a statement without side effects, files or waiting has no use for. */
const WRITING_SQL =
  /\b(?:INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|TRUNCATE|GRANT|REVOKE|COPY|INTO|CALL|DO|EXECUTE|LOAD|LOCK|SET|HANDLER|NEXTVAL|PG_SLEEP|SLEEP|BENCHMARK|LOAD_FILE|PG_READ_FILE|PG_LS_DIR|LO_IMPORT|LO_EXPORT|DBLINK)\b|;/i;

function sqlProblem(sql: string): string | undefined {
  // What stands in quotes is data: a privilege's name does nothing.
  const code = sql.replace(/'(?:[^']|'')*'/g, "''");
  return READ_ONLY_SQL.test(code) && !WRITING_SQL.test(code) ? undefined : sql;
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function postgresql(sent: Buffer): string | undefined {
  let at = 0;
  let started = false;
  while (at < sent.length) {
    const type = started ? String.fromCharCode(sent[at] ?? 0) : '';
    const start = at + type.length;
    const length = sent.length - start >= 4 ? sent.readUInt32BE(start) : 0;
    if (length < 4 || start + length > sent.length) return 'a message of the wrong length';
    const body = sent.subarray(start + 4, start + length);
    at = start + length;
    if (type === '') {
      const code = body.readUInt32BE(0);
      if (code === 80_877_103 && body.length === 4) continue;
      if (code !== 196_608) return `start-up code ${code}`;
      const words = body.subarray(4).toString('utf8').split('\0');
      const keys = words.filter((_, n) => n % 2 === 0 && words[n] !== '');
      if (words[1] !== 'postgres' || keys.some((key) => !['user', 'database', 'options'].includes(key)))
        return words.join(' ');
      started = true;
    } else if (type === 'Q') {
      const problem = sqlProblem(body.toString('utf8').replace(/\0$/, ''));
      if (problem !== undefined) return problem;
    } else if (type !== 'X') return `a message of type ${type}`;
  }
  return undefined;
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html */
function mysql(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    if (sent.length - at < 4) return 'a broken packet';
    const [length, sequence] = [sent.readUIntLE(at, 3), sent[at + 3] ?? 0];
    const body = sent.subarray(at + 4, at + 4 + length);
    if (body.length !== length) return 'a broken packet';
    at += 4 + length;
    // From the server's TLS answer on, everything is a TLS record.
    if (sequence === 1 && length === 32)
      return sent[at] === 0x16 || at === sent.length ? undefined : 'clear text after SSLRequest';
    const problem = sequence === 0 ? mysqlCommand(body) : mysqlLogin(body);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mysqlCommand(body: Buffer): string | undefined {
  if (body[0] === 0x01 && body.length === 1) return undefined;
  return body[0] === 0x03 ? sqlProblem(body.subarray(1).toString('utf8')) : `command ${body[0]}`;
}

/** The user after 32 bytes of options, then the proof, which must be empty; or an empty proof alone. */
function mysqlLogin(body: Buffer): string | undefined {
  if (body.length <= 1) return body.length === 0 || body[0] === 0 ? undefined : 'a proof';
  const end = body.indexOf(0, 32);
  if (body.subarray(32, end).toString('latin1') !== 'root') return 'a login of another user than root';
  const size = body[end + 1] ?? 0;
  return size === 0 || (size === 1 && body[end + 2] === 0) ? undefined : 'a login with a password';
}

/** OP_MSG (2013) and OP_QUERY (2004); the command is the first element's name. */
function mongodb(sent: Buffer): string | undefined {
  const allowed =
    /^(?:hello|isMaster|buildInfo|postern[a-z0-9]{4,64}|connectionStatus|getCmdLineOpts|listDatabases|listCollections|collStats|count|listIndexes)$/;
  let at = 0;
  while (at < sent.length) {
    const length = sent.length - at >= 16 ? sent.readInt32LE(at) : 0;
    if (length < 26 || at + length > sent.length) return 'a broken message';
    const message = sent.subarray(at, at + length);
    at += length;
    const code = message.readInt32LE(12);
    const document = code === 2013 ? message.subarray(21) : message.subarray(message.indexOf(0, 20) + 9);
    if (code !== 2013 && code !== 2004) return `opcode ${code}`;
    const name = document.subarray(5, document.indexOf(0, 5)).toString('latin1');
    if (!allowed.test(name)) return name;
  }
  return undefined;
}

/** CONNECT (1), SUBSCRIBE (8), PINGREQ (12), DISCONNECT (14); https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/ */
function mqtt(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    const type = (sent[at] ?? 0) >> 4;
    const length = sent[at + 1] ?? 0x80;
    if (length >= 0x80 || at + 2 + length > sent.length) return 'a broken packet';
    const body = sent.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    if (type === 1) {
      // Flags: user name 0x80, password 0x40, will 0x04; all must be off.
      if (((body[7] ?? 0xff) & 0xfc) !== 0) return 'a login or a will';
    } else if (type === 8) {
      const topics = body.subarray(2).toString('latin1');
      if (/[#+]/.test(topics) || !/^[\x00-\x1f ]*\$SYS\//.test(topics))
        return `a subscription to ${JSON.stringify(topics)}`;
    } else if (type !== 12 && type !== 14) return `a packet of type ${type}`;
  }
  return undefined;
}

const INDEX = "(?![_.*])[A-Za-z0-9_.~!'()%-]+";
const CONTROL = '/[a-z][0-9a-f]{15}';
const LIST = '/_cat/indices\\?format=json&bytes=b&h=index,docs\\.count,store\\.size,status(?:&expand_wildcards=open)?';
const SEARCH = [
  '/',
  CONTROL,
  LIST,
  `/${INDEX}/_mapping`,
  `/${INDEX}/_search\\?size=0&terminate_after=1`,
  '/_search\\?size=0',
  // {"size":0,"aggs":{"people":{"cardinality":{"field":"…"}}}}: a number, no document.
  `/${INDEX}/_search\\?size=0&timeout=2s&source_content_type=application/json&source=%7B%22size%22%3A0%2C%22aggs%22%3A%7B%22people%22%3A%7B%22cardinality%22%3A%7B%22field%22%3A%22[A-Za-z0-9_.-]+%22%7D%7D%7D%7D`,
  // With --sample.
  `/${INDEX}/_search\\?size=[1-5]&_source_includes=[A-Za-z0-9_.,-]+&terminate_after=[1-5]&timeout=2s`,
  '/_cat/plugins\\?format=json&h=component',
  '/_all/_settings/index\\.blocks\\.\\*\\?flat_settings=true',
];

export const GRAMMAR: Readonly<Record<string, Judge>> = {
  ...managedGrammar,
  ...applicationGrammar,
  ...searchGrammar,
  ...infrastructureGrammar,
  ...databaseGrammar,
  elasticsearch: http(...SEARCH, '/_xpack\\?categories=features', '/_security/user/_privileges'),
  opensearch: http(...SEARCH, '/_plugins/_security/authinfo'),
  couchdb: http(
    '/',
    CONTROL,
    '/_all_dbs',
    '/_session',
    '/[a-z][a-z0-9_$()+%A-F-]*(?:/_security)?',
    '/[a-z][a-z0-9_$()+%A-F-]*/_all_docs\\?include_docs=true&limit=[1-5]',
  ),
  s3: http('/', '/(?:[a-z0-9][a-z0-9.-]+)?\\?(?:list-type=2&max-keys=1000|acl|policy)'),
  'firebase-rtdb': http('/[\\w-]*\\.json\\?shallow=true&timeout=3s', CONTROL),
  redis,
  memcached,
  postgresql,
  mysql,
  mongodb,
  mqtt,
};

/** The two requests that look for a contradiction, alone on their connection. */
export function isContradictionCheck(sent: Buffer): boolean {
  return ['*1\r\n$4\r\nPING\r\n', 'version\r\n'].includes(sent.toString('latin1'));
}

/** A TLS ClientHello: the one TLS retry. What follows inside it is judged where the server decrypts. */
export function isTls(sent: Buffer): boolean {
  return sent[0] === 0x16 && sent[1] === 0x03 && sent[5] === 0x01;
}
