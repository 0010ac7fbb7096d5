import type { RuleSet } from '../../model.ts';
import { clearPassword, corsAnyOrigin, listensEverywhere, noAdministrator, proxyWithoutSecret } from './rules.ts';
import {
  anonymousRequests,
  databasesListed,
  deletedStay,
  erlangQueries,
  fewIterations,
  openDatabases,
  usersPublic,
} from './switches.ts';

export const couchdbRules: RuleSet<'couchdb.ini'> = {
  rules: [
    noAdministrator,
    clearPassword,
    anonymousRequests,
    openDatabases,
    listensEverywhere,
    corsAnyOrigin,
    proxyWithoutSecret,
    usersPublic,
    databasesListed,
    erlangQueries,
    fewIterations,
    deletedStay,
  ],
  dropped: {
    'CO-NET-002':
      'Not in a file of this format: the Erlang cookie stands in vm.args or COUCHDB_ERLANG_COOKIE, which no rule of couchdb.ini reads.',
  },
  guidance: {
    fixes: {
      package:
        'Change `/opt/couchdb/etc/local.ini` (or a file in `local.d`), then `systemctl restart couchdb`; or `PUT /_node/_local/_config/SECTION/KEY` as an administrator, which writes the file and needs no restart.',
      docker:
        'Mount the file into `/opt/couchdb/etc/local.d/`, and give `COUCHDB_USER` and `COUCHDB_PASSWORD` from a secret. The image listens on every address of the container: publish the port on 127.0.0.1.',
      kubernetes:
        'In the Helm chart `couchdbConfig` holds sections and keys; `adminUsername` and `extraSecretName` hold the administrator.',
      managed: 'IBM Cloudant: accounts, CORS and database permissions are in its dashboard; there are no ini files.',
    },
    check:
      '`curl -s -o /dev/null -w "%{http_code}" http://HOST:5984/_all_dbs` answers 401 from another machine or cannot connect; `curl -s -u NAME http://HOST:5984/_node/_local/_config` shows the settings in force.',
  },
};
