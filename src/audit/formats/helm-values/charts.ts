/** Charts of stores that are known: how their values are told, and what they call things. */
import type { Engine } from '../../declared.ts';

export interface Chart {
  /** As a dependency is called. */
  names: readonly string[];
  title: string;
  engine: Engine | null;
  publisher: 'bitnami' | 'elastic' | 'opensearch' | 'minio' | 'couchdb';
  /** Keys at the root of its values of which `least` have to be there to tell it without a name. */
  marks: readonly string[];
  least: number;
  /** Switches of the login, and the value that switches it off. */
  login: readonly (readonly [path: string, off: RegExp])[];
  /** Off when nothing is set. */
  offByDefault?: true;
  /** Where Services stand. */
  services: readonly string[];
  tls: readonly string[];
  policies: readonly string[];
  /** Passwords, also of users of an application. */
  passwords: readonly string[];
  /** Whole files of other formats: path and name. Pieces that the chart adds its own settings to are not judged. */
  files: readonly (readonly [path: string, name: string])[];
}

const NODES = ['master', 'data', 'coordinating', 'ingest'];
const OFF = /^false$/i;
const EMPTY = /^(?:true|yes|1)$/i;

export const CHARTS: readonly Chart[] = [
  {
    names: ['redis', 'valkey', 'redis-cluster', 'valkey-cluster', 'keydb'],
    title: 'Redis',
    engine: 'redis',
    publisher: 'bitnami',
    marks: [
      'architecture',
      'auth',
      'master',
      'replica',
      'sentinel',
      'commonConfiguration',
      'usePassword',
      'useExternalDNS',
    ],
    least: 4,
    login: [
      ['auth.enabled', OFF],
      ['usePassword', OFF],
      ['global.redis.auth.enabled', OFF],
    ],
    services: ['master.service', 'primary.service', 'replica.service', 'sentinel.service', 'service'],
    tls: ['tls.enabled'],
    policies: ['networkPolicy.enabled'],
    passwords: ['auth.password', 'global.redis.password', 'password'],
    files: [],
  },
  {
    names: ['postgresql', 'postgresql-ha'],
    title: 'PostgreSQL',
    engine: 'postgresql',
    publisher: 'bitnami',
    marks: [
      'primary',
      'readReplicas',
      'postgresqlPassword',
      'postgresqlDatabase',
      'postgresqlSharedPreloadLibraries',
      'postgresqlDataDir',
      'shmVolume',
    ],
    least: 3,
    login: [],
    services: ['primary.service', 'readReplicas.service', 'service'],
    tls: ['tls.enabled'],
    policies: ['networkPolicy.enabled', 'primary.networkPolicy.enabled'],
    passwords: [
      'auth.postgresPassword',
      'auth.password',
      'auth.replicationPassword',
      'postgresqlPassword',
      'postgresqlPostgresPassword',
      'global.postgresql.auth.postgresPassword',
      'global.postgresql.auth.password',
      'global.postgresql.postgresqlPassword',
      'postgresql.password',
      'pgpool.adminPassword',
    ],
    files: [['primary.pgHbaConfiguration', 'pg_hba.conf']],
  },
  {
    names: ['mysql', 'mariadb', 'mariadb-galera'],
    title: 'MySQL/MariaDB',
    engine: 'mysql',
    publisher: 'bitnami',
    marks: ['primary', 'secondary', 'mysqlRootPassword', 'mysqlPassword', 'startdbScripts', 'tde'],
    least: 3,
    login: [
      ['auth.allowEmptyPassword', EMPTY],
      ['allowEmptyPassword', EMPTY],
    ],
    services: ['primary.service', 'secondary.service', 'service'],
    tls: ['tls.enabled'],
    policies: ['networkPolicy.enabled'],
    passwords: [
      'auth.rootPassword',
      'auth.password',
      'auth.replicationPassword',
      'rootUser.password',
      'db.password',
      'mysqlRootPassword',
      'mysqlPassword',
    ],
    files: [],
  },
  {
    names: ['mongodb', 'mongodb-sharded'],
    title: 'MongoDB',
    engine: 'mongodb',
    publisher: 'bitnami',
    marks: [
      'replicaSetName',
      'replicaSetKey',
      'directoryPerDB',
      'arbiter',
      'hidden',
      'externalAccess',
      'mongodbRootPassword',
      'useStatefulSet',
      'systemLogVerbosity',
    ],
    least: 3,
    login: [
      ['auth.enabled', OFF],
      ['usePassword', OFF],
    ],
    services: ['service', 'externalAccess.service'],
    tls: ['tls.enabled'],
    policies: ['networkPolicy.enabled'],
    passwords: ['auth.rootPassword', 'auth.password', 'auth.replicaSetKey', 'mongodbRootPassword', 'mongodbPassword'],
    files: [],
  },
  {
    names: ['elasticsearch'],
    title: 'Elasticsearch',
    engine: 'elasticsearch',
    publisher: 'bitnami',
    marks: ['master', 'data', 'coordinating', 'ingest', 'sysctlImage', 'snapshotRepoPath', 'security'],
    least: 4,
    login: [['security.enabled', OFF]],
    offByDefault: true,
    services: ['service', ...NODES.map((name) => `${name}.service`)],
    tls: ['security.tls.restEncryption'],
    policies: NODES.map((name) => `${name}.networkPolicy.enabled`),
    passwords: ['security.elasticPassword'],
    files: [],
  },
  {
    names: ['opensearch'],
    title: 'OpenSearch',
    engine: 'opensearch',
    publisher: 'bitnami',
    marks: ['master', 'data', 'coordinating', 'ingest', 'sysctlImage', 'snapshotRepoPath', 'security', 'dashboards'],
    least: 5,
    login: [['security.enabled', OFF]],
    offByDefault: true,
    services: ['service', ...NODES.map((name) => `${name}.service`)],
    tls: ['security.tls.restEncryption'],
    policies: NODES.map((name) => `${name}.networkPolicy.enabled`),
    passwords: ['security.adminPassword', 'security.logstashPassword'],
    files: [],
  },
  {
    names: ['elasticsearch'],
    title: 'Elasticsearch',
    engine: 'elasticsearch',
    publisher: 'elastic',
    marks: [
      'esConfig',
      'esJavaOpts',
      'nodeGroup',
      'masterService',
      'clusterHealthCheckParams',
      'sysctlVmMaxMapCount',
      'esMajorVersion',
    ],
    least: 2,
    login: [],
    services: ['service'],
    tls: [],
    policies: ['networkPolicy.http.enabled'],
    passwords: ['secret.password'],
    files: [['esConfig["elasticsearch.yml"]', 'elasticsearch.yml']],
  },
  {
    names: ['opensearch'],
    title: 'OpenSearch',
    engine: 'opensearch',
    publisher: 'opensearch',
    marks: ['opensearchJavaOpts', 'opensearchHome', 'singleNode', 'masterService', 'nodeGroup', 'securityConfig'],
    least: 2,
    login: [],
    services: ['service'],
    tls: [],
    policies: ['networkPolicy.create'],
    passwords: [],
    files: [['config["opensearch.yml"]', 'opensearch.yml']],
  },
  {
    names: ['couchdb'],
    title: 'CouchDB',
    engine: 'couchdb',
    publisher: 'couchdb',
    marks: ['allowAdminParty', 'createAdminSecret', 'adminUsername', 'couchdbConfig', 'autoSetup'],
    least: 2,
    login: [['allowAdminParty', EMPTY]],
    services: ['service'],
    tls: [],
    policies: ['networkPolicy.enabled'],
    passwords: ['adminPassword'],
    files: [],
  },
  {
    names: ['rabbitmq'],
    title: 'RabbitMQ',
    engine: 'rabbitmq',
    publisher: 'bitnami',
    marks: ['ulimitNofiles', 'memoryHighWatermark', 'communityPlugins', 'loadDefinition', 'clustering', 'extraPlugins'],
    least: 2,
    login: [],
    services: ['service'],
    tls: ['auth.tls.enabled'],
    policies: ['networkPolicy.enabled'],
    passwords: ['auth.password', 'auth.erlangCookie', 'rabbitmq.password'],
    files: [],
  },
  {
    names: ['kafka'],
    title: 'Kafka',
    engine: null,
    publisher: 'bitnami',
    marks: ['listeners', 'interBrokerProtocolVersion', 'clusterId', 'sasl', 'controller', 'broker', 'kraft', 'log4j2'],
    least: 3,
    login: [
      ['listeners.client.protocol', /^(?:PLAINTEXT|SSL)$/i],
      ['listeners.external.protocol', /^PLAINTEXT$/i],
      ['auth.clientProtocol', /^plaintext$/i],
    ],
    services: ['service', 'externalAccess.broker.service', 'externalAccess.service'],
    tls: [],
    policies: ['networkPolicy.enabled'],
    passwords: ['sasl.interbroker.password', 'sasl.controller.password'],
    files: [],
  },
  {
    names: ['minio'],
    title: 'MinIO',
    engine: 's3',
    publisher: 'bitnami',
    marks: [
      'defaultBuckets',
      'provisioning',
      'clientImage',
      'statefulset',
      'consoleService',
      'makeBucketJob',
      'mcImage',
      'minioAPIPort',
    ],
    least: 2,
    login: [],
    services: ['service', 'consoleService'],
    tls: ['tls.enabled'],
    policies: ['networkPolicy.enabled'],
    passwords: ['auth.rootPassword', 'rootPassword', 'secretKey', 'auth.secretKey'],
    files: [],
  },
];
