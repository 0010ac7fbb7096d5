import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { permitsHttpRequest } from '../../src/net/allow-list.ts';
import { requestText } from '../../src/net/request-text.ts';
import { dryRun, plannedRequests } from '../../src/probe/dry-run.ts';
import { services } from '../../src/probe/index.ts';
import { loopbackTarget } from '../../src/probe/testing/ask.ts';

/** Every identifier has its own name as its value, as the examples have it. */
const identifiers = new Proxy<Record<string, string>>(
  {},
  {
    get: (_all, name) => String(name),
    has: () => true,
    getOwnPropertyDescriptor: (_all, name) => ({ value: String(name), enumerable: true, configurable: true }),
  },
);

const lists = services.flatMap((service) => {
  const name = service.face === undefined ? service.id : `${service.id} (${service.face})`;
  const own = [{ name, list: service.allow }];
  if (service.sampling !== undefined) own.push({ name: `${name} --sample`, list: service.sampling });
  return own;
});

describe.each(lists)('what $name may send', ({ list }) => {
  it('is shown whole before it is sent', () => {
    expect(list.planned?.length ?? 0).toBeGreaterThan(0);
  });

  it('is allowed, each request as it is shown', () => {
    for (const one of list.planned ?? []) {
      if ('bytes' in one) expect(`${one.why}: ${list.permitsBytes(one.bytes)}`).toBe(`${one.why}: true`);
      else {
        const example = one.example ?? one.http;
        const shown = `${example.method} ${example.path}`;
        expect(`${shown}: ${[identifiers, {}].some((known) => permitsHttpRequest(list, example, known))}`).toBe(
          `${shown}: true`,
        );
      }
    }
  });

  it('is allowed in no other form', () => {
    for (const one of list.planned ?? []) {
      if ('bytes' in one) {
        const longer = Buffer.concat([one.bytes, Buffer.from('\r\nFLUSHALL\r\n')]);
        expect(list.permitsBytes(longer)).toBe(false);
        continue;
      }
      const example = one.example ?? one.http;
      const wrong = [
        { ...example, path: `${example.path}\u0000` },
        { ...example, path: `/..${example.path}` },
        { ...example, headers: { ...example.headers, cookie: 'a=b' } },
        { ...example, method: example.method === 'POST' ? ('GET' as const) : ('POST' as const) },
        ...(example.body === undefined ? [{ ...example, body: '{}' }] : [{ ...example, body: `${example.body} ` }]),
      ];
      for (const request of wrong) {
        const shown = JSON.stringify(request);
        expect(`${shown}: ${permitsHttpRequest(list, request, identifiers)}`).toBe(`${shown}: false`);
      }
    }
  });
});

describe('--dry-run', () => {
  it('shows HTTP requests byte for byte as they are sent', async () => {
    const received: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        received.push(chunk);
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    try {
      const target = await loopbackTarget();
      const asked = { label: 'x', target, port: address.port, service: 'couchdb' };
      const { probe } = await import('../../src/probe/index.ts');
      for await (const _result of probe([asked])) {
        // Only what was sent matters here.
      }
      const shown = dryRun([asked], services, { sample: false }).flatMap((port) =>
        port.services.flatMap(({ requests }) => requests.map(({ bytes }) => bytes.toString('latin1'))),
      );
      expect(received.length).toBeGreaterThan(0);
      const http = received.map((chunk) => chunk.toString('latin1')).filter((text) => text.startsWith('GET '));
      expect(http.length).toBeGreaterThan(0);
      for (const text of http) expect(shown).toContain(text);
    } finally {
      server.close();
    }
  });

  it('shows what an odd port is asked until it is known, whatever stands there', async () => {
    const received: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        received.push(chunk.toString('latin1'));
        const web = /^(?:GET|HEAD|POST) /.test(chunk.toString('latin1'));
        socket.end(web ? 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' : '?\r\n');
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    try {
      const asked = { label: 'x', target: await loopbackTarget(), port: address.port };
      const { probe } = await import('../../src/probe/index.ts');
      for await (const _result of probe([asked])) {
        // Only what was sent matters here.
      }
      const [port] = dryRun([asked], services, { sample: false });
      expect(port?.services).toEqual([]);
      const shown = (port?.ladder ?? []).flatMap(({ requests }) =>
        requests.map(({ bytes }) => bytes.toString('latin1')),
      );
      const http = received.filter((text) => /^(?:GET|HEAD|POST) /.test(text) && !/[0-9a-z]{16}/.test(text));
      expect(http.length).toBeGreaterThan(10);
      for (const text of http) expect(shown).toContain(text);
      const raw = new Set(received.filter((text) => !/^(?:GET|HEAD|POST) /.test(text)));
      expect([...raw].filter((text) => shown.includes(text)).length).toBeGreaterThan(10);
      expect((port?.ladder ?? []).filter(({ requests }) => requests.length === 0)).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('shows the one request that tells several web services apart, on each port where it is sent', async () => {
    const isWeb = (id: string) => services.some((one) => one.id === id && one.transport === 'http');
    const ports = dryRun([{ label: 'x', target: await loopbackTarget() }], services, { sample: false });
    const shared = ports.filter(({ services: asked }) => asked.filter(({ id }) => isWeb(id)).length > 1);
    expect(shared.map(({ port }) => port)).toContain(1337);
    for (const { port, services: asked } of shared) {
      const shown = asked.flatMap(({ requests }) => requests.map(({ bytes }) => bytes.toString('latin1')));
      expect(
        shown.some((text) => text.startsWith('GET / HTTP/1.1')),
        `${port}`,
      ).toBe(true);
    }
  });

  it('writes a request as HTTP has it', () => {
    const request = { method: 'POST', path: '/a?b=c', headers: { apikey: 'k' }, body: '{"a":1}' } as const;
    expect(requestText(request, { host: '2001:db8::7', port: 8080 })).toBe(
      'POST /a?b=c HTTP/1.1\r\nhost: [2001:db8::7]:8080\r\naccept: */*\r\napikey: k\r\ncontent-type: application/json\r\ncontent-length: 7\r\nuser-agent: postern\r\nConnection: keep-alive\r\n\r\n{"a":1}',
    );
  });

  it('knows the requests of all services', () => {
    expect(plannedRequests(services).length).toBeGreaterThan(services.length * 2);
  });
});
