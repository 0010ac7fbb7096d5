import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'opensearch.yml',
    text: 'cluster.name: shop # c\nnetwork.host: "0.0.0.0"\ndiscovery.type: single-node\nplugins.security.ssl.http.enabled: false\nplugins.security.ssl.http.pemcert_filepath: esnode.pem\nplugins:\n  security:\n    nodes_dn: ["CN=a,O=b", \'*\']\n    audit.type: noop\npath.repo: [/var/www/html, /backup]\n',
    pointed: [
      ['audit/opensearch-listens-everywhere', '"0.0.0.0"'],
      ['audit/opensearch-transport-port-open', '"0.0.0.0"'],
      ['audit/opensearch-http-without-tls', 'false'],
      ['audit/opensearch-demo-certificates', 'esnode.pem'],
      ['audit/opensearch-any-node-may-join', '["CN=a,O=b", \'*\']'],
      ['audit/opensearch-audit-log-off', 'noop'],
      ['audit/opensearch-snapshots-in-a-shared-folder', '[/var/www/html, /backup]'],
    ],
  },
  {
    format: 'opensearch-security',
    text: '---\n_meta:\n  type: "internalusers"\n  config_version: 2\nadmin: &a\n  hash: "$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"\n  reserved: true\n  backend_roles:\n  - "admin"\nother: *a\n',
    pointed: [
      ['audit/opensearch-demo-password', '"$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"'],
      ['audit/opensearch-demo-password', '"$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"'],
    ],
  },
  {
    format: 'opensearch-security',
    text: '_meta: {type: "config", config_version: 2}\nconfig:\n  dynamic:\n    http:\n      anonymous_auth_enabled: true # c\n      xff: {enabled: true, internalProxies: ".*"}\n    authc:\n      basic:\n        http_enabled: true\n        http_authenticator: {type: basic, challenge: true}\n        authentication_backend: {type: noop}\n',
    pointed: [
      ['audit/opensearch-anonymous-access', 'true'],
      ['audit/opensearch-any-proxy-trusted', '".*"'],
      ['audit/opensearch-password-not-checked', 'noop'],
    ],
  },
  {
    format: 'opensearch-security',
    text: '_meta:\n  type: "roles"\n  config_version: 2\nall:\n  cluster_permissions: ["*"]\n  index_permissions:\n  - index_patterns:\n    - "*"\n    allowed_actions:\n    - "*"\n  - {index_patterns: ["x"], allowed_actions: [read]}\n',
    pointed: [['audit/opensearch-role-for-everything', '"*"']],
  },
];
