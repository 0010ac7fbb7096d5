import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { askWatched } from './harness/asked.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const prometheus = requireServer('prometheus', ['prometheus']);
const alertmanager = requireServer('prometheus-alertmanager', ['prometheus-alertmanager']);
const exporter = requireServer('prometheus-node-exporter', ['prometheus-node-exporter']);
const victoria = requireServer('victoria-metrics', ['victoria-metrics']);

/** Of the form of a bcrypt hash; no password is ever right. */
const HASH = '$2b$04$abcdefghijklmnopqrstuuJ9pV6RrV0lXr0Rz0Q3iN8j3tq1J9O6C';

const servers = fleet();
afterAll(() => servers.stop());

/** web.yml of the Prometheus exporter toolkit: TLS and a password. */
function locked(folder: string): string {
  const { key, cert } = certificate(folder);
  const file = join(folder, 'web.yml');
  writeFileSync(
    file,
    `tls_server_config:\n  cert_file: ${cert}\n  key_file: ${key}\nbasic_auth_users:\n  owner: ${HASH}\n`,
  );
  return file;
}

describe.skipIf(!prometheus)('a real Prometheus', () => {
  const start = async (extra: (folder: string) => readonly string[]) =>
    await servers.start({
      name: 'prometheus',
      command: prometheus ?? '',
      args: (port, folder) => {
        const file = join(folder, 'prometheus.yml');
        const target = `localhost:${port}`;
        writeFileSync(
          file,
          `global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: canary-job\n    static_configs: [{targets: ['${target}']}]\n`,
        );
        return [
          `--config.file=${file}`,
          `--storage.tsdb.path=${folder}/data`,
          `--web.listen-address=127.0.0.1:${port}`,
        ].concat(extra(folder));
      },
    });

  it('as it comes is open to reading, with the number of series and names of labels, and not to writing', async () => {
    const { port } = await start(() => []);
    const result = await askWhenReady(port, 'prometheus', ({ documents = 0 }) => documents > 100);
    expect(result).toMatchObject({
      product: 'prometheus',
      version: '2.42.0+ds',
      verdict: 'anonymous-read',
      notTested: [],
    });
    expect(result.datasets[0]?.fields).toContain('job');
    expect(JSON.stringify(result)).not.toMatch(/canary-job/);
    expect(await askPort(port)).toMatchObject({ service: 'prometheus', verdict: 'anonymous-read' });
    expect(await askWatched(port, 'prometheus')).toMatchObject({ verdict: 'anonymous-read' });
    const tls = await servers.behindTls(port);
    expect(await askPort(tls)).toMatchObject({ service: 'prometheus', verdict: 'anonymous-read' });
  });

  it('with its administration switched on is open to writing', async () => {
    const { port } = await start(() => ['--web.enable-admin-api']);
    const result = await askWhenReady(port, 'prometheus');
    expect(result).toMatchObject({ verdict: 'anonymous-write' });
    expect(result.reason).toContain('--web.enable-admin-api');
  });

  it('with TLS and a password is secured', async () => {
    const { port } = await start((folder) => [`--web.config.file=${locked(folder)}`]);
    expect(await askWhenReady(port, 'prometheus')).toMatchObject({ verdict: 'secured', datasets: [] });
  });
});

describe.skipIf(!alertmanager)('a real Alertmanager', () => {
  it('as it comes may be silenced by strangers', async () => {
    const { port } = await servers.start({
      name: 'alertmanager',
      command: alertmanager ?? '',
      args: (own, folder) => {
        const file = join(folder, 'alertmanager.yml');
        writeFileSync(file, 'route: {receiver: canary-team}\nreceivers: [{name: canary-team}]\n');
        return [
          `--config.file=${file}`,
          `--storage.path=${folder}/data`,
          `--web.listen-address=127.0.0.1:${own}`,
        ].concat('--cluster.listen-address=');
      },
    });
    const result = await askWhenReady(port, 'prometheus');
    expect(result).toMatchObject({ product: 'alertmanager', version: '0.25.0', verdict: 'anonymous-write' });
    expect(JSON.stringify(result)).not.toMatch(/canary/);
    expect(await askPort(port)).toMatchObject({ service: 'prometheus', product: 'alertmanager' });
  });
});

describe.skipIf(!exporter)('a real node_exporter', () => {
  const start = async (extra: (folder: string) => readonly string[]) =>
    await servers.start({
      name: 'exporter',
      command: exporter ?? '',
      args: (port, folder) => [`--web.listen-address=127.0.0.1:${port}`, ...extra(folder)],
    });

  it('tells metrics to strangers, and is secured with a password', async () => {
    const { port } = await start(() => []);
    const open = await askWhenReady(port, 'prometheus');
    expect(open).toMatchObject({ product: 'node_exporter', version: '1.5.0', verdict: 'metadata-only' });
    expect(await askWatched(port, 'prometheus')).toMatchObject({ verdict: 'metadata-only' });
    const shut = await start((folder) => [`--web.config.file=${locked(folder)}`]);
    expect(await askWhenReady(shut.port, 'prometheus')).toMatchObject({ verdict: 'secured' });
  });
});

describe.skipIf(!victoria)('a real VictoriaMetrics', () => {
  const start = async (...extra: string[]) =>
    await servers.start({
      name: 'victoria-metrics',
      command: victoria ?? '',
      args: (port, folder) => [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}/data`, ...extra],
    });

  it('as it comes is open to reading and writing, and is secured with a password', async () => {
    const { port } = await start();
    await askWhenReady(port, 'prometheus');
    await fetch(`http://127.0.0.1:${port}/api/v1/import/prometheus`, {
      method: 'POST',
      body: 'canary_visits{user="person1"} 1\n',
    });
    await fetch(`http://127.0.0.1:${port}/internal/force_flush`);
    const result = await askWhenReady(
      port,
      'prometheus',
      ({ datasets }) => datasets[0]?.fields.includes('user') ?? false,
    );
    expect(result).toMatchObject({ product: 'victoria-metrics', verdict: 'anonymous-write', documents: 1 });
    expect(result.datasets[0]?.fields).toContain('user');
    expect(JSON.stringify(result)).not.toMatch(/canary_visits|person1/);
    expect(await askPort(port)).toMatchObject({ service: 'prometheus', verdict: 'anonymous-write' });
    expect(await askWatched(port, 'prometheus')).toMatchObject({ verdict: 'anonymous-write' });
    const shut = await start('-httpAuth.username=owner', '-httpAuth.password=made-up');
    expect(await askWhenReady(shut.port, 'prometheus')).toMatchObject({ verdict: 'secured' });
  });
});
