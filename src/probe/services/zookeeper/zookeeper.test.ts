import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { zookeeperAllow } from './allow.ts';
import { zookeeper } from './index.ts';
import { request } from './packets.ts';

const i32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const str = (value: string) => Buffer.concat([i32(Buffer.byteLength(value)), Buffer.from(value)]);
const packet = (...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([i32(body.length), body]);
};
const SESSION = packet(i32(0), i32(4_000), Buffer.alloc(8, 1), i32(16), Buffer.alloc(16, 7), Buffer.from([0]));
const reply = (xid: number, error: number, ...body: Buffer[]) => packet(i32(xid), Buffer.alloc(8), i32(error), ...body);
const STAT = Buffer.alloc(68);
const world = (rights: number) => Buffer.concat([i32(1), i32(rights), str('world'), str('anyone'), STAT]);

interface Shape {
  srvr?: string;
  session?: Buffer | 'close';
  exists?: number;
  /** Rights of everybody at the root; undefined: reading is refused. */
  rights?: number;
  names?: readonly string[];
}

function server({ srvr, session = SESSION, exists = -101, rights, names = ['brokers'] }: Shape) {
  const text = srvr ?? 'Zookeeper version: 3.8.0-x, built on 2024\nMode: standalone\nNode count: 12\n';
  return scriptedContext(zookeeperAllow, {
    answer: (bytes) => {
      const word = bytes.toString('latin1');
      if (word.startsWith('srvr')) return Buffer.from(text);
      if (word === 'mntr') return Buffer.from('mntr is not executed because it is not in the whitelist.\n');
      if (bytes.length === 49) return session;
      // closeSession
      if (bytes.length === 12) return 'close';
      const [xid, operation, root] = [bytes.readInt32BE(4), bytes.readInt32BE(8), bytes.readInt32BE(12) === 1];
      if (operation === 3) return reply(xid, exists);
      if (operation === 6) return rights === undefined ? reply(xid, -102) : reply(xid, 0, world(rights));
      if (rights === undefined) return reply(xid, -102);
      const list = root ? names : ['a', 'b'];
      return reply(xid, 0, i32(list.length), ...list.map(str), STAT);
    },
  });
}

describe('the ZooKeeper dialogue', () => {
  it('tells writing from the ACLs, and shows names that are values as patterns', async () => {
    const context = server({ rights: 31, names: ['brokers', 'zookeeper', 'jane@example.org'] });
    const seen = await zookeeper.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-write', version: '3.8.0', documents: 12 });
    expect(seen.datasets[0]).toEqual({ name: 'brokers', documents: 2, fields: [] });
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('jane');
  });

  it('calls a tree that may only be read readable, and one that may not secured', async () => {
    expect(await zookeeper.probe(server({ rights: 1 }))).toMatchObject({ verdict: 'anonymous-read' });
    expect(await zookeeper.probe(server({}))).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('takes closed and refused sessions as secured', async () => {
    expect(await zookeeper.probe(server({ session: 'close' }))).toMatchObject({ verdict: 'secured' });
    expect(await zookeeper.probe(server({ rights: 31, exists: -124 }))).toMatchObject({ verdict: 'secured' });
    const unlisted = 'srvr is not executed because it is not in the whitelist.\n';
    expect(await zookeeper.probe(server({ srvr: unlisted, session: 'close' }))).toMatchObject({ verdict: 'secured' });
  });

  it('believes nothing where a random node exists', async () => {
    expect(await zookeeper.probe(server({ rights: 31, exists: 0 }))).toMatchObject({
      verdict: 'inconclusive',
      datasets: [],
    });
  });

  it('leaves others alone', async () => {
    for (const text of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      '-ERR unknown\r\n',
      '\x7f\xff\xff\xff',
      '\0\0\0\x04\0\0\0\0',
    ]) {
      const context = scriptedContext(zookeeperAllow, { answer: () => Buffer.from(text, 'latin1') });
      expect(await zookeeper.probe(context)).toMatchObject({ identified: false });
    }
  });

  it('plans nothing that it refuses, and has no place for data, watches or writing', () => {
    for (const one of zookeeperAllow.planned ?? []) {
      expect('bytes' in one && zookeeperAllow.permitsBytes(one.bytes)).toBe(true);
    }
    const data = Buffer.from(request(1, 'children', '/brokers'));
    data.writeInt32BE(4, 8);
    const watch = Buffer.from(request(1, 'children', '/'));
    watch[watch.length - 1] = 1;
    for (const bytes of [data, watch, Buffer.from('dump'), Buffer.from('wchp'), request(1, 'exists', '/brokers')]) {
      expect(zookeeperAllow.permitsBytes(bytes)).toBe(bytes.equals(request(1, 'exists', '/brokers')));
    }
  });
});
