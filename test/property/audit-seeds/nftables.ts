import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'nftables',
    text: `#!/usr/sbin/nft -f
flush ruleset
define office = { 198.51.100.0/24, 203.0.113.7 }
table ip filter {
  set busy { type ipv4_addr; flags dynamic, timeout; timeout 1m; }
  chain input {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iif lo accept
    ip saddr $office tcp dport ssh accept comment "office"
    tcp dport { 443, 9200 } ct state new limit rate 10/second accept
    tcp dport 9000-9400 accept
    tcp dport 9300 drop
    jump more
  }
  chain more { udp dport 53 counter packets 0 bytes 0 reject with icmp type port-unreachable; }
  chain forward { type filter hook forward priority 0; policy accept; }
}
add rule ip filter more tcp dport 6379 accept
`,
    pointed: [
      ['audit/nftables-ipv6-unfiltered', 'chain input'],
      ['audit/nftables-refusals-not-logged', 'drop'],
      ['audit/nftables-store-port-open', 'tcp dport { 443, 9200 } ct state new limit rate 10/second accept'],
      ['audit/nftables-store-port-open', 'tcp dport 9000-9400 accept'],
      ['audit/nftables-refusal-never-reached', 'tcp dport 9300 drop'],
      ['audit/nftables-forward-accepts', 'accept'],
      ['audit/nftables-store-port-open', 'tcp dport 6379 accept'],
    ],
  },
  {
    format: 'nftables',
    text: '{"nftables": [{"metainfo": {"json_schema_version": 1}},\n {"table": {"family": "inet", "name": "f", "handle": 1}},\n {"chain": {"family": "inet", "table": "f", "name": "in", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},\n {"rule": {"family": "inet", "table": "f", "chain": "in", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [22, 5432]}}}, {"accept": null}]}}]}\n',
    pointed: [
      [
        'audit/nftables-refusals-not-logged',
        '{"chain": {"family": "inet", "table": "f", "name": "in", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}',
      ],
      [
        'audit/nftables-store-port-open',
        '{"rule": {"family": "inet", "table": "f", "chain": "in", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [22, 5432]}}}, {"accept": null}]}}',
      ],
    ],
  },
];
