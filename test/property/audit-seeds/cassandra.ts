import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'cassandra.yaml',
    text: 'cluster_name: \'Test Cluster\'\nnum_tokens: 16\nauthenticator: AllowAllAuthenticator\nauthorizer:\n  class_name: AllowAllAuthorizer\npartitioner: org.apache.cassandra.dht.Murmur3Partitioner\nseed_provider:\n  - class_name: org.apache.cassandra.locator.SimpleSeedProvider\n    parameters:\n      - seeds: "127.0.0.1:7000"\nlisten_address: 10.0.0.5\nrpc_address: 0.0.0.0 # all\nclient_encryption_options: {enabled: true, optional: true, keystore_password: cassandra}\nserver_encryption_options:\n  internode_encryption: none\nauto_snapshot: false\n',
    pointed: [
      ['audit/cassandra-no-login', 'AllowAllAuthenticator'],
      ['audit/cassandra-everybody-may-everything', 'AllowAllAuthorizer'],
      ['audit/cassandra-listens-everywhere', '0.0.0.0'],
      ['audit/cassandra-tls-optional', 'true'],
      ['audit/cassandra-sample-keystore-password', 'cassandra'],
      ['audit/cassandra-nodes-without-tls', 'none'],
      ['audit/cassandra-no-snapshot-before-drop', 'false'],
    ],
  },
];
