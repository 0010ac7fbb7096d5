import type { DoorFact } from '../../facts.ts';
import type { Source } from '../../source.ts';
import type { TreeHit, TreeRule } from '../../system/tree-rule.ts';
import { hostDoors } from '../../system/ways.ts';

/** Docker redirects a published port before the host's input rules are asked. */
export const publishedPastFirewall: TreeRule = {
  rule: {
    id: 'audit/published-past-firewall',
    aliases: ['UF-DKR-001'],
    title: 'A published port of a store passes the host’s firewall',
    severity: 'high',
    owner: 'it',
    topic: 'network-exposure',
    verified: {
      by: 'source',
      how: 'https://docs.docker.com/engine/network/packet-filtering-firewalls/ – published ports are redirected in nat PREROUTING and accepted in FORWARD; ufw’s rules for incoming connections are not asked',
    },
    description:
      'The firewall of these files turns strangers away from the port, and the container publishes it on every interface. Docker redirects the packets before the rules for incoming connections are asked, so the port is open although the firewall says that it is not.',
    remediation:
      '**IT:** publish on 127.0.0.1, or not at all, or filter in the chain `DOCKER-USER`, which Docker asks first.\n\n**Developer:** containers of one network reach each other without published ports.',
    references: [
      'https://docs.docker.com/engine/network/packet-filtering-firewalls/',
      'https://github.com/moby/moby/issues/4737',
      'https://github.com/chaifeng/ufw-docker',
    ],
    cwe: ['CWE-284', 'CWE-668'],
    examples: {
      bad: [
        '=== docker-compose.yml\nservices:\n  cache:\n    image: redis:7.2\n    ports:\n      - "6379:6379"\n=== ufw-status.txt\nStatus: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    Anywhere\n',
      ],
      good: [
        '=== docker-compose.yml\nservices:\n  cache:\n    image: redis:7.2\n    ports:\n      - "127.0.0.1:6379:6379"\n=== ufw-status.txt\nStatus: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    Anywhere\n',
      ],
    },
  },
  guidance: {
    fixes: {
      docker:
        'Write the address before the port: `127.0.0.1:6379:6379`; or `"ip": "127.0.0.1"` in /etc/docker/daemon.json.',
    },
    check: '`postern probe HOST` from another machine says `filtered` or `refused`.',
  },
  *check({ stores, facts }): Iterable<TreeHit> {
    for (const store of stores) {
      const { declared, fact } = store;
      if (declared === null || fact.listens.on === 'loopback') continue;
      const { doors } = hostDoors(store, facts.doors);
      for (const port of declared.published) {
        if (!port.allInterfaces || port.hostPort === null) continue;
        const door = doors.find((one) => passes(one, port.hostPort ?? 0));
        if (door === undefined) continue;
        const shut = door.lets(port.hostPort, 'host');
        yield {
          asset: fact.asset,
          place: { ...fact.place, pointer: port.pointer, span: spanOfLine(fact.place.source, port.line) },
          actual: `published on all interfaces, past: ${shut.text}`,
          expected: 'published on 127.0.0.1, or filtered in DOCKER-USER',
          message: `Port ${port.hostPort} of \`${declared.name}\` is open: Docker redirects it past the rules that seem to close it.`,
          with: [shut.place],
        };
      }
    }
  },
};

function passes(door: DoorFact, port: number): boolean {
  return door.lets(port, 'host').state === 'closed' && door.lets(port, 'container').state === 'open';
}

const starts = new WeakMap<Source, readonly number[]>();

/** Where each line begins; of one file many ports are asked for. */
function lineStarts(source: Source): readonly number[] {
  const known = starts.get(source);
  if (known !== undefined) return known;
  const made = [0];
  const { text } = source;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) made.push(at + 1);
  starts.set(source, made);
  return made;
}

/** The characters of a line (1-based) without its indentation. */
function spanOfLine(source: Source, line: number): { start: number; end: number } {
  const lines = lineStarts(source);
  const before = lines[line - 1] ?? source.text.length;
  const own = source.text
    .slice(before, lines[line] === undefined ? undefined : (lines[line] ?? 0) - 1)
    .replace(/\r$/, '');
  return { start: before + (own.length - own.trimStart().length), end: before + own.trimEnd().length };
}
