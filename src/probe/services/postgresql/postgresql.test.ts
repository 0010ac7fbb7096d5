import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Script, scriptedContext } from '../../testing/scripted.ts';
import { allow, controlAllow, SAFETY } from './allow.ts';
import { postgresql } from './index.ts';
import {
  authentication,
  decodeRequest,
  query,
  SSL_REQUEST,
  saslInitial,
  startupMessage,
  TERMINATE,
} from './messages.ts';
import { controlQuery, DATABASE_NAMES, DATABASES, RIGHTS, TABLES } from './queries.ts';

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
const asks = (kind: number, data: Uint8Array = Buffer.alloc(0)) =>
  message('R', Buffer.concat([Buffer.from([0, 0, 0, kind]), data]));
const error = (code: string, text = 'synthetic') => message('E', Buffer.from(`SFATAL\0C${code}\0M${text}\0\0`));
const ready = message('Z', Buffer.from('I'));
const row = (...values: (string | null)[]) =>
  message(
    'D',
    Buffer.concat([
      Buffer.from([0, values.length]),
      ...values.map((value) => {
        const length = Buffer.alloc(4);
        length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
        return Buffer.concat([length, Buffer.from(value ?? '')]);
      }),
    ]),
  );
const welcome = Buffer.concat([asks(0), message('S', Buffer.from('server_version\x0015.18 (Debian)\0')), ready]);

/** A server without TLS that answers start-up by `start` and queries by `answers` (rows), 42P01 to the control. */
function server(
  start: (parameters: [string, string][], connection: number) => Buffer,
  answers: Record<string, Buffer[]> = {},
) {
  const script: Script = {
    answer: (bytes, connection) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'ssl') return Buffer.from('N');
      if (request?.kind === 'startup') return start(request.parameters, connection);
      if (request?.type !== 'Q') return 'close';
      const sql = request.body.toString('utf8').slice(0, -1);
      const rows = answers[sql];
      return Buffer.concat([...(rows ?? [error('42P01')]), ready]);
    },
  };
  return scriptedContext(allow, script);
}

describe('the PostgreSQL probe', () => {
  it('walks the databases of a trusting server and adds up what it finds', async () => {
    const context = server(() => welcome, {
      [RIGHTS]: [row('f', 'f')],
      [DATABASES]: [row('postgres', '100'), row('shop', '900')],
      [TABLES]: [
        row('public', 'customers', '-1', '40', '4096', 't', 'f', 'id\u001femail'),
        row('private', 'vault', '9', '9', '10', 'f', 'f', 'x'),
      ],
    });
    const seen = await postgresql.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-read', version: '15.18', documents: 80, bytes: 1000 });
    expect(seen.datasets.map((dataset) => dataset.name)).toEqual([
      'postgres.public.customers',
      'shop.public.customers',
    ]);
    expect(seen.datasets[0]?.fields).toEqual(['id', 'email']);
    expect(context.sent.filter((bytes) => Buffer.from(TERMINATE).equals(bytes))).toHaveLength(2);
  });

  it.each([
    ['was never analysed', '-1', '40', 40],
    ['was never analysed, before 14', '0', '40', 40],
    ['was analysed before its rows were reported, and has them twice', '40', '80', 40],
    ['lost its statistics in a crash', '40', '0', 40],
    ['grew without being analysed again', '40', '4000', 4000],
  ])('tells how many rows a table has that %s', async (_what, estimate, live, rows) => {
    const context = server(() => welcome, {
      [RIGHTS]: [row('f', 'f')],
      [DATABASES]: [row('postgres', '100')],
      [TABLES]: [row('public', 'customers', estimate, live, '4096', 't', 'f', 'id')],
    });
    expect((await postgresql.probe(context)).documents).toBe(rows);
  });

  it('uses names alone where measuring the databases takes too long', async () => {
    const context = server(() => welcome, {
      [RIGHTS]: [row('t', 'f')],
      [DATABASES]: [error('57014')],
      [DATABASE_NAMES]: [row('postgres', null)],
      [TABLES]: [],
    });
    expect(await postgresql.probe(context)).toMatchObject({ verdict: 'anonymous-write', datasets: [] });
  });

  it('says that a superuser on a replica may read only', async () => {
    const context = server(() => welcome, { [RIGHTS]: [row('t', 't')], [DATABASES]: [], [TABLES]: [] });
    expect(await postgresql.probe(context)).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('takes any proof of identity that is asked as secured', async () => {
    for (const kind of [2, 3, 5, 7, 9, 10]) {
      expect(await postgresql.probe(server(() => asks(kind)))).toMatchObject({ verdict: 'secured', datasets: [] });
    }
  });

  it('takes a refused role as secured, and a busy or starting server as not tested', async () => {
    for (const code of ['28000', '28P01']) {
      expect(await postgresql.probe(server(() => error(code)))).toMatchObject({ verdict: 'secured' });
    }
    for (const code of ['53300', '57P03', 'XX000']) {
      expect(await postgresql.probe(server(() => error(code)))).toMatchObject({
        identified: true,
        verdict: 'inconclusive',
      });
    }
  });

  it('asks a pooler that refuses start-up options once more without them', async () => {
    const context = server((parameters) =>
      parameters.some(([name]) => name === 'options')
        ? error('08P01', 'unsupported startup parameter: options')
        : asks(10),
    );
    expect(await postgresql.probe(context)).toMatchObject({ verdict: 'secured' });
    expect(context.opened()).toBe(2);
  });

  it('falls back to template1 where the database postgres does not exist', async () => {
    const context = server(
      (parameters) =>
        parameters.some(([name, value]) => name === 'database' && value === 'postgres')
          ? Buffer.concat([asks(0), error('3D000')])
          : welcome,
      { [RIGHTS]: [row('t', 'f')], [DATABASES]: [row('shop', '1')], [TABLES]: [] },
    );
    expect(await postgresql.probe(context)).toMatchObject({ verdict: 'anonymous-write' });
  });

  it('doubts a server that knows a relation that does not exist', async () => {
    const context = server(() => welcome, { [controlQuery('abcdef0123456789')]: [row('1')] });
    expect(await postgresql.probe(context)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const answer of ['HTTP/1.1 400', '-ERR unknown\r\n', 'J\0\0\0\n8.0.36']) {
      const context = scriptedContext(allow, { answer: () => Buffer.from(answer) });
      expect(await postgresql.probe(context)).toMatchObject({ identified: false });
    }
  });
});

describe('the PostgreSQL allow-list', () => {
  it('holds the dialogue and nothing near it', () => {
    const start = (parameters: Record<string, string>) => allow.permitsBytes(startupMessage(parameters));
    expect(allow.permitsBytes(SSL_REQUEST)).toBe(true);
    expect(start({ user: 'postgres', database: 'shop', options: SAFETY })).toBe(true);
    expect(start({ user: 'postgres', database: 'shop' })).toBe(true);
    expect(start({ user: 'admin', database: 'shop' })).toBe(false);
    expect(start({ user: 'postgres', database: 'shop', options: '-c default_transaction_read_only=off' })).toBe(false);
    expect(start({ user: 'postgres', database: 'shop', options: SAFETY, replication: 'true' })).toBe(false);
    expect(start({ user: 'postgres' })).toBe(false);
    expect(allow.permitsBytes(query(TABLES))).toBe(true);
    for (const sql of [
      'SELECT * FROM customers',
      `${TABLES};`,
      `${TABLES}; DROP TABLE x`,
      'SELECT 1',
      '',
      controlQuery('a; DROP'),
    ]) {
      expect(allow.permitsBytes(query(sql)), sql).toBe(false);
    }
    expect(allow.permitsBytes(Buffer.concat([query(TABLES), query('DROP TABLE x')]))).toBe(false);
    expect(allow.permitsBytes(authentication(Buffer.from('guess\0')))).toBe(false);
    expect(allow.permitsBytes(Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe(false);
  });

  it('lets the control log in and do nothing else', () => {
    expect(controlAllow.permitsBytes(startupMessage({ user: 'owner', database: 'postgres' }))).toBe(true);
    expect(controlAllow.permitsBytes(saslInitial('SCRAM-SHA-256', 'n,,n=,r=x'))).toBe(true);
    expect(controlAllow.permitsBytes(query(TABLES))).toBe(false);
  });
});

describe('the PostgreSQL control', () => {
  const run = (script: Script, username = 'owner', password = 'synthetic') => {
    const control = postgresql.control;
    if (!control) throw new Error('no control');
    return control.run(scriptedContext(control.allow, script), { username, password });
  };

  it('answers an MD5 challenge as the documentation says', async () => {
    const salt = Buffer.from([1, 2, 3, 4]);
    const inner = createHash('md5').update('syntheticowner').digest('hex');
    const expected = `md5${createHash('md5').update(inner).update(salt).digest('hex')}\0`;
    const answer = (bytes: Buffer) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'ssl') return Buffer.from('N');
      if (request?.kind === 'startup') return asks(5, salt);
      return request?.kind === 'typed' && request.body.toString() === expected ? asks(0) : error('28P01');
    };
    expect(await run({ answer })).toBe(true);
    expect(await run({ answer }, 'owner', 'wrong')).toBe(false);
  });

  it('sends no password in clear to another host', async () => {
    const answer = (bytes: Buffer) => (decodeRequest(bytes)?.kind === 'ssl' ? Buffer.from('N') : asks(3));
    await expect(run({ answer, address: '192.0.2.1' })).rejects.toThrow(/in clear/);
  });

  it('does not work a million rounds for a hostile server', async () => {
    const answer = (bytes: Buffer) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'ssl') return Buffer.from('N');
      if (request?.kind === 'startup') return asks(10, Buffer.from('SCRAM-SHA-256\0\0'));
      return asks(11, Buffer.from('r=abcdef0123456789x,s=c2FsdHNhbHQ=,i=9999999'));
    };
    await expect(run({ answer })).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });
});
