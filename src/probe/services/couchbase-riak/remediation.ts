/** Four databases that the catalogue lists together. */
export const remediation = {
  developer: 'Let the app talk to your own API; a client of these databases on a device carries their keys.',
  it: 'Couchbase: finish the set-up with an administrator’s password, give no bucket to anonymous users. Riak: `riak admin security enable` with sources and HTTPS listeners. Tarantool: `box.schema.user.revoke("guest", "read,write,execute", "universe")`, users with passwords. Aerospike: the security stanza (Enterprise) with users. Bind each to a private address and close 8091–8096, 8098, 8087, 3301 and 3000–3003 in the firewall.',
  security:
    'Treat the records as read, and where writing was open as changeable, by strangers; look for unknown users and functions.',
} as const;
