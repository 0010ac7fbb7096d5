import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'docker-compose',
    text: 'x-env: &env\n  A: 1\nservices:\n  es:\n    image: elasticsearch:7.17.9 # old\n    environment:\n      <<: *env\n      xpack.security.enabled: "false"\n    ports:\n      - "9200:9200"\n      - target: 9300\n        published: 9300\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_HOST_AUTH_METHOD=trust\n      - POSTGRES_PASSWORD=postgres\n    ports: ["${BIND:-0.0.0.0}:5432:5432", 5433]\n    volumes: [./pg_hba.conf:/etc/pg_hba.conf]\n',
    pointed: [
      ['audit/compose-store-end-of-life', 'elasticsearch:7.17.9'],
      ['audit/compose-elasticsearch-without-login', '"false"'],
      ['audit/compose-store-published', '"9200:9200"'],
      ['audit/compose-store-published', 'target: 9300\n        published: 9300'],
      ['audit/compose-postgresql-trust', 'trust'],
      ['audit/compose-well-known-password', 'postgres'],
      ['audit/compose-store-published', '"${BIND:-0.0.0.0}:5432:5432"'],
      ['audit/compose-store-published', '5433'],
    ],
  },
];
