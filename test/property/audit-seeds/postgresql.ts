import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'postgresql.conf',
    text: "# c\nlisten_addresses = '*'\t# all\nPORT 5432\nssl off\nssl_ciphers = 'RC4:HIGH'\npassword_encryption = md5\nlog_statement = 'all'\nfsync = off\nsearch_path = '\"$user\", public'\nprimary_conninfo = 'host=h password=a-long-example-value'\nshared_buffers = 128MB\nlog_connections = on\n",
    pointed: [
      ['audit/postgresql-listens-everywhere', "'*'"],
      ['audit/postgresql-logins-not-logged', "'*'"],
      ['audit/postgresql-tls-off', 'off'],
      ['audit/postgresql-weak-ciphers', "'RC4:HIGH'"],
      ['audit/postgresql-md5-passwords', 'md5'],
      ['audit/postgresql-data-in-log', "'all'"],
      ['audit/postgresql-durability-off', 'off'],
      ['audit/postgresql-password-in-file', "'host=h password=a-long-example-value'"],
    ],
  },
];
