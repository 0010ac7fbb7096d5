import { afterAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { PACKAGES, requireInstalled, script } from './harness/application.ts';
import { askWatched } from './harness/asked.ts';
import { fleet } from './harness/fleet.ts';

const installed = requireInstalled('application_packages', 'application/node_modules/graphql-yoga');
const running = fleet();
afterAll(() => running.stop());

async function start(engine: string, introspection: string): Promise<number> {
  const { port } = await running.start({
    name: `graphql-${engine}`,
    command: process.execPath,
    args: (port) => [script('./graphql-servers.mjs'), PACKAGES, `${port}`, engine, introspection],
  });
  return port;
}

describe.skipIf(!installed).each(['yoga', 'apollo'])('a real GraphQL server (%s)', (engine) => {
  it('shows its schema, and no data', async () => {
    const port = await start(engine, 'on');
    const result = await askWatched(port, 'graphql');
    expect(result).toMatchObject({
      service: 'graphql',
      verdict: 'metadata-only',
      datasets: [{ name: 'Customer', fields: ['id', 'email', 'dateOfBirth'] }],
    });
    expect(result.reason).toContain('1 type, 1 query, 1 mutation');
    expect(result.notTested.join()).toContain('whether a stranger may use the 1 mutation');
    expect(JSON.stringify(result)).not.toMatch(/canary|1970/);
    const secure = await askPort(await running.behindTls(port), 'graphql');
    expect(secure).toMatchObject({ verdict: 'metadata-only', datasets: result.datasets });
    expect(secure.exchanges[0]?.tls?.protocol).toContain('TLS');
  });

  it('is secured where introspection is off', async () => {
    const result = await askWatched(await start(engine, 'off'), 'graphql');
    expect(result).toMatchObject({ service: 'graphql', verdict: 'secured', datasets: [] });
    expect(result.reason).toContain('introspection is switched off');
    expect(result.notTested.join()).toContain('whether a stranger reads data');
  });

  it('is found beside whatever else the port is', async () => {
    const port = await start(engine, 'on');
    expect(await askPort(port)).toMatchObject({ service: 'graphql', verdict: 'metadata-only' });
  });
});
