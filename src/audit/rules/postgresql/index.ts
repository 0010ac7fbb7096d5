import type { RuleSet } from '../../model.ts';
import { listensEverywhere, oldTls, tlsOff, weakCiphers } from './network.ts';
import { committedPassword, md5Storage, rowSecurityOff, userNamespace } from './passwords.ts';
import {
  archiveGoesNowhere,
  dataInLog,
  durabilityOff,
  loginsNotLogged,
  schemaChangesNotLogged,
  systemTablesWritable,
} from './records.ts';

export const postgresqlRules: RuleSet<'postgresql.conf'> = {
  rules: [
    listensEverywhere,
    tlsOff,
    md5Storage,
    committedPassword,
    oldTls,
    weakCiphers,
    dataInLog,
    loginsNotLogged,
    schemaChangesNotLogged,
    archiveGoesNowhere,
    durabilityOff,
    rowSecurityOff,
    systemTablesWritable,
    userNamespace,
  ],
  guidance: {
    fixes: {
      package:
        'Edit `postgresql.conf` (`SHOW config_file;` tells where; Debian: `/etc/postgresql/VERSION/main/`) or run `ALTER SYSTEM SET name = value`, then `systemctl reload postgresql`; `listen_addresses` needs a restart. `postgresql.auto.conf` wins over the file.',
      docker:
        'Give flags in the command (`command: ["postgres", "-c", "ssl=on"]`), or mount a file and start with `-c config_file=…`; flags win. Then `docker compose up -d --force-recreate`.',
      kubernetes:
        'Set it in the operator’s or chart’s values: CloudNativePG `postgresql.parameters`, Zalando `postgresql.parameters`, Bitnami `primary.extendedConfiguration`.',
      terraform:
        '`aws_db_parameter_group`, `google_sql_database_instance.settings.database_flags`, `azurerm_postgresql_flexible_server_configuration`.',
      managed: 'Change the parameter group or database flag; what needs a restart says “pending reboot”.',
    },
    check:
      "`SELECT name, setting, sourcefile, sourceline, pending_restart FROM pg_settings WHERE name = '…';` shows the new value and `f`.",
  },
  dropped: {
    'PG-LOG-005':
      'Wrong as a fault: without the collector the log goes to stderr, which systemd, Debian’s pg_ctlcluster and containers keep.',
    'PG-LOG-006':
      'A choice and not a fault: pgaudit has to be installed first; audit/postgresql-schema-changes-not-logged accepts it as one way.',
    'PG-SOCK-001':
      'Duplicate of audit/pg-hba-trust-local: the socket’s permissions matter only where pg_hba.conf trusts who reaches it.',
  },
};
