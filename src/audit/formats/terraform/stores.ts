/** Which resources are stores: what runs in them, on which port, and where their network rules are named. */
import type { Engine } from '../../declared.ts';
import { textOf } from './values.ts';
import type { View } from './view.ts';

export interface StoreKind {
  engine(view: View): Engine | null;
  port: number | null;
  version?: string;
  /** Names of the attributes that hold security groups. */
  groups?: string;
  /** True when it gets a public address, false when never, or the attribute that says so. */
  public: string | boolean;
  /** The attribute that holds the password, when it has one. */
  password?: string;
  user?: string;
  encrypted?: string;
}

const RELATIONAL: readonly [RegExp, Engine, number][] = [
  [/^(?:aurora-)?postgres/, 'postgresql', 5432],
  [/^(?:aurora$|aurora-mysql|mysql|mariadb)/, 'mysql', 3306],
  [/^sqlserver/, 'mssql', 1433],
];

function relational(view: View): Engine | null {
  const name = textOf(view.attribute('engine')) ?? '';
  return RELATIONAL.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function cache(view: View): Engine | null {
  const engine = view.attribute('engine');
  const name = engine === null ? 'redis' : textOf(engine);
  return name === 'memcached' ? 'memcached' : name === 'redis' || name === 'valkey' ? 'redis' : null;
}

function google(view: View): Engine | null {
  const version = textOf(view.attribute('database_version')) ?? '';
  return version.startsWith('POSTGRES')
    ? 'postgresql'
    : version.startsWith('MYSQL')
      ? 'mysql'
      : version.startsWith('SQLSERVER')
        ? 'mssql'
        : null;
}

function searchEngine(view: View): Engine {
  return (textOf(view.attribute('engine_version')) ?? '').startsWith('Elasticsearch') ? 'elasticsearch' : 'opensearch';
}

const of = (engine: Engine | null) => (): Engine | null => engine;
const RDS = { groups: 'vpc_security_group_ids', version: 'engine_version' } as const;
const AZURE = {
  public: 'public_network_access_enabled',
  password: 'administrator_password',
  user: 'administrator_login',
  version: 'version',
} as const;

export const STORE_KINDS: Readonly<Record<string, StoreKind>> = {
  aws_db_instance: {
    ...RDS,
    engine: relational,
    port: null,
    public: 'publicly_accessible',
    password: 'password',
    user: 'username',
  },
  aws_rds_cluster: {
    ...RDS,
    engine: relational,
    port: null,
    public: false,
    password: 'master_password',
    user: 'master_username',
  },
  aws_docdb_cluster: {
    ...RDS,
    engine: of('mongodb'),
    port: 27_017,
    public: false,
    password: 'master_password',
    user: 'master_username',
  },
  aws_redshift_cluster: {
    groups: 'vpc_security_group_ids',
    engine: of('postgresql'),
    port: 5439,
    public: 'publicly_accessible',
    password: 'master_password',
    user: 'master_username',
  },
  aws_elasticache_replication_group: {
    groups: 'security_group_ids',
    engine: cache,
    port: 6379,
    public: false,
    password: 'auth_token',
    version: 'engine_version',
    encrypted: 'transit_encryption_enabled',
  },
  aws_elasticache_cluster: {
    groups: 'security_group_ids',
    engine: cache,
    port: null,
    public: false,
    version: 'engine_version',
  },
  google_sql_database_instance: {
    engine: google,
    port: null,
    public: true,
    version: 'database_version',
    password: 'root_password',
  },
  google_redis_instance: { engine: of('redis'), port: 6379, public: false },
  azurerm_postgresql_flexible_server: { ...AZURE, engine: of('postgresql'), port: 5432 },
  azurerm_mysql_flexible_server: { ...AZURE, engine: of('mysql'), port: 3306 },
  azurerm_mssql_server: { ...AZURE, engine: of('mssql'), port: 1433, password: 'administrator_login_password' },
  azurerm_postgresql_server: {
    ...AZURE,
    engine: of('postgresql'),
    port: 5432,
    password: 'administrator_login_password',
  },
  azurerm_mysql_server: { ...AZURE, engine: of('mysql'), port: 3306, password: 'administrator_login_password' },
  azurerm_mariadb_server: { ...AZURE, engine: of('mysql'), port: 3306, password: 'administrator_login_password' },
  azurerm_sql_server: { ...AZURE, engine: of('mssql'), port: 1433, password: 'administrator_login_password' },
  aws_opensearch_domain: { engine: searchEngine, port: 443, public: 'vpc_options', version: 'engine_version' },
  aws_elasticsearch_domain: {
    engine: of('elasticsearch'),
    port: 443,
    public: 'vpc_options',
    version: 'elasticsearch_version',
  },
  azurerm_redis_cache: { engine: of('redis'), port: 6380, public: 'public_network_access_enabled' },
};

/** The port it waits on where nothing else is said. */
export function portOf(kind: StoreKind, engine: Engine | null): number | null {
  if (kind.port !== null) return kind.port;
  if (engine === 'memcached') return 11_211;
  return engine === 'redis' ? 6379 : (RELATIONAL.find(([, one]) => one === engine)?.[2] ?? null);
}
