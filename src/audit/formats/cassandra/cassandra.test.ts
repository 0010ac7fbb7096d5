import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { recognise } from '../index.ts';

describe('cassandra.yaml', () => {
  it('is recognised by its keys, and manifests of it are not', () => {
    expect(recognise('conf/db.yaml', 'num_tokens: 16\nseed_provider: []\nendpoint_snitch: S\n')).toBe('cassandra.yaml');
    expect(recognise('cassandra.yaml', 'cluster_name: x\nauthenticator: y\n')).toBe('cassandra.yaml');
    expect(recognise('cassandra.yaml', 'apiVersion: v1\nkind: Pod\ncluster_name: x\n')).not.toBe('cassandra.yaml');
    expect(recognise('cassandra.yml', 'services:\n  db:\n    image: cassandra:5\n')).toBe('docker-compose');
    expect(recognise('kafka.yaml', 'partitioner: x\nname: y\n')).not.toBe('cassandra.yaml');
  });

  it('reads the login in both of its forms', () => {
    const head = 'num_tokens: 16\nseed_provider: []\nendpoint_snitch: S\nrpc_address: localhost\n';
    const rules = (text: string) =>
      auditText(head + text, { format: 'cassandra.yaml' }).report.findings.map(({ rule }) => rule);
    expect(rules('authenticator:\n  class_name: AllowAllAuthenticator\n')).toContain('audit/cassandra-no-login');
    expect(rules('authenticator: com.example.OurAuthenticator\n')).not.toContain('audit/cassandra-no-login');
    expect(rules('authenticator:\n  class_name: PasswordAuthenticator\nauthorizer: CassandraAuthorizer\n')).toEqual([]);
  });
});
