import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'dockerfile',
    text: '# syntax=docker/dockerfile:1\nARG V=16\nFROM node AS build\nARG DB_PASSWORD=correct-horse-example-1\nRUN npm ci \\\n  # a comment\n  && npm run build\n\nFROM postgres:${V}\nENV POSTGRES_DB=shop \\\n    POSTGRES_HOST_AUTH_METHOD="trust"\nENV POSTGRES_PASSWORD correct-horse-example-2\nCOPY --chown=postgres:postgres ["backup.sql", "/docker-entrypoint-initdb.d/"]\nADD http://files.example.com/x.tgz /x\nEXPOSE 5432\nUSER root\nCMD ["postgres", "-c", "config_file=/etc/postgresql.conf"]\n',
    pointed: [
      ['audit/dockerfile-base-not-pinned', 'node'],
      ['audit/dockerfile-secret-in-environment', 'correct-horse-example-1'],
      ['audit/dockerfile-store-without-login', 'trust'],
      ['audit/dockerfile-secret-in-environment', 'correct-horse-example-2'],
      ['audit/dockerfile-copies-secrets', '"backup.sql"'],
      ['audit/dockerfile-adds-remote-file', 'http://files.example.com/x.tgz'],
      ['audit/dockerfile-runs-as-root', 'root'],
    ],
  },
];
