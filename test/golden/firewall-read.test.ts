import { describe, expect, it } from 'vitest';
import { readHostState } from '../../src/firewall/index.ts';
import { container, DOCKER_IPTABLES, iptables, nft, SS, strangerAt, ufwStatus, viewOf } from './firewall-support.ts';

describe('sockets', () => {
  const view = viewOf(SS);
  const at = (port: number) =>
    view.openings.filter((one) => one.port === port).map(({ address, inside }) => [address, inside]);

  it('tells loopback, one address, all addresses and both families apart', () => {
    expect(view.skips).toEqual([]);
    expect(at(6379)).toEqual([['127.0.0.1', true]]);
    expect(at(53)).toEqual([['127.0.0.53', true]]);
    expect(at(22)).toEqual([
      ['0.0.0.0', false],
      ['::', false],
    ]);
    expect(at(9200)).toEqual([
      ['0.0.0.0', false],
      ['::', false],
    ]);
    expect(at(9300)).toEqual([['127.0.0.1', true]]);
    expect(at(5432)).toEqual([['10.0.0.5', false]]);
    expect(at(27017)).toEqual([['fe80::1', true]]);
  });

  it('keeps the name of the program and neither its id nor its line', () => {
    expect(view.openings.find(({ port }) => port === 9200)).toMatchObject({ process: 'java', place: { line: 6 } });
    expect(JSON.stringify(view)).not.toMatch(/pid=|1201|fd=/);
  });

  it('reads the same without a head, without programs and beside UDP', () => {
    const bare =
      'LISTEN 0 128 0.0.0.0:9200 0.0.0.0:*\ntcp LISTEN 0 128 [::1]:80 [::]:*\nudp UNCONN 0 0 0.0.0.0:68 0.0.0.0:*';
    expect(viewOf(bare).openings.map(({ port, inside }) => [port, inside])).toEqual([
      [80, true],
      [9200, false],
    ]);
  });

  it('takes `:::22` of old versions as both families unless IPv4 waits by itself', () => {
    expect(viewOf('LISTEN 0 128 :::80 :::*').openings.map(({ family }) => family)).toEqual([4, 6]);
    expect(viewOf('LISTEN 0 128 :::80 :::*\nLISTEN 0 128 127.0.0.1:81 *:*').openings).toHaveLength(3);
    expect(viewOf('LISTEN 0 128 0.0.0.0:80 *:*\nLISTEN 0 128 :::80 :::*').openings).toHaveLength(2);
  });

  it('says when ports are names', () => {
    expect(viewOf('LISTEN 0 128 0.0.0.0:ssh 0.0.0.0:*').skips).toMatchObject([{ code: 'FIREWALL_NO_NUMBERS' }]);
  });
});

describe('iptables', () => {
  it.each([
    ['the policy decides without a rule', iptables('DROP'), 'drop', []],
    ['and lets in', iptables('ACCEPT'), 'accept', ['0.0.0.0/0']],
    [
      'an accept for anybody',
      iptables('DROP', '-A INPUT -p tcp -m tcp --dport 9200 -j ACCEPT'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'an accept from one network is not for strangers',
      iptables('DROP', '-A INPUT -s 10.0.0.0/8 -p tcp --dport 9200 -j ACCEPT'),
      'drop',
      ['10.0.0.0/8'],
    ],
    [
      'answers to connections of the host open none',
      iptables('DROP', '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
      'drop',
      [],
    ],
    ['new ones do', iptables('DROP', '-A INPUT -m state --state NEW,ESTABLISHED -j ACCEPT'), 'accept', ['0.0.0.0/0']],
    ['loopback is nobody outside', iptables('DROP', '-A INPUT -i lo -j ACCEPT'), 'drop', []],
    ['another interface may be', iptables('DROP', '-A INPUT -i eth0 -p tcp --dport 9200 -j ACCEPT'), 'unknown', []],
    [
      'several ports',
      iptables('DROP', '-A INPUT -p tcp -m multiport --dports 80,9200:9300 -j ACCEPT'),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['all but one port', iptables('DROP', '-A INPUT -p tcp -m tcp ! --dport 9200 -j ACCEPT'), 'drop', []],
    ['another protocol', iptables('DROP', '-A INPUT -p udp --dport 9200 -j ACCEPT'), 'drop', []],
    [
      'all but the office',
      iptables('ACCEPT', '-A INPUT ! -s 198.51.100.0/24 -p tcp --dport 9200 -j REJECT'),
      'reject',
      ['198.51.100.0/24'],
    ],
    [
      'two halves are everybody',
      iptables('DROP', '-A INPUT -s 0.0.0.0/1 -j ACCEPT', '-A INPUT -s 128.0.0.0/1 -j ACCEPT'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'the first rule wins',
      iptables('ACCEPT', '-A INPUT -p tcp --dport 9200 -j DROP', '-A INPUT -p tcp --dport 9200 -j ACCEPT'),
      'drop',
      [],
    ],
    ['a chain of its own', iptables('ACCEPT', '-A INPUT -p tcp --dport 9200 -j mine', '-A mine -j DROP'), 'drop', []],
    [
      'that returns',
      iptables('DROP', '-A INPUT -j mine', '-A INPUT -j ACCEPT', '-A mine -j RETURN', '-A mine -j DROP'),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['goto does not come back', iptables('DROP', '-A INPUT -g mine', '-A INPUT -j ACCEPT'), 'drop', []],
    [
      'a slow connection is within the rate',
      iptables('DROP', '-A INPUT -p tcp --dport 9200 -m limit --limit 5/min -j ACCEPT'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'too many connections are dropped, one is not',
      iptables('ACCEPT', '-A INPUT -p tcp --dport 9200 -m connlimit --connlimit-above 5 --connlimit-mask 32 -j DROP'),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['the sender chooses its port', iptables('DROP', '-A INPUT -p tcp --sport 53 -j ACCEPT'), 'accept', ['0.0.0.0/0']],
    ['a match that is not known', iptables('DROP', '-A INPUT -m geoip --source-country DE -j ACCEPT'), 'unknown', []],
    ['that changes nothing', iptables('DROP', '-A INPUT -m geoip --source-country DE -j DROP'), 'drop', []],
    [
      'that comes too late',
      iptables('DROP', '-A INPUT -p tcp --dport 9200 -j DROP', '-A INPUT -m geoip --source-country DE -j ACCEPT'),
      'drop',
      [],
    ],
    ['a chain that is not there', iptables('ACCEPT', '-A INPUT -j f2b-elastic'), 'unknown', []],
    ['SYN alone', iptables('ACCEPT', '-A INPUT -p tcp --syn --dport 9200 -j DROP'), 'drop', []],
    [
      'all but SYN',
      iptables('ACCEPT', '-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['counters of -c', iptables('DROP', '[12:720] -A INPUT -p tcp --dport 9200 -j ACCEPT'), 'accept', ['0.0.0.0/0']],
    [
      'logging goes on',
      iptables('DROP', '-A INPUT -j LOG --log-prefix "[in] "', '-A INPUT -j ACCEPT'),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'an address range',
      iptables('DROP', '-A INPUT -m iprange --src-range 10.0.0.1-10.0.0.2 -j ACCEPT'),
      'drop',
      ['10.0.0.1/32', '10.0.0.2/32'],
    ],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(strangerAt([text], 9200)).toMatchObject({ verdict, admits });
  });

  it('names the line that decides, without its comment', () => {
    const decision = strangerAt([DOCKER_IPTABLES], 22);
    expect(decision).toMatchObject({ verdict: 'accept', place: { path: 'state-1.txt', line: 12 } });
    expect(decision.text).toBe('-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT');
  });

  it('does not speak for the other family', () => {
    expect(strangerAt([iptables('DROP')], 9200, 6)).toMatchObject({ verdict: 'unknown' });
  });

  it('follows what Docker publishes through DNAT, past INPUT', () => {
    expect(strangerAt([DOCKER_IPTABLES], 19_200)).toMatchObject({
      verdict: 'accept',
      text: expect.stringContaining('-A DOCKER -d 172.17.0.2/32'),
    });
    // Published on 127.0.0.1 alone, and not published at all.
    expect(strangerAt([DOCKER_IPTABLES], 6379)).toMatchObject({ verdict: 'drop' });
    expect(strangerAt([DOCKER_IPTABLES], 9200)).toMatchObject({ verdict: 'drop' });
  });

  it('honours DOCKER-USER, by the original port, too', () => {
    const dropped = '-A DOCKER-USER -p tcp -m conntrack --ctorigdstport 19200 --ctdir ORIGINAL -j DROP';
    const other = dropped.replace('19200', '19201');
    const narrow = '-A DOCKER-USER ! -s 10.0.0.0/8 -p tcp -m tcp --dport 9200 -j DROP';
    const withRule = (rule: string) =>
      DOCKER_IPTABLES.replace('-A DOCKER-USER -j RETURN', `${rule}\n-A DOCKER-USER -j RETURN`);
    expect(strangerAt([withRule(dropped)], 19_200)).toMatchObject({ verdict: 'drop', admits: [] });
    expect(strangerAt([withRule(other)], 19_200)).toMatchObject({ verdict: 'accept' });
    expect(strangerAt([withRule(narrow)], 19_200)).toMatchObject({ verdict: 'drop', admits: ['10.0.0.0/8'] });
  });
});

const dport = (port: unknown, op = '==') => ({
  match: { op, left: { payload: { protocol: 'tcp', field: 'dport' } }, right: port },
});
const saddr = (right: unknown, op = '==', protocol = 'ip') => ({
  match: { op, left: { payload: { protocol, field: 'saddr' } }, right },
});
const meta = (key: string, right: unknown) => ({ match: { op: '==', left: { meta: { key } }, right } });
const state = (right: unknown) => ({ match: { op: 'in', left: { ct: { key: 'state' } }, right } });
const ACCEPT = { accept: null };
const DROP = { drop: null };

describe('nftables', () => {
  it.each([
    ['the policy', nft('drop'), 'drop', []],
    ['an accept', nft('drop', [dport(9200), ACCEPT]), 'accept', ['0.0.0.0/0']],
    [
      'a set of ports and ranges',
      nft('drop', [dport({ set: [80, { range: [9000, 9300] }] }), ACCEPT]),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['one network', nft('drop', [saddr({ prefix: { addr: '10.0.0.0', len: 8 } }), ACCEPT]), 'drop', ['10.0.0.0/8']],
    [
      'all but one network',
      nft('accept', [saddr({ prefix: { addr: '10.0.0.0', len: 8 } }, '!='), DROP]),
      'drop',
      ['10.0.0.0/8'],
    ],
    ['a named set', nft('drop', [saddr('@office'), ACCEPT]), 'drop', ['198.51.100.0/24']],
    ['a set that is not there', nft('drop', [saddr('@gone'), ACCEPT]), 'unknown', []],
    ['established', nft('drop', [state(['established', 'related']), ACCEPT]), 'drop', []],
    [
      'a state map',
      nft('drop', [
        {
          vmap: {
            key: { ct: { key: 'state' } },
            data: {
              set: [
                ['established', ACCEPT],
                ['new', { jump: { target: 'mine' } }],
              ],
            },
          },
        },
      ]),
      'drop',
      [],
    ],
    [
      'a port map',
      nft('drop', [
        {
          vmap: {
            key: { payload: { protocol: 'tcp', field: 'dport' } },
            data: {
              set: [
                [22, DROP],
                [9200, ACCEPT],
              ],
            },
          },
        },
      ]),
      'accept',
      ['0.0.0.0/0'],
    ],
    ['a jump', nft('accept', [dport(9200), { jump: { target: 'mine' } }]), 'drop', []],
    ['loopback', nft('drop', [meta('iif', 'lo'), ACCEPT]), 'drop', []],
    ['an interface', nft('drop', [meta('iifname', 'ens3'), ACCEPT]), 'unknown', []],
    ['the other family', nft('drop', [meta('nfproto', 'ipv6'), ACCEPT]), 'drop', []],
    ['another protocol', nft('drop', [meta('l4proto', { set: ['icmp', 'ipv6-icmp'] }), ACCEPT]), 'drop', []],
    ['a limit', nft('drop', [dport(9200), { limit: { rate: 10, per: 'second' } }, ACCEPT]), 'accept', ['0.0.0.0/0']],
    [
      'over a limit',
      nft('accept', [dport(9200), { limit: { rate: 10, per: 'second', inv: true } }, DROP]),
      'accept',
      ['0.0.0.0/0'],
    ],
    [
      'a concatenation',
      nft('drop', [
        {
          match: {
            op: '==',
            left: {
              concat: [
                { payload: { protocol: 'ip', field: 'saddr' } },
                { payload: { protocol: 'tcp', field: 'dport' } },
              ],
            },
            right: { set: [{ concat: ['10.0.0.7', 9200] }, { concat: ['10.0.0.8', 22] }] },
          },
        },
        ACCEPT,
      ]),
      'drop',
      ['10.0.0.7/32'],
    ],
    ['a statement that is not known', nft('accept', [{ tproxy: { port: 1 } }]), 'unknown', []],
    ['an expression of iptables', nft('drop', [{ xt: { type: 'match', name: 'string' } }, ACCEPT]), 'unknown', []],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(strangerAt([text], 9200)).toMatchObject({ verdict, admits });
  });

  it('drops when any chain of the hook drops', () => {
    const second = JSON.parse(nft('accept', [dport(9200), ACCEPT]));
    second.nftables.push({
      chain: { family: 'ip', table: 'late', name: 'in', type: 'filter', hook: 'input', prio: 10, policy: 'drop' },
    });
    expect(strangerAt([JSON.stringify(second)], 9200)).toMatchObject({
      verdict: 'drop',
      text: expect.stringContaining('ip late in'),
    });
    expect(strangerAt([JSON.stringify(second)], 9200, 6)).toMatchObject({ verdict: 'accept' });
  });

  it('knows which interface is meant when it is told', () => {
    const files = [
      { path: 'ss.txt', text: 'LISTEN 0 128 0.0.0.0:9200 0.0.0.0:*' },
      { path: 'nft.json', text: nft('drop', [meta('iifname', 'ens*'), ACCEPT]) },
    ];
    const verdict = (...outside: string[]) => readHostState(files, { outside }).openings[0]?.decision.verdict;
    expect([verdict('ens3'), verdict('eth0'), verdict('eth0', 'ens3'), verdict()]).toEqual([
      'accept',
      'drop',
      'unknown',
      'unknown',
    ]);
  });

  it('leaves the tables of iptables-nft to iptables-save, where that was handed over', () => {
    const shared = JSON.parse(nft('accept'));
    const table = { family: 'ip', table: 'filter' };
    shared.nftables.push(
      { chain: { ...table, name: 'INPUT', type: 'filter', hook: 'input', prio: 0, policy: 'accept' } },
      { rule: { ...table, chain: 'INPUT', expr: [{ xt: { type: 'match', name: 'conntrack' } }, DROP] } },
    );
    expect(strangerAt([JSON.stringify(shared)], 9200)).toMatchObject({ verdict: 'unknown' });
    expect(strangerAt([JSON.stringify(shared), iptables('ACCEPT')], 9200)).toMatchObject({ verdict: 'accept' });
    expect(strangerAt([JSON.stringify(shared), iptables('DROP')], 9200)).toMatchObject({ verdict: 'drop' });
  });

  it('names chain and handle of the rule that decides', () => {
    expect(strangerAt([nft('drop', [dport(9200), ACCEPT])], 9200).place).toEqual({
      path: 'state-1.txt',
      line: 1,
      entry: 'rule inet filter input handle 10',
    });
  });
});

describe('ufw', () => {
  it.each([
    ['the default', ufwStatus(), 'drop', []],
    ['a port', ufwStatus('9200/tcp                   ALLOW IN    Anywhere'), 'accept', ['0.0.0.0/0']],
    ['a limit lets in', ufwStatus('9200/tcp                   LIMIT IN    Anywhere'), 'accept', ['0.0.0.0/0']],
    ['one network', ufwStatus('9200                       ALLOW IN    10.0.0.0/8'), 'drop', ['10.0.0.0/8']],
    [
      'the first rule wins',
      ufwStatus('9200                       DENY IN     Anywhere', '9200                       ALLOW IN    Anywhere'),
      'drop',
      [],
    ],
    ['a profile', ufwStatus('80,9200/tcp (Shop Full)    ALLOW IN    Anywhere'), 'accept', ['0.0.0.0/0']],
    ['a profile by its name', ufwStatus('Shop Full                  ALLOW IN    Anywhere'), 'unknown', []],
    ['another family', ufwStatus('9200/tcp (v6)              ALLOW IN    Anywhere (v6)'), 'drop', []],
    ['an interface', ufwStatus('9200/tcp on eth0           ALLOW IN    Anywhere'), 'unknown', []],
    ['a range, numbered', ufwStatus('[ 1] 9000:9300/tcp              REJECT IN   Anywhere'), 'reject', []],
    ['outgoing', ufwStatus('9200/tcp                   ALLOW OUT   Anywhere'), 'drop', []],
    ['routed', ufwStatus('9200/tcp                   ALLOW FWD   Anywhere'), 'drop', []],
    [
      'with a comment',
      ufwStatus('9200/tcp                   ALLOW IN    10.0.0.7                   # for the ALLOW IN team'),
      'drop',
      ['10.0.0.7/32'],
    ],
    ['switched off', 'Status: inactive', 'accept', ['0.0.0.0/0']],
    ['without its default', 'Status: active\n\nTo  Action  From\n22/tcp    ALLOW   Anywhere', 'unknown', []],
  ] as const)('%s', (_, text, verdict, admits) => {
    expect(strangerAt([text], 9200)).toMatchObject({ verdict, admits });
  });
});

describe('docker inspect', () => {
  it('tells where a port is published and keeps nothing of the environment', () => {
    const view = viewOf(container('0.0.0.0', '19200'));
    expect(view.openings).toMatchObject([
      { address: '0.0.0.0', port: 19_200, containerPort: 9200, container: 'search' },
    ]);
    expect(JSON.stringify(view)).not.toContain('planted-secret-value');
    expect(viewOf(container('127.0.0.1', '9200')).openings).toMatchObject([{ inside: true }]);
    expect(viewOf(container('', '9200')).openings.map(({ address }) => address)).toEqual(['0.0.0.0', '::']);
  });

  it('is past ufw, not past the rules that iptables-save tells', () => {
    expect(viewOf(container('0.0.0.0', '9200'), ufwStatus()).openings).toMatchObject([
      { decision: { verdict: 'accept' }, pastInput: { verdict: 'drop' } },
    ]);
    expect(viewOf(container('0.0.0.0', '19200'), DOCKER_IPTABLES).openings).toMatchObject([
      { decision: { verdict: 'accept' }, pastInput: { verdict: 'drop' } },
    ]);
  });

  it('says what it cannot tell of a container on the host’s network and of one that stands', () => {
    const host = JSON.stringify([{ Name: '/db', HostConfig: { NetworkMode: 'host' }, NetworkSettings: { Ports: {} } }]);
    expect(viewOf(host).skips).toMatchObject([{ code: 'FIREWALL_HOST_NETWORK', severity: 'note' }]);
    const off = JSON.stringify([
      { Name: '/db', State: { Running: false, Status: 'exited' }, HostConfig: {}, NetworkSettings: { Ports: {} } },
    ]);
    expect(viewOf(off).skips).toMatchObject([{ code: 'FIREWALL_STOPPED_CONTAINER' }]);
  });
});
