/**
 * The generated nftables ruleset in a real kernel: two network namespaces on a wire, sockets that wait, connections from
 * an address that is listed and from one that is not, IPv4 and IPv6 – and what the reader says about the same host.
 */
import type { ChildProcess } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideAtHost, generateFirewall, type ReachModel, readHostState } from '../../src/firewall/index.ts';
import { admittedOf, model } from '../golden/firewall-models.ts';
import { DOCKER_IPTABLES } from '../golden/firewall-support.ts';
import { type Machine, machine, namespacesAvailable, wire } from './harness/namespaces.ts';
import { listenOn, reached } from './harness/sockets.ts';

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

const available = namespacesAvailable('nft');

describe.skipIf(!available)('the generated nftables ruleset', () => {
  let host: Machine;
  let peer: Machine;
  let listener: ChildProcess;

  beforeAll(async () => {
    host = await machine();
    peer = await machine();
    wire(host, peer, {
      left: [`${HERE[4]}/16`, `${HERE[6]}/64`],
      right: [LISTED, STRANGER].flatMap((one) => [`${one[4]}/16`, `${one[6]}/64`]),
    });
    listener = await listenOn(host, [22, 443, 4444, 6379, 9200]);
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
    reached(peer, source[family], HERE[family], PORTS);

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
        expect(reached(host, own, own, [6379, 9200])).toEqual([6379, 9200]);
      }
    },
    60_000,
  );

  it('is gone when its table is deleted', () => {
    host.run('nft', ['delete', 'table', 'inet', 'postern']);
    expect(from(STRANGER, 4)).toEqual(PORTS);
  });

  it('listed and read again says exactly who has to reach what, whatever the model', () => {
    fc.assert(
      fc.property(model, fc.boolean(), (wanted, wholeHost) => {
        host.run('nft', ['-f', '-'], generateFirewall('nftables', wanted, { wholeHost }));
        const decide = read();
        for (const { port, from: sources } of wanted.reach) {
          for (const family of FAMILIES) {
            const { verdict, admits } = decide(port, family);
            expect(verdict).toBe('drop');
            expect(admits).toEqual(admittedOf(sources, family));
          }
        }
        for (const port of wanted.publicPorts) expect(decide(port, 6).verdict).toBe('accept');
        expect(decide(1023, 4).verdict).toBe(wholeHost && !wanted.publicPorts.includes(1023) ? 'drop' : 'accept');
      }),
      { numRuns: 25 },
    );
    host.run('nft', ['delete', 'table', 'inet', 'postern']);
  }, 120_000);
});

describe.skipIf(!available || !namespacesAvailable('iptables-restore'))('a port that Docker publishes', () => {
  const started: { stop(): void }[] = [];
  afterAll(() => {
    for (const one of started) one.stop();
  });

  it('is open past INPUT, is seen so, and is closed by the generated ruleset', async () => {
    const [host, peer, container] = [await machine(), await machine(), await machine()];
    started.push(host, peer, container);
    wire(host, peer, { left: [`${HERE[4]}/16`], right: [`${LISTED[4]}/16`, `${STRANGER[4]}/16`] });
    wire(host, container, { left: ['172.17.0.1/16'], right: ['172.17.0.2/16'] }, 'docker0');
    container.run('ip', ['route', 'add', 'default', 'via', '172.17.0.1']);
    host.run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
    host.run('iptables-restore', [], DOCKER_IPTABLES);
    const listener = await listenOn(container, [9200]);
    started.push({ stop: () => listener.kill('SIGKILL') });

    const state = () => {
      const texts = { 'iptables.txt': ['iptables-save'], 'nft.json': ['nft', '-j', 'list', 'ruleset'] };
      const files = Object.entries(texts).map(([path, [program = '', ...args]]) => ({
        path,
        text: host.run(program, args),
      }));
      return decideAtHost(readHostState(files).filters, { family: 4, protocol: 'tcp', port: 19_200 }, true);
    };
    expect(host.run('iptables-save')).toContain(':INPUT DROP');
    expect(reached(peer, STRANGER[4], HERE[4], [19_200, 9200])).toEqual([19_200]);
    expect(state()).toMatchObject({ verdict: 'accept' });

    host.run('nft', ['-f', '-'], generateFirewall('nftables', MODEL));
    expect(reached(peer, STRANGER[4], HERE[4], [19_200])).toEqual([]);
    expect(reached(peer, LISTED[4], HERE[4], [19_200])).toEqual([19_200]);
    expect(state()).toMatchObject({ verdict: 'drop', admits: ['10.77.1.0/24'] });

    // The other place to filter: the line that the ruleset’s last comment gives.
    host.run('nft', ['delete', 'table', 'inet', 'postern']);
    const ruleset = generateFirewall('nftables', MODEL);
    const line = /^# {3}(iptables -I DOCKER-USER .*--ctorigdstport 19200 .*)$/m.exec(ruleset)?.[1];
    host.run('sh', ['-c', line ?? 'false']);
    expect(reached(peer, STRANGER[4], HERE[4], [19_200])).toEqual([]);
    expect(state()).toMatchObject({ verdict: 'drop', admits: [] });
  }, 60_000);
});
