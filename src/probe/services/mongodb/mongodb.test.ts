import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { allow, controlAllow } from './allow.ts';
import { type Doc, decodeDocument, encodeDocument, type Plain } from './bson.ts';
import { mongodb } from './index.ts';
import { decodeRequest, encodeRequest } from './wire.ts';

type Answer = Record<string, Plain>;

/** Arrays are documents with numeric names and another type byte; only the tests need to write them. */
function withArrays(document: Answer, arrays: readonly string[]): Buffer {
  const bytes = encodeDocument(document);
  for (const name of arrays) {
    const at = bytes.indexOf(Buffer.from(`\x03${name}\0`));
    if (at < 0) throw new Error(`no ${name}`);
    bytes[at] = 0x04;
  }
  return bytes;
}

function reply(request: Buffer, document: Buffer): Buffer {
  const isMsg = request.readInt32LE(12) === 2013;
  const body = isMsg
    ? Buffer.concat([Buffer.alloc(5), document])
    : Buffer.concat([Buffer.alloc(16), Buffer.from([1, 0, 0, 0]), document]);
  const head = Buffer.alloc(16);
  head.writeInt32LE(body.length + 16, 0);
  head.writeInt32LE(request.readInt32LE(4), 8);
  head.writeInt32LE(isMsg ? 2013 : 1, 12);
  return Buffer.concat([head, body]);
}

const HELLO = { isWritablePrimary: true, maxWireVersion: 17, ok: 1 };
const UNAUTHORIZED = encodeDocument({ ok: 0, errmsg: 'command requires authentication', code: 13 });
const NOT_FOUND = encodeDocument({ ok: 0, errmsg: 'no such command', code: 59 });

const OPEN: Record<string, Buffer> = {
  hello: encodeDocument(HELLO),
  isMaster: encodeDocument({ ismaster: true, maxWireVersion: 4, ok: 1 }),
  buildInfo: encodeDocument({ version: '7.0.12', ok: 1 }),
  listDatabases: withArrays(
    { databases: { 0: { name: 'admin', sizeOnDisk: 10 }, 1: { name: 'shop', sizeOnDisk: 900 } }, ok: 1 },
    ['databases'],
  ),
  listCollections: withArrays(
    { cursor: { firstBatch: { 0: { name: 'customers', type: 'collection' }, 1: { name: 'v', type: 'view' } } }, ok: 1 },
    ['firstBatch'],
  ),
  collStats: encodeDocument({ count: 12, size: 800, ok: 1 }),
  listIndexes: withArrays(
    { cursor: { firstBatch: { 0: { key: { _id: 1 } }, 1: { key: { email: 1, 'address.city': 1 } } } }, ok: 1 },
    ['firstBatch'],
  ),
  connectionStatus: withArrays({ authInfo: { authenticatedUsers: {} }, ok: 1 }, ['authenticatedUsers']),
  getCmdLineOpts: encodeDocument({ ok: 1 }),
};

function server(answers: Record<string, Buffer>, speaks: { msg: boolean } = { msg: true }) {
  return scriptedContext(allow, {
    answer: (bytes) => {
      const request = decodeRequest(bytes);
      if (!request || (request.dialect === 'msg' && !speaks.msg)) return 'close';
      return reply(bytes, answers[[...request.command.keys()][0] ?? ''] ?? NOT_FOUND);
    },
  });
}

describe('the MongoDB probe', () => {
  it('takes the documents for people where a unique index is on what tells them apart', async () => {
    const indexed = (unique: boolean) =>
      withArrays({ cursor: { firstBatch: { 0: { key: { email: 1 }, unique } } }, ok: 1 }, ['firstBatch']);
    const people = async (unique: boolean) => {
      const context = { ...server({ ...OPEN, listIndexes: indexed(unique) }), subjectFields: () => ['email'] };
      return (await mongodb.probe(context)).datasets[0]?.people;
    };
    expect(await people(true)).toEqual({ count: 12, how: 'records', field: 'email' });
    expect(await people(false)).toBeUndefined();
  });

  it('finds an open server, its counts and the names of its indexed fields', async () => {
    expect(await mongodb.probe(server(OPEN))).toMatchObject({
      verdict: 'anonymous-write',
      version: '7.0.12',
      product: 'mongodb',
      documents: 12,
      bytes: 800,
      datasets: [{ name: 'shop.customers', documents: 12, bytes: 800, fields: ['email', 'address.city'] }],
    });
  });

  it('takes code 13 as secured, and keeps the version', async () => {
    const seen = await mongodb.probe(server({ ...OPEN, listDatabases: UNAUTHORIZED }));
    expect(seen).toMatchObject({ verdict: 'secured', version: '7.0.12', datasets: [] });
  });

  it('is not deceived by the empty list of a secured server', async () => {
    const empty = withArrays({ databases: {}, ok: 1 }, ['databases']);
    const seen = await mongodb.probe(server({ ...OPEN, listDatabases: empty, listCollections: UNAUTHORIZED }));
    expect(seen).toMatchObject({ verdict: 'secured' });
  });

  it('does not claim writing where access control may be on', async () => {
    const seen = await mongodb.probe(server({ ...OPEN, getCmdLineOpts: UNAUTHORIZED }));
    expect(seen).toMatchObject({ verdict: 'anonymous-read' });
    expect(seen.notTested).toContain('writing');
  });

  it('calls a secondary readable and its primary not tested', async () => {
    const secondary = encodeDocument({ ...HELLO, isWritablePrimary: false });
    expect(await mongodb.probe(server({ ...OPEN, hello: secondary }))).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('speaks OP_QUERY to servers that close on OP_MSG', async () => {
    const context = server({ ...OPEN, buildInfo: encodeDocument({ version: '3.4.24', ok: 1 }) }, { msg: false });
    expect(await mongodb.probe(context)).toMatchObject({ verdict: 'anonymous-write', version: '3.4.24' });
    expect(context.opened()).toBe(2);
  });

  it('doubts a server that accepts a command that does not exist', async () => {
    const fake = scriptedContext(allow, {
      answer: (bytes) => {
        const name = [...(decodeRequest(bytes)?.command.keys() ?? [])][0] ?? '';
        return reply(bytes, OPEN[name] ?? encodeDocument({ ok: 1 }));
      },
    });
    expect(await mongodb.probe(fake)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const answer of [
      'HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nIt looks like',
      '-ERR unknown command \r\n\r\n',
    ]) {
      const context = scriptedContext(allow, { answer: () => Buffer.from(answer) });
      expect(await mongodb.probe(context)).toMatchObject({ identified: false });
    }
  });
});

describe('the MongoDB allow-list', () => {
  it('holds the dialogue and nothing near it', () => {
    const permits = (command: Record<string, Plain>, database = 'shop') =>
      allow.permitsBytes(encodeRequest('msg', 1, database, command)) &&
      allow.permitsBytes(encodeRequest('query', 1, database, command));
    expect(permits({ hello: 1 }, 'admin')).toBe(true);
    expect(permits({ hello: 1 })).toBe(false);
    expect(permits({ collStats: 'customers', maxTimeMS: 2000 })).toBe(true);
    expect(permits({ count: 'customers', maxTimeMS: 2000 })).toBe(true);
    for (const command of [
      { find: 'customers' },
      { insert: 'customers' },
      { aggregate: 'customers' },
      { drop: 'customers' },
      { dropDatabase: 1 },
      { eval: 'x' },
      { getLog: 'global' },
      { count: 'customers', query: { email: 'x' }, maxTimeMS: 2000 },
      { maxTimeMS: 2000, count: 'customers' },
      { listDatabases: 1, nameOnly: false, filter: {} },
      { shutdown: 1 },
    ] as readonly Record<string, Plain>[]) {
      expect(permits(command), Object.keys(command)[0]).toBe(false);
    }
    expect(permits({ hello: 2 }, 'admin')).toBe(false);
    expect(permits({ hello: 1, comment: 'x' }, 'admin')).toBe(false);
    const two = encodeRequest('msg', 1, 'admin', { hello: 1 });
    expect(allow.permitsBytes(Buffer.concat([two, two]))).toBe(false);
    const flagged = Buffer.from(two);
    flagged[16] = 2;
    expect(allow.permitsBytes(flagged)).toBe(false);
    expect(controlAllow.permitsBytes(two)).toBe(false);
  });
});

describe('BSON', () => {
  it('survives a round trip, nested and binary', () => {
    const decoded = decodeDocument(encodeDocument({ a: 'é', b: 7, c: true, d: { e: Buffer.from([1, 2]) } }));
    expect(decoded.get('a')).toBe('é');
    expect(decoded.get('b')).toBe(7);
    expect(decoded.get('c')).toBe(true);
    expect((decoded.get('d') as Doc).get('e')).toEqual(Buffer.from([1, 2]));
  });
});
