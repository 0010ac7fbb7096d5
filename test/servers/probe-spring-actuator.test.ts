import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { requireInstalled } from './harness/application.ts';
import { askWatched } from './harness/asked.ts';
import { certificate } from './harness/daemon.ts';
import { askWhenReady, fleet } from './harness/fleet.ts';
import { requireServer } from './harness/require-server.ts';

const java = requireServer('java', ['java']);
const installed = requireInstalled('spring_boot', 'spring-boot/classes');
const running = fleet();
afterAll(() => running.stop());

async function start(settings: readonly string[], tls = false): Promise<number> {
  const { port } = await running.start({
    name: 'spring-boot',
    command: java ?? '',
    env: { CANARY_PASSWORD: 'canary-of-the-test' },
    readyWithin: 60_000,
    args: (free, folder) => {
      const { key, cert } = tls ? certificate(folder) : { key: '', cert: '' };
      const secure = [`--server.ssl.certificate=file:${cert}`, `--server.ssl.certificate-private-key=file:${key}`];
      return [
        '-XX:TieredStopAtLevel=1',
        '-Xmx128m',
        '-cp',
        `${installed}:${installed}/../lib/*`,
        'org.example.Application',
      ]
        .concat([`--server.port=${free}`, '--server.address=127.0.0.1', ...settings])
        .concat(tls ? secure : []);
    },
  });
  return port;
}

const ALL = '--management.endpoints.web.exposure.include=*';

describe.skipIf(!java || !installed)('a real Spring Boot application with Actuator', () => {
  it('with everything exposed takes changes from strangers', async () => {
    const port = await start([ALL, '--management.endpoint.shutdown.access=unrestricted']);
    const result = await askWatched(port, 'spring-actuator');
    expect(result).toMatchObject({ service: 'spring-actuator', verdict: 'anonymous-write' });
    expect(result.reason).toContain('no security filter');
    expect(result.datasets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['/actuator/env', '/actuator/loggers', '/actuator/shutdown']),
    );
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(await askPort(port)).toMatchObject({ service: 'spring-actuator', verdict: 'anonymous-write' });
  }, 60_000);

  it('with values shown is read, with values masked only described; through its own TLS', async () => {
    const some = '--management.endpoints.web.exposure.include=health,env';
    const shown = await start([some, '--management.endpoint.env.show-values=always'], true);
    const result = await askWhenReady(shown, 'spring-actuator');
    expect(result).toMatchObject({ verdict: 'anonymous-read' });
    expect(result.exchanges[0]?.tls?.protocol).toContain('TLS');
    expect(JSON.stringify(result)).not.toContain('canary');
    expect(await askWatched(await start([some]), 'spring-actuator')).toMatchObject({ verdict: 'metadata-only' });
  }, 60_000);

  it('as it comes is secured', async () => {
    expect(await askWatched(await start([]), 'spring-actuator')).toMatchObject({ verdict: 'secured', datasets: [] });
  }, 60_000);

  it('without endpoints for strangers is not found', async () => {
    const port = await start(['--management.server.port=-1']);
    expect(await askWatched(port, 'spring-actuator')).toMatchObject({ verdict: 'unidentified' });
  }, 60_000);
});
