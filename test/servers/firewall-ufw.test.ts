/** The generated script run by the real ufw, with copies of its files, in namespaces of its own; then read back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideAtHost, generateFirewall, type ReachModel, readHostState } from '../../src/firewall/index.ts';
import { type Machine, machine, namespacesAvailable } from './harness/namespaces.ts';

const MODEL: ReachModel = {
  reach: [
    {
      service: 'elasticsearch',
      port: 9200,
      protocol: 'tcp',
      from: [{ name: 'api', cidrs: ['10.1.0.0/16', '198.51.100.7', 'fd00:1::/64'] }],
    },
    { service: 'redis', port: 6379, protocol: 'tcp', from: [] },
  ],
  publicPorts: [443],
};

const OWN_FILES = [
  'set -e',
  'folder=$(mktemp -d)',
  'mount -t tmpfs none "$folder"',
  'cp -a /etc/ufw "$folder/ufw" && cp -a /etc/default/ufw "$folder/default"',
  'mount --bind "$folder/ufw" /etc/ufw && mount --bind "$folder/default" /etc/default/ufw',
  // A rule that would win if the script put its own below.
  'ufw allow 6379/tcp && ufw --force enable',
].join('\n');

describe.skipIf(!namespacesAvailable('ufw', 'iptables-save', 'ip6tables-save'))('the generated ufw script', () => {
  let host: Machine;
  const script = generateFirewall('ufw', MODEL, { wholeHost: true });

  beforeAll(async () => {
    host = await machine();
    host.run('sh', ['-c', OWN_FILES]);
  }, 60_000);
  afterAll(() => host?.stop());

  it('changes nothing when it runs again', () => {
    host.run('sh', ['-s'], script);
    const once = host.run('ufw', ['status', 'verbose']);
    host.run('sh', ['-s'], script);
    expect(host.run('ufw', ['status', 'verbose'])).toBe(once);
    expect(once).toContain('9200/tcp');
  }, 120_000);

  it.each([
    ['ufw status verbose', [['ufw', 'status', 'verbose']]],
    ['ufw status numbered', [['ufw', 'status', 'numbered']]],
    ['iptables-save', [['iptables-save'], ['ip6tables-save']]],
    ['nft', [['iptables-save'], ['ip6tables-save'], ['nft', '-j', 'list', 'ruleset']]],
  ] as const)('read back by %s says exactly who has to reach what', (name, commands) => {
    const files = commands.map(([program, ...args]) => ({ path: program, text: host.run(program, args) }));
    const { filters, skips } = readHostState(files);
    expect(skips.map(({ code }) => code)).toEqual(name === 'ufw status numbered' ? ['FIREWALL_NO_DEFAULT'] : []);
    const at = (port: number, family: 4 | 6) => decideAtHost(filters, { family, protocol: 'tcp', port }, false);
    expect(at(9200, 4)).toMatchObject({ verdict: 'drop', admits: ['10.1.0.0/16', '198.51.100.7/32'] });
    expect(at(9200, 6)).toMatchObject({ verdict: 'drop', admits: ['fd00:1::/64'] });
    for (const family of [4, 6] as const) {
      expect(at(6379, family)).toMatchObject({ verdict: 'drop', admits: [] });
      expect(at(443, family)).toMatchObject({ verdict: 'accept' });
      expect(at(22, family)).toMatchObject({ verdict: 'accept' });
      expect(at(4444, family).verdict).toBe(name === 'ufw status numbered' ? 'unknown' : 'drop');
    }
  });
});
