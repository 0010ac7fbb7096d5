/**
 * cassandra.yaml: YAML, flat at the top with a few mappings (`client_encryption_options`). Names changed in 4.1
 * (`enable_user_defined_functions` is `user_defined_functions_enabled`); since 5.0 `authenticator` may be a mapping with
 * `class_name`. ScyllaDB's scylla.yaml has the same form and is read as well.
 * https://cassandra.apache.org/doc/latest/cassandra/managing/configuration/cass_yaml_file.html
 */
import { basename } from 'node:path/posix';
import ipaddr from 'ipaddr.js';
import { assetId } from '../../../core/asset.ts';
import type { Facts, Place, StoreFact } from '../../facts.ts';
import type { Format, ReadFile, RuleContext } from '../../model.ts';
import { readSettings, type Setting, type SettingsDocument, settingViews, topKeys } from '../settings/read.ts';

export type CassandraDocument = SettingsDocument;

/** Keys that other programs do not have; two of them make a file one of Cassandra. */
const OWN = new Set(
  (
    'num_tokens partitioner commitlog_sync commitlog_directory data_file_directories endpoint_snitch seed_provider rpc_address ' +
    'native_transport_port storage_port ssl_storage_port memtable_allocation_type hinted_handoff_enabled saved_caches_directory ' +
    'client_encryption_options server_encryption_options concurrent_compactors start_native_transport internode_compression ' +
    'cas_contention_timeout_in_ms disk_failure_policy commit_failure_policy transparent_data_encryption_options'
  ).split(' '),
);

export const cassandraFormat: Format<'cassandra.yaml'> = {
  name: 'cassandra.yaml',
  title: 'Cassandra (cassandra.yaml)',
  recognises(path, text) {
    if (!/\.ya?ml(?:\.\w+)?$/i.test(path)) return false;
    const named = /^(?:cassandra|scylla)[\w.-]*\.ya?ml(?:\.\w+)?$/i.test(basename(path));
    if (!named && !/^(?:seed_provider|rpc_address|endpoint_snitch|partitioner)[ \t]*:/m.test(text)) return false;
    const keys = topKeys(text);
    if (['apiVersion', 'kind', 'services', 'image'].some((key) => keys.has(key))) return false;
    const known = [...keys].filter((key) => OWN.has(key)).length;
    return known >= 3 || (named && (known >= 1 || keys.has('authenticator') || keys.has('cluster_name')));
  },
  read: (source) => readSettings(source, { lists: false }),
  settings: settingViews,
  facts: cassandraFacts,
};

/** `authenticator: X` and, since 5.0, `authenticator: { class_name: X }`. */
export function classSetting({ settings }: CassandraDocument, name: string): Setting | undefined {
  return settings.get(name) ?? settings.get(`${name}.class_name`);
}

/** The last part of a class name: `org.apache.cassandra.auth.AllowAllAuthenticator` is the same class. */
export function simpleClass(setting: Setting | undefined): string | undefined {
  return setting?.values[0]?.split('.').at(-1);
}

export type Listening = 'everywhere' | 'network' | 'loopback' | 'unknown';

/** Where clients are served: `rpc_address`, or the address of `rpc_interface`. */
export function clientAddress({ settings, complete }: CassandraDocument): { on: Listening; setting: Setting | null } {
  const setting = settings.get('rpc_address');
  const [value] = setting?.values ?? [];
  if (setting && value !== undefined) {
    if (setting.variable) return { on: 'unknown', setting };
    if (value === 'localhost') return { on: 'loopback', setting };
    if (!ipaddr.isValid(value)) return { on: 'network', setting };
    const range = ipaddr.parse(value).range();
    return { on: range === 'unspecified' ? 'everywhere' : range === 'loopback' ? 'loopback' : 'network', setting };
  }
  if (settings.has('rpc_interface')) return { on: 'network', setting: settings.get('rpc_interface') ?? null };
  // Without a value Cassandra takes the address of the host's name.
  return { on: complete ? 'network' : 'unknown', setting: setting ?? null };
}

export type Login = { state: 'on' | 'off'; setting: Setting | null } | { state: 'unknown'; reason: string };

export function loginOf(document: CassandraDocument): Login {
  const setting = classSetting(document, 'authenticator');
  const name = simpleClass(setting);
  if (setting?.variable) return { state: 'unknown', reason: 'its value comes from a variable' };
  if (setting && name !== undefined) return { state: name === 'AllowAllAuthenticator' ? 'off' : 'on', setting };
  if (!document.complete) return { state: 'unknown', reason: 'the file could not be read whole' };
  return { state: 'off', setting: null };
}

function cassandraFacts({ source, document }: ReadFile<'cassandra.yaml'>, { runtimes }: RuleContext): Facts {
  const place = (setting: Setting | null | undefined): Place | null =>
    setting ? { source, span: setting.span, pointer: setting.key } : null;
  const login = loginOf(document);
  const client = clientAddress(document);
  const port = document.settings.get('native_transport_port');
  const number = port ? Number.parseInt(port.values[0] ?? '', 10) : 9042;
  const tls = document.settings.get('client_encryption_options.enabled');
  const optional = document.settings.get('client_encryption_options.optional')?.values[0]?.toLowerCase() === 'true';
  const versions = new Set(runtimes.map(({ declared }) => declared.version));
  const address = client.setting?.values[0];
  // The image's entry point writes 0.0.0.0 into the file.
  const on =
    runtimes.length > 0 ? 'everywhere' : client.on === 'network' ? (address ? [address] : 'unknown') : client.on;
  const encrypted =
    tls?.values[0]?.toLowerCase() === 'true' ? (optional ? 'off' : 'on') : document.complete ? 'off' : 'unknown';
  const store: StoreFact = {
    asset: assetId('config', source.path),
    name: source.path,
    engine: 'cassandra',
    version: versions.size === 1 ? ([...versions][0] ?? null) : null,
    by: 'native',
    listens: { on, port: Number.isInteger(number) ? number : null, place: place(client.setting) ?? place(port) },
    login: {
      state: login.state,
      text: login.state === 'off' ? 'every client is let in' : login.state === 'on' ? 'clients log in' : 'not said',
      place: login.state === 'unknown' ? null : place(login.setting),
    },
    encrypted: { state: encrypted, place: place(tls) },
    behind: [],
    publicAddress: null,
    place: place(document.settings.values().next().value) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
  };
  return { stores: [store] };
}
