import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { PACKAGES, requireInstalled, script } from './harness/application.ts';
import { fleet } from './harness/fleet.ts';
import { type PostgresqlServer, postgresqlServer } from './harness/postgresql-server.ts';

const installed = requireInstalled('application_packages', 'application/node_modules/parse-server');
const running = fleet();
const APP = 'app-of-the-test';
const MASTER = { 'x-parse-application-id': APP, 'x-parse-master-key': 'master-of-the-test' };
const within = { identifiers: { appId: APP }, datasets: ['Patient', 'Locked'] };

describe.skipIf(!installed)('a real Parse Server', () => {
  let database: PostgresqlServer | undefined;
  let port = 0;
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/parse${path}`, {
      method,
      headers: { ...MASTER, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const start = async (...further: string[]) =>
    await running.start({
      name: 'parse-server',
      command: process.execPath,
      readyWithin: 60_000,
      args: (free) => [
        script('./parse-server.mjs'),
        PACKAGES,
        `${free}`,
        `postgres://postgres@127.0.0.1:${database?.port}/postgres`,
        ...further,
      ],
    });

  beforeAll(async () => {
    database = await postgresqlServer('system');
    if (database === undefined) return;
    ({ port } = await start());
    const closed = { find: {}, count: {}, get: {}, create: {}, update: {}, delete: {}, addField: {} };
    await ask('POST', '/schemas/Patient', { fields: { email: { type: 'String' } } });
    await ask('POST', '/schemas/Locked', { fields: { email: { type: 'String' } }, classLevelPermissions: closed });
    for (let n = 0; n < 3; n++) await ask('POST', '/classes/Patient', { email: `canary${n}@example.org` });
    await ask('POST', '/classes/Locked', { email: 'canary@example.org' });
  }, 90_000);
  afterAll(async () => {
    await running.stop();
    await database?.stop();
  });

  it('counts what the app’s own application id shows, and leaves out closed classes', async () => {
    const result = await askPort(port, 'parse-server', undefined, within);
    expect(result).toMatchObject({
      service: 'parse-server',
      verdict: 'anonymous-read',
      documents: 3,
      datasets: [{ name: 'Patient', documents: 3, fields: [] }],
    });
    expect(result.exchanges.map(({ answer }) => answer).join()).toContain('code 119');
    expect(JSON.stringify(result)).not.toMatch(/canary|example\.org|app-of-the-test/);
  });

  it('says the same through TLS', async () => {
    const front = await running.behindTls(port);
    expect(await askPort(front, 'parse-server', undefined, within)).toMatchObject({
      verdict: 'anonymous-read',
      documents: 3,
    });
  });

  it('is secured without an application id, and names what was not tested', async () => {
    const result = await askPort(port);
    expect(result).toMatchObject({ service: 'parse-server', verdict: 'secured', datasets: [] });
    expect(result.notTested.join()).toContain('identifiers.appId');
  });

  it('is secured against a wrong application id', async () => {
    const result = await askPort(port, 'parse-server', undefined, { identifiers: { appId: 'another-app' } });
    expect(result).toMatchObject({ verdict: 'secured' });
    expect(result.reason).toContain('refused');
  });

  it('shows nothing where only closed classes are asked for', async () => {
    const result = await askPort(port, 'parse-server', undefined, { ...within, datasets: ['Locked'] });
    expect(result).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  it('needs the key beside the id where one is set', async () => {
    const second = await start('rest-of-the-test');
    expect(await askPort(second.port, 'parse-server', undefined, within)).toMatchObject({ verdict: 'secured' });
    const identifiers = { appId: APP, restKey: 'rest-of-the-test' };
    expect(await askPort(second.port, 'parse-server', undefined, { ...within, identifiers })).toMatchObject({
      verdict: 'anonymous-read',
      documents: 3,
    });
  });

  it('gives values to the sink alone, five at most', async () => {
    const taken: Record<string, unknown[]> = {};
    const values = {
      most: 2,
      take: (dataset: string, field: string, some: readonly unknown[]) => {
        taken[`${dataset}.${field}`] = [...some];
      },
    };
    const result = await askPort(port, 'parse-server', undefined, { ...within, values });
    expect(result.datasets[0]?.fields).toContain('email');
    expect(taken['Patient.email']).toHaveLength(2);
    expect(String(taken['Patient.email'])).toContain('canary');
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});
