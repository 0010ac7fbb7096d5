/** What the probes of src/probe/services/database.ts may send, by service id; each from its protocol's own documents. */
import { either, http, type Judge, TOKEN } from './http.ts';

/** RFC 959, RFC 1635, RFC 3659. After `AUTH TLS` all is TLS records. */
function ftp(sent: Buffer): string | undefined {
  const all = sent.toString('latin1').split('AUTH TLS\r\n\x16')[0] ?? '';
  const command = `(?:USER anonymous|PASS [\\w.]+@example\\.org|AUTH TLS|CWD /postern${TOKEN}|MLST /|STAT /|QUIT)\\r\\n`;
  return new RegExp(`^(?:${command})*$`).test(all) ? undefined : all.slice(0, 120);
}

/** https://github.com/RsyncProject/rsync/blob/master/clientserver.c: a greeting, then one line; no transfer. */
function rsync(sent: Buffer): string | undefined {
  const all = sent.toString('latin1');
  return /^(?:@RSYNCD: 3\d\.0\n(?:(?:#list|[^\x00-\x1f\x7f/#@][^\x00-\x1f\x7f/]*)\n)?)?$/.test(all)
    ? undefined
    : all.slice(0, 120);
}

/** MS-TDS section 2.2.6.5: one packet of type 0x12, and nothing after it. */
function mssql(sent: Buffer): string | undefined {
  if (sent.length === 0) return undefined;
  return sent[0] === 0x12 && sent.readUInt16BE(2) === sent.length ? undefined : 'more than a PRELOGIN';
}

/** RFC 4511: bind without name and password, search, unbind, StartTLS; BER with definite lengths. */
function ldap(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    if (sent[at] === 0x16 && at > 0) return undefined;
    const [start, end] = content(sent, at);
    if (sent[at] !== 0x30 || end > sent.length || sent[start] !== 0x02) return 'no LDAP message';
    const operation = content(sent, start)[1];
    const body = sent.subarray(content(sent, operation)[0], end);
    const tag = sent[operation];
    at = end;
    if (tag === 0x60) {
      if (body.toString('hex') !== '02010304008000') return 'a bind with a name or a password';
    } else if (tag === 0x63) {
      const attributes = body.toString('latin1');
      const base = content(body, 0)[1];
      // After the base: scope (3 bytes), aliases (3), size limit (3), time limit (3), types only (3).
      const sizeLimit = body[base + 8] ?? 0;
      const typesOnly = body[base + 14] === 0xff;
      if (sizeLimit < 1 || sizeLimit > 5) return 'a search without a small size limit';
      if (!typesOnly && (base !== 2 || attributes.includes('*') || attributes.includes('mail')))
        return 'a search for values';
    } else if (tag === 0x77) {
      if (!body.toString('latin1').endsWith('1.3.6.1.4.1.1466.20037')) return 'an extended operation';
    } else if (tag !== 0x42) return `operation ${tag}`;
  }
  return undefined;
}

/** Where the element at `at` has its content, and where it ends. */
function content(bytes: Buffer, at: number): [start: number, end: number] {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return [at + 2, at + 2 + first];
  const size = first & 0x7f;
  const length =
    size > 0 && size < 5 && at + 2 + size <= bytes.length ? bytes.readUIntBE(at + 2, size) : Number.MAX_SAFE_INTEGER;
  return [at + 2 + size, at + 2 + size + length];
}

/** native_protocol_v4.spec: OPTIONS, STARTUP, and SELECT that finds system tables or nothing. */
function cassandra(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    if (sent.length - at < 9 || sent[at] !== 4) return 'a broken frame';
    const [opcode, length] = [sent[at + 4], sent.readUInt32BE(at + 5)];
    const body = sent.subarray(at + 9, at + 9 + length);
    at += 9 + length;
    if (body.length !== length) return 'a broken frame';
    if (opcode === 0x05 ? length === 0 : opcode === 0x01 && body.includes('CQL_VERSION')) continue;
    if (opcode !== 0x07) return `opcode ${opcode}`;
    const cql = body.toString('utf8', 4, 4 + body.readUInt32BE(0));
    const system =
      /^SELECT [\w, ]+ FROM system(?:_schema|_views)?\.\w+(?: WHERE name IN \([^)]*\))?(?: LIMIT \d{1,4})?$/;
    const nothing = /^SELECT [^;]+ FROM [^;]+ WHERE token\([^;]+\) > 9223372036854775807 LIMIT 1$/;
    if (!system.test(cql) && !nothing.test(cql)) return cql;
  }
  return undefined;
}

/** Only the catalogue: `system` tables, the version, one's own rights, and a column that does not exist. */
const CLICKHOUSE_SQL =
  /^(?:SELECT (?:version\(\)|postern_[a-z0-9]{4,64}|[^;]+ FROM system\.(?:tables|parts|columns|settings)(?: WHERE [^;]+)?)|SHOW GRANTS)(?: FORMAT JSONCompact)?$/;

const clickhouseSql = "(?:SELECT(?:%20|%2C|%3D|%3C|%3E|[\\w().!'*-]|%27)+|SHOW%20GRANTS)%20FORMAT%20JSONCompact";

/** https://clickhouse.com/docs/native-protocol/client: Hello, then Query with an empty block. */
function clickhouseNative(sent: Buffer): string | undefined {
  const hello = sent.toString('latin1').indexOf('\x07default\x00');
  if (sent[0] !== 0 || hello < 0 || hello > 40) return 'no Hello as default without a password';
  let at = hello + 9;
  while (at < sent.length) {
    // Query, empty id, no settings, stage 2, no compression, then the text's length.
    if (!sent.subarray(at, at + 5).equals(Buffer.from([1, 0, 0, 2, 0]))) return 'no Query';
    const long = (sent[at + 5] ?? 0) >= 0x80;
    const length = long ? ((sent[at + 5] ?? 0) & 0x7f) + (sent[at + 6] ?? 0) * 128 : (sent[at + 5] ?? 0);
    const start = at + (long ? 7 : 6);
    const sql = sent.toString('utf8', start, start + length);
    if (!CLICKHOUSE_SQL.test(sql)) return sql;
    // Data: no name, block information, no columns and no rows.
    const empty = Buffer.from('02000100' + '02ffffffff00' + '0000', 'hex');
    if (!sent.subarray(start + length, start + length + empty.length).equals(empty)) return 'data';
    at = start + length + empty.length;
  }
  return undefined;
}

/** https://rethinkdb.com/docs/writing-drivers/: the handshake, then DB_LIST 59, TABLE_LIST 62 and INFO 79. */
function rethinkdb(sent: Buffer): string | undefined {
  if (!sent.subarray(0, 4).equals(Buffer.from('c3bdc234', 'hex'))) return 'no handshake';
  let at = 4;
  for (let n = 0; n < 2 && at < sent.length; n++) {
    const end = sent.indexOf(0, at);
    const json = sent.toString('utf8', at, end);
    const known =
      n === 0 ? /"authentication":"n,,n=admin,r=[a-z0-9]+"/ : /^\{"authentication":"c=biws,r=[^"]+,p=[^"]+"\}$/;
    if (end < 0 || !known.test(json)) return json;
    at = end + 1;
  }
  while (at < sent.length) {
    const length = sent.readUInt32LE(at + 8);
    const query = sent.toString('utf8', at + 12, at + 12 + length);
    const database = '\\[14,\\["[\\w-]+"\\]\\]';
    if (
      !new RegExp(
        `^\\[1,(?:\\[59,\\[\\]\\]|\\[62,\\[${database}\\]\\]|\\[79,\\[\\[15,\\[${database},"[\\w-]+"\\]\\]\\]\\]),\\{\\}\\]$`,
      ).test(query)
    )
      return query;
    at += 12 + length;
  }
  return undefined;
}

/** MS-SMB2: NEGOTIATE 0, SESSION_SETUP 1, LOGOFF 2, TREE_CONNECT 3, CREATE 5 (the pipe only), IOCTL 11 (the pipe only). */
function smb(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    const length = sent.length - at >= 68 ? sent.readUInt32BE(at) : 0;
    const message = sent.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    if (length < 64 || message.length !== length || message.toString('latin1', 0, 4) !== '\xfeSMB')
      return 'a broken frame';
    const command = message.readUInt16LE(12);
    if (![0, 1, 2, 3, 5, 11].includes(command)) return `command ${command}`;
    if (command === 1) {
      const token = message.subarray(message.readUInt16LE(76));
      // The lengths of the NT response and of the user's name.
      if (token[8] === 3 && (token.readUInt16LE(20) !== 0 || token.readUInt16LE(36) !== 0)) return 'a login';
    }
    if (command === 5) {
      const name = message.toString('utf16le', 120);
      // Disposition 1: open what exists.
      if (name !== 'srvsvc' || message.readUInt32LE(64 + 36) !== 1) return `CREATE ${name}`;
    }
    if (command === 11) {
      if (message.readUInt32LE(68) !== 0x0011_c017) return 'another control code';
      const pdu = message.subarray(120);
      if (pdu[2] !== 11 && !(pdu[2] === 0 && pdu.readUInt16LE(22) === 15)) return 'another call than NetrShareEnum';
    }
  }
  return undefined;
}

/** RFC 5531: DUMP, EXPORT, NULL, and COMPOUND of PUTROOTFH 24, LOOKUP 15, ACCESS 3, READDIR 26. */
function nfs(sent: Buffer): string | undefined {
  let at = 0;
  while (at < sent.length) {
    if (sent.length - at < 44) return 'a broken record';
    const length = sent.readUInt32BE(at) - 0x8000_0000;
    const message = sent.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    if (message.length !== length) return 'a broken record';
    const [program, version, procedure] = [12, 16, 20].map((offset) => message.readUInt32BE(offset));
    const what = `${program}/${version}/${procedure}`;
    if (['100000/2/4', '100005/3/5', '100003/4/0'].includes(what)) continue;
    if (procedure === 0 && (program ?? 0) >= 0x2000_0000 && (program ?? 0) < 0x4000_0000) continue;
    if (what !== '100003/4/1') return `a call of ${what}`;
    const arguments_ = 24 + 8 + message.readUInt32BE(28) + 8;
    let operation = arguments_ + 12;
    for (let left = message.readUInt32BE(arguments_ + 8); left > 0; left--) {
      const code = message.readUInt32BE(operation);
      operation += 4;
      if (code === 15) operation += 4 + Math.ceil(message.readUInt32BE(operation) / 4) * 4;
      else if (code === 3) operation += 4;
      else if (code === 26) operation += 28;
      else if (code !== 24) return `operation ${code}`;
    }
    if (operation !== message.length) return 'a broken compound';
  }
  return undefined;
}

export const databaseGrammar: Readonly<Record<string, Judge>> = {
  ftp,
  rsync,
  mssql,
  ldap,
  cassandra,
  clickhouse: either(
    http('/ping', `/\\?query=${clickhouseSql}`, {
      method: 'POST',
      path: '/',
      body: "SELECT value FROM system\\.settings WHERE name = 'readonly' FORMAT JSONCompact",
    }),
    clickhouseNative,
  ),
  rethinkdb: either(http('/', '/[a-z][0-9a-f]{15}'), rethinkdb),
  smb,
  nfs,
};
