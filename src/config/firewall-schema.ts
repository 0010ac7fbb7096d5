/** `firewall:` of postern.yaml: what the host says about itself, and who has to reach what. */
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { expandFiles } from './glob.ts';

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const plain = ipaddr.IPv4.isValidFourPartDecimal(address) || (address.includes(':') && ipaddr.IPv6.isValid(address));
  if (!plain || more.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && ipaddr.isValidCIDR(text));
}

const text = z.string().min(1).max(255);
const port = z.int().min(1).max(65_535);

const reachSchema = z.strictObject({
  service: text.describe('what waits there: elasticsearch, redis, …; in compose and Kubernetes its name'),
  port: port.describe('the port it waits on'),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  host: text.optional().describe('the host it stands on, when there are several'),
  from: z
    .array(
      z.strictObject({
        name: text.describe('who: api, office, …'),
        cidrs: z
          .array(text.refine(isAddressOrRange, { error: 'expected an IP address or a CIDR range' }))
          .default([])
          .describe('its addresses; none where compose or Kubernetes know it by its name'),
      }),
    )
    .default([])
    .describe('who has to reach it; nobody else gets in'),
});

export const firewallSchema = z
  .strictObject({
    state: z
      .array(text)
      .default([])
      .describe(
        'what the host says: ss -ltnp, nft -j list ruleset, iptables-save, ufw status verbose, docker inspect, Terraform',
      ),
    host: text.optional().describe('the target that the state is of'),
    outside: z.array(text).default([]).describe('interfaces that face outside, e.g. eth0'),
    reach: z.array(reachSchema).default([]).describe('who has to reach what, for `postern firewall generate`'),
    publicPorts: z.array(port).default([]).describe('TCP ports that everybody may reach'),
    sshPort: port.default(22).describe('where you log in; stays open in a firewall for the whole host'),
  })
  .describe('the host’s own firewall');

/** With absolute paths. */
export type FirewallConfig = z.infer<typeof firewallSchema>;

export async function firewallOf(root: string, config: FirewallConfig): Promise<FirewallConfig> {
  const { files, unmatched } = await expandFiles(root, config.state);
  return { ...config, state: [...files, ...unmatched.map((path) => resolve(root, path))] };
}
