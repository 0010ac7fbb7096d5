import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { vantageReportSchema } from '../../src/core/contract/vantage.ts';
import { httpServer } from '../../src/probe/testing/http-server.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-probe-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CANARY = 'jane.doe+canary@example.org';

/** Plays an open CouchDB whose database is named after a person. */
async function couch() {
  return await httpServer((path) => {
    if (path === '/') return [200, { couchdb: 'Welcome', version: '3.3.2', vendor: { name: 'x' } }];
    if (path.startsWith('/_all_dbs')) return [200, ['orders', CANARY]];
    if (path.startsWith('/_session')) return [200, { ok: true, userCtx: { name: null, roles: ['_admin'] } }];
    if (path.startsWith('/orders')) return [200, { db_name: 'orders', doc_count: 3, sizes: { file: 100 } }];
    return undefined;
  });
}

describe('postern probe', () => {
  it('keeps a journal of all that it sent, without what an answer brought', async () => {
    const server = await couch();
    const journal = join(folder, 'journal.jsonl');
    try {
      const ran = await run([
        'probe',
        `127.0.0.1:${server.port}/couchdb`,
        '--journal',
        journal,
        '--format',
        'json',
        '--exit-zero',
      ]);
      expect(ran.code).toBe(0);
      const text = readFileSync(journal, 'utf8');
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { request: string; sha256: string; port: number });
      const http = lines.filter(({ request }) => request.startsWith('GET '));
      expect(http.length).toBe(server.asked.length);
      expect(http[0]?.request).toBe('GET /');
      expect(lines.every(({ sha256, port }) => /^[0-9a-f]{64}$/.test(sha256) && port === server.port)).toBe(true);
      expect(statSync(journal).mode & 0o777).toBe(0o600);
      for (const leak of [CANARY, 'jane.doe', encodeURIComponent(CANARY)]) {
        expect(text).not.toContain(leak);
        expect(ran.stdout + ran.stderr).not.toContain(leak);
      }
    } finally {
      server.close();
    }
  });

  it('prints what it would send, and sends nothing', async () => {
    const server = await couch();
    try {
      const ran = await run(['probe', `127.0.0.1:${server.port}/couchdb`, '--dry-run']);
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain('GET /_all_dbs HTTP/1.1');
      const coded = await run(['probe', `127.0.0.1:${server.port}/couchdb`, '--dry-run', '--format', 'json']);
      const [port] = (JSON.parse(coded.stdout) as { ports: { services: { requests: { bytes: string }[] }[] }[] }).ports;
      const [first] = port?.services[0]?.requests ?? [];
      expect(Buffer.from(first?.bytes ?? '', 'base64').toString('latin1')).toMatch(
        /^GET \/ HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/,
      );
      // A port that may be anything: what each service would be asked there.
      const odd = await run(['probe', `127.0.0.1:${server.port}`, '--dry-run']);
      for (const bytes of ['GET /_all_dbs HTTP/1.1', '| *1\n        | $4\n        | PING'])
        expect(odd.stdout).toContain(bytes);
      expect(server.asked).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('goes on where an earlier run stopped', async () => {
    const server = await couch();
    const state = join(folder, 'state.jsonl');
    const target = `127.0.0.1:${server.port}/couchdb`;
    try {
      const first = await run(['probe', target, '--resume', state, '--format', 'jsonl', '--exit-zero']);
      const asked = server.asked.length;
      expect(asked).toBeGreaterThan(0);
      // Half a line, as a process leaves it that was killed.
      writeFileSync(state, `${readFileSync(state, 'utf8')}{"result":{"target"`);
      const second = await run(['probe', target, '--resume', state, '--format', 'jsonl', '--exit-zero']);
      expect(server.asked.length).toBe(asked);
      expect(second.stdout).toBe(first.stdout);
      expect(second.stderr).toContain('1 lines');
      expect(statSync(state).mode & 0o777).toBe(0o600);
      // Stopped before the target was done: the port that was told is not asked again.
      const told = readFileSync(state, 'utf8')
        .split('\n')
        .filter((line) => !line.includes('"done"'));
      writeFileSync(state, told.join('\n'));
      const resumed = await run(['probe', target, '--resume', state, '--format', 'jsonl', '--exit-zero']);
      expect(server.asked.length).toBe(asked);
      expect(resumed.stdout).toBe(first.stdout);
      const third = await run(['probe', '127.0.0.2:1/couchdb', '--resume', state]);
      expect(third.code).toBe(2);
      expect(third.stderr).toContain('another scope');
    } finally {
      server.close();
    }
  });

  it('writes what this place saw, and merges what another saw', async () => {
    const server = await couch();
    const file = join(folder, 'outside.json');
    const target = `127.0.0.1:${server.port}/couchdb`;
    try {
      const ran = await run(['probe', target, '--from', 'outside', '--output', `vantage=${file}`, '--exit-zero']);
      expect(ran.stdout).toContain('outside');
      const seen = vantageReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      expect(seen.vantage).toBe('outside');
      expect(seen.reach[0]?.unused).toBe('reset');
      expect(JSON.stringify(seen)).not.toContain('jane.doe');
      const merged = await run(['probe', target, '--with', file, '--format', 'json', '--exit-zero']);
      const lines = JSON.parse(merged.stdout) as { vantage: string; verdict: string }[];
      expect(lines.map(({ vantage }) => vantage).sort()).toEqual(['outside', 'this machine']);
      // A file from elsewhere does not widen the scope.
      const foreign = join(folder, 'foreign.json');
      writeFileSync(
        foreign,
        JSON.stringify({ ...seen, results: seen.results.map((one) => ({ ...one, host: 'rival.example' })) }),
      );
      const narrowed = await run(['probe', target, '--with', foreign, '--format', 'json', '--exit-zero']);
      expect((JSON.parse(narrowed.stdout) as unknown[]).length).toBe(1);
      expect(narrowed.stderr).toContain('not in this scope');
      const broken = join(folder, 'broken.json');
      writeFileSync(broken, '{}');
      expect((await run(['probe', target, '--with', broken])).code).toBe(2);
    } finally {
      server.close();
    }
  });

  it('tells categories of one’s own by the names of fields, without a look at any value', async () => {
    const stats = { indexes: { cards: { numberOfDocuments: 2, fieldDistribution: { id: 2, mitgliedsnummer: 2 } } } };
    const server = await httpServer((path) => {
      if (path === '/') return [200, { status: 'Meilisearch is running' }];
      if (path === '/health') return [200, { status: 'available' }];
      if (path === '/stats') return [200, { databaseSize: 1, lastUpdate: '2024-01-01T00:00:00Z', ...stats }];
      return path === '/version' ? [200, { pkgVersion: '1.6.2' }] : undefined;
    });
    const own = { id: 'membership', title: 'membership numbers', names: ['mitgliedsnummer'] };
    const targets = [{ host: '127.0.0.1', addresses: ['127.0.0.1'], authority: 'loopback' }];
    const config = join(folder, 'own.yaml');
    writeFileSync(config, JSON.stringify({ version: 1, targets, classify: { categories: [own] } }));
    const target = `127.0.0.1:${server.port}/meilisearch`;
    try {
      const ran = await run(['probe', target, '--config', config, '--no-journal', '--format', 'json']);
      const [line] = JSON.parse(ran.stdout) as { datasets: { name: string; categories: string[] }[] }[];
      expect(line?.datasets).toMatchObject([{ name: 'cards', categories: ['own:membership'] }]);
      expect(server.asked.filter((asked) => asked.includes('documents'))).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('asks every project on the one host that a provider has for all, each under a name of its own', async () => {
    const host = 'firestore.googleapis.com';
    const targets = ['bluemarket', 'bluemarket-test'].map((project) => ({
      host,
      authority: { provider: 'firestore', project },
      managedService: 'firestore',
    }));
    const config = join(folder, 'projects.yaml');
    writeFileSync(config, JSON.stringify({ version: 1, targets }));
    for (const named of [[], [host]]) {
      const ran = await run(['probe', ...named, '--config', config, '--dry-run', '--format', 'json']);
      expect(ran.code).toBe(0);
      const { ports } = JSON.parse(ran.stdout) as {
        ports: { target: string; services: { requests: { bytes: string }[] }[] }[];
      };
      expect(ports.map(({ target }) => target)).toEqual([`${host} (bluemarket)`, `${host} (bluemarket-test)`]);
      const [first, second] = ports.map(({ services }) =>
        Buffer.from(services[0]?.requests[0]?.bytes ?? '', 'base64').toString('latin1'),
      );
      expect(first).toContain('/projects/bluemarket/');
      expect(second).toContain('/projects/bluemarket-test/');
    }
  });

  it('counts categories of one’s own as personal in what an API gives away', async () => {
    const cards: Record<string, string> = { alice: '11111111', bob: '22222222' };
    const card = (id: string) => ({ id, mitgliedsnummer: id === cards.alice ? 'M-made-up' : 'M-other' });
    // Whoever is signed in reads every card.
    const server = await httpServer((path, { headers }) => {
      const own = cards[/^Bearer made-up-token-of-(\w+)$/.exec(headers.authorization ?? '')?.[1] ?? ''];
      if (!path.startsWith('/cards')) return undefined;
      if (own === undefined) return [401, {}];
      const id = /^\/cards\/(\d{8})$/.exec(path)?.[1] ?? '';
      if (Object.values(cards).includes(id)) return [200, card(id)];
      return path === '/cards' ? [200, [card(own)]] : undefined;
    });
    const accounts = ['alice', 'bob'].map((name) => {
      writeFileSync(join(folder, name), `made-up-token-of-${name}`, { mode: 0o600 });
      return { name, tokenFile: name };
    });
    const api = { baseUrl: `http://127.0.0.1:${server.port}`, endpoints: [{ path: '/cards/{id}', list: '/cards' }] };
    const targets = [{ host: '127.0.0.1', addresses: ['127.0.0.1'], authority: 'loopback', api, accounts }];
    const own = { id: 'membership', title: 'membership numbers', names: ['mitgliedsnummer'] };
    const codeWith = async (...categories: object[]) => {
      const config = join(folder, 'api.yaml');
      writeFileSync(config, JSON.stringify({ version: 1, targets, classify: { categories } }));
      const severe = ['--no-journal', '--fail-on', 'critical'];
      return (await run(['probe', `127.0.0.1:${server.port}`, '--config', config, ...severe])).code;
    };
    try {
      // That another user reads what is personal is critical, and high where it is not.
      expect([await codeWith(), await codeWith(own)]).toEqual([0, 1]);
    } finally {
      server.close();
    }
  });
});
