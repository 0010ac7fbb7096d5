import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createDialer,
  createScope,
  type Dialer,
  type NetworkTarget,
  type ScopeEntry,
  systemEnvironment,
} from '../net/index.ts';
import { findingsOf, probe, probeRules, services, skipOf } from './index.ts';
import { planPorts } from './runner-plan.ts';
import type { ProbeResult } from './service.ts';
import { parseTarget, parseTargets } from './targets.ts';
import { askPort, loopbackTarget } from './testing/ask.ts';
import { httpServer, type TestHttpServer } from './testing/http-server.ts';

const closers: { close(): void }[] = [];
afterEach(() => {
  for (const one of closers.splice(0)) one.close();
});

async function targetOf(entry: Partial<ScopeEntry> = {}): Promise<NetworkTarget> {
  const scope = await createScope(
    [{ host: 'shop.example', addresses: ['127.0.0.2'], resolve: 'listed', authority: 'loopback', ...entry }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  if (target === undefined) throw scope.refused[0]?.error ?? new Error('no target');
  return target;
}

async function collect(results: AsyncIterable<ProbeResult>): Promise<ProbeResult[]> {
  const all: ProbeResult[] = [];
  for await (const one of results) all.push(one);
  return all;
}

async function openCouch(): Promise<TestHttpServer> {
  const server = await httpServer((path) => {
    if (path === '/') return [200, { couchdb: 'Welcome', version: '1.6.1' }];
    if (path === '/_all_dbs') return [200, ['orders']];
    if (path === '/_session') return [200, { userCtx: { name: null, roles: ['_admin'] } }];
    return path === '/orders' ? [200, { doc_count: 3 }] : undefined;
  });
  closers.push(server);
  return server;
}

describe('two projects on one host of a provider', () => {
  it('are two stores', async () => {
    const targets = await Promise.all(
      ['bluemarket', 'bluemarket-test'].map(async (id) => ({
        label: id,
        target: await targetOf({
          host: 'firestore.googleapis.com',
          addresses: [],
          resolve: 'dns',
          authority: { project: { provider: 'firestore', id } },
        }),
        service: 'firestore',
        port: 443,
      })),
    );
    const dialer: Dialer = { ...createDialer(), resolve: () => Promise.resolve({ addresses: [], refused: [] }) };
    const results = await collect(probe(targets, { dialer }));
    expect(results.map(({ project }) => project)).toEqual(['bluemarket', 'bluemarket-test']);
    const [prints, messages] = (['fingerprint', 'message'] as const).map(
      (what) =>
        new Set(
          results
            .map((one): ProbeResult => ({ ...one, address: '203.0.113.7', port: 443, verdict: 'anonymous-read' }))
            .flatMap(findingsOf)
            .map((finding) => finding[what]),
        ),
    );
    expect([prints?.size, messages?.size]).toEqual([2, 2]);
  });
});

describe('how much there is to ask', () => {
  it('is told before anything is sent, and again when a host has more or fewer addresses', async () => {
    const planned: number[] = [];
    const target = (host: string, addresses: string[]) => targetOf({ host, addresses });
    const targets = [
      { label: 'one', target: await target('one.example', ['127.0.0.2']), port: 1 },
      { label: 'two', target: await target('two.example', ['127.0.0.2', '127.0.0.3']), port: 1 },
    ];
    const results = await collect(probe(targets, { onPlanned: (ports) => planned.push(ports) }));
    expect(planned).toEqual([2, 3]);
    expect(results).toHaveLength(3);
  });
});

describe('a port that hangs up on HTTP', () => {
  it('is not waited for to speak TLS when it speaks in clear', async () => {
    const events: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        if (text.startsWith('GET ')) socket.destroy();
        else if (chunk[0] === 0x16) {
          // As Redis does: it waits for the end of a line.
          events.push('handshake');
          socket.once('close', () => events.push('handshake given up'));
        } else if (text.startsWith('*1\r\n$4\r\nPING')) {
          events.push('PING');
          socket.write('-NOAUTH Authentication required.\r\n');
        } else socket.write('-ERR unknown command\r\n');
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    closers.push(server);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    expect(await askPort(address.port)).toMatchObject({ service: 'redis', verdict: 'secured' });
    expect(events.slice(0, 2).sort()).toEqual(['PING', 'handshake']);
    expect(events[2]).toBe('handshake given up');
  });
});

describe('the plan of a target', () => {
  const ports = async (entry: Partial<ScopeEntry>, asked: { port?: number; service?: string } = {}) =>
    planPorts({ label: 'x', target: await targetOf(entry), ...asked }, services);

  it('sweeps every store port once, whatever the app names, and the owner’s further ports', async () => {
    const plans = await ports({ ports: [9201] });
    const swept = plans.map((plan) => plan.port);
    for (const port of [9200, 5984, 9000, 6379, 11211, 5432, 3306, 27017, 1883, 9201]) expect(swept).toContain(port);
    expect(new Set(swept).size).toBe(swept.length);
    // What lies on paths of any web server is looked for; a provider's edge is not asked.
    const edge = plans.find(({ port }) => port === 443);
    expect(edge?.expected.every((service) => service.beside)).toBe(true);
    expect(plans.find((plan) => plan.port === 9200)?.expected.map((one) => one.id)).toEqual([
      'elasticsearch',
      'opensearch',
    ]);
  });

  it('asks a managed service at the provider’s edge only', async () => {
    expect((await ports({ managedService: 'firebase-rtdb' })).map((plan) => [plan.port, plan.expected[0]?.id])).toEqual(
      [[443, 'firebase-rtdb']],
    );
  });

  it('climbs the whole ladder on an odd port: first who speaks first, then HTTP, then the rest', async () => {
    const [plan] = await ports({}, { port: 19299 });
    expect(plan?.expected).toEqual([]);
    const ids = plan?.ladder.map((one) => one.id) ?? [];
    const spoken = plan?.ladder.map((one) => one.serverSpeaksFirst) ?? [];
    expect(spoken.slice(0, spoken.lastIndexOf(true) + 1)).not.toContain(false);
    expect(ids.slice(0, spoken.lastIndexOf(true) + 1)).toContain('mysql');
    expect(ids.indexOf('couchdb')).toBeLessThan(ids.indexOf('redis'));
    expect(ids).not.toContain('firebase-rtdb');
  });

  it('asks a named service alone', async () => {
    const [plan] = await ports({}, { port: 19299, service: 'firebase-rtdb' });
    expect(plan).toMatchObject({ port: 19299, named: true, ladder: [] });
    await expect(ports({}, { service: 'nothing' })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('the runner', () => {
  it('tells services of one port apart, on an odd port too', async () => {
    const { port } = await openCouch();
    expect(await askPort(port)).toMatchObject({ service: 'couchdb', verdict: 'anonymous-write', documents: 3 });
    expect(await askPort(port, 'elasticsearch')).toMatchObject({ service: 'elasticsearch', verdict: 'unidentified' });
  });

  it('reports every address of a target, and those outside the scope without contact', async () => {
    const { port } = await openCouch();
    const target = await targetOf({ addresses: ['127.0.0.1', '127.0.0.2'], resolve: 'dns' });
    const lookup = async () => ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 }));
    const results = await collect(probe([{ label: 'shop', target, port }], { dialer: createDialer({ lookup }) }));
    const short = results.map(({ address, port: asked, verdict }) => [address, asked, verdict]);
    expect(short.sort()).toEqual([
      ['127.0.0.1', port, 'anonymous-write'],
      ['127.0.0.2', port, 'refused'],
      ['127.0.0.3', null, 'inconclusive'],
    ]);
    expect(results.find((one) => one.address === '127.0.0.3')?.reason).toContain('outside its authorized scope');
  });

  it('makes a result of a name that does not resolve, and goes on', async () => {
    const gone = await targetOf({ host: 'gone.example', resolve: 'dns' });
    const { port } = await openCouch();
    const dialer = createDialer({ lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    const results = await collect(
      probe(
        [
          { label: 'gone', target: gone, port },
          { label: 'here', target: await loopbackTarget(), port },
        ],
        { dialer },
      ),
    );
    expect(results.map(({ target, verdict }) => [target, verdict]).sort()).toEqual([
      ['gone', 'inconclusive'],
      ['here', 'anonymous-write'],
    ]);
  });

  it('believes no host that accepts on every port', async () => {
    const { port } = await openCouch();
    const real = createDialer();
    const trap = createServer((socket) => void socket.on('error', () => {}));
    closers.push(trap);
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const bound = trap.address();
    const trapped = typeof bound === 'object' && bound !== null ? bound.port : 0;
    // A middlebox answers for every port that nobody listens on.
    const dialer: Dialer = {
      ...real,
      dial: (target, at, asked, deadline) => real.dial(target, at, asked === port ? port : trapped, deadline),
    };
    const [result] = await collect(probe([{ label: 'x', target: await loopbackTarget(), port }], { dialer }));
    expect(result).toMatchObject({ service: 'couchdb', verdict: 'inconclusive', datasets: [] });
    expect(result?.reason).toContain('random ports');
  });

  it('believes no port that also answers as Redis', async () => {
    const couch = await openCouch();
    const mixed = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (first) => {
        if (first.toString('latin1').startsWith('*1')) return void socket.end('+PONG\r\n');
        void relay(first);
      });
      async function relay(first: Buffer): Promise<void> {
        const { connect } = await import('node:net');
        const upstream = connect(couch.port, '127.0.0.1');
        upstream.on('error', () => {}).write(first);
        socket.on('close', () => upstream.destroy());
        socket.pipe(upstream).pipe(socket);
      }
    });
    closers.push(mixed);
    mixed.listen(0, '127.0.0.1');
    await once(mixed, 'listening');
    const bound = mixed.address();
    const result = await askPort(typeof bound === 'object' && bound !== null ? bound.port : 0, 'couchdb');
    expect(result).toMatchObject({ verdict: 'inconclusive', datasets: [] });
    expect(result.reason).toContain('Redis');
  });

  it('stops when it is told to, without a rejection', async () => {
    const stop = new AbortController();
    const silent = createServer((socket) => void socket.on('error', () => {}));
    closers.push(silent);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const bound = silent.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    silent.once('connection', () => setImmediate(() => stop.abort()));
    const results = await collect(
      probe([{ label: 'x', target: await loopbackTarget(), port }], { signal: stop.signal }),
    );
    expect(results.every((one) => one.verdict === 'inconclusive')).toBe(true);
  });
});

describe('rules and findings', () => {
  const result = (service: string, verdict: string): ProbeResult => ({
    target: 'x',
    host: 'Shop.example',
    address: '127.0.0.2',
    port: 9200,
    service,
    verdict: verdict as ProbeResult['verdict'],
    datasets: [],
    exchanges: [],
    reason: 'a reason',
    notTested: [],
    elapsedMs: 1,
  });
  const raised = (example: string) => {
    const [service = '', verdict = ''] = example.split(' ');
    return findingsOf(result(service, verdict)).map((one) => one.rule);
  };

  it('there is one rule per service, raised by its bad examples and by none of its good ones', () => {
    const ids = [...new Set(services.map((service) => `probe/${service.id}-open`))];
    expect(probeRules.map((rule) => rule.id)).toEqual(ids);
    for (const rule of probeRules) {
      for (const bad of rule.examples.bad) expect(raised(bad), bad).toEqual([rule.id]);
      for (const good of rule.examples.good) expect(raised(good), good).toEqual([]);
    }
  });

  it('are critical for data and medium for names, and keep their fingerprint whatever was counted', () => {
    const [read] = findingsOf({ ...result('elasticsearch', 'anonymous-read'), documents: 5 });
    const [more] = findingsOf({ ...result('elasticsearch', 'anonymous-write'), documents: 9, reason: 'other' });
    const [names] = findingsOf(result('elasticsearch', 'metadata-only'));
    expect([read?.severity, more?.severity, names?.severity]).toEqual(['critical', 'critical', 'medium']);
    expect(read).toMatchObject({
      asset: 'store:elasticsearch/shop.example/9200',
      owner: 'it',
      confidence: 'confirmed',
    });
    expect(more?.fingerprint).toBe(read?.fingerprint);
    expect(findingsOf(result('firebase-rtdb', 'anonymous-read'))[0]?.owner).toBe('developer');
  });

  it('an inconclusive result is a skip that makes the run incomplete; a refusal is none', () => {
    expect(skipOf(result('redis', 'inconclusive'))).toMatchObject({
      code: 'PROBE_INCONCLUSIVE',
      severity: 'incomplete',
    });
    expect(skipOf(result('redis', 'refused'))).toBeUndefined();
  });
});

describe('a targets file', () => {
  it('has hosts, ports and services, IPv6 in brackets or bare, and comments', () => {
    const lines = parseTargets(
      '# ours\n127.0.0.1:9200\nshop.example # main\n[2001:db8::7]:6379/redis\r\n::1\n\nlocalhost/s3\n',
      'f',
    );
    expect(lines).toEqual([
      { label: '127.0.0.1:9200', host: '127.0.0.1', port: 9200, line: 2 },
      { label: 'shop.example', host: 'shop.example', line: 3 },
      { label: '[2001:db8::7]:6379/redis', host: '2001:db8::7', port: 6379, service: 'redis', line: 4 },
      { label: '::1', host: '::1', line: 5 },
      { label: 'localhost/s3', host: 'localhost', service: 's3', line: 7 },
    ]);
  });

  it.each(['http://x', 'x:0', 'x:70000', 'a b', ':9200', 'x:9200/', '[::1', 'x/y/z'])(
    'refuses %j with its line',
    (text) => {
      expect(() => parseTargets(`ok\n${text}`, 'hosts.txt')).toThrow(
        expect.objectContaining({ code: 'E_USAGE', at: { path: 'hosts.txt', line: 2 } }),
      );
      expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    },
  );
});
