/** Rules for nftables, text and JSON. */
import type { Chain } from '../../../firewall/index.ts';
import type { NftablesDocument } from '../../formats/nftables/read.ts';
import { seenFamilies } from '../../formats/packet-filter/decisions.ts';
import { defineRule, type Fix, type ReadFile, type RuleSet } from '../../model.ts';
import { lineEnd } from '../../source.ts';
import {
  acceptsByDefault,
  forwardAccepts,
  ipv4Refused,
  nothingLogged,
  placed,
  refusalsNeverReached,
  storePortsOpen,
} from '../packet-filter/checks.ts';
import { mayDrop } from '../packet-filter/engine.ts';

const NFT = 'https://www.netfilter.org/projects/nftables/manpage.html';
const WIKI = 'https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains';
const SERVER =
  'nftables 1.0.6 in a network namespace: what a stranger reaches with it and without it (test/servers/audit-filter-rules.test.ts)';

const CUTS =
  'Every service that no rule accepts is cut off, other administrators’ tools, too. Keep a session open and load the rules with a way back: `at now + 5 minutes` with the old file.';

/** `policy accept` becomes `policy drop`, or the policy is added; never where SSH would be cut off. */
function policyFix(
  { source, document }: ReadFile<'nftables'>,
  chain: Chain | undefined,
  families: readonly (4 | 6)[],
  safe: (filter: NonNullable<NftablesDocument['filter']>, chain: Chain) => boolean,
): Fix | null {
  const said = document.chains.find(({ name }) => name === chain?.name);
  const { filter } = document;
  if (!chain || !said?.declaration || filter === null || !document.complete || !safe(filter, chain)) return null;
  const [start, end] = said.policy ?? [said.declaration[1], said.declaration[1]];
  const next = source.text.slice(end).trimStart();
  const text = said.policy ? 'drop' : next.startsWith(';') ? '; policy drop' : '; policy drop;';
  return {
    title: `Drop what no rule of ${chain.name} accepts${families.length > 1 ? ', IPv4 and IPv6' : ''}`,
    edits: [{ start, end, text }],
    blastRadius: CUTS,
    needsConfirmation: true,
  };
}

const acceptsDefault = defineRule<'nftables'>({
  id: 'audit/nftables-input-accepts-by-default',
  aliases: ['NF-POL-001'],
  format: 'nftables',
  title: 'nftables lets in everything that it does not name',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The input chain’s policy is `accept`, said or by default, and no last rule refuses the rest: each store that is started on this host is open to everybody from its first second.',
  remediation:
    'Accept what is needed – answers (`ct state established,related`), `iif lo`, SSH from where you work, ICMPv6 – and set `policy drop;` in the chain’s declaration. Load it with a way back.',
  references: [NFT, WIKI],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284', 'CWE-1188'],
  examples: {
    bad: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy accept;\n    ct state established,related accept\n    iif lo accept\n    icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept\n    tcp dport 22 accept\n    log\n  }\n}\n',
      'table inet filter {\n  chain input {\n    type filter hook input priority 0;\n  }\n}\n',
    ],
    good: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n    log\n  }\n}\n',
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy accept;\n    tcp dport 22 accept\n    log\n    counter drop\n  }\n}\n',
      'table ip nat {\n  chain postrouting {\n    type nat hook postrouting priority srcnat;\n    masquerade\n  }\n}\n',
    ],
  },
  *check(file) {
    yield* acceptsByDefault(file, ({ chain }, families) =>
      policyFix(file, chain, families, (filter, one) => mayDrop(filter, one, families)),
    );
  },
});

const storeOpen = defineRule<'nftables'>({
  id: 'audit/nftables-store-port-open',
  aliases: ['NF-DB-001'],
  format: 'nftables',
  title: 'nftables opens a store’s port to everybody',
  severity: 'critical',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'A rule accepts connections to a database’s port from any address. Scanners find it within hours; what then protects the data is the store’s own login, if it has one.',
  remediation: 'Name who needs it: `ip saddr 10.0.0.0/24 tcp dport 5432 accept`, or take the rule away.',
  references: [NFT],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-668', 'CWE-284'],
  examples: {
    bad: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport { 22, 5432, 9200 } accept\n    log\n  }\n}\n',
      '{"nftables":[{"chain":{"family":"inet","table":"f","name":"in","type":"filter","hook":"input","prio":0,"policy":"drop"}},{"rule":{"family":"inet","table":"f","chain":"in","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":6379}},{"accept":null}]}},{"rule":{"family":"inet","table":"f","chain":"in","expr":[{"log":null}]}}]}\n',
    ],
    good: [
      'define office = 198.51.100.0/24\ntable inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n    ip saddr $office tcp dport { 5432, 9200 } accept\n    log\n  }\n}\n',
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    iifname "wg0" tcp dport 5432 accept\n    log\n  }\n}\n',
    ],
  },
  *check(file) {
    yield* storePortsOpen(file);
  },
});

const ipv6Forgotten = defineRule<'nftables'>({
  id: 'audit/nftables-ipv6-unfiltered',
  aliases: ['NF-V6-001'],
  format: 'nftables',
  title: 'IPv6 passes by the firewall',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The rules stand in a table of the family `ip`, which sees IPv4 alone. Most servers have an IPv6 address, too, and there every port is open.',
  remediation: 'Make the table `inet`, which sees both families, and accept ICMPv6, without which IPv6 does not work.',
  references: [NFT, 'https://wiki.nftables.org/wiki-nftables/index.php/Nftables_families'],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284'],
  examples: {
    bad: [
      'table ip filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n    log\n  }\n}\n',
    ],
    good: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n    log\n  }\n}\n',
      'table ip filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    log\n  }\n}\ntable ip6 filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    log\n  }\n}\n',
    ],
  },
  *check(file, context) {
    const { document, source } = file;
    const refused = ipv4Refused(document);
    if (!refused?.entry || document.filter === null || seenFamilies(document.filter).includes(6)) return;
    if (!document.complete) {
      context.unknown('ip6', 'a part that could not be read may filter IPv6');
      return;
    }
    const said = document.chains.find(({ hook, family }) => hook === 'input' && family === 'ip');
    const span = said ? { start: said.head[0], end: said.head[1] } : refused.entry.span;
    yield {
      pointer: 'ip6/input',
      ...placed({ ...refused.entry, span }, source),
      actual: 'no chain for IPv6',
      expected: 'table inet',
      message: 'What is refused over IPv4 is open over IPv6: no input chain sees it.',
      fix: null,
    };
  },
});

const neverRefused = defineRule<'nftables'>({
  id: 'audit/nftables-refusal-never-reached',
  aliases: ['NF-ORD-001'],
  format: 'nftables',
  title: 'A rule that refuses stands behind one that accepts the same',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The first rule of a chain that fits decides. Somebody meant to close this, and it is open, because a rule before it accepts all that it is about.',
  remediation: 'Move the rule that refuses before the one that accepts.',
  references: [NFT],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-696', 'CWE-284'],
  examples: {
    bad: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 1-65535 accept\n    tcp dport 9200 drop\n    log\n  }\n}\n',
    ],
    good: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 9200 drop\n    tcp dport 443 accept\n    log\n  }\n}\n',
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    ip saddr 10.0.0.0/8 tcp dport 9200 accept\n    tcp dport 9200 drop\n    log\n  }\n}\n',
    ],
  },
  *check(file) {
    yield* refusalsNeverReached(file);
  },
});

const forwards = defineRule<'nftables'>({
  id: 'audit/nftables-forward-accepts',
  aliases: ['NF-FWD-001'],
  format: 'nftables',
  title: 'nftables passes on what is for containers and machines behind it',
  severity: 'medium',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'The forward chain accepts by default. Where the host forwards – it does as soon as Docker runs – neighbours on the same network reach containers and machines behind it directly.',
  remediation:
    'Set `policy drop;` in the forward chain and accept answers and what is meant to pass. Where Docker runs, use its DOCKER-USER chain.',
  references: [NFT, 'https://docs.docker.com/engine/network/packet-filtering-firewalls/'],
  verified: {
    by: 'source',
    how: `${NFT} – “CHAINS”: the policy applies to packets that reach the end of the chain; accept is the default`,
  },
  cwe: ['CWE-284'],
  examples: {
    bad: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    log\n  }\n  chain forward {\n    type filter hook forward priority filter; policy accept;\n  }\n}\n',
    ],
    good: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    log\n  }\n  chain forward {\n    type filter hook forward priority filter; policy drop;\n  }\n}\n',
    ],
  },
  *check(file) {
    yield* forwardAccepts(file, () => null);
  },
});

const unlogged = defineRule<'nftables'>({
  id: 'audit/nftables-refusals-not-logged',
  aliases: ['NF-LOG-001'],
  format: 'nftables',
  title: 'nftables refuses without a trace',
  severity: 'low',
  topic: 'logging',
  owner: 'security',
  description: 'Nothing is logged, so that scans and attempts on the store’s port are seen by nobody, then or later.',
  remediation: 'End the chain with `limit rate 5/minute log prefix "nft-drop "`.',
  references: [NFT],
  verified: {
    by: 'source',
    how: `${NFT} – “LOG STATEMENT”: without a log statement nothing about the packet is logged`,
  },
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n  }\n}\n',
    ],
    good: [
      'table inet filter {\n  chain input {\n    type filter hook input priority filter; policy drop;\n    tcp dport 22 accept\n    limit rate 5/minute log prefix "nft-drop "\n  }\n}\n',
    ],
  },
  *check(file) {
    yield* nothingLogged(file, ({ chain }) => logFix(file, chain));
  },
});

/** Behind the chain's last rule, where the policy drops; a last rule that drops would come first. */
function logFix({ source, document }: ReadFile<'nftables'>, chain: Chain | undefined): Fix | null {
  const said = document.chains.find(({ name }) => name === chain?.name);
  const last = chain?.rules.at(-1)?.place.span;
  if (!said || last === undefined) return null;
  const line = source.text.lastIndexOf('\n', last[0] - 1) + 1;
  const indent = source.text.slice(line, last[0]);
  const end = lineEnd(source.text, last[1]);
  if (!/^[ \t]*$/.test(indent) || !/^[ \t]*;?[ \t]*(?:#.*)?$/.test(source.text.slice(last[1], end))) return null;
  return {
    title: 'Log what is refused, five lines a minute at most',
    edits: [{ start: end, end, text: `${source.eol}${indent}limit rate 5/minute log prefix "nft-drop "` }],
    blastRadius: 'Nobody is cut off; the log grows by at most five lines a minute.',
    needsConfirmation: false,
  };
}

export const nftablesRules: RuleSet<'nftables'> = {
  rules: [acceptsDefault, storeOpen, ipv6Forgotten, neverRefused, forwards, unlogged],
  guidance: {
    fixes: {
      package:
        'Edit `/etc/nftables.conf`, check it with `nft -c -f /etc/nftables.conf`, keep a second SSH session open, and load it with `systemctl reload nftables`. A way back: `echo "nft -f /root/nftables.before" | at now + 5 minutes`.',
      docker:
        'The rules of the host hold for published ports only in the forward chain: publish on `127.0.0.1`, or refuse in `DOCKER-USER`.',
      kubernetes: 'On the nodes as for a package; between pods use a NetworkPolicy.',
    },
    check:
      '`nft list ruleset` shows the rules in force; from another network `nc -vz HOST PORT` must not connect, over IPv4 (`-4`) and IPv6 (`-6`).',
  },
};
