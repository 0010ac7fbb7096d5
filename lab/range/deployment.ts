/**
 * How the range reads "what is deployed": the compose file says which ports are published and where, the service's own
 * file says which interfaces it listens on. A store is reached from outside only when both let it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PosternError } from '../../src/core/errors.ts';
import type { RangeAddresses } from './addresses.ts';

const portSchema = z.union([
  z.string(),
  z.number().transform(String),
  z.object({
    target: z.coerce.number(),
    published: z.coerce.number().optional(),
    host_ip: z.string().optional(),
  }),
]);
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({ ports: z.array(portSchema).nullish(), network_mode: z.string().nullish() }),
  ),
});

/** `everywhere`: all interfaces; `inside`: the machine's own side only; `unpublished`: not at all. */
export type Publication = 'everywhere' | 'inside' | 'unpublished';

export interface Deployment {
  /** How the port of a compose service is published. `undefined`: there is no such service. */
  publicationOf(service: string, port: number): Publication | undefined;
}

/** @throws PosternError E_LAB when the file cannot be read or is not a compose file */
export async function readDeployment(dir: string): Promise<Deployment> {
  const path = join(dir, 'deploy', 'docker-compose.yml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PosternError('E_LAB', 'The range has no deploy/docker-compose.yml.', { at: { path }, cause });
  }
  return parseDeployment(text, path);
}

export function parseDeployment(text: string, path: string): Deployment {
  let compose: z.infer<typeof composeSchema>;
  try {
    compose = composeSchema.parse(parse(text));
  } catch (cause) {
    throw new PosternError('E_LAB', 'The range cannot be started from a compose file that does not parse.', {
      at: { path },
      cause,
    });
  }
  return {
    publicationOf(name, port) {
      const service = Object.hasOwn(compose.services, name) ? compose.services[name] : undefined;
      if (!service) return undefined;
      if (service.network_mode === 'host') return 'everywhere';
      const published = (service.ports ?? []).map(publish).filter((entry) => entry.port === port);
      if (published.length === 0) return 'unpublished';
      return published.some((entry) => !isLoopback(entry.hostIp)) ? 'everywhere' : 'inside';
    },
  };
}

/**
 * `[host_ip:][host_port:]container_port[/protocol]`, or the long form (Compose specification, "ports"). A variable has
 * its default: the range sets none.
 */
function publish(entry: z.infer<typeof portSchema>): { hostIp: string; port: number } {
  if (typeof entry === 'object') return { hostIp: entry.host_ip ?? '', port: entry.published ?? entry.target };
  const text = entry.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');
  const parts = /^(?:(?<ip>\[[^\]]*\]|[^:]*):)?(?:(?<host>\d*):)?(?<container>\d+)(?:\/\w+)?$/.exec(text)?.groups;
  if (!parts) return { hostIp: '', port: Number.NaN };
  // `9200:9200` matches with the host port in the place of the address.
  if (parts.host === undefined && /^\d+$/.test(parts.ip ?? '')) return { hostIp: '', port: Number(parts.ip) };
  return { hostIp: (parts.ip ?? '').replace(/^\[|\]$/g, ''), port: Number(parts.host || parts.container) };
}

function isLoopback(hostIp: string): boolean {
  return hostIp === '::1' || hostIp === 'localhost' || /^127\./.test(hostIp);
}

/** The addresses a service listens on, given how it is published and whether it listens beyond loopback itself. */
export function listenOn(publication: Publication, beyondLoopback: boolean, addresses: RangeAddresses): string[] {
  if (publication === 'unpublished') return [];
  return publication === 'everywhere' && beyondLoopback ? [addresses.outside, addresses.inside] : [addresses.inside];
}
