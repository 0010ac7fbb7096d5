/** The settings of the range's own service files that change how it starts. Everything else in them is left alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ServiceSkipped } from './service.ts';

const EVERY_INTERFACE = new Set(['*', '0.0.0.0', '::', '_global_', '_site_']);

async function readSetting(dir: string, ...path: string[]): Promise<string> {
  try {
    return await readFile(join(dir, 'deploy', ...path), 'utf8');
  } catch {
    throw new ServiceSkipped(`deploy/${path.join('/')} cannot be read`);
  }
}

export interface ElasticsearchSettings {
  clusterName: string;
  beyondLoopback: boolean;
  securityEnabled: boolean;
}

/** Absent keys take the defaults of 7.17: loopback only, security off. */
export async function readElasticsearchSettings(dir: string): Promise<ElasticsearchSettings> {
  const text = await readSetting(dir, 'elasticsearch', 'elasticsearch.yml');
  return parseElasticsearchSettings(text);
}

export function parseElasticsearchSettings(text: string): ElasticsearchSettings {
  const settings = new Map<string, unknown>();
  try {
    flatten(parse(text), '', settings);
  } catch {
    throw new ServiceSkipped('deploy/elasticsearch/elasticsearch.yml is not YAML');
  }
  const host = settings.get('http.host') ?? settings.get('network.host') ?? '_local_';
  const hosts = (Array.isArray(host) ? host : String(host).split(',')).map((value) => String(value).trim());
  return {
    clusterName: String(settings.get('cluster.name') ?? 'elasticsearch'),
    beyondLoopback: hosts.some((value) => EVERY_INTERFACE.has(value)),
    securityEnabled: String(settings.get('xpack.security.enabled') ?? 'false') === 'true',
  };
}

function flatten(value: unknown, prefix: string, into: Map<string, unknown>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (prefix !== '') into.set(prefix, value);
    return;
  }
  for (const [key, inner] of Object.entries(value)) flatten(inner, prefix === '' ? key : `${prefix}.${key}`, into);
}

export interface ShopApiSettings {
  /** Whether an object is given to its owner alone. */
  checksOwner: boolean;
}

export async function readShopApiSettings(dir: string): Promise<ShopApiSettings> {
  const text = await readSetting(dir, 'api', 'api.yaml');
  try {
    const settings = z.object({ checkOwner: z.boolean().default(false) }).parse(parse(text));
    return { checksOwner: settings.checkOwner };
  } catch {
    throw new ServiceSkipped('deploy/api/api.yaml has no checkOwner of true or false');
  }
}

export interface PostgresqlSettings {
  /** The text of both files, handed to the server as they are. */
  configuration: string;
  hostBasedAuthentication: string;
  beyondLoopback: boolean;
}

export async function readPostgresqlSettings(dir: string): Promise<PostgresqlSettings> {
  const configuration = await readSetting(dir, 'postgres', 'postgresql.conf');
  const hostBasedAuthentication = await readSetting(dir, 'postgres', 'pg_hba.conf');
  return { configuration, hostBasedAuthentication, beyondLoopback: listensBeyondLoopback(configuration) };
}

/** `listen_addresses`, whose default is localhost; the last line wins. */
export function listensBeyondLoopback(configuration: string): boolean {
  let value = 'localhost';
  for (const line of configuration.split(/\r?\n/)) {
    const setting = /^\s*listen_addresses\s*(?:=\s*|\s)(?:'([^']*)'|([^\s#]+))/i.exec(line);
    if (setting) value = setting[1] ?? setting[2] ?? value;
  }
  return value
    .split(',')
    .map((address) => address.trim())
    .some((address) => EVERY_INTERFACE.has(address));
}

export interface MosquittoSettings {
  allowAnonymous: boolean;
  beyondLoopback: boolean;
}

export async function readMosquittoSettings(dir: string): Promise<MosquittoSettings> {
  return parseMosquittoSettings(await readSetting(dir, 'mosquitto', 'mosquitto.conf'));
}

/**
 * `allow_anonymous` is false by default since Mosquitto 2.0 once a listener is named; with no listener at all the broker
 * listens on loopback only and lets everyone in (mosquitto.conf(5)).
 */
export function parseMosquittoSettings(text: string): MosquittoSettings {
  let anonymous: boolean | undefined;
  const listeners: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [name, ...values] = line.trim().split(/\s+/);
    if (name === 'allow_anonymous') anonymous = values[0] === 'true';
    if (name === 'listener') listeners.push(values[1] ?? '*');
  }
  return {
    allowAnonymous: anonymous ?? listeners.length === 0,
    beyondLoopback: listeners.some((address) => EVERY_INTERFACE.has(address)),
  };
}
