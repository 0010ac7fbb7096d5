/** The formats this room reads. A format is one folder and one line here. */
import type { Format, FormatName } from '../model.ts';
import { appSettingsFormat } from './app-settings/read.ts';
import { cassandraFormat } from './cassandra/read.ts';
import { ciFormat } from './ci/read.ts';
import { cloudformationFormat } from './cloudformation/read.ts';
import { composeFormat } from './compose/read.ts';
import { couchdbFormat } from './couchdb/read.ts';
import { dockerfileFormat } from './dockerfile/read.ts';
import { elasticsearchFormat } from './elasticsearch/read.ts';
import { rtdbFormat } from './firebase-rtdb/read.ts';
import { firestoreFormat, storageFormat } from './firebase-rules/read.ts';
import { haproxyFormat } from './haproxy/read.ts';
import { helmValuesFormat } from './helm-values/read.ts';
import { iptablesFormat } from './iptables/read.ts';
import { kubernetesFormat } from './kubernetes/read.ts';
import { memcachedFormat } from './memcached/read.ts';
import { mongodFormat } from './mongod/read.ts';
import { mosquittoFormat } from './mosquitto/read.ts';
import { myCnfFormat } from './my-cnf/read.ts';
import { nftablesFormat } from './nftables/read.ts';
import { nginxFormat } from './nginx/read.ts';
import { opensearchFormat } from './opensearch/read.ts';
import { opensearchSecurityFormat } from './opensearch-security/read.ts';
import { pgHbaFormat } from './pg-hba/read.ts';
import { postgresqlFormat } from './postgresql/read.ts';
import { redisFormat } from './redis/read.ts';
import { redisAclFormat } from './redis-acl/read.ts';
import { bucketPolicyFormat } from './s3-bucket-policy/read.ts';
import { supabaseConfigFormat } from './supabase-config/read.ts';
import { supabaseSqlFormat } from './supabase-sql/read.ts';
import { terraformFormat } from './terraform/read.ts';
import { ufwFormat } from './ufw/read.ts';

export const FORMATS: { readonly [N in FormatName]: Format<N> } = {
  nftables: nftablesFormat,
  'iptables-save': iptablesFormat,
  ufw: ufwFormat,
  'pg_hba.conf': pgHbaFormat,
  'postgresql.conf': postgresqlFormat,
  'redis.acl': redisAclFormat,
  'redis.conf': redisFormat,
  'memcached.conf': memcachedFormat,
  'mosquitto.conf': mosquittoFormat,
  'my.cnf': myCnfFormat,
  'couchdb.ini': couchdbFormat,
  nginx: nginxFormat,
  haproxy: haproxyFormat,
  dockerfile: dockerfileFormat,
  'firestore.rules': firestoreFormat,
  'storage.rules': storageFormat,
  'firebase-rtdb': rtdbFormat,
  's3-bucket-policy': bucketPolicyFormat,
  'supabase-config': supabaseConfigFormat,
  'supabase-sql': supabaseSqlFormat,
  terraform: terraformFormat,
  kubernetes: kubernetesFormat,
  cloudformation: cloudformationFormat,
  'docker-compose': composeFormat,
  ci: ciFormat,
  'opensearch-security': opensearchSecurityFormat,
  'opensearch.yml': opensearchFormat,
  'elasticsearch.yml': elasticsearchFormat,
  'mongod.conf': mongodFormat,
  'cassandra.yaml': cassandraFormat,
  'helm-values': helmValuesFormat,
  'app-settings': appSettingsFormat,
};

/** In the order in which they are tried: what has a grammar of its own before what is YAML or a list of settings. */
export const FORMAT_NAMES = [
  'nftables',
  'iptables-save',
  'ufw',
  'pg_hba.conf',
  'postgresql.conf',
  'redis.acl',
  'redis.conf',
  'memcached.conf',
  'mosquitto.conf',
  'my.cnf',
  'couchdb.ini',
  'nginx',
  'haproxy',
  'dockerfile',
  'firestore.rules',
  'storage.rules',
  'firebase-rtdb',
  's3-bucket-policy',
  'supabase-config',
  'supabase-sql',
  'terraform',
  'kubernetes',
  'cloudformation',
  'docker-compose',
  'ci',
  'opensearch-security',
  'opensearch.yml',
  'elasticsearch.yml',
  'mongod.conf',
  'cassandra.yaml',
  'helm-values',
  'app-settings',
] as const satisfies readonly FormatName[];

/** The format of a text, told by its content and its name. */
export function recognise(path: string, text: string): FormatName | null {
  return FORMAT_NAMES.find((name) => FORMATS[name].recognises(path, text)) ?? null;
}

/** Loads the parsers of these formats that are too heavy for the start-up path. */
export async function prepareFormats(names: Iterable<FormatName> = FORMAT_NAMES): Promise<void> {
  await Promise.all([...new Set(names)].map((name) => FORMATS[name].prepare?.()));
}
