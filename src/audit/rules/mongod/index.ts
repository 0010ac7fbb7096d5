import type { RuleSet } from '../../model.ts';
import { authorizationOff, listensEverywhere, membersUnchecked } from './access.ts';
import { fileNotRead, localhostException, transition, weakMechanism } from './login.ts';
import { atRest, auditLog, clientDataLogged, httpInterface, quietLog, scripts, ttlOff } from './operations.ts';
import { invalidCertificates, oldProtocols, tlsOff, tlsOptional } from './transport.ts';

export const mongodRules: RuleSet<'mongod.conf'> = {
  rules: [
    authorizationOff,
    listensEverywhere,
    membersUnchecked,
    transition,
    fileNotRead,
    localhostException,
    weakMechanism,
    tlsOff,
    tlsOptional,
    invalidCertificates,
    oldProtocols,
    httpInterface,
    scripts,
    auditLog,
    quietLog,
    clientDataLogged,
    atRest,
    ttlOff,
  ],
  guidance: {
    fixes: {
      package:
        'Change `/etc/mongod.conf`, then `systemctl restart mongod`. Create users first, with `mongosh` on the machine itself: `db.createUser({user: "…", pwd: passwordPrompt(), roles: […]})` in the database `admin`.',
      docker:
        'The official image reads the file only when the command names it: `command: ["--config", "/etc/mongod.conf"]`. On an empty volume `MONGO_INITDB_ROOT_USERNAME` and `MONGO_INITDB_ROOT_PASSWORD_FILE` create the administrator and switch access control on; on a volume with data they do nothing but add `--auth`, so create the users first.',
      kubernetes:
        'With the Community operator set `spec.security.authentication.modes: ["SCRAM"]` and `spec.users` of the `MongoDBCommunity` resource; else mount the file from a ConfigMap and name it in `args`.',
      managed:
        'Atlas always asks for a login and TLS; narrow Network Access (no `0.0.0.0/0`) and Database Access there. DocumentDB: `tls` in the cluster parameter group.',
    },
    check:
      '`mongosh --host HOST --eval "db.adminCommand({listDatabases: 1})"` from another machine answers “requires authentication” or cannot connect; `db.adminCommand({getCmdLineOpts: 1}).parsed` as an administrator shows the settings in force.',
  },
};
