/**
 * Google Cloud: firewall rules of a network. The lowest priority number wins; of equal ones a deny. Without a rule,
 * nothing gets in. A rule with target tags or service accounts is for those machines alone, so each such set is judged
 * by itself, together with the rules for all.
 *
 *   google_compute_firewall { network direction priority disabled source_ranges source_tags target_tags
 *                             allow { protocol ports } deny { protocol ports } }
 */
import type { Rule } from '../../model.ts';
import { shownName } from '../readout.ts';
import { blocksOf, type CloudGroup, numberOf, type Resource, Unknown, type Value } from './model.ts';
import { filterOf, listOrUnknown, portsOf, protocolOf, rulesFor, sourcesOf } from './rules.ts';

const DEFAULT_PRIORITY = 1_000;

interface Ordered {
  network: string;
  targets: string;
  priority: number;
  denies: boolean;
  resource: Resource;
  rules: Rule[];
}

export function gcpGroups(resources: readonly Resource[]): CloudGroup[] {
  const ordered = resources.filter(isIngress).flatMap(orderedOf);
  const groups = new Map<string, Ordered>();
  for (const one of ordered) {
    const key = JSON.stringify([one.network, one.targets]);
    if (!groups.has(key)) groups.set(key, one);
  }
  return [...groups.values()].map(({ network, targets, resource }) => {
    const rules = ordered
      .filter((one) => one.network === network && (one.targets === '' || one.targets === targets))
      .sort((a, b) => a.priority - b.priority || Number(b.denies) - Number(a.denies))
      .flatMap((one) => one.rules);
    const name = targets === '' ? `network ${network}` : `network ${network}, targets ${targets}`;
    const place = { ...resource.place, entry: name };
    return { provider: 'gcp', name, place, filter: filterOf({ place }, rules) };
  });
}

function isIngress({ type, values }: Resource): boolean {
  return type === 'google_compute_firewall' && values.direction !== 'EGRESS' && values.disabled !== true;
}

function orderedOf(resource: Resource): Ordered[] {
  const { values } = resource;
  const tags = [...listOrUnknown(values.target_tags), ...listOrUnknown(values.target_service_accounts)];
  const common = {
    network: shownName(nameOf(values.network ?? 'default')),
    targets: tags.map(nameOf).map(shownName).sort().join(', '),
    priority: numberOf(values.priority) ?? DEFAULT_PRIORITY,
    resource,
  };
  // Machines with a tag are the owner's. Without any source at all, everybody is meant.
  const ranges = listOrUnknown(values.source_ranges);
  const inside = [...listOrUnknown(values.source_tags), ...listOrUnknown(values.source_service_accounts)];
  const sources = sourcesOf(ranges.length === 0 && inside.length === 0 ? ['0.0.0.0/0'] : ranges);
  return (['deny', 'allow'] as const).map((kind) => ({
    ...common,
    denies: kind === 'deny',
    rules: blocksOf(values[kind]).flatMap((block) => {
      const ports = listOrUnknown(block.ports);
      const when = [...protocolOf(block.protocol), ...(ports.length > 0 ? portsOf(ports) : [])];
      const text = shownName(
        `${kind} ${nameOf(block.protocol ?? 'all')} ${ports.map(nameOf).join(',')} priority ${common.priority}`,
      );
      return rulesFor(resource, text, sources, when, kind === 'allow' ? 'accept' : 'drop');
    }),
  }));
}

/** The last part of `google_compute_network.main.name`, `projects/p/global/networks/main`, `main`. */
function nameOf(value: Value): string {
  const text = value instanceof Unknown ? value.text : String(value);
  return text.replace(/^google_compute_network\.([\w-]+).*$/, '$1').replace(/^.*\//, '');
}
