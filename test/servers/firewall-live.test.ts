/**
 * The generated nftables ruleset in a real kernel: two network namespaces on a wire, sockets that wait, connections from
 * an address that is listed and from one that is not, IPv4 and IPv6 – and what the reader says about the same host.
 */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideAtHost, generateFirewall, type ReachModel, readHostState } from '../../src/firewall/index.ts';
import { type Machine, machine, namespacesAvailable, wire } from './harness/namespaces.ts';

const HERE = { 4: '10.77.0.1', 6: 'fd77::1' } as const;
const LISTED = { 4: '10.77.1.2', 6: 'fd77::1:2' } as const;
const STRANGER = { 4: '10.77.2.2', 6: 'fd77::2:2' } as const;
const FAMILIES = [4, 6] as const;
const PORTS = [22, 443, 4444, 6379, 9200, 19_200];

const MODEL: ReachModel = {
  reach: [
    {
      service: 'elasticsearch',
      port: 9200,
      protocol: 'tcp',
      from: [{ name: 'api', cidrs: ['10.77.1.0/24', 'fd77::1:0/112'] }],
    },
    // Published: redirected to another port before the input hook, as Docker's proxy and DNAT do.
    {
      service: 'elasticsearch',
      port: 19_200,
      protocol: 'tcp',
      from: [{ name: 'api', cidrs: ['10.77.1.0/24', 'fd77::1:0/112'] }],
    },
    { service: 'redis', port: 6379, protocol: 'tcp', from: [] },
  ],
  publicPorts: [443],
};

const LISTENER = `
const net = require('node:net');
Promise.all([22, 443, 4444, 6379, 9200].map((port) => new Promise((done) => net.createServer((s) => s.on('error', () => {}).end('here')).listen(port, '::', done))))
  .then(() => console.log('ready'));`;

/** Connects from one address to each port; prints which connections were accepted. */
const CONNECTOR = `
const net = require('node:net');
const [from, to, ...ports] = process.argv.slice(1);
const ask = (port) => new Promise((done) => {
  const socket = net.connect({ host: to, port: Number(port), localAddress: from });
  const timer = setTimeout(() => { socket.destroy(); done(false); }, 700);
  const end = (answer) => { clearTimeout(timer); socket.destroy(); done(answer); };
  socket.once('connect', () => end(true));
  socket.once('error', (error) => { if (error.code !== 'ECONNREFUSED') console.error(error.code); end(false); });
});
Promise.all(ports.map(ask)).then((answers) => console.log(JSON.stringify(ports.filter((_, at) => answers[at]).map(Number))));`;

const available = namespacesAvailable('nft');

describe.skipIf(!available)('the generated nftables ruleset', () => {
  let host: Machine;
  let peer: Machine;
  let listener: ReturnType<typeof spawn>;

  beforeAll(async () => {
    host = await machine();
    peer = await machine();
    wire(host, peer, {
      left: [`${HERE[4]}/16`, `${HERE[6]}/64`],
      right: [LISTED, STRANGER].flatMap((one) => [`${one[4]}/16`, `${one[6]}/64`]),
    });
    listener = spawn('nsenter', ['-t', String(host.pid), '-n', process.execPath, '-e', LISTENER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((done) => listener.stdout?.once('data', done));
    host.run(
      'nft',
      ['-f', '-'],
      'table inet published {\n chain docker_like {\n type nat hook prerouting priority dstnat; policy accept;\n tcp dport 19200 redirect to :9200\n }\n}\n',
    );
  }, 30_000);

  afterAll(() => {
    listener?.kill('SIGKILL');
    host?.stop();
    peer?.stop();
  });

  const from = (source: { 4: string; 6: string }, family: 4 | 6): number[] =>
    JSON.parse(peer.run(process.execPath, ['-e', CONNECTOR, source[family], HERE[family], ...PORTS.map(String)]));

  /** What the reader makes of the same host's own words. */
  function read() {
    const view = readHostState([
      { path: 'ss.txt', text: host.run('ss', ['-ltnp']) },
      { path: 'nft.json', text: host.run('nft', ['-j', 'list', 'ruleset']) },
    ]);
    expect(view.skips).toEqual([]);
    return (port: number, family: 4 | 6) => decideAtHost(view.filters, { family, protocol: 'tcp', port }, false);
  }

  it('is not needed for these sockets to be reached', () => {
    for (const family of FAMILIES) {
      expect(from(STRANGER, family)).toEqual(PORTS);
      for (const port of PORTS) expect(read()(port, family).verdict).toBe('accept');
    }
  });

  it.each([
    [false, [9200, 19_200], [22, 443, 4444]],
    [true, [9200, 19_200], [22, 443]],
  ])(
    'drops strangers and admits who is listed (whole host: %s)',
    (wholeHost, stores, everybody) => {
      const text = generateFirewall('nftables', MODEL, { wholeHost });
      host.run('nft', ['-c', '-f', '-'], text);
      host.run('nft', ['-f', '-'], text);
      const once = host.run('nft', ['list', 'ruleset']);
      host.run('nft', ['-f', '-'], text);
      expect(host.run('nft', ['list', 'ruleset'])).toBe(once);

      const decide = read();
      for (const family of FAMILIES) {
        expect(from(STRANGER, family)).toEqual(everybody);
        expect(from(LISTED, family)).toEqual([...everybody, ...stores].sort((a, b) => a - b));
        for (const port of PORTS) {
          const { verdict, admits } = decide(port, family);
          expect([port, family, verdict]).toEqual([port, family, everybody.includes(port) ? 'accept' : 'drop']);
          if (stores.includes(port)) expect(admits).toEqual([family === 4 ? '10.77.1.0/24' : 'fd77::1:0/112']);
          if (port === 6379) expect(admits).toEqual([]);
        }
        const own = family === 4 ? '127.0.0.1' : '::1';
        const local = host.run(process.execPath, ['-e', CONNECTOR, own, own, '6379', '9200']);
        expect(JSON.parse(local)).toEqual([6379, 9200]);
      }
    },
    60_000,
  );

  it('is gone when its table is deleted', () => {
    host.run('nft', ['delete', 'table', 'inet', 'postern']);
    expect(from(STRANGER, 4)).toEqual(PORTS);
  });
});
