import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'elasticsearch.yml',
    text: 'cluster.name: shop\nnetwork.host: 0.0.0.0\nxpack:\n  security:\n    enabled: false\n    authc.anonymous.roles: [superuser]\nhttp.cors.enabled: true\n',
    pointed: [
      ['audit/elasticsearch-open-without-login', '0.0.0.0'],
      ['audit/elasticsearch-listens-everywhere', '0.0.0.0'],
      ['audit/elasticsearch-security-disabled', 'false'],
      ['audit/elasticsearch-http-without-tls', 'false'],
      ['audit/elasticsearch-anonymous-role', '[superuser]'],
    ],
  },
];
