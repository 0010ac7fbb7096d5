import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { cassandraAllow } from './allow.ts';
import { cqlOf, query } from './frames.ts';
import { cassandra } from './index.ts';
import { rightQuery } from './queries.ts';

function frame(opcode: number, body: Buffer): Buffer {
  const head = Buffer.from([0x84, 0, 0, 1, opcode, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 5);
  return Buffer.concat([head, body]);
}
const short = (text: string) => Buffer.concat([Buffer.from([0, Buffer.byteLength(text)]), Buffer.from(text)]);
const int = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const error = (code: number) => frame(0, Buffer.concat([int(code), short('refused')]));
/** Rows of text (native_protocol_v4.spec section 4.2.5.2). */
const rows = (...list: (string | Buffer)[][]) => {
  const columns = list[0]?.length ?? 1;
  const names = Array.from({ length: columns }, (_, n) => Buffer.concat([short(`c${n}`), Buffer.from([0, 0x0d])]));
  const cells = list.flat().map((value) => Buffer.concat([int(Buffer.from(value).length), Buffer.from(value)]));
  return frame(
    8,
    Buffer.concat([int(2), int(1), int(columns), short('k'), short('t'), ...names, int(list.length), ...cells]),
  );
};

function server(answer: (cql: string) => Buffer | undefined) {
  return scriptedContext(cassandra.allow, {
    answer: (request) => {
      if (request[4] === 5) return frame(6, Buffer.from([0, 0]));
      if (request[4] === 1) return frame(2, Buffer.alloc(0));
      const cql = cqlOf(request) ?? '';
      const made = answer(cql);
      if (made !== undefined) return made;
      if (cql.includes('postern_')) return error(0x2200);
      if (cql.includes('release_version')) return rows(['4.1.3']);
      if (cql.includes('columns'))
        return rows(['shop', 'someone@example.org', 'customer_id', 'partition_key', 'uuid', int(0)]);
      if (cql.includes('size_estimates'))
        return rows([
          'shop',
          'someone@example.org',
          Buffer.from('0000000000000010', 'hex'),
          Buffer.from('0000000000000008', 'hex'),
        ]);
      return error(0x2100);
    },
  });
}

describe('the Cassandra probe', () => {
  it('tells readable tables from unreadable ones where an authorizer decides', async () => {
    expect(await cassandra.probe(server(() => undefined))).toMatchObject({
      verdict: 'metadata-only',
      version: '4.1.3',
    });
    const seen = await cassandra.probe(server((cql) => (cql.includes('customer_id') ? rows() : undefined)));
    expect(seen).toMatchObject({ verdict: 'anonymous-read', documents: 16, bytes: 128 });
    expect(JSON.stringify(seen)).not.toContain('someone@');
  });

  it('estimates people by partitions where the partition key tells them apart', async () => {
    const context = { ...server(() => undefined), subjectFields: () => ['customer_id'] };
    expect((await cassandra.probe(context)).datasets[0]?.people).toEqual({
      count: 16,
      how: 'statistics',
      field: 'customer_id',
    });
  });

  it('doubts a server that knows a column that cannot exist', async () => {
    expect(await cassandra.probe(server((cql) => (cql.includes('postern_') ? rows() : undefined)))).toMatchObject({
      verdict: 'inconclusive',
    });
  });

  it('never asks for a row that exists', () => {
    const permits = (cql: string) => cassandraAllow.permitsBytes(query(cql));
    expect(permits(rightQuery('shop', 'a"b', ['x', 'y']))).toBe(true);
    for (const cql of [
      'SELECT * FROM shop.customers',
      'SELECT "a" FROM "b"."c" LIMIT 1',
      'SELECT "a" FROM "b"."c" WHERE token("d") > 9223372036854775807 LIMIT 1',
      'DROP KEYSPACE shop',
    ]) {
      expect(permits(cql), cql).toBe(false);
    }
  });
});
