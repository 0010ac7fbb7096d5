import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate, type Daemon, freePort, startDaemon, workFolder } from './daemon.ts';

/** What Cassandra 5 needs of a Java 17 (its own conf/jvm17-server.options). */
const OPENED = (
  'java.lang java.lang.module java.lang.reflect java.io java.math java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic ' +
  'jdk.internal.loader jdk.internal.ref jdk.internal.reflect jdk.internal.math jdk.internal.module jdk.internal.util.jar sun.nio.ch'
)
  .split(' ')
  .map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
const EXPORTED = [
  'java.base/jdk.internal.misc',
  'java.base/java.lang.ref',
  'java.base/java.lang.reflect',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
].map((name) => `--add-exports=${name}=ALL-UNNAMED`);

export interface CassandraOptions {
  /** PasswordAuthenticator and CassandraAuthorizer. */
  locked?: boolean;
  tls?: boolean;
}

/** @param jars the folder of jars that install.sh fills */
export async function startCassandra(
  java: string,
  jars: string,
  { locked = false, tls = false }: CassandraOptions,
): Promise<Daemon> {
  const folder = workFolder('cassandra');
  const [port, storage, secure, management] = [await freePort(), await freePort(), await freePort(), await freePort()];
  mkdirSync(join(folder, 'data'));
  const config = [
    'cluster_name: synthetic',
    'num_tokens: 1',
    'partitioner: org.apache.cassandra.dht.Murmur3Partitioner',
    'commitlog_sync: periodic',
    'commitlog_sync_period: 10000ms',
    'commitlog_segment_size: 4MiB',
    'commitlog_disk_access_mode: legacy',
    'file_cache_size: 32MiB',
    'memtable_flush_writers: 1',
    'concurrent_compactors: 1',
    'listen_address: 127.0.0.1',
    'rpc_address: 127.0.0.1',
    `storage_port: ${storage}`,
    `ssl_storage_port: ${secure}`,
    `native_transport_port: ${port}`,
    'endpoint_snitch: SimpleSnitch',
    `authenticator: ${locked ? 'PasswordAuthenticator' : 'AllowAllAuthenticator'}`,
    `authorizer: ${locked ? 'CassandraAuthorizer' : 'AllowAllAuthorizer'}`,
    'role_manager: CassandraRoleManager',
    'seed_provider:',
    '  - class_name: org.apache.cassandra.locator.SimpleSeedProvider',
    `    parameters: [{seeds: "127.0.0.1:${storage}"}]`,
  ];
  if (tls)
    config.push(
      'client_encryption_options:',
      '  enabled: true',
      '  optional: false',
      `  keystore: ${store(folder)}`,
      '  keystore_password: synthetic',
    );
  writeFileSync(join(folder, 'cassandra.yaml'), `${config.join('\n')}\n`);
  // Warnings only: the daemon logs much.
  writeFileSync(
    join(folder, 'logback.xml'),
    '<configuration><appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%msg%n</pattern></encoder></appender><root level="ERROR"><appender-ref ref="out"/></root></configuration>',
  );
  const properties = {
    'jdk.attach.allowAttachSelf': 'true',
    'cassandra.config': `file://${folder}/cassandra.yaml`,
    'cassandra.storagedir': folder,
    'cassandra.jmx.local.port': management,
    'cassandra.skip_wait_for_gossip_to_settle': 0,
    'cassandra.ring_delay_ms': 0,
    'cassandra.initial_token': 0,
    'logback.configurationFile': `${folder}/logback.xml`,
  };
  const args = [
    '-Xss512k',
    '-Xmx384m',
    '-XX:TieredStopAtLevel=1',
    ...OPENED,
    ...EXPORTED,
    '--add-opens=java.management/com.sun.jmx.remote.security=ALL-UNNAMED',
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    '-cp',
    `${jars}/*`,
    'org.apache.cassandra.service.CassandraDaemon',
  ];
  return await startDaemon({ name: 'cassandra', command: java, args, port, folder, readyWithin: 120_000 });
}

function store(folder: string): string {
  const { key, cert } = certificate(folder);
  const path = join(folder, 'keystore.p12');
  execFileSync(
    'openssl',
    ['pkcs12', '-export', '-inkey', key, '-in', cert, '-out', path, '-passout', 'pass:synthetic'],
    { stdio: 'ignore' },
  );
  return path;
}
