/** Rules for iptables-save and ip6tables-save. */
import { otherFamily } from '../../formats/iptables/read.ts';
import { defineRule, type Fix, type RuleSet } from '../../model.ts';
import {
  acceptsByDefault,
  forwardAccepts,
  ipv4Refused,
  nothingLogged,
  placed,
  publishedPastInput,
  refusalsNeverReached,
  storePortsOpen,
} from '../packet-filter/checks.ts';
import { defaultsOf, mayDrop } from '../packet-filter/engine.ts';

const MAN = 'https://man7.org/linux/man-pages/man8/iptables.8.html';
const DOCKER = 'https://docs.docker.com/engine/network/packet-filtering-firewalls/';
const SERVER =
  'iptables 1.8.9 (nf_tables) in a network namespace: what a stranger reaches with it and without it (test/servers/audit-filter-rules.test.ts)';

const acceptsDefault = defineRule<'iptables-save'>({
  id: 'audit/iptables-input-accepts-by-default',
  aliases: ['IT-POL-001'],
  format: 'iptables-save',
  title: 'iptables lets in everything that it does not name',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The policy of INPUT is ACCEPT and no last rule refuses the rest: each store that is started on this host is open to everybody from its first second.',
  remediation:
    'Accept answers (`-m conntrack --ctstate ESTABLISHED,RELATED`), `-i lo` and SSH, then set `:INPUT DROP [0:0]`. Load it with `iptables-apply`, which takes it back when you do not answer.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284', 'CWE-1188'],
  examples: {
    bad: [
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -m limit --limit 5/min -j LOG\nCOMMIT\n',
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
    ],
    good: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n',
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j LOG\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n',
    ],
  },
  *check(file) {
    const { filter, complete } = file.document;
    yield* acceptsByDefault(file, ({ chain, entry }, families): Fix | null => {
      if (!chain || !entry || filter === null || !complete || !mayDrop(filter, chain, families)) return null;
      return {
        title: 'Drop what no rule of INPUT accepts',
        edits: [{ ...entry.span, text: 'DROP' }],
        blastRadius:
          'Every service that no rule accepts is cut off, other administrators’ tools, too. Load it with iptables-apply, which takes it back when you do not answer.',
        needsConfirmation: true,
      };
    });
  },
});

const storeOpen = defineRule<'iptables-save'>({
  id: 'audit/iptables-store-port-open',
  aliases: ['IT-DB-001'],
  format: 'iptables-save',
  title: 'iptables opens a store’s port to everybody',
  severity: 'critical',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'A rule accepts connections to a database’s port from any address. Scanners find it within hours; what then protects the data is the store’s own login, if it has one.',
  remediation: 'Name who needs it: `-A INPUT -s 10.0.0.0/24 -p tcp --dport 27017 -j ACCEPT`, or take the rule away.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-668', 'CWE-284'],
  examples: {
    bad: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 27017 -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n',
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:db - [0:0]\n-A INPUT -p tcp -m multiport --dports 22,3306 -j db\n-A INPUT -j LOG\n-A db -j ACCEPT\nCOMMIT\n',
    ],
    good: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.0/24 -p tcp -m tcp --dport 27017 -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n',
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -p tcp -m tcp --dport 6379 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n',
    ],
  },
  *check(file) {
    yield* storePortsOpen(file);
  },
});

const ipv6Forgotten = defineRule<'iptables-save'>({
  id: 'audit/iptables-ipv6-unfiltered',
  aliases: ['IT-V6-001'],
  format: 'iptables-save',
  title: 'IPv4 is filtered and IPv6 is not',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'iptables sees IPv4 alone; IPv6 has rules of its own. Here the IPv4 rules refuse by default, and those for IPv6 accept everything, or there are none. Most servers have an IPv6 address, too.',
  remediation:
    'Write the same rules for IPv6 (`rules.v6`), with ICMPv6 accepted, and load them with `ip6tables-restore`.',
  references: ['https://man7.org/linux/man-pages/man8/ip6tables.8.html'],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284'],
  examples: {
    bad: [
      '=== iptables/rules.v4\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT\nCOMMIT\n=== iptables/rules.v6\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
    ],
    good: [
      '=== iptables/rules.v4\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT\nCOMMIT\n=== iptables/rules.v6\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j LOG\nCOMMIT\n',
    ],
  },
  *check(file, context) {
    const { document, source } = file;
    const refused = document.family === 4 ? ipv4Refused(document) : undefined;
    if (!refused?.entry) return;
    const pair = otherFamily(file, context.all('iptables-save'));
    if (pair === undefined) {
      context.unknown('IPv6', 'no rules for IPv6 are in this folder; without any, every port is open over IPv6');
      return;
    }
    const open = defaultsOf(pair.document).find(({ decision }) => decision.verdict === 'accept');
    if (!open?.entry) return;
    yield {
      pointer: 'IPv6/INPUT',
      ...placed(open.entry, source),
      actual: 'IPv4 refused, IPv6 accepted',
      expected: 'both refused',
      message: `What ${source.path} refuses over IPv4 is open over IPv6.`,
      fix: null,
    };
  },
});

const dockerPast = defineRule<'iptables-save'>({
  id: 'audit/iptables-container-port-past-input',
  aliases: ['IT-DKR-001'],
  format: 'iptables-save',
  title: 'A container’s port is published past the rules of INPUT',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'Docker redirects a published port before the rules of INPUT are asked; those of FORWARD decide, where Docker accepts it. The host’s own rules look as if they refuse the port, and it is open.',
  remediation:
    'Publish on loopback (`127.0.0.1:5432:5432`), or refuse it where Docker leaves room: `-I DOCKER-USER -i eth0 -p tcp -m conntrack --ctorigdstport 5432 ! -s 10.0.0.0/24 -j DROP`.',
  references: [DOCKER, 'https://github.com/moby/moby/issues/22054'],
  verified: {
    by: 'source',
    how: `${DOCKER} – “Docker and ufw”: traffic to published ports is diverted before it goes through the INPUT and OUTPUT chains`,
  },
  cwe: ['CWE-284', 'CWE-668'],
  examples: {
    bad: [
      '*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 5432 -j DNAT --to-destination 172.17.0.2:5432\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j LOG\n-A FORWARD -j DOCKER-USER\n-A FORWARD -o docker0 -j DOCKER\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT\n-A DOCKER-USER -j RETURN\nCOMMIT\n',
    ],
    good: [
      '*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 5432 -j DNAT --to-destination 172.17.0.2:5432\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j LOG\n-A FORWARD -j DOCKER-USER\n-A FORWARD -o docker0 -j DOCKER\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT\n-A DOCKER-USER ! -s 10.0.0.0/24 -p tcp -m conntrack --ctorigdstport 5432 -j DROP\n-A DOCKER-USER -j RETURN\nCOMMIT\n',
    ],
  },
  *check(file) {
    yield* publishedPastInput(file);
  },
});

const neverRefused = defineRule<'iptables-save'>({
  id: 'audit/iptables-refusal-never-reached',
  aliases: ['IT-ORD-001'],
  format: 'iptables-save',
  title: 'A rule that refuses stands behind one that accepts the same',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The first rule of a chain that fits decides. Somebody meant to close this, and it is open, because a rule before it accepts all that it is about.',
  remediation: 'Move the rule that refuses before the one that accepts.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-696', 'CWE-284'],
  examples: {
    bad: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 9200 -j DROP\n-A INPUT -j LOG\nCOMMIT\n',
    ],
    good: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 9200 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 9200 -j DROP\n-A INPUT -j LOG\nCOMMIT\n',
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -s 203.0.113.7/32 -j DROP\n-A INPUT -p tcp --dport 443 -j ACCEPT\n-A INPUT -j LOG\nCOMMIT\n',
    ],
  },
  *check(file) {
    yield* refusalsNeverReached(file);
  },
});

const forwards = defineRule<'iptables-save'>({
  id: 'audit/iptables-forward-accepts',
  format: 'iptables-save',
  title: 'iptables passes on what is for containers and machines behind it',
  severity: 'medium',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The policy of FORWARD is ACCEPT. Where the host forwards – it does as soon as Docker runs – neighbours on the same network reach containers and machines behind it directly.',
  remediation: 'Set `:FORWARD DROP [0:0]` and accept answers and what is meant to pass.',
  references: [MAN, DOCKER],
  verified: {
    by: 'source',
    how: `${DOCKER} – Docker sets the policy of FORWARD to DROP when it enables forwarding, so that the host does not become a router`,
  },
  cwe: ['CWE-284'],
  examples: {
    bad: ['*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j LOG\nCOMMIT\n'],
    good: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j LOG\nCOMMIT\n',
      '*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j LOG\n-A FORWARD -j REJECT --reject-with icmp-host-prohibited\nCOMMIT\n',
    ],
  },
  *check(file) {
    yield* forwardAccepts(file, () => null);
  },
});

const unlogged = defineRule<'iptables-save'>({
  id: 'audit/iptables-refusals-not-logged',
  format: 'iptables-save',
  title: 'iptables refuses without a trace',
  severity: 'low',
  topic: 'logging',
  owner: 'security',
  description: 'Nothing is logged, so that scans and attempts on the store’s port are seen by nobody, then or later.',
  remediation: 'End INPUT with `-A INPUT -m limit --limit 5/min -j LOG --log-prefix "drop "`.',
  references: ['https://man7.org/linux/man-pages/man8/iptables-extensions.8.html'],
  verified: {
    by: 'source',
    how: 'https://man7.org/linux/man-pages/man8/iptables-extensions.8.html – LOG: the kernel logs matching packets when this target is set, and the rule goes on to the next',
  },
  cwe: ['CWE-778'],
  examples: {
    bad: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    ],
    good: [
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -m limit --limit 5/min -j LOG\nCOMMIT\n',
    ],
  },
  *check(file) {
    yield* nothingLogged(file, ({ chain }) => {
      const last = chain?.rules.at(-1);
      const entry = last && file.document.entries.get(`${last.place.path}:${last.place.line ?? 0}`);
      if (!entry?.text.startsWith('-A INPUT')) return null;
      const text = `${file.source.eol}-A INPUT -m limit --limit 5/min -j LOG --log-prefix "drop "`;
      return {
        title: 'Log what is refused, five lines a minute at most',
        edits: [{ start: entry.span.end, end: entry.span.end, text }],
        blastRadius: 'Nobody is cut off; the log grows by at most five lines a minute.',
        needsConfirmation: false,
      };
    });
  },
});

export const iptablesRules: RuleSet<'iptables-save'> = {
  rules: [acceptsDefault, storeOpen, ipv6Forgotten, dockerPast, neverRefused, forwards, unlogged],
  guidance: {
    fixes: {
      package:
        'Edit `/etc/iptables/rules.v4` and `rules.v6` and load them with `iptables-apply /etc/iptables/rules.v4`: it takes the change back unless you confirm that you still get in.',
      docker:
        'Rules for published ports belong into the chain `DOCKER-USER`; the simplest is to publish on `127.0.0.1`.',
      kubernetes:
        'kube-proxy writes its own chains on the nodes; restrict with a NetworkPolicy and with the provider’s firewall.',
    },
    check:
      '`iptables -S INPUT` and `ip6tables -S INPUT` show the rules in force; from another network `nc -vz HOST PORT` must not connect, over IPv4 (`-4`) and IPv6 (`-6`).',
  },
};
