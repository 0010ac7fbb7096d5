/** From where a container can be reached, by its own declaration. */
import ipaddr from 'ipaddr.js';

/** `public`: every network the host is on; `network`: one named address; `loopback`; `none`: other containers only. */
export type Exposure = 'public' | 'network' | 'loopback' | 'none';

interface Published {
  /** A name or an address; null: not known. */
  hostIp: string | null;
  allInterfaces: boolean;
}

/** @param service a container with its `ports`, or what was declared of it with what is `published` */
export function exposureOf(
  service: { hostNetwork: unknown; internalOnly?: boolean } & (
    | { ports: readonly Published[] }
    | { published: readonly Published[] }
  ),
): Exposure {
  if (service.hostNetwork) return 'public';
  if (service.internalOnly) return 'none';
  const reached = ('ports' in service ? service.ports : service.published).map(exposureOfPort);
  return (['public', 'network', 'loopback'] as const).find((level) => reached.includes(level)) ?? 'none';
}

export function exposureOfPort(port: Published): Exposure {
  if (port.allInterfaces) return 'public';
  // An unknown variable may be anything; it is not called public without knowing.
  if (port.hostIp === null || !ipaddr.isValid(port.hostIp)) return 'network';
  const range = ipaddr.parse(port.hostIp).range();
  if (range === 'loopback') return 'loopback';
  return range === 'unicast' ? 'public' : 'network';
}

/** How bad a store without a working login is, by who can reach it. */
export function severityOf(exposure: Exposure): 'critical' | 'high' | 'medium' {
  if (exposure === 'public') return 'critical';
  return exposure === 'network' ? 'high' : 'medium';
}

/** One clause for messages. */
export function reachedFrom(exposure: Exposure): string {
  switch (exposure) {
    case 'public':
      return 'and it is reachable on every interface of the host';
    case 'network':
      return 'and it is published on a network address';
    case 'loopback':
      return 'reachable from the host itself and from other containers';
    case 'none':
      return 'reachable from other containers only';
  }
}
