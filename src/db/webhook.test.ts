import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createWebhook } from './webhook.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function receiver(statuses: number[]) {
  const got: { body: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      got.push({ body, headers: request.headers });
      answer.writeHead(statuses.shift() ?? 200).end();
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { got, url: `http://127.0.0.1:${address.port}/alarms` };
}

describe('a webhook', () => {
  it('is told each alarm in turn, signed, and again where it failed', async () => {
    const { got, url } = await receiver([503, 200, 200]);
    const failures: string[] = [];
    const webhook = createWebhook(url, {
      secret: 'made-up',
      pauses: [0, 1],
      now: () => 77,
      onFailure: (reason) => failures.push(reason),
    });
    webhook.tell({ kind: 'walk', count: 50 });
    webhook.tell({ kind: 'slicing', count: 40 });
    await expect.poll(() => got.length).toBe(3);
    const bodies = got.map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ kind }) => kind)).toEqual(['walk', 'walk', 'slicing']);
    expect(bodies[0]).toEqual({ type: 'postern.alarm', kind: 'walk', count: 50 });
    for (const { body, headers } of got) {
      const hash = createHmac('sha256', 'made-up').update(`77.${body}`).digest('hex');
      expect(headers['postern-signature']).toBe(`t=77,v1=${hash}`);
    }
    expect(failures).toEqual([]);
    webhook.close();
  });

  it('is left in peace when it refuses, and the operator is told', async () => {
    const { got, url } = await receiver([400]);
    const failures: string[] = [];
    const webhook = createWebhook(url, { secret: null, pauses: [0, 1], onFailure: (reason) => failures.push(reason) });
    webhook.tell({ kind: 'walk', count: 1 });
    await expect.poll(() => failures).toEqual(['status 400']);
    expect(got).toHaveLength(1);
    expect(got[0]?.headers['postern-signature']).toBeUndefined();
    webhook.close();
  });

  it('must be reached by https', () => {
    expect(() => createWebhook('http://127.evil.example/', { secret: null, onFailure: () => {} })).toThrow('https');
  });
});
