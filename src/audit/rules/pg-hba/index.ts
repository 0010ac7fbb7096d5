import type { RuleSet } from '../../model.ts';
import {
  identFromNetwork,
  ldapWithoutTls,
  md5FromNetwork,
  passwordInClear,
  trustFromNetwork,
  trustLocal,
} from './methods.ts';
import {
  everyRoleEverywhere,
  openToWorld,
  rejectShadowed,
  remoteWithoutTls,
  replicationFromWorld,
  superuserFromNetwork,
  wideNetwork,
} from './reach.ts';

export const pgHbaRules: RuleSet<'pg_hba.conf'> = {
  rules: [
    trustFromNetwork,
    trustLocal,
    passwordInClear,
    md5FromNetwork,
    identFromNetwork,
    openToWorld,
    remoteWithoutTls,
    superuserFromNetwork,
    replicationFromWorld,
    rejectShadowed,
    ldapWithoutTls,
    wideNetwork,
    everyRoleEverywhere,
  ],
  guidance: {
    fixes: {
      package:
        'Edit `pg_hba.conf` (`SHOW hba_file;` tells where), then `SELECT pg_reload_conf();`. Sessions that are open stay; the first record that matches decides.',
      docker:
        'The image writes the file into the data volume when it is first started: edit it there (`docker compose exec db vi $PGDATA/pg_hba.conf`) or mount one and start with `-c hba_file=…`. Changing `POSTGRES_HOST_AUTH_METHOD` later changes nothing.',
      kubernetes:
        'Operators and charts write the file: CloudNativePG `postgresql.pg_hba`, Zalando `patroni.pg_hba`, Bitnami `primary.pgHbaConfiguration`.',
      managed:
        'RDS, Cloud SQL and Azure write the file themselves: use security groups or authorised networks for addresses, and `rds.force_ssl` or its like for TLS.',
    },
    check:
      '`SELECT line_number, type, database, user_name, address, auth_method, error FROM pg_hba_file_rules;` shows the record as it is now and no error; a login from elsewhere answers `no pg_hba.conf entry` or asks for a password.',
  },
  dropped: {
    'PH-AUTH-007':
      'Not decidable from pg_hba.conf: the mapping stands in pg_ident.conf, which is no format of audit, and a pattern with a capture is the normal way to map certificate names.',
  },
};
