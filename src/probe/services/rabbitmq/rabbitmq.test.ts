import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { amqpAllow, managementAllow } from './allow.ts';
import { rabbitmq } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const i32 = (value: number) => Buffer.from([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]);
const long = (value: string | Buffer) => Buffer.concat([i32(value.length), Buffer.from(value)]);
const named = (name: string, letter: string, value: Buffer) =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name + letter), value]);

/** Connection.Start as RabbitMQ sends it. */
function start(mechanisms: string, product = 'RabbitMQ'): Buffer {
  const capabilities = long(named('basic.nack', 't', Buffer.from([1])));
  const properties = Buffer.concat([
    named('capabilities', 'F', capabilities),
    named('cluster_name', 'S', long('rabbit@planted-host')),
    named('product', 'S', long(product)),
    named('version', 'S', long('3.10.8')),
  ]);
  const method = Buffer.concat([
    i32(0x000a000a),
    Buffer.from([0, 9]),
    long(properties),
    long(mechanisms),
    long('en_US'),
  ]);
  return Buffer.concat([Buffer.from([1, 0, 0]), i32(method.length), method, Buffer.from([0xce])]);
}

const probe = (answer: Buffer) => rabbitmq.probe(scriptedContext(amqpAllow, { answer: () => answer }));

describe('the AMQP dialogue', () => {
  it('tells product and version, and that credentials are asked for', async () => {
    const seen = await probe(start('PLAIN AMQPLAIN'));
    expect(seen).toMatchObject({ verdict: 'secured', product: 'rabbitmq', version: '3.10.8' });
    expect(JSON.stringify(seen)).not.toContain('planted');
  });

  it('does not call an offered ANONYMOUS login open, nor closed', async () => {
    expect(await probe(start('ANONYMOUS PLAIN'))).toMatchObject({ identified: true, verdict: 'inconclusive' });
  });

  it('knows a broker of another version', async () => {
    expect(await probe(Buffer.from('AMQP\x03\x01\x00\x00'))).toMatchObject({
      identified: true,
      verdict: 'inconclusive',
    });
  });

  it('leaves others alone, and answers that are cut or lie about their length', async () => {
    const cut = start('PLAIN');
    cut.writeUInt32BE(0xffff, 13);
    for (const answer of [Buffer.from('HTTP/1.1 400 Bad Request\r\n'), Buffer.from('-ERR unknown\r\n'), cut]) {
      expect(await probe(answer)).toMatchObject({ identified: false });
    }
  });
});

describe('the dialogue with RabbitMQ’s management', () => {
  async function ask(answer: (path: string) => Reply | undefined) {
    const server = await httpServer(answer);
    servers.push(server);
    return await askPort(server.port, 'rabbitmq');
  }
  const refusal: Reply = [
    401,
    { error: 'not_authorised', reason: 'Login failed' },
    { 'www-authenticate': 'Basic realm="RabbitMQ Management"' },
  ];

  it('takes its refusal as secured, and tries no login', async () => {
    const result = await ask(() => refusal);
    expect(result).toMatchObject({ service: 'rabbitmq', verdict: 'secured', datasets: [] });
    expect(result.notTested.join()).toContain('guest');
  });

  it('judges a front that logs everybody in by who everybody is', async () => {
    const overview = { rabbitmq_version: '3.10.8', object_totals: { queues: 2 }, queue_totals: { messages: 12 } };
    const front =
      (tags: string[]) =>
      (path: string): Reply | undefined => {
        if (path === '/api/overview') return [200, overview];
        return path === '/api/whoami' ? [200, { name: 'planted', tags }] : undefined;
      };
    const admin = await ask(front(['administrator']));
    expect(admin).toMatchObject({
      verdict: 'anonymous-write',
      documents: 12,
      datasets: [{ name: 'queues', documents: 2 }],
    });
    expect(JSON.stringify(admin)).not.toContain('planted');
    expect(await ask(front(['monitoring']))).toMatchObject({ verdict: 'anonymous-read' });
    expect(await ask(() => [200, overview])).toMatchObject({ verdict: 'inconclusive' });
    expect(await ask(() => [200, {}])).toMatchObject({ verdict: 'unidentified' });
  });

  it.each(['/api/definitions', '/api/queues/%2F/q/get', '/api/users', '/api/connections'])(
    'has no place for %s',
    (path) => {
      expect(managementAllow.permitsHttp('GET', path)).toBe(false);
    },
  );
});
