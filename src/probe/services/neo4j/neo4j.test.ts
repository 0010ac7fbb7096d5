import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { boltAllow, neo4jAllow, posted } from './allow.ts';
import { runMessage } from './bolt.ts';
import { bolt } from './bolt-face.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const str = (value: string) => Buffer.concat([Buffer.from([0xd0, value.length]), Buffer.from(value)]);
const list = (...items: Buffer[]) => Buffer.concat([Buffer.from([0x90 | items.length]), ...items]);
const map = (entries: Record<string, Buffer>) =>
  Buffer.concat([
    Buffer.from([0xa0 | Object.keys(entries).length]),
    ...Object.entries(entries).flatMap(([key, value]) => [str(key), value]),
  ]);
const message = (tag: number, field: Buffer) => {
  const body = Buffer.concat([Buffer.from([0xb1, tag]), field]);
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body, Buffer.from([0, 0])]);
};
const success = (entries: Record<string, Buffer> = {}) => message(0x70, map(entries));
const record = (...items: Buffer[]) => message(0x71, list(...items));
const failure = (code: string) => message(0x7f, map({ code: str(code), message: str('planted') }));
const V50 = Buffer.from([0, 0, 0, 5]);

interface Shape {
  hello?: Buffer;
  agent?: string;
  access?: string;
  catchAll?: boolean;
}

function server({ hello, agent = 'Neo4j/5.26.10', access = 'read-write', catchAll = false }: Shape) {
  let last = '';
  const rows: readonly (readonly [statement: string, rows: Buffer[]])[] = [
    ['count(n)', [record(Buffer.from([4]))]],
    ['GRAPH COUNTS', [record(Buffer.from([0xc0]), Buffer.from([4])), record(str('Customer'), Buffer.from([3]))]],
    ['keys(n)', [record(list(str('Customer')), list(str('email'), str('4915112345678')))]],
    ['SHOW DATABASES', [record(str(access))]],
  ];
  return scriptedContext(boltAllow, {
    answer: (bytes) => {
      const text = bytes.toString('latin1');
      if (bytes[0] === 0x60) return V50;
      if (bytes[3] === 0x01) return hello ?? success({ server: str(agent), connection_id: str('bolt-1') });
      if (bytes[3] === 0x0f) return success();
      if (bytes[3] === 0x10) {
        last = text;
        return text.includes('POSTERN') && !catchAll ? failure('Neo.ClientError.Statement.SyntaxError') : success();
      }
      const found = rows.find(([statement]) => last.includes(statement))?.[1] ?? [];
      return Buffer.concat([...found, success()]);
    },
  });
}

describe('the Bolt dialogue', () => {
  it('tells labels, counts and fields of a server that asks nobody', async () => {
    const context = server({});
    const seen = await bolt.probe(context);
    expect(seen).toMatchObject({ verdict: 'anonymous-write', product: 'neo4j', version: '5.26.10', documents: 4 });
    expect(seen.datasets).toEqual([{ name: 'Customer', documents: 3, fields: ['*', 'email'] }]);
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('4915112345678');
  });

  it('knows Memgraph, and a read-only database', async () => {
    const agent = 'Neo4j/v5.11.0 compatible graph database server - Memgraph';
    expect(await bolt.probe(server({ agent }))).toMatchObject({ verdict: 'anonymous-write', product: 'memgraph' });
    expect(await bolt.probe(server({ access: 'read-only' }))).toMatchObject({ verdict: 'anonymous-read' });
  });

  it('takes a refused HELLO as secured', async () => {
    const context = server({ hello: failure('Neo.ClientError.Security.Unauthorized') });
    const seen = await bolt.probe(context);
    expect(seen).toMatchObject({ verdict: 'secured', datasets: [] });
    expect(JSON.stringify([seen, context.exchanges])).not.toContain('planted');
  });

  it('believes nobody who runs what is no statement', async () => {
    expect(await bolt.probe(server({ catchAll: true }))).toMatchObject({ verdict: 'inconclusive', datasets: [] });
  });

  it('leaves others alone, and answers that are cut or nested without end', async () => {
    for (const text of ['HTTP/1.1 400 Bad Request\r\n', '-ERR unknown\r\n', '\0\0\0\x09']) {
      const context = scriptedContext(boltAllow, { answer: () => Buffer.from(text, 'latin1') });
      expect(await bolt.probe(context)).toMatchObject({ identified: false });
    }
    for (const field of [
      Buffer.alloc(100, 0x91),
      Buffer.from([0xd6, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0xcb, 0]),
    ]) {
      expect(await bolt.probe(server({ hello: message(0x70, field) }))).toMatchObject({ identified: false });
    }
  });

  it('plans nothing that it refuses, and has no place for other statements', () => {
    for (const one of boltAllow.planned ?? []) expect('bytes' in one && boltAllow.permitsBytes(one.bytes)).toBe(true);
    for (const statement of [
      'MATCH (n) RETURN n',
      'CREATE (n)',
      "LOAD CSV FROM 'x' AS x RETURN x",
      'POSTERN x; CREATE',
    ]) {
      expect(boltAllow.permitsBytes(runMessage(statement))).toBe(false);
      expect(neo4jAllow.permitsPost?.('/db/neo4j/tx/commit', posted(statement))).toBe(false);
    }
  });
});

describe('the dialogue with Neo4j over HTTP', () => {
  async function ask(root: object, commit: (path: string) => Reply) {
    const server = await httpServer((path) => (path === '/' ? [200, root] : commit(path)));
    servers.push(server);
    return await askPort(server.port, 'neo4j');
  }
  const V5 = { neo4j_version: '5.26.10', neo4j_edition: 'community' };
  const errors = (code: string) => ({ results: [], errors: [{ code, message: 'planted' }] });

  it('takes a refusal as secured, also before 4.0', async () => {
    const refused: Reply = [401, errors('Neo.ClientError.Security.Unauthorized')];
    expect(await ask(V5, () => refused)).toMatchObject({ service: 'neo4j', verdict: 'secured', version: '5.26.10' });
    const old = await ask({ neo4j_version: '3.5.35' }, (path) => (path.startsWith('/db/data/') ? refused : [404]));
    expect(old).toMatchObject({ verdict: 'secured', version: '3.5.35' });
  });

  it('says metadata only where the control is refused as it must be, and counting is too', async () => {
    const result = await ask(V5, () => [200, errors('Neo.ClientError.Statement.SyntaxError')]);
    expect(result).toMatchObject({ verdict: 'metadata-only', datasets: [] });
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('believes nobody who runs what is no statement, and leaves others alone', async () => {
    expect(await ask(V5, () => [200, { results: [{ data: [{ row: [4] }] }], errors: [] }])).toMatchObject({
      verdict: 'inconclusive',
    });
    expect(await ask({}, () => [404])).toMatchObject({ verdict: 'unidentified' });
  });
});
