import type { RuleSet } from '../../model.ts';
import { auditLogOff, noSnapshots, userFunctions } from './operations.ts';
import { listensEverywhere, noAuthorization, noLogin } from './rules.ts';
import { clientsWithoutTls, nodesWithoutTls, sampleStorePassword, tlsOptional } from './transport.ts';

export const cassandraRules: RuleSet<'cassandra.yaml'> = {
  rules: [
    noLogin,
    noAuthorization,
    listensEverywhere,
    clientsWithoutTls,
    tlsOptional,
    nodesWithoutTls,
    sampleStorePassword,
    auditLogOff,
    userFunctions,
    noSnapshots,
  ],
  guidance: {
    fixes: {
      package:
        'Change `/etc/cassandra/cassandra.yaml` on every node and restart them one by one (`nodetool drain`, then `systemctl restart cassandra`).',
      docker:
        'Mount your file at `/etc/cassandra/cassandra.yaml`; the entry point of the official image has no variable for the login and writes `rpc_address`, `listen_address` and a few more into the file from `CASSANDRA_*`. Publish 9042 on a private address only, never 7000, 7199 or 9160.',
      kubernetes:
        'With K8ssandra `spec.auth: true` switches login and permissions on and makes the superuser’s secret; other settings go below `spec.cassandra.config.cassandraYaml`.',
      managed: 'DataStax Astra and Amazon Keyspaces always ask for a login and TLS; narrow their roles or policies.',
    },
    check:
      '`cqlsh HOST -e "DESCRIBE KEYSPACES"` from another machine answers “requires authentication” or cannot connect, and `cqlsh -u cassandra HOST` with the published password is refused.',
  },
};
