import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run as runCli } from '../cli/run.ts';
import { container, iptables, SS, ufwStatus } from './firewall-support.ts';

let folder: string;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-firewall-'));
  write('ss.txt', SS);
  write('ufw.txt', ufwStatus('22/tcp                     ALLOW IN    Anywhere'));
  write('off.txt', 'Status: inactive\n');
  write('docker.json', container('0.0.0.0', '29200'));
  write('rules.txt', iptables('ACCEPT', '-A INPUT -p tcp --dport 6379 -j DROP'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...argv: string[]) => runCli(['firewall', ...argv], { cwd: folder });

describe('postern firewall read', () => {
  it('shows what waits, who gets in and which line decides', async () => {
    const { code, stdout } = await run('read', 'ss.txt', 'ufw.txt');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0\.0\.0\.0:22 +sshd +let in +22\/tcp ALLOW Anywhere \(ufw\.txt:8\)$/m);
    expect(stdout).toMatch(/^0\.0\.0\.0:9200 +java +dropped +policy of incoming: drop \(ufw\.txt:3\)$/m);
    expect(stdout).toMatch(/^127\.0\.0\.1:6379 +redis-server +inside only$/m);
    expect(stdout).toContain('No store port is open to strangers');
  });

  it('ends with 1 when a store is open, and tells the same in JSON', async () => {
    const { code, stdout } = await run('read', 'ss.txt', 'off.txt', '--format', 'json', '--host', 'search.example.com');
    expect(code).toBe(1);
    const { findings, openings, files } = JSON.parse(stdout);
    expect(files).toEqual([
      { path: 'ss.txt', kind: 'ss -ltnp' },
      { path: 'off.txt', kind: 'ufw status' },
    ]);
    expect(openings.length).toBeGreaterThan(8);
    expect(findings.map(({ rule, asset }: { rule: string; asset: string }) => [rule, asset])).toContainEqual([
      'firewall/store-port-open',
      'store:elasticsearch/search.example.com/9200',
    ]);
    expect((await run('read', 'ss.txt', 'off.txt', '--exit-zero')).code).toBe(0);
  });

  it('says that Docker publishes past ufw', async () => {
    const { code, stdout } = await run('read', 'docker.json', 'ufw.txt');
    expect(code).toBe(1);
    expect(stdout).toContain('past the input filter');
    expect(stdout).toContain('HIGH firewall/docker-past-filter');
    expect(stdout).not.toContain('planted-secret-value');
  });

  it('without sockets tells which store ports the filters let through', async () => {
    const { stdout } = await run('read', 'rules.txt');
    expect(stdout).toMatch(/^IPv4 port 9200: policy of filter INPUT: accept \(rules\.txt:3\)$/m);
    expect(stdout).not.toContain('port 6379');
  });

  it('takes files, host and interfaces from postern.yaml', async () => {
    write(
      'postern.yaml',
      'version: 1\nfirewall:\n  state: [ss.txt, off.txt]\n  host: search.example.com\n  outside: [eth0]\n',
    );
    try {
      const { stdout } = await run('read', '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        host: 'search.example.com',
        files: [{ path: 'off.txt' }, { path: 'ss.txt' }],
      });
    } finally {
      rmSync(join(folder, 'postern.yaml'));
    }
  });

  it('refuses what it cannot do', async () => {
    expect(await run('read')).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing to read') });
    expect(await run('read', 'gone.txt')).toMatchObject({ code: 2 });
    write('notes.txt', 'hello');
    expect(await run('read', 'notes.txt')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('this is none of'),
    });
  });
});

describe('postern firewall generate', () => {
  it('takes stores and sources from the command line', async () => {
    const { code, stdout } = await run(
      'generate',
      '--format',
      'nftables',
      '--port',
      'redis=6379',
      '--allow',
      'api=10.0.1.0/24,fd00::/64',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('tcp dport 6379 goto redis_6379');
    expect(stdout).toContain('ip saddr { 10.0.1.0/24 } accept');
    expect(stdout).toContain('ip6 saddr { fd00::/64 } accept');
  });

  it('takes them from postern.yaml', async () => {
    write(
      'postern.yaml',
      'version: 1\nfirewall:\n  reach:\n    - { service: search, port: 9200, from: [{ name: api, cidrs: [10.0.2.0/24] }] }\n  publicPorts: [443]\n  sshPort: 2222\n',
    );
    try {
      const { stdout } = await run('generate', '--format', 'ufw', '--whole-host');
      expect(stdout).toContain('first allow from 10.0.2.0/24 to any port 9200 proto tcp');
      expect(stdout).toContain('ufw allow 2222/tcp');
      expect(stdout).toContain('ufw allow 443/tcp');
    } finally {
      rmSync(join(folder, 'postern.yaml'));
    }
  });

  it('refuses what would be no wall, with advice', async () => {
    for (const argv of [
      ['--format', 'nftables'],
      ['--format', 'iptables', '--port', 'redis=6379'],
      ['--format', 'aws', '--port', 'redis'],
      ['--format', 'aws', '--port', 'redis=6379', '--allow', 'all=0.0.0.0/0'],
      ['--format', 'aws', '--port', 'redis=70000'],
    ]) {
      const { code, stdout, stderr } = await run('generate', ...argv);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.length).toBeGreaterThan(20);
    }
  });

  it('explains itself', async () => {
    for (const verb of ['read', 'generate']) {
      const { code, stdout } = await run(verb, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    }
  });
});
