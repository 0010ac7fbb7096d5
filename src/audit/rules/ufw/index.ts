/** Rules for ufw: its files and what `ufw status` says. */
import { strangerAt } from '../../formats/packet-filter/decisions.ts';
import type { UfwDocument, UfwValue } from '../../formats/ufw/read.ts';
import { defineRule, type Fix, type Hit, type RuleSet } from '../../model.ts';
import type { Source } from '../../source.ts';
import { placed, refusalsNeverReached, storePortsOpen } from '../packet-filter/checks.ts';

const MAN = 'https://manpages.debian.org/bookworm/ufw/ufw.8.en.html';
const FRAMEWORK = 'https://manpages.debian.org/bookworm/ufw/ufw-framework.8.en.html';
const SERVER =
  'ufw 0.36.2 (Debian 12) in a network namespace: what a stranger reaches with it and without it (test/servers/audit-filter-rules.test.ts)';

function hit(
  name: string,
  { span, value, source }: UfwValue,
  main: Source,
): Pick<Hit, 'pointer' | 'span' | 'source' | 'actual'> {
  return { pointer: name, ...placed({ span, source }, main), actual: value };
}

function set(span: UfwValue['span'], text: string, rest: Omit<Fix, 'edits'>): Fix {
  return { ...rest, edits: [{ ...span, text }] };
}

/** SSH gets in from somewhere by a rule of its own. */
function letsSshIn({ filter }: UfwDocument): boolean {
  if (filter === null) return false;
  const strict = {
    ...filter,
    chains: new Map(
      [...filter.chains].map(([name, chain]) => [
        name,
        chain.base ? { ...chain, base: { ...chain.base, policy: 'drop' as const } } : chain,
      ]),
    ),
  };
  return strangerAt(strict, 22, 4).admits.length > 0;
}

const disabled = defineRule<'ufw'>({
  id: 'audit/ufw-disabled',
  aliases: ['UF-ON-001'],
  format: 'ufw',
  title: 'ufw is switched off',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description: 'The rules are written and none of them is in force: every port that something listens on is open.',
  remediation: 'Allow SSH first (`ufw allow from YOUR-NETWORK to any port 22 proto tcp`), then `ufw enable`.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284'],
  examples: {
    bad: ['# ufw.conf\nENABLED=no\nLOGLEVEL=low\n', 'Status: inactive\nLogging: on (low)\n'],
    good: [
      'ENABLED=yes\nLOGLEVEL=low\n',
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n',
    ],
  },
  *check({ document, source }) {
    const enabled = document.values.get('ENABLED') ?? document.values.get('Status');
    if (enabled?.value !== 'no' && enabled?.value !== 'inactive') return;
    yield {
      ...hit(document.kind === 'status' ? 'Status' : 'ENABLED', enabled, source),
      expected: document.kind === 'status' ? 'active' : 'yes',
      message: 'ufw is switched off: none of its rules is in force.',
      fix:
        document.kind === 'files' && letsSshIn(document)
          ? set(enabled.span, 'yes', {
              title: 'Switch ufw on at the next start',
              blastRadius: 'Every service that no rule allows is cut off when ufw starts.',
              needsConfirmation: true,
            })
          : null,
    };
  },
});

const allowsDefault = defineRule<'ufw'>({
  id: 'audit/ufw-allows-by-default',
  aliases: ['UF-POL-001'],
  format: 'ufw',
  title: 'ufw lets in everything that it does not name',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'Incoming connections are allowed by default, so that each store that is started on this host is open to everybody from its first second.',
  remediation: 'Allow what is needed, SSH first, then `ufw default deny incoming`.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-284', 'CWE-1188'],
  examples: {
    bad: [
      'IPV6=yes\nDEFAULT_INPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="DROP"\n',
      'Status: active\nLogging: on (low)\nDefault: allow (incoming), allow (outgoing), disabled (routed)\n',
    ],
    good: [
      'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="DROP"\n',
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n',
    ],
  },
  *check({ document, source }) {
    const [name, value] = named(document, 'DEFAULT_INPUT_POLICY', 'Default incoming');
    if (!value || !/^(?:accept|allow)$/i.test(value.value)) return;
    yield {
      ...hit(name, value, source),
      expected: document.kind === 'status' ? 'deny' : 'DROP',
      message: 'Every port that no rule refuses is open to everybody.',
      fix:
        document.kind === 'files' && letsSshIn(document)
          ? set(value.span, 'DROP', {
              title: 'Refuse what no rule allows',
              blastRadius: 'Every service that no rule allows is cut off, other administrators’ tools, too.',
              needsConfirmation: true,
            })
          : null,
    };
  },
});

function named(document: UfwDocument, ...names: readonly string[]): [name: string, value: UfwValue | undefined] {
  const name = names.find((one) => document.values.has(one)) ?? '';
  return [name, document.values.get(name)];
}

const storeOpen = defineRule<'ufw'>({
  id: 'audit/ufw-store-port-open',
  aliases: ['UF-DB-001'],
  format: 'ufw',
  title: 'ufw opens a store’s port to everybody',
  severity: 'critical',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'A rule allows connections to a database’s port from any address. Scanners find it within hours; what then protects the data is the store’s own login, if it has one.',
  remediation:
    '`ufw delete allow 27017/tcp`, then for those who need it `ufw allow from 10.0.0.0/24 to any port 27017 proto tcp`.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-668', 'CWE-284'],
  examples: {
    bad: [
      '*filter\n:ufw-user-input - [0:0]\n:ufw-user-limit - [0:0]\n### RULES ###\n\n### tuple ### allow tcp 27017 0.0.0.0/0 any 0.0.0.0/0 in\n-A ufw-user-input -p tcp --dport 27017 -j ACCEPT\n\n### END RULES ###\nCOMMIT\n',
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n5432/tcp                   ALLOW IN    Anywhere\n',
    ],
    good: [
      '*filter\n:ufw-user-input - [0:0]\n:ufw-user-limit - [0:0]\n### RULES ###\n\n### tuple ### allow tcp 27017 0.0.0.0/0 any 10.0.0.0/24 in\n-A ufw-user-input -p tcp --dport 27017 -s 10.0.0.0/24 -j ACCEPT\n\n### END RULES ###\nCOMMIT\n',
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n5432/tcp                   ALLOW IN    10.0.0.0/24\n22/tcp                     ALLOW IN    Anywhere\n',
    ],
  },
  *check(file) {
    yield* storePortsOpen(file);
  },
});

const noLog = defineRule<'ufw'>({
  id: 'audit/ufw-logging-off',
  aliases: ['UF-LOG-001'],
  format: 'ufw',
  title: 'ufw refuses without a trace',
  severity: 'low',
  topic: 'logging',
  owner: 'security',
  description: 'Logging is off, so that scans and attempts on the store’s port are seen by nobody, then or later.',
  remediation: '`ufw logging low`, or `LOGLEVEL=low` in /etc/ufw/ufw.conf.',
  references: [MAN],
  verified: {
    by: 'source',
    how: `${MAN} – “LOGGING”: off disables ufw managed logging, low logs all blocked packets not matching the default policy`,
  },
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'ENABLED=yes\nLOGLEVEL=off\n',
      'Status: active\nLogging: off\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n',
    ],
    good: [
      'ENABLED=yes\nLOGLEVEL=low\n',
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n',
    ],
  },
  *check({ document, source }) {
    const [name, value] = named(document, 'LOGLEVEL', 'Logging');
    if (value?.value.toLowerCase() !== 'off') return;
    yield {
      ...hit(name, value, source),
      expected: 'low',
      message: 'ufw logs nothing of what it refuses.',
      fix:
        document.kind === 'files'
          ? set(value.span, 'low', {
              title: 'Log what is refused',
              blastRadius: 'Nobody is cut off; the log grows.',
              needsConfirmation: false,
            })
          : null,
    };
  },
});

const forwards = defineRule<'ufw'>({
  id: 'audit/ufw-forward-accepts',
  format: 'ufw',
  title: 'ufw passes on what is for containers and machines behind it',
  severity: 'medium',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'Routed packets are accepted by default, as guides for Docker and VPNs advise. Neighbours on the same network then reach containers and machines behind this host directly.',
  remediation: 'Set `DEFAULT_FORWARD_POLICY="DROP"` and allow what is meant to pass with `ufw route allow`.',
  references: [FRAMEWORK, MAN],
  verified: {
    by: 'source',
    how: `${FRAMEWORK} – “ufw route”: the default forward policy is DROP; ACCEPT lets everything be routed`,
  },
  cwe: ['CWE-284'],
  examples: {
    bad: ['IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="ACCEPT"\n'],
    good: ['IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="DROP"\n'],
  },
  *check({ document, source }) {
    const [name, value] = named(document, 'DEFAULT_FORWARD_POLICY', 'Default routed');
    if (!value || !/^(?:accept|allow)$/i.test(value.value)) return;
    yield {
      ...hit(name, value, source),
      expected: document.kind === 'files' ? 'DROP' : 'deny',
      message: 'Packets for containers and other machines behind this host are passed on without a question.',
      fix: null,
    };
  },
});

const neverRefused = defineRule<'ufw'>({
  id: 'audit/ufw-refusal-never-reached',
  format: 'ufw',
  title: 'A rule that refuses stands behind one that allows the same',
  severity: 'high',
  topic: 'network-exposure',
  owner: 'it',
  description:
    'ufw takes the first rule that fits. Somebody meant to close this, and it is open, because a rule before it allows all that it is about.',
  remediation: '`ufw delete deny …`, then `ufw insert 1 deny …`, so that it comes first.',
  references: [MAN],
  verified: { by: 'server', how: SERVER },
  cwe: ['CWE-696', 'CWE-284'],
  examples: {
    bad: [
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n9000:9400/tcp              ALLOW IN    Anywhere\n9200/tcp                   DENY IN     Anywhere\n',
    ],
    good: [
      'Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n9200/tcp                   DENY IN     Anywhere\n9000:9400/tcp              ALLOW IN    10.0.0.0/8\n',
    ],
  },
  *check(file) {
    yield* refusalsNeverReached(file);
  },
});

export const ufwRules: RuleSet<'ufw'> = {
  dropped: {
    'UF-V6-001':
      'wrong: with IPV6=no ufw refuses all of IPv6 but loopback (/lib/ufw/ufw-init-functions of 0.36.2: “default DROP and accept all on loopback”), so nothing is left open',
  },
  rules: [disabled, allowsDefault, storeOpen, noLog, forwards, neverRefused],
  guidance: {
    fixes: {
      package:
        'Use the command that the remediation names, from a session that stays open; `ufw show added` lists what will be in force, `ufw reload` loads edited files.',
      docker: 'ufw does not see published ports: publish on `127.0.0.1`, or install the rules of `ufw-docker`.',
    },
    check:
      '`ufw status verbose` shows what is in force; from another network `nc -vz HOST PORT` must not connect, over IPv4 (`-4`) and IPv6 (`-6`).',
  },
};
