import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Script, scriptedContext } from '../../testing/scripted.ts';
import { allow, controlAllow } from './allow.ts';
import { parseGrants } from './grants.ts';
import { mysql } from './index.ts';
import { CAPABILITY, comQuery, decodeRequest, handshakeResponse, packet, QUIT } from './packets.ts';
import { COLUMNS, controlQuery, GRANTS, READ_ONLY, TABLES } from './queries.ts';

const SALT = Buffer.from('abcdefghijklmnopqrst');

function greeting(version: string, plugin = 'mysql_native_password', capabilities = 0): Buffer {
  const all = CAPABILITY.PROTOCOL_41 | CAPABILITY.SECURE_CONNECTION | CAPABILITY.PLUGIN_AUTH | capabilities;
  const middle = Buffer.alloc(18);
  middle.writeUInt16LE(all & 0xffff, 0);
  middle.writeUInt16LE(all >>> 16, 5);
  middle[7] = 21;
  return packet(
    0,
    Buffer.concat([
      Buffer.from([10]),
      Buffer.from(`${version}\0`),
      Buffer.alloc(4),
      SALT.subarray(0, 8),
      Buffer.alloc(1),
      middle,
      SALT.subarray(8),
      Buffer.from(`\0${plugin}\0`),
    ]),
  );
}
const ok = (sequence: number) => packet(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const err = (sequence: number, code: number, state = 'HY000') =>
  packet(sequence, Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(`#${state}synthetic`)]));
const eof = packet(9, Buffer.from([0xfe, 0, 0, 2, 0]));
const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const table = (columns: number, ...rows: string[][]) =>
  Buffer.concat([
    packet(1, Buffer.from([columns])),
    ...Array.from({ length: columns }, () => packet(2, Buffer.from('def'))),
    eof,
    ...rows.map((row) => packet(3, Buffer.concat(row.map(text)))),
    eof,
  ]);

/** A server that lets root in and answers the fixed queries. */
function open(grants: string[], readOnly = '0'): Script {
  return {
    emptyPassword: true,
    greeting: () => greeting('8.0.36'),
    answer: (bytes) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'login') return ok(2);
      if (request?.kind !== 'query') return 'close';
      switch (request.sql) {
        case GRANTS:
          return table(1, ...grants.map((grant) => [grant]));
        case READ_ONLY:
          return table(1, [readOnly]);
        case TABLES:
          return table(4, ['shop', 'customers', '1200', '16384']);
        case COLUMNS:
          return table(3, ['shop', 'customers', 'id'], ['shop', 'customers', 'email']);
        default:
          return err(1, 1054, '42S22');
      }
    },
  };
}
const probe = (script: Script) => {
  const context = scriptedContext(allow, script);
  return mysql.probe(context);
};

describe('the MySQL probe', () => {
  it('tells what root may do by its grants', async () => {
    expect(await probe(open(['GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION']))).toMatchObject({
      verdict: 'anonymous-write',
      product: 'mysql',
      version: '8.0.36',
      documents: 1200,
      bytes: 16384,
      datasets: [{ name: 'shop.customers', fields: ['id', 'email'] }],
    });
    expect(await probe(open(['GRANT SELECT ON `shop`.* TO `root`@`%`']))).toMatchObject({ verdict: 'anonymous-read' });
    expect(await probe(open(['GRANT SELECT, INSERT ON *.* TO `root`@`%`'], '1'))).toMatchObject({
      verdict: 'anonymous-read',
    });
    expect(await probe(open(['GRANT ALL PRIVILEGES ON *.* TO `root`@`%`'], '1'))).toMatchObject({
      verdict: 'anonymous-write',
    });
  });

  it('answers the plug-in switch of MySQL 8 with an empty password', async () => {
    const script = open(['GRANT USAGE ON *.* TO `root`@`%`']);
    const answer = (bytes: Buffer, connection: number) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'login')
        return packet(2, Buffer.concat([Buffer.from('\xfecaching_sha2_password\0', 'latin1'), SALT, Buffer.alloc(1)]));
      if (request?.kind === 'proof') return request.bytes.equals(Buffer.alloc(1)) ? ok(4) : err(4, 1045, '28000');
      return script.answer?.(bytes, connection) ?? 'close';
    };
    expect(await probe({ ...script, answer })).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('takes a refused password or client as secured, a block or a full server as not tested', async () => {
    const refuse = (code: number, state: string) => probe({ ...open([]), answer: () => err(2, code, state) });
    expect(await refuse(1045, '28000')).toMatchObject({ verdict: 'secured' });
    expect(await refuse(1698, '28000')).toMatchObject({ verdict: 'secured' });
    expect(await refuse(1862, 'HY000')).toMatchObject({ verdict: 'inconclusive' });
    const first = (code: number) =>
      probe({ greeting: () => packet(0, Buffer.from([0xff, code & 0xff, code >> 8, 72, 111])) });
    expect(await first(1130)).toMatchObject({ identified: true, verdict: 'secured' });
    expect(await first(1129)).toMatchObject({ identified: true, verdict: 'inconclusive' });
    expect(await first(1040)).toMatchObject({ identified: true, verdict: 'inconclusive' });
  });

  it('recognises MariaDB and TiDB by their greeting', async () => {
    const read = (version: string) => probe({ greeting: () => greeting(version) });
    expect(await read('5.5.5-10.11.6-MariaDB-0+deb12u1')).toMatchObject({ product: 'mariadb', version: '10.11.6' });
    expect(await read('8.0.11-TiDB-v7.5.1')).toMatchObject({ product: 'tidb', version: '7.5.1' });
  });

  it('gives no file to a server that asks for one', async () => {
    const script = open([]);
    const answer = (bytes: Buffer, connection: number) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'query' && request.sql === GRANTS)
        return packet(1, Buffer.from('\xfb/etc/passwd', 'latin1'));
      return script.answer?.(bytes, connection) ?? 'close';
    };
    await expect(probe({ ...script, answer })).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });

  it('doubts a server that knows a column that does not exist', async () => {
    const script = open([]);
    const answer = (bytes: Buffer, connection: number) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'query' && request.sql.startsWith('SELECT postern_')) return table(1, ['1']);
      return script.answer?.(bytes, connection) ?? 'close';
    };
    expect(await probe({ ...script, answer })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const bytes of ['220 smtp.example.org ESMTP\r\n', 'SSH-2.0-OpenSSH_9\r\n', '\x04\0\0\0abcd']) {
      expect(await probe({ greeting: () => Buffer.from(bytes, 'latin1') })).toMatchObject({ identified: false });
    }
  });
});

describe('the MySQL allow-list', () => {
  it('holds the dialogue and nothing near it', () => {
    const login = (user: string, proof: Uint8Array, plugin = 'mysql_native_password') =>
      allow.permitsBytes(handshakeResponse(1, user, proof, plugin, false));
    expect(login('root', Buffer.alloc(0))).toBe(true);
    expect(login('root', Buffer.alloc(1), 'caching_sha2_password')).toBe(true);
    expect(login('root', Buffer.alloc(20, 7))).toBe(false);
    expect(login('admin', Buffer.alloc(0))).toBe(false);
    expect(login('root', Buffer.alloc(0), 'mysql_clear_password')).toBe(false);
    expect(allow.permitsBytes(QUIT)).toBe(true);
    expect(allow.permitsBytes(comQuery(TABLES))).toBe(true);
    for (const sql of [
      'SELECT * FROM shop.customers',
      `${GRANTS};DROP TABLE x`,
      'SELECT postern_x; DROP',
      'SELECT 1',
      '',
    ]) {
      expect(allow.permitsBytes(comQuery(sql)), sql).toBe(false);
    }
    expect(allow.permitsBytes(packet(0, Buffer.from([8])))).toBe(false);
    expect(allow.permitsBytes(packet(3, Buffer.from('secret')))).toBe(false);
    expect(allow.permitsBytes(Buffer.concat([comQuery(GRANTS), comQuery('DROP TABLE x')]))).toBe(false);
    expect(controlAllow.permitsBytes(comQuery(GRANTS))).toBe(false);
    expect(controlQuery('abcd')).toBe('SELECT postern_abcd');
  });
});

describe('the MySQL control', () => {
  it('answers caching_sha2_password as the server computes it, and sends no password in clear', async () => {
    const sha = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
    const expected = sha('synthetic').map((byte, index) => byte ^ (sha(sha(sha('synthetic')), SALT)[index] ?? 0));
    const run = (fast: boolean, address = '127.0.0.1') => {
      const control = mysql.control;
      if (!control) throw new Error('no control');
      const context = scriptedContext(control.allow, {
        address,
        greeting: () => greeting('8.4.0', 'caching_sha2_password'),
        answer: (bytes) => {
          const request = decodeRequest(bytes);
          if (request?.kind === 'login') {
            if (!request.proof.equals(Buffer.from(expected))) return err(2, 1045, '28000');
            return fast ? Buffer.concat([packet(2, Buffer.from([1, 3])), ok(3)]) : packet(2, Buffer.from([1, 4]));
          }
          return request?.kind === 'proof' && request.bytes.toString() === 'synthetic\0'
            ? ok(4)
            : err(4, 1045, '28000');
        },
      });
      return control.run(context, { username: 'owner', password: 'synthetic' });
    };
    expect(await run(true, '192.0.2.1')).toBe(true);
    expect(await run(false)).toBe(true);
    await expect(run(false, '192.0.2.1')).rejects.toThrow(/in clear/);
  });
});

describe('grants', () => {
  it('are read as privileges; hashes and names are not looked at', () => {
    expect(
      parseGrants(["GRANT ALL PRIVILEGES ON *.* TO `root`@`%` IDENTIFIED BY PASSWORD '*F00D' WITH GRANT OPTION"]),
    ).toEqual({
      read: true,
      write: true,
      overridesReadOnly: true,
      roles: false,
    });
    expect(
      parseGrants(['GRANT USAGE ON *.* TO `a`@`b`', 'GRANT SELECT (`email`, `id`) ON `shop`.`c` TO `a`@`b`']),
    ).toMatchObject({
      read: true,
      write: false,
    });
    expect(parseGrants(['GRANT `reader`@`%` TO `a`@`b`'])).toMatchObject({ read: false, write: false, roles: true });
    expect(parseGrants([null, undefined, ''])).toMatchObject({ read: false, write: false });
  });
});
