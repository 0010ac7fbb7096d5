/**
 * Whether a store that a container runs asks for a login, as far as the files tell: environment first (it wins
 * over files in these images), then command flags, then mounted files, then the image's default for its version.
 */

import { brokerOf, loginOf } from '../formats/mosquitto/listeners.ts';
import { reachOf } from '../formats/pg-hba/address.ts';
import { effectiveRows } from '../formats/pg-hba/covers.ts';
import { redisHasPassword } from '../formats/redis/password.ts';
import { pluginSetting } from '../formats/settings/search.ts';
import type { RuleContext } from '../model.ts';
import { type Command, flag } from './command.ts';
import { majorOf } from './image.ts';
import type { Container, EnvironmentVariable } from './model.ts';

export type Authentication =
  /** `by` is what switches it off: a variable, the command, a mounted file (which has its own rules), or the default. */
  | { state: 'off'; by: 'variable'; variable: EnvironmentVariable }
  | { state: 'off'; by: 'command' | 'file' | 'default' }
  | { state: 'on' }
  | { state: 'unknown'; reason: string };

const ON: Authentication = { state: 'on' };

export function authenticationOf(service: Container, context: RuleContext): Authentication {
  const engine = service.image?.engine;
  const decide = engine ? DECIDE[engine] : undefined;
  if (!decide) return unknown('whether it asks for a login is not read for a store of this kind');
  const login = decide(service, context);
  if (service.image?.publisher !== 'unknown') return login;
  const assumed = login.state === 'on' ? !setsPassword(service) : login.state === 'off' && login.by === 'default';
  return assumed ? unknown('the default of this image is not known') : login;
}

/** Something of the container is about a password. */
function setsPassword(service: Container): boolean {
  return (
    service.environment.some(({ name }) => /PASS|AUTH|SECRET|SECURITY/i.test(name)) ||
    words(service).some((word) => /pass|auth/i.test(word)) ||
    service.mounts.length > 0
  );
}

type Decide = (service: Container, context: RuleContext) => Authentication;

const DECIDE: Partial<Record<string, Decide>> = {
  elasticsearch,
  opensearch,
  redis,
  mongodb,
  postgresql,
  mysql,
  couchdb,
  memcached,
  cassandra,
  clickhouse,
  neo4j,
  influxdb,
  mqtt,
  rabbitmq: () => ON,
  mssql: () => ON,
};

function elasticsearch(service: Container, context: RuleContext): Authentication {
  const image = service.image;
  if (image?.repository.endsWith('/elasticsearch-oss')) return { state: 'off', by: 'default' };
  const variable = variableOf(service, 'xpack.security.enabled', 'ES_SETTING_XPACK_SECURITY_ENABLED');
  if (variable?.value === 'false') return { state: 'off', by: 'variable', variable };
  if (variable?.value === 'true') return ON;
  if (variable) return unknown('xpack.security.enabled comes from a variable');
  const option = words(service).find((word) => /^-E\s*xpack\.security\.enabled=/.test(word));
  if (option) return option.endsWith('=false') ? { state: 'off', by: 'command' } : ON;
  if (image?.publisher === 'bitnami') {
    const enabled = variableOf(service, 'ELASTICSEARCH_ENABLE_SECURITY');
    if (enabled?.value === 'true') return ON;
    return absent(service, ['ELASTICSEARCH_ENABLE_SECURITY']) ?? { state: 'off', by: 'default' };
  }
  const mounted = context.mounted(service, 'elasticsearch.yml');
  for (const { document } of mounted.files) {
    const setting = document.settings.get('xpack.security.enabled');
    if (setting?.variable || (!setting && !document.complete))
      return unknown('the mounted elasticsearch.yml does not tell');
    if (setting) return setting.values[0] === 'false' ? { state: 'off', by: 'file' } : ON;
  }
  if (mounted.missing) return unknown('the mounted elasticsearch.yml was not found');
  const missing = absent(service, ['xpack.security.enabled']);
  if (missing) return missing;
  const major = majorOf(image?.version ?? null);
  if (major === null) return unknown('the default depends on the version, which the image tag does not tell');
  if (major >= 8) return ON;
  // Images of docker.elastic.co 5.x came with X-Pack's trial, which had security on.
  if (major === 5 && image?.repository === 'elasticsearch/elasticsearch')
    return unknown('5.x images differ by licence');
  return mounted.files.length > 0 ? { state: 'off', by: 'file' } : { state: 'off', by: 'default' };
}

function opensearch(service: Container, context: RuleContext): Authentication {
  const variable = variableOf(service, 'DISABLE_SECURITY_PLUGIN', 'plugins.security.disabled');
  if (variable?.value === 'true') return { state: 'off', by: 'variable', variable };
  if (variable && variable.value === null) return unknown('the switch comes from a variable');
  if (words(service).some((word) => /^-E\s*plugins\.security\.disabled=true$/.test(word)))
    return { state: 'off', by: 'command' };
  // Bitnami's image leaves the plugin off unless it is asked for.
  if (service.image?.publisher === 'bitnami') {
    const enabled = variableOf(service, 'OPENSEARCH_ENABLE_SECURITY');
    if (/^(?:yes|true|1)$/i.test(enabled?.value ?? '')) return ON;
    if (enabled && enabled.value === null) return unknown('OPENSEARCH_ENABLE_SECURITY comes from a variable');
    return absent(service, ['OPENSEARCH_ENABLE_SECURITY']) ?? { state: 'off', by: 'default' };
  }
  const mounted = context.mounted(service, 'opensearch.yml');
  for (const { document } of mounted.files) {
    const setting = pluginSetting(document, 'disabled');
    if (setting?.variable || (!setting && !document.complete))
      return unknown('the mounted opensearch.yml does not tell');
    if (setting?.values[0]?.toLowerCase() === 'true') return { state: 'off', by: 'file' };
  }
  if (mounted.missing) return unknown('the mounted opensearch.yml was not found');
  return absent(service, ['DISABLE_SECURITY_PLUGIN', 'plugins.security.disabled']) ?? ON;
}

function redis(service: Container, context: RuleContext): Authentication {
  const image = service.image;
  const fromArgs = variableOf(service, 'REDIS_ARGS', 'VALKEY_EXTRA_FLAGS', 'REDIS_EXTRA_FLAGS');
  const password = flag(service.command, '--requirepass') ?? flag(service.entrypoint, '--requirepass');
  if (password !== null) return password === '' ? { state: 'off', by: 'command' } : ON;
  if (fromArgs && (fromArgs.value === null || fromArgs.value.includes('--requirepass'))) return ON;
  if (hasFlag(service, '--aclfile')) return unknown('users come from an ACL file, which was not read');
  if (image?.publisher === 'bitnami') {
    const empty = variableOf(service, 'ALLOW_EMPTY_PASSWORD');
    if (isSet(service, ['REDIS_PASSWORD', 'VALKEY_PASSWORD', 'REDIS_PASSWORD_FILE', 'VALKEY_PASSWORD_FILE'])) return ON;
    if (empty?.value && /^(?:yes|true|1)$/i.test(empty.value)) return { state: 'off', by: 'variable', variable: empty };
    return empty || !service.environmentComplete ? unknown('the password comes from a variable') : ON;
  }
  const configured = words(service).some((word) => /\.conf$/.test(word));
  if (configured) {
    const mounted = context.mounted(service, 'redis.conf');
    const [file] = mounted.files;
    if (!file) return unknown('its configuration file was not found');
    if (redisHasPassword(file.document)) return ON;
    return file.document.complete ? { state: 'off', by: 'file' } : unknown('its configuration includes other files');
  }
  if (words(service).some((word) => /\.sh$/.test(word)))
    return unknown('it is started by a script, which was not read');
  const known = image?.publisher === 'official' || image?.repository.startsWith('redis/redis-stack');
  return known ? { state: 'off', by: 'default' } : unknown('the default of this image is not known');
}

function mongodb(service: Container, context: RuleContext): Authentication {
  if (hasFlag(service, '--noauth')) return { state: 'off', by: 'command' };
  if (hasFlag(service, '--auth') || hasFlag(service, '--keyFile')) return ON;
  if (service.image?.publisher === 'bitnami') {
    const empty = variableOf(service, 'ALLOW_EMPTY_PASSWORD');
    if (isSet(service, ['MONGODB_ROOT_PASSWORD', 'MONGODB_ROOT_PASSWORD_FILE'])) return ON;
    if (empty?.value && /^(?:yes|true|1)$/i.test(empty.value)) return { state: 'off', by: 'variable', variable: empty };
    return unknown('the default of this image is not known');
  }
  const user = ['MONGO_INITDB_ROOT_USERNAME', 'MONGO_INITDB_ROOT_USERNAME_FILE', 'MONGODB_INITDB_ROOT_USERNAME'];
  const password = ['MONGO_INITDB_ROOT_PASSWORD', 'MONGO_INITDB_ROOT_PASSWORD_FILE', 'MONGODB_INITDB_ROOT_PASSWORD'];
  // With both the entrypoint adds --auth, whatever a configuration file says.
  if (isSet(service, user) && isSet(service, password)) return ON;
  if (hasFlag(service, '--config') || hasFlag(service, '-f')) {
    const [file] = context.mounted(service, 'mongod.conf').files;
    if (!file) return unknown('its configuration file was not found');
    const { settings, complete } = file.document;
    const authorization = settings.get('security.authorization');
    if (authorization?.variable || !complete) return unknown('the mounted mongod.conf does not tell');
    const on = authorization?.values[0] === 'enabled' || settings.has('security.keyFile');
    return on ? ON : { state: 'off', by: 'file' };
  }
  return absent(service, []) ?? { state: 'off', by: 'default' };
}

function postgresql(service: Container, context: RuleContext): Authentication {
  const variable = variableOf(service, 'POSTGRES_HOST_AUTH_METHOD');
  const mounted = context.mounted(service, 'pg_hba.conf');
  for (const { document } of mounted.files) {
    const open = effectiveRows(document.rows).some(
      (row) => row.method === 'trust' && row.address !== null && reachOf(row.address.range) !== 'loopback',
    );
    return open
      ? { state: 'off', by: 'file' }
      : document.complete
        ? ON
        : unknown('the mounted pg_hba.conf includes more');
  }
  if (variable?.value === 'trust') return { state: 'off', by: 'variable', variable };
  if (variable && variable.value === null) return unknown('POSTGRES_HOST_AUTH_METHOD comes from a variable');
  if (mounted.missing) return unknown('the mounted pg_hba.conf was not found');
  return absent(service, ['POSTGRES_HOST_AUTH_METHOD']) ?? ON;
}

function mysql(service: Container): Authentication {
  if (hasFlag(service, '--skip-grant-tables')) return { state: 'off', by: 'command' };
  const empty = variableOf(
    service,
    'MYSQL_ALLOW_EMPTY_PASSWORD',
    'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
    'MARIADB_ALLOW_EMPTY_PASSWORD',
    'ALLOW_EMPTY_PASSWORD',
  );
  const root = ['MYSQL_ROOT_PASSWORD', 'MARIADB_ROOT_PASSWORD'].flatMap((name) => [
    name,
    `${name}_FILE`,
    `${name}_HASH`,
  ]);
  const random = ['MYSQL_RANDOM_ROOT_PASSWORD', 'MARIADB_RANDOM_ROOT_PASSWORD'];
  if (isSet(service, [...root, ...random])) return ON;
  // The entrypoints only ask whether the variable is empty: `no` and `false` allow it as well. Bitnami's reads yes.
  const allows = service.image?.publisher === 'bitnami' ? /^(?:yes|true|1)$/i : /\S/;
  if (empty?.value && allows.test(empty.value)) return { state: 'off', by: 'variable', variable: empty };
  return service.environmentComplete && empty?.value !== null ? ON : unknown('the password comes from a variable');
}

function couchdb(service: Container): Authentication {
  if (isSet(service, ['COUCHDB_USER']) && isSet(service, ['COUCHDB_PASSWORD', 'COUCHDB_PASSWORD_FILE'])) return ON;
  const missing = absent(service, []);
  if (missing) return missing;
  if (service.mounts.some(({ target }) => target.startsWith('/opt/couchdb/etc')))
    return unknown('a mounted local.ini may set an admin');
  const major = majorOf(service.image?.version ?? null);
  if (major === null) return unknown('the default depends on the version, which the image tag does not tell');
  // 3.0 and later refuse to start without an admin.
  return major >= 3 || service.image?.publisher === 'bitnami' ? ON : { state: 'off', by: 'default' };
}

function memcached(service: Container): Authentication {
  if (hasFlag(service, '-S') || hasFlag(service, '--enable-sasl')) return ON;
  if (isSet(service, ['MEMCACHED_PASSWORD', 'MEMCACHED_PASSWORD_FILE'])) return ON;
  return { state: 'off', by: 'default' };
}

function cassandra(service: Container, context: RuleContext): Authentication {
  if (service.image?.publisher !== 'official') return unknown('the default of this image is not known');
  if (isSet(service, ['CASSANDRA_AUTHENTICATOR']))
    return unknown('CASSANDRA_AUTHENTICATOR decides, which the image ignores in some versions');
  const mounted = context.mounted(service, 'cassandra.yaml');
  const [file] = mounted.files;
  if (file) {
    const { settings, complete } = file.document;
    const authenticator = settings.get('authenticator') ?? settings.get('authenticator.class_name');
    if (authenticator?.variable || !complete) return unknown('the mounted cassandra.yaml does not tell');
    const name = authenticator?.values[0] ?? 'AllowAllAuthenticator';
    return /AllowAllAuthenticator$/.test(name) ? { state: 'off', by: 'file' } : ON;
  }
  if (mounted.missing) return unknown('the mounted cassandra.yaml was not found');
  return { state: 'off', by: 'default' };
}

function clickhouse(service: Container): Authentication {
  const skip = variableOf(service, 'CLICKHOUSE_SKIP_USER_SETUP');
  if (service.mounts.some(({ target }) => target.startsWith('/etc/clickhouse-server/users'))) {
    return unknown('mounted users files decide, which are not read');
  }
  if (skip?.value === '1') return { state: 'off', by: 'variable', variable: skip };
  if (isSet(service, ['CLICKHOUSE_PASSWORD', 'CLICKHOUSE_PASSWORD_FILE'])) return ON;
  return unknown('newer images limit the passwordless default user to the container, older ones do not');
}

function neo4j(service: Container): Authentication {
  const variable = variableOf(service, 'NEO4J_AUTH');
  if (variable?.value === 'none') return { state: 'off', by: 'variable', variable };
  const setting = variableOf(service, 'NEO4J_dbms_security_auth__enabled', 'NEO4J_server_security_auth__enabled');
  if (setting?.value === 'false') return { state: 'off', by: 'variable', variable: setting };
  return absent(service, ['NEO4J_AUTH']) ?? ON;
}

function influxdb(service: Container): Authentication {
  const variable = variableOf(service, 'INFLUXDB_HTTP_AUTH_ENABLED');
  const major = majorOf(service.image?.version ?? null);
  if (major === null) return unknown('the default depends on the version, which the image tag does not tell');
  // 2 and 3 ask for a token always.
  if (major >= 2 || variable?.value === 'true') return ON;
  if (variable?.value === 'false') return { state: 'off', by: 'variable', variable };
  if (variable) return unknown('the switch comes from a variable');
  if (service.mounts.some(({ target }) => target.startsWith('/etc/influxdb'))) {
    return unknown('a mounted influxdb.conf decides, which is not read');
  }
  return absent(service, ['INFLUXDB_HTTP_AUTH_ENABLED']) ?? { state: 'off', by: 'default' };
}

/** Mosquitto; other brokers have files of their own, which are not read. */
function mqtt(service: Container, context: RuleContext): Authentication {
  if (!service.image?.repository.endsWith('mosquitto')) return unknown('not judged for this broker');
  // The image brings this file for trying things out.
  if (words(service).some((word) => word.endsWith('mosquitto-no-auth.conf'))) return { state: 'off', by: 'command' };
  const major = majorOf(service.image.version);
  const mounted = context.mounted(service, 'mosquitto.conf');
  const [file] = mounted.files;
  if (file) {
    const { document } = file;
    const broker = brokerOf(document, major);
    const reached = broker.listeners.filter(({ on }) => on === 'everywhere' || on === 'network');
    const logins = reached.map((listener) => loginOf(broker, listener, major, document.complete));
    if (logins.some(({ state }) => state === 'open')) return { state: 'off', by: 'file' };
    if (!document.complete || logins.some(({ state }) => state === 'unknown'))
      return unknown('the mounted mosquitto.conf does not tell');
    return ON;
  }
  if (mounted.missing || words(service).some((word) => word.endsWith('.conf')))
    return unknown('its configuration file was not found');
  if (major === null) return unknown('the default depends on the version, which the image tag does not tell');
  // Without a listener 2.0 waits on loopback inside the container only: nobody gets in from outside.
  return major >= 2 ? ON : { state: 'off', by: 'default' };
}

export function variableOf(service: Container, ...names: readonly string[]): EnvironmentVariable | undefined {
  return service.environment.find(({ name }) => names.includes(name));
}

/** One of these variables has a value, or one that is not known here. */
export function isSet(service: Container, names: readonly string[]): boolean {
  return names.some((name) => {
    const variable = variableOf(service, name);
    return variable ? variable.value !== '' : service.environmentFiles.has(name);
  });
}

function unknown(reason: string): Authentication {
  return { state: 'unknown', reason };
}

/** Unknown when a variable that is not in the file may still be set by something that was not read. */
function absent(service: Container, names: readonly string[]): Authentication | null {
  if (names.some((name) => service.environmentFiles.has(name))) return unknown('the switch is set in an env_file');
  return service.environmentComplete ? null : unknown('variables may be set by a file that was not read');
}

function words(service: Container): string[] {
  return [service.entrypoint, service.command].flatMap((command: Command | null) => command?.words ?? []);
}

function hasFlag(service: Container, name: string): boolean {
  return words(service).some((word) => word === name || word.startsWith(`${name}=`));
}
