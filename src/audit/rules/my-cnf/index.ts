import type { RuleSet } from '../../model.ts';
import {
  committedPassword,
  grantTablesSkipped,
  oldHashing,
  oldPlugin,
  runsAsRoot,
  suspiciousFunctions,
  weakPolicy,
} from './login.ts';
import { clearConnections, listensEverywhere, oldTls, tlsOff, xProtocol } from './network.ts';
import { fileAccess, generalLog, localInfile, logsKeptForEver, noBinaryLog, notEncrypted, rawLog } from './records.ts';

export const myCnfRules: RuleSet<'my.cnf'> = {
  rules: [
    grantTablesSkipped,
    listensEverywhere,
    committedPassword,
    clearConnections,
    tlsOff,
    oldTls,
    xProtocol,
    oldPlugin,
    oldHashing,
    weakPolicy,
    localInfile,
    fileAccess,
    runsAsRoot,
    suspiciousFunctions,
    generalLog,
    rawLog,
    noBinaryLog,
    logsKeptForEver,
    notEncrypted,
  ],
  guidance: {
    fixes: {
      package:
        'Edit the file under `[mysqld]` (Debian: `/etc/mysql/mariadb.conf.d/50-server.cnf` or `/etc/mysql/mysql.conf.d/mysqld.cnf`; Red Hat: `/etc/my.cnf.d/`), then `systemctl restart mariadb` or `mysql`. Files that are read later win; `mysqld --print-defaults` shows the sum.',
      docker:
        'Mount a file into `/etc/mysql/conf.d/` (or `/etc/my.cnf.d/`), or give flags in the command (`command: --local-infile=0`); flags win. Then `docker compose up -d --force-recreate`.',
      kubernetes:
        'Put the setting into the chart’s or operator’s configuration (Bitnami `primary.configuration`, Percona `mysql.configuration`, mariadb-operator `myCnf`) and let it restart the pods one by one.',
      terraform:
        '`aws_db_parameter_group`, `google_sql_database_instance.settings.database_flags`, `azurerm_mysql_flexible_server_configuration`.',
      managed: 'Change the parameter group or database flag; static parameters take effect at a restart.',
    },
    check:
      '`mysql -e "SHOW GLOBAL VARIABLES LIKE \'…\'"` shows the new value, and `mysqld --print-defaults` the option once.',
  },
};
