/** Writes the firewall that should be there, from who has to reach what. The same model gives the same bytes. */
import { PosternError } from '../../core/errors.ts';
import { plainReach, type Reach, type ReachModel } from '../reach.ts';
import { compose } from './compose.ts';
import { networkPolicy } from './network-policy.ts';
import { type HostOptions, nftables } from './nftables.ts';
import { aws, azure, gcp } from './terraform.ts';
import { ufw } from './ufw.ts';

export const FIREWALL_FORMATS = ['nftables', 'ufw', 'compose', 'networkpolicy', 'aws', 'gcp', 'azure'] as const;
export type FirewallFormat = (typeof FIREWALL_FORMATS)[number];

export interface GenerateOptions extends HostOptions {
  /** Of which host, for a firewall that stands on one. */
  host: string;
}

/**
 * @throws PosternError `E_USAGE` where nothing is to be protected, where it is not clear on which host, or where a port or an address of the model is none, or where an address list is everybody
 */
export function generateFirewall(
  format: FirewallFormat,
  model: ReachModel,
  options: Partial<GenerateOptions> = {},
): string {
  const chosen = model.reach.filter(({ host }) => options.host === undefined || host === options.host);
  if (chosen.length + model.publicPorts.length === 0) {
    throw new PosternError('E_USAGE', 'there is nothing to write rules for', {
      hint: 'Name a store and its port, or a report that holds stores with a host and a port.',
    });
  }
  const onOneHost = format === 'nftables' || format === 'ufw';
  const reach = plainReach({ ...model, reach: onOneHost ? joinedByPort(chosen) : chosen });
  const host: HostOptions = { wholeHost: options.wholeHost ?? false, sshPort: options.sshPort ?? 22 };
  switch (format) {
    case 'nftables':
      return nftables(reach, model.publicPorts, host);
    case 'ufw':
      return ufw(reach, model.publicPorts, host);
    case 'compose':
      return compose(reach);
    case 'networkpolicy':
      return networkPolicy(reach);
    case 'aws':
      return aws(reach, model.publicPorts);
    case 'gcp':
      return gcp(reach, model.publicPorts);
    case 'azure':
      return azure(reach, model.publicPorts);
  }
}

/** On one host a port is a port, whichever services were seen on it. */
function joinedByPort(reach: readonly Reach[]): Reach[] {
  const hosts = [...new Set(reach.flatMap(({ host }) => (host === undefined ? [] : [host])))].sort();
  if (hosts.length > 1) {
    throw new PosternError('E_USAGE', `the stores stand on ${hosts.length} hosts: ${hosts.slice(0, 5).join(', ')}`, {
      hint: 'This format is for one host: choose it with --host.',
    });
  }
  const byPort = new Map<string, Reach>();
  for (const one of reach) {
    const key = `${one.port}/${one.protocol}`;
    const known = byPort.get(key);
    byPort.set(key, known === undefined ? one : { ...known, from: [...known.from, ...one.from] });
  }
  return [...byPort.values()];
}
