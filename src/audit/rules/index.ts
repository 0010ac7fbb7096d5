/** The rules by format. A rule is one definition and one line in its format's list. */
import type { FormatName, RuleSet } from '../model.ts';
import { appSettingsRules } from './app-settings/index.ts';
import { cassandraRules } from './cassandra/index.ts';
import { ciRules } from './ci/index.ts';
import { cloudformationRules } from './cloudformation/index.ts';
import { composeRules } from './compose/index.ts';
import { couchdbRules } from './couchdb/index.ts';
import { dockerfileRules } from './dockerfile/index.ts';
import { elasticsearchRules } from './elasticsearch/index.ts';
import { rtdbRules } from './firebase-rtdb/index.ts';
import { firestoreRules } from './firestore/index.ts';
import { haproxyRules } from './haproxy/index.ts';
import { helmValuesRules } from './helm-values/index.ts';
import { iptablesRules } from './iptables/index.ts';
import { kubernetesRules } from './kubernetes/index.ts';
import { memcachedRules } from './memcached/index.ts';
import { mongodRules } from './mongod/index.ts';
import { mosquittoRules } from './mosquitto/index.ts';
import { myCnfRules } from './my-cnf/index.ts';
import { nftablesRules } from './nftables/index.ts';
import { nginxRules } from './nginx/index.ts';
import { opensearchRules } from './opensearch/index.ts';
import { opensearchSecurityRules } from './opensearch-security/index.ts';
import { pgHbaRules } from './pg-hba/index.ts';
import { postgresqlRules } from './postgresql/index.ts';
import { redisRules } from './redis/index.ts';
import { redisAclRules } from './redis-acl/index.ts';
import { bucketPolicyRules } from './s3-bucket-policy/index.ts';
import { storageRules } from './storage/index.ts';
import { supabaseConfigRules } from './supabase-config/index.ts';
import { supabaseSqlRules } from './supabase-sql/index.ts';
import { terraformRules } from './terraform/index.ts';
import { ufwRules } from './ufw/index.ts';

export const RULES: { readonly [N in FormatName]: RuleSet<N> } = {
  nftables: nftablesRules,
  'iptables-save': iptablesRules,
  ufw: ufwRules,
  'pg_hba.conf': pgHbaRules,
  'postgresql.conf': postgresqlRules,
  'redis.acl': redisAclRules,
  'redis.conf': redisRules,
  'memcached.conf': memcachedRules,
  'mosquitto.conf': mosquittoRules,
  'my.cnf': myCnfRules,
  'couchdb.ini': couchdbRules,
  nginx: nginxRules,
  haproxy: haproxyRules,
  dockerfile: dockerfileRules,
  'firestore.rules': firestoreRules,
  'storage.rules': storageRules,
  'firebase-rtdb': rtdbRules,
  's3-bucket-policy': bucketPolicyRules,
  'supabase-config': supabaseConfigRules,
  'supabase-sql': supabaseSqlRules,
  terraform: terraformRules,
  kubernetes: kubernetesRules,
  cloudformation: cloudformationRules,
  'docker-compose': composeRules,
  ci: ciRules,
  'opensearch-security': opensearchSecurityRules,
  'opensearch.yml': opensearchRules,
  'elasticsearch.yml': elasticsearchRules,
  'mongod.conf': mongodRules,
  'cassandra.yaml': cassandraRules,
  'helm-values': helmValuesRules,
  'app-settings': appSettingsRules,
};
