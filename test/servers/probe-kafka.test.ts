import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, freePort } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const LIB = new URL('../../.cache/servers/kafka/lib', import.meta.url).pathname;
const java = requireServer('kafka', existsSync(LIB) ? ['java'] : ['kafka-server-start.sh']);
const CLASSPATH = `${LIB}/*`;
const running = fleet();
afterAll(() => running.stop());

/** One node in KRaft mode. The advertised listener leads nowhere: it must never be followed. */
async function start(
  protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT',
  config: readonly string[] = [],
): Promise<number> {
  const [controller, inner] = [await freePort(), await freePort()];
  const { port } = await running.start({
    name: 'kafka',
    command: java ?? '',
    readyWithin: 60_000,
    args: (port, folder) => {
      const file = join(folder, 'server.properties');
      const lines = [
        'process.roles=broker,controller',
        'node.id=1',
        `controller.quorum.voters=1@127.0.0.1:${controller}`,
        'controller.listener.names=CONTROLLER',
        'inter.broker.listener.name=INNER',
        `listeners=OUTER://127.0.0.1:${port},INNER://127.0.0.1:${inner},CONTROLLER://127.0.0.1:${controller}`,
        `advertised.listeners=OUTER://192.0.2.1:9092,INNER://127.0.0.1:${inner}`,
        `listener.security.protocol.map=OUTER:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
        `log.dirs=${join(folder, 'data')}`,
        'offsets.topic.replication.factor=1',
        'num.partitions=2',
        ...config,
      ];
      if (protocol === 'SSL') {
        const { key, cert } = certificate(folder);
        const pem = join(folder, 'server.pem');
        writeFileSync(pem, `${readFileSync(key, 'utf8')}${readFileSync(cert, 'utf8')}`);
        lines.push('ssl.keystore.type=PEM', `ssl.keystore.location=${pem}`);
      }
      if (protocol === 'SASL_PLAINTEXT') {
        const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_owner="synthetic-owner";';
        lines.push('sasl.enabled.mechanisms=PLAIN', `listener.name.outer.plain.sasl.jaas.config=${jaas}`);
      }
      writeFileSync(file, lines.join('\n'));
      const storage = [
        '-cp',
        CLASSPATH,
        'kafka.tools.StorageTool',
        'format',
        '-t',
        'AAAAAAAAAAAAAAAAAAAAAQ',
        '-c',
        file,
      ];
      execFileSync(java ?? '', storage, { stdio: 'ignore' });
      return ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', CLASSPATH, 'kafka.Kafka', file];
    },
  });
  // The owner's own doings go through the inner listener.
  inners.set(port, inner);
  return port;
}

const inners = new Map<number, number>();

function tool(port: number, main: string, args: readonly string[], input = ''): void {
  const list = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', CLASSPATH, main];
  const server = ['--bootstrap-server', `127.0.0.1:${inners.get(port)}`];
  execFileSync(java ?? '', [...list, ...server, ...args], { input, stdio: ['pipe', 'ignore', 'ignore'] });
}

function fill(port: number): void {
  tool(port, 'org.apache.kafka.tools.TopicCommand', ['--create', '--topic', 'orders']);
  tool(port, 'org.apache.kafka.tools.TopicCommand', ['--create', '--topic', 'mail-user-4915112345678']);
  tool(port, 'kafka.tools.ConsoleProducer', ['--topic', 'orders'], 'planted-janedoe\nplanted-2\nplanted-3\n');
}

const AUTHORIZER = [
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users=User:nobody',
  'allow.everyone.if.no.acl.found=true',
];
const ACLS = 'kafka.admin.AclCommand';

describe.skipIf(!java)('a real Kafka', () => {
  it('as it comes is open to reading and writing, with topics and counts', async () => {
    const port = await start('PLAINTEXT');
    await askWhenReady(port, 'kafka');
    fill(port);
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'kafka', verdict: 'anonymous-write', version: '3.9', documents: 3 });
    expect(result.datasets).toContainEqual({ name: 'orders', documents: 3, fields: [] });
    expect(result.datasets).toHaveLength(2);
    expect(JSON.stringify(result)).not.toMatch(/planted|janedoe|4915112345678/);
    expect(await foreignBytes('kafka', port)).toBeUndefined();
  }, 90_000);

  it('with ACLs is judged by what they give strangers', async () => {
    const port = await start('PLAINTEXT', AUTHORIZER);
    await askWhenReady(port, 'kafka');
    fill(port);
    const grant = (...what: string[]) => tool(port, ACLS, ['--add', '--allow-principal', 'User:ANONYMOUS', ...what]);
    const deny = (...what: string[]) =>
      tool(port, ACLS, ['--add', '--deny-principal', 'User:ANONYMOUS', '--deny-host', '127.0.0.9', ...what]);
    deny('--operation', 'Read', '--topic', '*');
    grant('--operation', 'Read', '--topic', 'orders');
    const reads = await askPort(port, 'kafka');
    expect(reads, reads.reason).toMatchObject({ verdict: 'anonymous-read', documents: 3 });
    expect(reads.datasets).toMatchObject([{ name: 'orders' }]);
    grant('--operation', 'Write', '--topic', 'orders');
    expect(await askPort(port, 'kafka')).toMatchObject({ verdict: 'anonymous-write' });
  }, 120_000);

  it('that asks for SASL is secured', async () => {
    const result = await askWhenReady(await start('SASL_PLAINTEXT'), 'kafka');
    expect(result).toMatchObject({ service: 'kafka', verdict: 'secured', datasets: [] });
    expect(result.reason).toContain('PLAIN');
  }, 90_000);

  it('is read over TLS', async () => {
    const port = await start('SSL');
    expect(await askWhenReady(port, 'kafka')).toMatchObject({ verdict: 'anonymous-write', datasets: [] });
    expect(await askPort(port)).toMatchObject({ service: 'kafka', verdict: 'anonymous-write' });
  }, 90_000);
});
