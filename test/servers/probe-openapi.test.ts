import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { PACKAGES, requireInstalled, script } from './harness/application.ts';
import { askWatched } from './harness/asked.ts';
import { fleet } from './harness/fleet.ts';

const installed = requireInstalled('application_packages', 'application/node_modules/openapi-backend');
const running = fleet();
afterAll(() => running.stop());

async function start(kind: string): Promise<number> {
  const { port } = await running.start({
    name: `openapi-${kind}`,
    command: process.execPath,
    args: (port) => [script('./openapi-servers.mjs'), PACKAGES, `${port}`, kind],
  });
  return port;
}

describe.skipIf(!installed).each(['swagger-ui', 'openapi-backend'])('a real API that describes itself (%s)', (kind) => {
  it('tells strangers its operations and which ask for no login', async () => {
    const port = await start(kind);
    const result = await askWatched(port, 'openapi');
    expect(result).toMatchObject({
      service: 'openapi',
      version: '2.4.0',
      verdict: 'metadata-only',
      datasets: [{ name: 'Customer', fields: ['email', 'phone'] }],
    });
    expect(result.reason).toContain('3 operations on 2 paths, of which 2 ask for no login (1 read, 1 change)');
    expect(JSON.stringify(result)).not.toContain('15550100');
    expect(await askPort(await running.behindTls(port), 'openapi')).toMatchObject({
      verdict: 'metadata-only',
      version: '2.4.0',
    });
    expect(await askPort(port)).toMatchObject({ service: 'openapi', verdict: 'metadata-only' });
  });
});

describe.skipIf(!installed)('a real API behind a login', () => {
  it('has no description for strangers', async () => {
    expect(await askWatched(await start('closed'), 'openapi')).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });
});
