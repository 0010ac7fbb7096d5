/** What the rules for cassandra.yaml share. */
import { type Exposure, exposureOf } from '../../containers/exposure.ts';
import { type CassandraDocument, clientAddress } from '../../formats/cassandra/read.ts';
import type { Setting } from '../../formats/settings/read.ts';
import type { Runtime } from '../../model.ts';
import type { Span } from '../../source.ts';

/** Sources that several rules cite. */
export const REFERENCES = {
  security: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/security.html',
  yaml: 'https://cassandra.apache.org/doc/latest/cassandra/managing/configuration/cass_yaml_file.html',
  audit: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/audit_logging.html',
  image: 'https://github.com/docker-library/cassandra/blob/master/docker-entrypoint.sh',
} as const;

/** Lines that make an example one of Cassandra. */
export const HEAD =
  'cluster_name: shop\nseed_provider:\n  - class_name: org.apache.cassandra.locator.SimpleSeedProvider\nendpoint_snitch: SimpleSnitch\npartitioner: org.apache.cassandra.dht.Murmur3Partitioner\n';
/** A node that asks for a login and checks permissions. */
export const LOCKED = `${HEAD}authenticator: PasswordAuthenticator\nauthorizer: CassandraAuthorizer\nrpc_address: 10.0.0.5\n`;

/** Who reaches the port for clients: its containers' ports where it runs in containers, its own address otherwise. */
export function exposure(document: CassandraDocument, runtimes: readonly Runtime[]): Exposure {
  if (runtimes.length === 0) {
    const { on } = clientAddress(document);
    return on === 'everywhere' ? 'public' : on === 'loopback' ? 'loopback' : 'network';
  }
  const levels = runtimes.map(({ declared }) => exposureOf(declared));
  return (['public', 'network', 'loopback'] as const).find((level) => levels.includes(level)) ?? 'none';
}

/** Where a finding about something that is not written is shown. */
export function firstPlace({ settings }: CassandraDocument): Span {
  return settings.values().next().value?.entry ?? { start: 0, end: 0 };
}

export function isTrue(setting: Setting | undefined): boolean {
  return setting?.values[0]?.toLowerCase() === 'true';
}

export function isFalse(setting: Setting | undefined): boolean {
  return setting?.values[0]?.toLowerCase() === 'false';
}
