/** Keyspaces that Cassandra, ScyllaDB and DataStax Enterprise make themselves. */
export function isSystemName(keyspace: string): boolean {
  return /^(?:system|system_.*|dse_.*|OpsCenter|solr_admin)$/.test(keyspace);
}
