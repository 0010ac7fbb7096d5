import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'helm-values',
    text: 'replicas: 2\nredis: # cache\n  architecture: standalone\n  auth: {enabled: false}\n  commonConfiguration: |-\n    maxmemory 100mb\n    # kept\n  master:\n    service:\n      type: "LoadBalancer"\npostgresql:\n  auth:\n    postgresPassword: \'postgres\'\n    database: shop\n  networkPolicy:\n    enabled: false\nelasticsearch:\n  master: {replicaCount: 1}\n  data: {replicaCount: 1}\n  security:\n    enabled: false\n',
    pointed: [
      ['audit/helm-chart-login-off', 'false'],
      ['audit/helm-store-exposed', '"LoadBalancer"'],
      ['audit/helm-well-known-password', "'postgres'"],
      ['audit/helm-network-policy-off', 'false'],
      ['audit/helm-search-security-off', 'false'],
    ],
  },
];
