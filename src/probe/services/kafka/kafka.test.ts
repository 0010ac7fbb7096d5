/**
 * The broker's protocol against scripts; the REST services against answers recorded from the API references of Schema
 * Registry, REST Proxy (docs.confluent.io) and Connect (kafka.apache.org/documentation/#connect_rest).
 */
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { kafkaAllow, kafkaHttpAllow } from './allow.ts';
import { kafka } from './index.ts';
import { listOffsetsRequest, metadataRequest } from './packets.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const i16 = (value: number) => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const i32 = (value: number) => Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]);
const str = (value: string) => Buffer.concat([i16(value.length), Buffer.from(value)]);
const answer = (id: number, ...body: Buffer[]) => {
  const rest = Buffer.concat([i32(id), ...body]);
  return Buffer.concat([i32(rest.length), rest]);
};
const RANGES = [0, 1, 2, 3, 17, 18, 29].map((key) => Buffer.concat([i16(key), i16(0), i16(key === 1 ? 17 : 12)]));
const versions = (id: number) => answer(id, i16(0), i32(RANGES.length), ...RANGES);

interface Shape {
  topics?: readonly (readonly [name: string, rights: number])[];
  acls?: number;
  control?: number;
}

/** A broker of one node, whose topics have one partition with the offsets 5 to 12. */
function broker({ topics = [['orders', 0]], acls = 54, control = 3 }: Shape) {
  return scriptedContext(kafkaAllow, {
    answer: (request) => {
      const [key, id] = [request.readInt16BE(4), request.readInt32BE(8)];
      if (key === 18) return versions(id);
      if (key === 29) return answer(id, i32(0), i16(acls), i16(-1), i32(0));
      if (key === 2) {
        const [topic, latest] = [str('orders'), request.at(-1) === 0xff];
        return answer(id, i32(1), topic, i32(1), i32(0), i16(0), i32(-1), i32(-1), i32(0), i32(latest ? 12 : 5));
      }
      const one = request.readInt32BE(21) === 1;
      const all = one ? [['x', 0] as const] : topics;
      const list = all.map(([name, rights]) => {
        const partition = [i16(0), i32(0), i32(1), i32(0), i32(1), i32(1), i32(1), i32(1), i32(0)];
        const partitions = one ? [i32(0)] : [i32(1), ...partition];
        return Buffer.concat([i16(one ? control : 0), str(name), Buffer.from([0]), ...partitions, i32(rights)]);
      });
      const node = [i32(1), i32(1), str('planted-host.example.org'), i32(9092), i16(-1)];
      return answer(id, i32(0), ...node, str('cluster'), i32(1), i32(list.length), ...list, i32(0));
    },
  });
}

describe('the Kafka dialogue', () => {
  it('takes a missing authorizer as open to reading and writing, and counts messages', async () => {
    const context = broker({
      topics: [
        ['orders', 0],
        ['jane@example.org', 0],
      ],
    });
    const seen = await kafka.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-write', version: '3.9', documents: 7 });
    expect(seen.datasets[0]).toEqual({ name: 'orders', documents: 7, fields: [] });
    expect(JSON.stringify([seen, context.exchanges])).not.toMatch(/jane|planted/);
  });

  it.each([
    ['anonymous-write', 1 << 4],
    ['anonymous-read', 1 << 3],
    ['metadata-only', 1 << 8],
  ])('tells %s from the rights that Metadata tells', async (verdict, rights) => {
    expect(await kafka.probe(broker({ topics: [['orders', rights]], acls: 31 }))).toMatchObject({ verdict });
  });

  it('calls a cluster whose topics are all hidden secured', async () => {
    expect(await kafka.probe(broker({ topics: [], acls: 31, control: 29 }))).toMatchObject({ verdict: 'secured' });
  });

  it('believes nothing where a random topic exists', async () => {
    expect(await kafka.probe(broker({ control: 0 }))).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('takes a broker that closes and offers SASL as secured', async () => {
    const context = scriptedContext(kafkaAllow, {
      answer: (request) => {
        const [key, id] = [request.readInt16BE(4), request.readInt32BE(8)];
        if (key === 18) return versions(id);
        return key === 17 ? answer(id, i16(33), i32(1), str('SCRAM-SHA-512')) : 'close';
      },
    });
    expect(await kafka.probe(context)).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '-ERR unknown command\r\n',
    '\0\0\0\x04\0\0\0\x01',
    '\x7f\xff\xff\xff\0\0\0\x01',
  ])('leaves %j to others', async (bytes) => {
    const context = scriptedContext(kafkaAllow, { answer: () => Buffer.from(bytes, 'latin1') });
    expect(await kafka.probe(context)).toMatchObject({ identified: false });
  });

  it('has no place for topics that would be created, other requests, or a login', () => {
    const created = Buffer.from(metadataRequest(1, 8, 'x3f9c1d27ab84e05'));
    created[created.length - 3] = 1;
    const fetch = Buffer.from(listOffsetsRequest(1, 'orders', [0], -1n));
    fetch.writeInt16BE(1, 4);
    for (const bytes of [created, fetch, Buffer.alloc(0), Buffer.alloc(300, 0xff)]) {
      expect(kafkaAllow.permitsBytes(bytes)).toBe(false);
    }
    for (const { bytes } of (kafkaAllow.planned ?? []).flatMap((one) => ('bytes' in one ? [one] : []))) {
      expect(kafkaAllow.permitsBytes(bytes)).toBe(true);
    }
  });
});

async function ask(answers: Readonly<Record<string, Reply>>, other: Reply = [404, { error_code: 404 }]) {
  const server = await httpServer((path) => answers[path] ?? other);
  servers.push(server);
  return await askPort(server.port, 'kafka');
}

describe('the dialogue with Kafka’s REST services', () => {
  const registry = {
    '/': [200, {}],
    '/subjects': [200, ['orders-value', 'jane@example.org-value']],
    '/v1/metadata/version': [200, { version: '7.6.0', commitId: 'x' }],
    '/mode': [200, { mode: 'READWRITE' }],
  } as const;

  it('tells a registry that takes schemas from one that does not', async () => {
    const result = await ask(registry);
    expect(result).toMatchObject({ verdict: 'anonymous-write', product: 'schema-registry', version: '7.6.0' });
    expect(result.datasets[0]).toEqual({ name: 'orders-value', fields: [] });
    expect(JSON.stringify(result)).not.toContain('jane');
    expect(await ask({ ...registry, '/mode': [200, { mode: 'READONLY' }] })).toMatchObject({
      verdict: 'anonymous-read',
    });
  });

  it('knows Connect, which asks nobody, and the REST Proxy', async () => {
    const connect = {
      '/': [200, { version: '3.9.1', kafka_cluster_id: 'x' }],
      '/connectors': [200, ['sink']],
    } as const;
    expect(await ask(connect)).toMatchObject({ verdict: 'anonymous-write', product: 'connect', version: '3.9.1' });
    const proxy = { '/': [200, {}], '/topics': [200, ['orders']] } as const;
    expect(await ask(proxy)).toMatchObject({ verdict: 'metadata-only', product: 'kafka-rest' });
  });

  it('takes a refusal as secured, and a catch-all as nothing', async () => {
    // connect/basic-auth-extension/…/JaasBasicAuthFilter.java of apache/kafka
    expect(await ask({}, [401, 'User cannot access the resource.'])).toMatchObject({
      product: 'connect',
      verdict: 'secured',
    });
    expect(await ask({}, [401, { error_code: 401, message: 'Unauthorized' }])).toMatchObject({ verdict: 'secured' });
    expect(await ask({ ...registry }, [200, []])).toMatchObject({ verdict: 'inconclusive' });
    expect(await ask({}, [200, '<html></html>'])).toMatchObject({ verdict: 'unidentified' });
  });

  it.each(['/connectors/sink/config', '/subjects/orders-value/versions/1', '/topics/orders', '/consumers'])(
    'has no place for %s',
    (path) => {
      expect(kafkaHttpAllow.permitsHttp('GET', path)).toBe(false);
    },
  );
});
