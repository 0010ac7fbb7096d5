import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import {
  certificate,
  type Daemon,
  freePort,
  handOver,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';

const binary = requireServer('clickhouse-server', ['clickhouse-server']);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

interface Started {
  http: number;
  https: number;
  native: number;
  secure: number;
}

/** @param user the elements of the user `default` @param profile settings of its profile */
async function start(user: string, profile = ''): Promise<Started> {
  const account = unprivileged('clickhouse');
  const folder = workFolder('clickhouse', account);
  const [http, https, native, secure, between] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const { key, cert } = certificate(folder, account);
  for (const name of ['data', 'tmp']) {
    mkdirSync(join(folder, name));
    handOver(account, join(folder, name));
  }
  writeFileSync(
    join(folder, 'config.xml'),
    `<yandex><logger><level>error</level><console>1</console></logger><listen_host>127.0.0.1</listen_host>
    <http_port>${http}</http_port><https_port>${https}</https_port><tcp_port>${native}</tcp_port><tcp_port_secure>${secure}</tcp_port_secure>
    <interserver_http_port>${between}</interserver_http_port>
    <openSSL><server><certificateFile>${cert}</certificateFile><privateKeyFile>${key}</privateKeyFile><verificationMode>none</verificationMode></server></openSSL>
    <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>users.xml</users_config><mark_cache_size>5368709</mark_cache_size>
    <default_profile>default</default_profile><default_database>default</default_database></yandex>`,
  );
  writeFileSync(
    join(folder, 'users.xml'),
    `<yandex><profiles><default>${profile}</default><owner><readonly>0</readonly></owner></profiles><quotas><default/></quotas><users>
    <default>${user}<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
    <owner><password>synthetic</password><networks><ip>::/0</ip></networks><profile>owner</profile><quota>default</quota></owner></users></yandex>`,
  );
  for (const name of ['config.xml', 'users.xml']) handOver(account, join(folder, name));
  const args = [`--config-file=${folder}/config.xml`];
  daemons.push(
    await startDaemon({
      name: 'clickhouse',
      command: binary ?? '',
      args,
      port: http,
      folder,
      ...(account ? { account } : {}),
    }),
  );
  const run = async (sql: string) => {
    const answer = await fetch(`http://127.0.0.1:${http}/?user=owner&password=synthetic`, {
      method: 'POST',
      body: sql,
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  await until(async () => (await fetch(`http://127.0.0.1:${http}/ping`)).ok);
  await run('CREATE DATABASE shop');
  await run('CREATE TABLE shop.customers (id UInt64, email String) ENGINE = MergeTree ORDER BY id');
  await run("INSERT INTO shop.customers SELECT number, 'canary@example.org' FROM system.numbers LIMIT 1234");
  return { http, https, native, secure };
}

const TABLE = {
  name: 'shop.customers',
  documents: 1234,
  bytes: expect.any(Number),
  fields: ['email', 'id'],
  fieldTypes: { email: 'String', id: 'UInt64' },
};

describe.skipIf(!binary)('a real ClickHouse', { timeout: 120_000 }, () => {
  it('as it comes is open to writing, by HTTP and by its own protocol, in clear and over TLS', async () => {
    const ports = await start('<password></password>');
    for (const port of [ports.http, ports.native]) {
      const result = await askWatched(port, 'clickhouse');
      expect(result, result.reason).toMatchObject({ verdict: 'anonymous-write', documents: 1234, datasets: [TABLE] });
      expect(result.version).toMatch(/^18\.16\./);
      expect(JSON.stringify(result)).not.toContain('canary');
    }
    for (const port of [ports.https, ports.secure])
      expect(await askPort(port, 'clickhouse')).toMatchObject({ verdict: 'anonymous-write' });
    expect(await askPort(ports.http)).toMatchObject({ service: 'clickhouse', verdict: 'anonymous-write' });
  });

  it('whose default user is read-only is readable', async () => {
    const ports = await start('<password></password>', '<readonly>1</readonly>');
    for (const port of [ports.http, ports.native]) {
      expect(await askWatched(port, 'clickhouse')).toMatchObject({ verdict: 'anonymous-read', documents: 1234 });
    }
  });

  it('whose default user has a password is secured', async () => {
    const ports = await start('<password>synthetic-default</password>');
    for (const port of [ports.http, ports.native]) {
      expect(await askWatched(port, 'clickhouse')).toMatchObject({ verdict: 'secured', datasets: [] });
    }
    expect(await askPort(ports.https, 'clickhouse')).toMatchObject({ verdict: 'secured' });
  });
});
