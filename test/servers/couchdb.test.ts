import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { type Daemon, freePort, startDaemon, workFolder } from './harness/daemon.ts';
import { requirePackage } from './harness/npm.ts';
import { askSampled } from './harness/sampled.ts';

const installed = requirePackage('express-pouchdb');

describe.skipIf(!installed)('a real PouchDB Server (CouchDB’s HTTP API) as it comes', () => {
  let server: Daemon;
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await answer.json();
  };

  beforeAll(async () => {
    const port = await freePort();
    const script = new URL('./harness/pouchdb-server.mjs', import.meta.url).pathname;
    server = await startDaemon({
      name: 'pouchdb-server',
      command: process.execPath,
      args: [script, dirname(installed ?? ''), `${port}`],
      port,
      folder: workFolder('pouchdb'),
    });
    await ask('PUT', '/orders');
    for (let n = 0; n < 3; n++) await ask('POST', '/orders', { buyer: `person${n}@example.org` });
  });
  afterAll(() => server?.stop());

  it('is an admin party: open to reading and writing, with counts and no value', async () => {
    const result = await askPort(server.port);
    expect(result).toMatchObject({
      service: 'couchdb',
      product: 'pouchdb-server',
      version: '4.2.0',
      verdict: 'anonymous-write',
      documents: 3,
      datasets: [{ name: 'orders', documents: 3 }],
    });
    expect(JSON.stringify(result)).not.toContain('example.org');
  });

  it('hands values to the classifier on request, nested ones by their path, and nowhere else', async () => {
    await ask('PUT', '/people');
    await ask('PUT', '/people/_design%2Fviews', { language: 'javascript', views: {} });
    await ask('PUT', '/people/one', {
      name: 'Canary Example',
      homes: [{ city: 'Canaryville' }, { city: 'Canarytown' }],
    });
    const { result, taken } = await askSampled(server.port, []);
    expect(taken['people.name']).toEqual(['Canary Example']);
    expect(taken['people.homes.city']).toEqual(['Canaryville', 'Canarytown']);
    expect(taken['orders.buyer']).toHaveLength(3);
    expect(Object.keys(taken).filter((field) => /_id|_rev|views/.test(field))).toEqual([]);
    expect(result.datasets.find(({ name }) => name === 'people')?.fields).toEqual(['name', 'homes.city']);
    expect(JSON.stringify(result)).not.toMatch(/canary/i);
    await ask('DELETE', '/people');
  });

  it('is left exactly as it was', async () => {
    const before = [await ask('GET', '/_all_dbs'), await ask('GET', '/orders')];
    await askPort(server.port, 'couchdb');
    expect([await ask('GET', '/_all_dbs'), await ask('GET', '/orders')]).toEqual(before);
    expect(existsSync(server.folder) && readdirSync(server.folder).every((name) => name.endsWith('.txt'))).toBe(true);
  });
});
