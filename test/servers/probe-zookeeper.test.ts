import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet, foreignBytes } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const JAR = '/usr/share/java/zookeeper.jar';
const java = requireServer('zookeeper', existsSync(JAR) ? ['java'] : ['zkServer.sh']);
const JARS = [
  'zookeeper',
  'zookeeper-jute',
  'slf4j-api',
  'slf4j-nop',
  ...['common', 'buffer', 'handler', 'transport', 'codec', 'resolver'].map((part) => `netty-${part}`),
  ...['native-epoll', 'native-unix-common'].map((part) => `netty-transport-${part}`),
  'commons-cli',
  'commons-io',
  'metrics-core',
  'snappy-java',
  'jackson-databind',
  'jackson-core',
  'jackson-annotations',
];
const CLASSPATH = `${JARS.map((name) => `/usr/share/java/${name}.jar`).join(':')}`;
const running = fleet();
afterAll(() => running.stop());

async function start(config: readonly string[] = [], secure = false): Promise<number> {
  const { port } = await running.start({
    name: 'zookeeper',
    command: java ?? '',
    args: (port, folder) => {
      const file = join(folder, 'zoo.cfg');
      const lines = [`dataDir=${folder}`, 'admin.enableServer=false', 'clientPortAddress=127.0.0.1', ...config];
      const options: string[] = ['-Xmx128m'];
      if (secure) {
        const { key, cert } = certificate(folder);
        const store = join(folder, 'server.pem');
        writeFileSync(store, `${readFileSync(key, 'utf8')}${readFileSync(cert, 'utf8')}`);
        lines.push(`secureClientPort=${port}`, 'secureClientPortAddress=127.0.0.1', 'ssl.clientAuth=none');
        lines.push('serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory');
        lines.push(`ssl.keyStore.location=${store}`, 'ssl.keyStore.type=PEM');
        lines.push(`ssl.trustStore.location=${cert}`, 'ssl.trustStore.type=PEM');
        lines.splice(lines.indexOf('clientPortAddress=127.0.0.1'), 1);
      } else lines.push(`clientPort=${port}`);
      writeFileSync(file, lines.join('\n'));
      return [...options, '-cp', CLASSPATH, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', file];
    },
  });
  return port;
}

/** The owner's shell. */
function shell(port: number, ...commands: string[]): string {
  const main = 'org.apache.zookeeper.ZooKeeperMain';
  return execFileSync(java ?? '', ['-cp', CLASSPATH, main, '-server', `127.0.0.1:${port}`], {
    input: `${commands.join('\n')}\nquit\n`,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString();
}

const TREE = [
  'create /brokers planted-value',
  'create /brokers/ids planted-value',
  'create /jane.doe@example.org planted-value',
];

describe.skipIf(!java)('a real ZooKeeper', () => {
  it('as it comes is open to reading and writing, with counts and names', async () => {
    const port = await start(['4lw.commands.whitelist=srvr,mntr']);
    await askWhenReady(port, 'zookeeper');
    shell(port, ...TREE);
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'zookeeper', verdict: 'anonymous-write' });
    expect(result.version).toMatch(/^3\.\d+\.\d+$/);
    expect(result.documents).toBeGreaterThanOrEqual(8);
    expect(result.bytes).toBeGreaterThan(0);
    expect(result.datasets).toContainEqual({ name: 'brokers', documents: 1, fields: [] });
    expect(JSON.stringify(result)).not.toMatch(/jane|planted/);
    expect(await foreignBytes('zookeeper', port)).toBeUndefined();
  }, 60_000);

  it('whose root everybody may only read is readable, not writable', async () => {
    const port = await start();
    await askWhenReady(port, 'zookeeper');
    shell(
      port,
      'addauth digest owner:synthetic',
      ...TREE.slice(0, 1),
      'setAcl /brokers auth:owner:cdrwa,world:anyone:r',
      'setAcl / auth:owner:cdrwa,world:anyone:r',
    );
    const result = await askPort(port, 'zookeeper');
    expect(result).toMatchObject({ verdict: 'anonymous-read', datasets: [{ name: 'brokers', documents: 0 }] });
  }, 60_000);

  it('whose root belongs to its owner alone is secured', async () => {
    const port = await start();
    await askWhenReady(port, 'zookeeper');
    shell(port, 'addauth digest owner:synthetic', 'setAcl / auth:owner:cdrwa');
    expect(await askPort(port, 'zookeeper')).toMatchObject({ verdict: 'secured', datasets: [] });
  }, 60_000);

  it('that enforces authentication is secured, also with no word whitelisted', async () => {
    const enforced = ['enforce.auth.enabled=true', 'enforce.auth.schemes=digest', '4lw.commands.whitelist=ruok'];
    const result = await askWhenReady(await start(enforced), 'zookeeper');
    expect(result).toMatchObject({ service: 'zookeeper', verdict: 'secured' });
    expect(result.datasets).toEqual([]);
  }, 60_000);

  it('is read over TLS', async () => {
    const port = await start([], true);
    expect(await askWhenReady(port, 'zookeeper')).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(port)).toMatchObject({ service: 'zookeeper', verdict: 'anonymous-write' });
  }, 60_000);
});
