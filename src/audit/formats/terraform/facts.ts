/** What a configuration tells about the whole: managed stores, the network rules before them, accounts and data. */
import { assetId } from '../../../core/asset.ts';
import { reachOfCidr } from '../../cloud/cidr.ts';
import { isPublic } from '../../cloud/policy.ts';
import type { AccountFact, DatasetFact, DoorFact, Facts, Place, StoreFact } from '../../facts.ts';
import type { ReadFile } from '../../model.ts';
import type { Configuration } from './configuration.ts';
import { doorsOf, groupOf } from './doors.ts';
import type { Resource } from './instance.ts';
import { documentOf, policyOf } from './policy.ts';
import { portOf, STORE_KINDS, type StoreKind } from './stores.ts';
import { boolOf, itemsOf, numberOf, referencesOf, textOf, type Value, type Written } from './values.ts';

export function factsOf({ document: { configuration } }: ReadFile<'terraform'>): Facts {
  const stores: StoreFact[] = [];
  const doors: DoorFact[] = [];
  const accounts: AccountFact[] = [];
  for (const resource of configuration.of(...Object.keys(STORE_KINDS))) {
    const kind = STORE_KINDS[resource.type];
    if (kind === undefined) continue;
    const asset = assetOf(resource);
    const door = doorOf(configuration, resource, kind, asset);
    if (door !== null) doors.push(door);
    stores.push(storeOf(configuration, resource, kind, asset, door));
    accounts.push(...accountOf(resource, kind, asset));
  }
  const datasets = [...tables(configuration)];
  return { stores, doors, accounts, datasets };
}

function assetOf({ source, address }: Resource): string {
  return assetId('config', source.path, address);
}

function placeOf({ source, span }: Written, pointer: string): Place {
  return { source, span, pointer };
}

function storeOf(
  configuration: Configuration,
  resource: Resource,
  kind: StoreKind,
  asset: string,
  door: DoorFact | null,
): StoreFact {
  const { view, address } = resource;
  const engine = kind.engine(view);
  const place = placeOf(view.at, address);
  return {
    asset,
    name: address,
    engine,
    version:
      kind.version === undefined
        ? null
        : (/[\d.]+/.exec(
            textOf(view.attribute(kind.version))
              ?.replace(/^[A-Z]+_/, '')
              .replace('_', '.') ?? '',
          )?.[0] ?? null),
    by: 'managed',
    listens: { on: 'everywhere', port: numberOf(view.attribute('port')) ?? portOf(kind, engine), place: null },
    login: kind.public === 'vpc_options' ? searchLogin(configuration, resource) : loginOf(resource, kind),
    encrypted: encryptionOf(resource, kind),
    behind: door === null ? [] : [door.id],
    publicAddress: publicOf(configuration, resource, kind),
    place,
  };
}

function loginOf({ type, view, address }: Resource, kind: StoreKind): StoreFact['login'] {
  if (type === 'aws_elasticache_replication_group') {
    const asks = view.attribute('auth_token') !== null || view.attribute('user_group_ids') !== null;
    return asks
      ? { state: 'on', text: 'it asks for a token', place: null }
      : { state: 'off', text: 'it asks for no password', place: placeOf(view.at, `${address}.auth_token`) };
  }
  if (type === 'aws_elasticache_cluster')
    return { state: 'off', text: 'it asks for no password', place: placeOf(view.at, address) };
  if (type === 'google_redis_instance') {
    const value = view.attribute('auth_enabled');
    if (value !== null && boolOf(value) !== false)
      return { state: boolOf(value) === null ? 'unknown' : 'on', text: 'it asks for a password', place: null };
    return {
      state: 'off',
      text: 'it asks for no password',
      place: placeOf((value ?? view).at, `${address}.auth_enabled`),
    };
  }
  const password = kind.password === undefined ? null : view.attribute(kind.password);
  if (password?.kind === 'string' && password.from === undefined) {
    return {
      state: 'weak',
      text: 'its password stands in the code',
      place: placeOf(password.at, `${address}.${kind.password}`),
    };
  }
  return { state: 'on', text: 'it asks for a login', place: null };
}

/** A search domain asks by its access policy, or by fine-grained access control. */
function searchLogin(configuration: Configuration, { view, address, of }: Resource): StoreFact['login'] {
  const fine = view.blocks('advanced_security_options').items[0]?.attribute('enabled') ?? null;
  if (fine !== null && boolOf(fine) !== false)
    return { state: boolOf(fine) ? 'on' : 'unknown', text: 'fine-grained access control', place: null };
  const policies = configuration
    .of('aws_opensearch_domain_policy', 'aws_elasticsearch_domain_policy')
    .filter((one) => referencesOf(one.view.attribute('domain_name')).some((ref) => ref.address === of));
  const documents = [view, ...policies.map((one) => one.view)]
    .map((one) => one.attribute('access_policies'))
    .filter((value): value is Value => value !== null);
  for (const value of documents) {
    const open = policyOf(value)?.statements.find((statement) => isPublic(statement));
    if (open === undefined) continue;
    const place = placeOf(open.at('Principal', 'NotPrincipal'), `${address}.access_policies`);
    return { state: 'off', text: 'its access policy allows everybody', place };
  }
  if (documents.length === 0)
    return { state: 'unknown', text: 'its access policy is not in the files', place: placeOf(view.at, address) };
  const [first] = documents;
  return { state: 'on', text: 'its access policy names who may', place: first ? placeOf(first.at, address) : null };
}

function encryptionOf({ view, address }: Resource, kind: StoreKind): StoreFact['encrypted'] {
  const value = kind.encrypted === undefined ? null : view.attribute(kind.encrypted);
  const state = boolOf(value);
  if (value === null || state === null) return { state: 'unknown', place: null };
  return { state: state ? 'on' : 'off', place: placeOf(value.at, `${address}.${kind.encrypted}`) };
}

/**
 * Without `publicly_accessible` what the service does depends on the subnet group (terraform-provider-aws #49935), so
 * absence is not told. The servers of Azure have a public endpoint unless they stand in a subnet of their own.
 */
function publicOf(
  configuration: Configuration,
  { type, view, address, of }: Resource,
  kind: StoreKind,
): StoreFact['publicAddress'] {
  if (kind.public === false) {
    const members = configuration
      .of('aws_rds_cluster_instance')
      .filter((one) => referencesOf(one.view.attribute('cluster_identifier')).some((ref) => ref.address === of));
    const open = members
      .map((one) => one.view.attribute('publicly_accessible'))
      .find((value) => boolOf(value) === true);
    return { state: open !== undefined, place: placeOf((open ?? view).at, address) };
  }
  if (kind.public === 'vpc_options') {
    const { items, complete } = view.blocks('vpc_options');
    const state = items.length > 0 ? false : complete ? true : 'unknown';
    return { state, place: placeOf((items[0] ?? view).at, address) };
  }
  if (type === 'google_sql_database_instance') {
    const value =
      view.blocks('settings').items[0]?.blocks('ip_configuration').items[0]?.attribute('ipv4_enabled') ?? null;
    return {
      state: value === null ? true : (boolOf(value) ?? 'unknown'),
      place: placeOf((value ?? view).at, `${address}.ipv4_enabled`),
    };
  }
  const named = textOf(view.attribute('public_network_access'));
  if (type === 'azurerm_mysql_flexible_server' && named !== null)
    return { state: named !== 'Disabled', place: placeOf(view.at, `${address}.public_network_access`) };
  const value = view.attribute(String(kind.public));
  if (value !== null)
    return { state: boolOf(value) ?? 'unknown', place: placeOf(value.at, `${address}.${kind.public}`) };
  const subnet = ['delegated_subnet_id', 'subnet_id'].some((name) => view.attribute(name) !== null);
  return { state: type.startsWith('azurerm_') ? !subnet : 'unknown', place: placeOf(view.at, address) };
}

interface Rule {
  ports: readonly { from: number; to: number }[] | null;
  text: string;
  at: Written;
}

/** One door for all groups of a store: what one of them lets in is let in. */
function doorOf(configuration: Configuration, resource: Resource, kind: StoreKind, asset: string): DoorFact | null {
  const found = rulesBefore(configuration, resource, kind);
  if (found === null) return null;
  const { rules, complete } = found;
  const place = placeOf(resource.view.at, resource.address);
  return {
    id: `${asset}#network-rules`,
    kind: 'security-group',
    stands: 'behind',
    lets(port) {
      const open = rules.find(
        (rule) => rule.ports === null || rule.ports.some(({ from, to }) => from <= port && port <= to),
      );
      if (open !== undefined) return { state: 'open', text: open.text, place: placeOf(open.at, resource.address) };
      if (complete)
        return { state: 'closed', text: `no network rule of ${resource.address} admits the internet`, place };
      return { state: 'unknown', text: `the network rules of ${resource.address} are not all in the files`, place };
    },
  };
}

/** The rules that admit the internet; null when nothing stands before the store that the files could tell. */
function rulesBefore(
  configuration: Configuration,
  { type, view, of }: Resource,
  kind: StoreKind,
): { rules: Rule[]; complete: boolean } | null {
  if (kind.groups !== undefined) {
    const { admissions, groups } = doorsOf(configuration);
    const { items, complete } = itemsOf(view.attribute(kind.groups));
    const names = items.map(groupOf);
    const own = admissions.filter(({ group }) => group !== null && names.includes(group));
    const rules = own.flatMap(({ subject, from, ports }) =>
      from
        .filter(({ text }) => reachOfCidr(text) === 'internet')
        .map(({ text, at }): Rule => ({ ports, at, text: `${subject.address} admits ${text}` })),
    );
    const told =
      names.length > 0 && complete && names.every((name) => name !== null && groups.get(name)?.complete === true);
    return { rules, complete: told && own.every((one) => one.complete) };
  }
  if (type === 'google_sql_database_instance') {
    const networks = view
      .blocks('settings')
      .items[0]?.blocks('ip_configuration')
      .items[0]?.blocks('authorized_networks');
    const values = (networks?.items ?? []).map((item) => item.attribute('value'));
    const open = values.filter(
      (value): value is Value => value !== null && reachOfCidr(textOf(value) ?? '') === 'internet',
    );
    return {
      rules: open.map((value) => ({ ports: null, at: value.at, text: `it admits ${textOf(value)}` })),
      complete: networks?.complete !== false && values.every((value) => textOf(value) !== null),
    };
  }
  if (!type.startsWith('azurerm_')) return null;
  const rules = configuration.resources.filter(
    (one) =>
      one.mode === 'managed' &&
      /^azurerm_\w+_firewall_rule$/.test(one.type) &&
      ['server_id', 'server_name', 'redis_cache_name'].some((name) =>
        referencesOf(one.view.attribute(name)).some(({ address }) => address === of),
      ),
  );
  const wide = rules.filter(
    (one) =>
      (textOf(one.view.attribute('start_ip_address')) ?? '') === '0.0.0.0' &&
      (textOf(one.view.attribute('end_ip_address')) ?? '').startsWith('255.'),
  );
  return {
    rules: wide.map((one) => ({ ports: null, at: one.view.at, text: `${one.address} admits every address` })),
    complete: rules.every((one) => textOf(one.view.attribute('end_ip_address')) !== null),
  };
}

function accountOf({ view, address }: Resource, kind: StoreKind, asset: string): AccountFact[] {
  const user = kind.user === undefined ? null : view.attribute(kind.user);
  const name = textOf(user);
  if (user === null || name === null) return [];
  return [
    { store: asset, name, may: 'everything', usedBy: 'unknown', place: placeOf(user.at, `${address}.${kind.user}`) },
  ];
}

function* tables(configuration: Configuration): Generator<DatasetFact> {
  for (const resource of configuration.of('aws_dynamodb_table')) {
    const fields = resource.view.blocks('attribute').items.flatMap((item) => {
      const name = textOf(item.attribute('name'));
      return name === null ? [] : [{ name, type: textOf(item.attribute('type')) }];
    });
    const name = textOf(resource.view.attribute('name')) ?? resource.name;
    yield { store: assetOf(resource), name, fields, open: null, place: placeOf(resource.view.at, resource.address) };
  }
  for (const resource of configuration.of('google_bigquery_table')) {
    const schema = documentOf(resource.view.attribute('schema'));
    const fields = itemsOf(schema).items.flatMap((item) => {
      const name = item.kind === 'map' ? textOf(item.entries.get('name') ?? null) : null;
      return name === null || item.kind !== 'map' ? [] : [{ name, type: textOf(item.entries.get('type') ?? null) }];
    });
    const name = textOf(resource.view.attribute('table_id')) ?? resource.name;
    yield { store: assetOf(resource), name, fields, open: null, place: placeOf(resource.view.at, resource.address) };
  }
}
