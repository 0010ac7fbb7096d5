/**
 * An override for Docker Compose. Lists of ports are added to each other when files are merged, so the tag `!override`
 * is what makes it a binding instead of a second one; `!reset` takes the ports away (Compose specification, "merge").
 */
import type { PlainReach } from '../reach.ts';
import { cutOff, everyCidr, head, who } from './notes.ts';

export function compose(reach: readonly PlainReach[]): string {
  const services = new Map<string, PlainReach[]>();
  for (const one of reach) services.set(one.service, [...(services.get(one.service) ?? []), one]);
  const clients = new Map<string, Set<string>>();
  for (const { service, from } of reach) {
    for (const { name, cidrs } of from) {
      if (cidrs.length === 0) clients.set(name, new Set([...(clients.get(name) ?? []), networkOf(service)]));
    }
  }
  const networks = [...new Set([...clients.values()].flatMap((names) => [...names]))].sort();
  const lines = [
    ...head('#', 'compose', [
      'Save it as compose.override.yaml; Docker Compose 2.24 or newer reads `!override` and `!reset`.',
      'Rename the services to what they are called in your compose file.',
    ]),
    'services:',
    ...[...services].flatMap(([service, all]) => serviceOf(service, all, networks.includes(networkOf(service)))),
    ...[...clients]
      .filter(([name]) => !services.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, reached]) => [
        `  ${name}:`,
        '    networks:',
        '      - default',
        ...[...reached].sort().map((one) => `      - ${one}`),
      ]),
    ...(networks.length === 0
      ? []
      : ['networks:', ...networks.flatMap((name) => [`  ${name}:`, '    internal: true'])]),
  ];
  return `${lines.join('\n')}\n`;
}

function networkOf(service: string): string {
  return `${service.toLowerCase()}-clients`;
}

function serviceOf(service: string, all: readonly PlainReach[], networked: boolean): string[] {
  const fromOutside = all.filter((one) => everyCidr(one).length > 0 || one.from.length === 0);
  const notes = all.flatMap((one) => [who(one, true), ...cutOff(one)]).map((note) => `    # ${note}`);
  const ports =
    fromOutside.length === 0
      ? ['    # Reached over the network below alone: nothing is published.', '    ports: !reset []']
      : [
          '    # Reached from this host alone. For other machines put the host’s private address instead of 127.0.0.1,',
          '    # never 0.0.0.0, and filter with --format nftables: Docker publishes past ufw.',
          '    ports: !override',
          ...fromOutside.map(
            ({ port, protocol }) => `      - "127.0.0.1:${port}:${port}${protocol === 'udp' ? '/udp' : ''}"`,
          ),
        ];
  // A network that is internal publishes nothing, so what is published stays in the default one, too.
  const others = fromOutside.length > 0 ? ['      - default'] : [];
  const network = networked ? ['    networks:', ...others, `      - ${networkOf(service)}`] : [];
  return [`  ${service}:`, ...notes, ...ports, ...network];
}
