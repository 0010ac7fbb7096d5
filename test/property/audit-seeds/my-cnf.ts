import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'my.cnf',
    text: '# c\n[client]\nuser = root\npassword = "a-long-example-value"\n[mysqld]\n  user=root\nbind-address = 0.0.0.0 # all\nskip-grant-tables\nloose_local-infile\nsecure_file_priv =\n; c\ntls_version = \'TLSv1.1,TLSv1.2\'\nlog_bin = bin\nexpire_logs_days = 0\n[mariadb-10.6]\ngeneral_log = ON\n!includedir /etc/mysql/conf.d/\n',
    pointed: [
      ['audit/mysql-password-in-file', '"a-long-example-value"'],
      ['audit/mysql-runs-as-root', 'root'],
      ['audit/mysql-listens-everywhere', '0.0.0.0'],
      ['audit/mysql-grant-tables-skipped', 'skip-grant-tables'],
      ['audit/mysql-local-infile', 'loose_local-infile'],
      ['audit/mysql-files-through-sql', 'secure_file_priv'],
      ['audit/mysql-old-tls', "'TLSv1.1,TLSv1.2'"],
      ['audit/mysql-binary-logs-kept-for-ever', '0'],
      ['audit/mysql-data-in-log', 'ON'],
    ],
  },
];
