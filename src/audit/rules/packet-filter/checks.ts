/** The checks that nftables, iptables and ufw share; each format puts its own rule around them. */
import type { FilterDocument } from '../../formats/packet-filter/document.ts';
import type { Fix, Hit } from '../../model.ts';
import type { Source } from '../../source.ts';
import {
  type Default,
  defaultsOf,
  familiesText,
  forwardsEverything,
  neverReached,
  openStores,
  portsText,
  publishedPast,
} from './engine.ts';

interface Judged {
  source: Source;
  document: FilterDocument;
}

type Place = Pick<Hit, 'span' | 'source'>;

export function placed(entry: { span: Hit['span']; source: Source }, main: Source): Place {
  return { span: entry.span, ...(entry.source !== main && { source: entry.source }) };
}

/** Everything is let in that no rule names. */
export function* acceptsByDefault(
  { source, document }: Judged,
  fixOf: (one: Default, families: readonly (4 | 6)[]) => Fix | null,
): Generator<Hit> {
  const open = defaultsOf(document).filter(({ decision }) => decision.verdict === 'accept');
  const told = new Set<string>();
  for (const one of open) {
    const { entry } = one;
    if (entry === undefined || told.has(entry.pointer)) continue;
    told.add(entry.pointer);
    const families = open.filter((other) => other.entry?.pointer === entry.pointer).map(({ family }) => family);
    yield {
      pointer: entry.pointer,
      ...placed(entry, source),
      actual: one.chain ? 'accept' : 'a rule that accepts everything',
      expected: 'drop',
      message: `Every port that no rule refuses is open to everybody ${familiesText(families)}.`,
      fix: one.chain ? fixOf(one, families) : null,
    };
  }
}

export function* storePortsOpen({ source, document }: Judged): Generator<Hit> {
  for (const { entry, ports, families } of openStores(document)) {
    yield {
      pointer: entry.pointer,
      ...placed(entry, source),
      actual: `accepts port ${ports.map(({ port }) => port).join(', ')} from everywhere`,
      expected: 'accepted from the addresses that need it',
      message: `Everybody is let through to port ${portsText(ports)} ${familiesText(families)}.`,
      fix: null,
    };
  }
}

export function* refusalsNeverReached({ source, document }: Judged): Generator<Hit> {
  for (const { entry, by } of neverReached(document)) {
    const line = by.source.position(by.span.start).line;
    yield {
      pointer: entry.pointer,
      ...placed(entry, source),
      actual: `behind line ${line}, which accepts all of it`,
      expected: 'before it',
      message: `This rule refuses nothing: the rule on line ${line} accepts all that it is about.`,
      fix: null,
    };
  }
}

export function* forwardAccepts({ source, document }: Judged, fixOf: (chain: string) => Fix | null): Generator<Hit> {
  const chain = forwardsEverything(document);
  const entry = chain && document.policies.get(chain.name);
  if (!chain || !entry) return;
  const redirects = [...(document.filter?.chains.values() ?? [])].some(
    ({ base, rules }) => base?.hook === 'prerouting' && rules.length > 0,
  );
  yield {
    pointer: entry.pointer,
    ...placed(entry, source),
    actual: 'accept',
    expected: 'drop',
    message: 'Packets for containers and other machines behind this host are passed on without a question.',
    severity: redirects ? 'medium' : 'low',
    fix: fixOf(chain.name),
  };
}

/** Refused packets leave no trace. */
export function* nothingLogged({ source, document }: Judged, fixOf: (one: Default) => Fix | null): Generator<Hit> {
  if (document.logs || !document.complete) return;
  const refused = defaultsOf(document).find(
    ({ decision }) => decision.verdict === 'drop' || decision.verdict === 'reject',
  );
  if (!refused?.entry) return;
  yield {
    pointer: `${refused.entry.pointer}/log`,
    ...placed(refused.entry, source),
    actual: 'no log',
    expected: 'a limited log of what is refused',
    message: 'Nobody can tell later who knocked: refused packets are not logged.',
    fix: fixOf(refused),
  };
}

/** Ports of containers that are published past the rules for the host itself. */
export function* publishedPastInput({ source, document }: Judged): Generator<Hit> {
  for (const { entry, port, title } of publishedPast(document)) {
    yield {
      pointer: `${entry.pointer}/${port}`,
      ...placed(entry, source),
      actual: `port ${port} is redirected to a container`,
      expected: 'published on 127.0.0.1, or refused in DOCKER-USER',
      message: `Port ${port} (${title}) is open to everybody: it is redirected to a container before the rules of INPUT, which would have refused it.`,
      fix: null,
    };
  }
}

/** IPv4 is refused by default, and nothing stands before IPv6. */
export function ipv4Refused(document: FilterDocument): Default | undefined {
  return defaultsOf(document).find(
    ({ family, decision }) => family === 4 && (decision.verdict === 'drop' || decision.verdict === 'reject'),
  );
}
