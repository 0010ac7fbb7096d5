/** `postern classify STORE --sample` and `postern probe --sample` as they are typed: categories come out, values never do. */
import net from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeCommand } from '../../src/probe/services/redis/resp.ts';
import { httpServer } from '../../src/probe/testing/http-server.ts';
import { type Ran, run } from '../cli/run.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('redis-server', ['redis-server', 'valkey-server']);
const daemons: Daemon[] = [];
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
});

/** Under names that tell nothing only the values can show what they are. */
const PEOPLE = [1, 2, 3, 4, 5].map((n) => ({
  email: `canary.person${n}@example.org`,
  phone: `+1415555010${n}`,
  attr7: `canary.second${n}@example.org`,
  loyalty: `canary-tier-${n}`,
}));
const LEAKS = [...PEOPLE.flatMap((person) => Object.values(person)), 'canary', '415555'];

interface Classified {
  datasets: { name: string; fields: { name: string; category: string; counts: { values: number } }[] }[];
}

function categories({ stdout }: Ran): Map<string, string> {
  const report = JSON.parse(stdout) as Classified;
  return new Map(
    report.datasets.flatMap(({ name, fields }) => fields.map((field) => [`${name}/${field.name}`, field.category])),
  );
}

function expectNoValue({ stdout, stderr }: Ran): void {
  for (const leak of LEAKS) expect(stdout + stderr).not.toContain(leak);
}

async function fill(port: number): Promise<void> {
  const commands = PEOPLE.map((person, at) => ['HSET', `customer:${at + 1}`, ...Object.entries(person).flat()]);
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
    socket.write(Buffer.concat([...commands, ['QUIT']].map((words) => encodeCommand(words))));
  });
}

describe.skipIf(!binary)('hashes of a real Redis', () => {
  const store = (async () => {
    if (!binary) return '';
    const account = unprivileged('redis');
    const folder = workFolder('redis', account);
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
    daemons.push(
      await startDaemon({ name: 'redis', command: binary, args, port, folder, ...(account ? { account } : {}) }),
    );
    await fill(port);
    return `127.0.0.1:${port}/redis`;
  })();

  it('are classified field by field with --sample', async () => {
    const ran = await run(['classify', await store, '--sample', '5', '--format', 'json']);
    expect(ran.stderr).not.toContain('E_');
    expect(ran.code).toBe(0);
    const found = categories(ran);
    expect(found.get('db0/customer:*.email')).toBe('email');
    expect(found.get('db0/customer:*.phone')).toBe('phone');
    expect([...found].filter(([, category]) => category === 'email')).toHaveLength(2);
    const fields = (JSON.parse(ran.stdout) as Classified).datasets.flatMap((dataset) => dataset.fields);
    expect(fields.find(({ name }) => name === 'customer:*.email')?.counts.values).toBe(5);
    expectNoValue(ran);
  });

  it('tell no field without --sample', async () => {
    const ran = await run(['classify', await store, '--format', 'json']);
    expect([...categories(ran).keys()].join()).not.toContain('email');
    expectNoValue(ran);
  });

  it.each(['json', 'table'])('show in a probe as %s what they hold', async (format) => {
    const ran = await run(['probe', await store, '--sample', '3', '--format', format, '--exit-zero']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/e-?mail/);
    expect(ran.stdout).toContain('phone');
    expectNoValue(ran);
  });
});

describe('documents behind HTTP', () => {
  /** Plays an open CouchDB with one database. */
  const couch = () =>
    httpServer((path) => {
      if (path === '/') return [200, { couchdb: 'Welcome', version: '3.3.2', vendor: { name: 'x' } }];
      if (path.startsWith('/_all_dbs')) return [200, ['customers']];
      if (path.startsWith('/_session')) return [200, { ok: true, userCtx: { name: null, roles: ['_admin'] } }];
      if (path.includes('/_all_docs') && path.startsWith('/customers')) {
        const rows = PEOPLE.map((person, at) => ({ id: `c${at}`, key: `c${at}`, doc: { _id: `c${at}`, ...person } }));
        return [200, { total_rows: rows.length, offset: 0, rows }];
      }
      if (path === '/customers' || path === '/customers/')
        return [200, { db_name: 'customers', doc_count: 5, sizes: { file: 9 } }];
      return undefined;
    });

  it('are classified with --sample, and no value comes out', async () => {
    const server = await couch();
    try {
      const ran = await run(['classify', `127.0.0.1:${server.port}/couchdb`, '--sample', '5', '--format', 'json']);
      expect(ran.code).toBe(0);
      const found = categories(ran);
      expect(found.get('customers/email')).toBe('email');
      expect(found.get('customers/phone')).toBe('phone');
      expect(found.get('customers/attr7')).toBe('email');
      expectNoValue(ran);
      const table = await run(['classify', `127.0.0.1:${server.port}/couchdb`, '--sample', '5']);
      expect(table.stdout).toContain('attr7');
      expectNoValue(table);
      const probed = await run([
        'probe',
        `127.0.0.1:${server.port}/couchdb`,
        '--sample',
        '3',
        '--format',
        'json',
        '--exit-zero',
      ]);
      expect(probed.stdout).toContain('phone');
      expectNoValue(probed);
    } finally {
      server.close();
    }
  });
});
