/** Rules for CouchDB's INI files on single switches. */
import { type AuditRule, defineRule } from '../../model.ts';
import { at, byDefaults, found, HEAD, REFERENCES, replace } from './shared.ts';

interface Switch {
  /** `section/key`, the first that is set counts. */
  names: readonly [string, ...string[]];
  unsafe: RegExp;
  safe: string;
  message: string;
  blastRadius: string;
  confirm: boolean;
  /** Further values that are right. */
  alsoGood?: readonly string[];
  bad: string;
}

type Named = Omit<AuditRule<'couchdb.ini'>, 'format' | 'check' | 'examples'>;

function mustNotBe(rule: Named, what: Switch): AuditRule<'couchdb.ini'> {
  const [name] = what.names;
  const [section, key] = name.split('/');
  const example = (value: string): string => `${HEAD}\n[${section}]\n${key} = ${value}\n`;
  return defineRule<'couchdb.ini'>({
    ...rule,
    format: 'couchdb.ini',
    examples: { bad: [example(what.bad)], good: [...[what.safe, ...(what.alsoGood ?? [])].map(example), HEAD] },
    *check({ document }) {
      const setting = found(document, ...what.names);
      if (!setting || !what.unsafe.test(setting.value)) return;
      yield {
        ...at(setting),
        actual: setting.value,
        expected: what.safe,
        message: what.message,
        fix: replace(setting, what.safe, {
          title: `Set ${setting.section}/${setting.key} to ${what.safe}`,
          blastRadius: what.blastRadius,
          needsConfirmation: what.confirm,
        }),
      };
    },
  });
}

export const anonymousRequests = mustNotBe(
  {
    id: 'audit/couchdb-requests-without-login',
    aliases: ['CO-AUTH-002'],
    title: 'CouchDB answers requests without a login',
    severity: 'low',
    owner: 'it',
    topic: 'authentication',
    verified: byDefaults(
      'require_valid_user = false is the default: requests without a login reach databases whose security object allows them',
    ),
    description:
      'With `require_valid_user = false` a request without a login reaches every database whose security object lets everybody in, and learns the version. Databases made since 3.0 let only administrators in by default.',
    remediation:
      'Set `[chttpd] require_valid_user = true` (with `require_valid_user_except_for_up = true` for health checks).',
    references: [REFERENCES.http],
    cwe: ['CWE-306'],
  },
  {
    names: ['chttpd/require_valid_user', 'chttpd_auth/require_valid_user', 'couch_httpd_auth/require_valid_user'],
    unsafe: /^false$/i,
    safe: 'true',
    bad: 'false',
    message: 'Requests without a login are answered.',
    blastRadius: 'Clients without a login, and health checks other than /_up, are refused.',
    confirm: true,
  },
);

export const openDatabases = mustNotBe(
  {
    id: 'audit/couchdb-databases-open-to-everybody',
    aliases: ['CO-AUTH-003'],
    title: 'New databases of CouchDB are open to everybody',
    severity: 'high',
    owner: 'developer',
    topic: 'authorization',
    verified: byDefaults(
      'default_security: everyone lets everyone read and write; admin_only is the default since 3.0',
    ),
    description:
      'With `default_security = everyone` a database without a security object of its own is read and written by everybody who reaches the port, without a login.',
    remediation: 'Set `default_security = admin_only`, and give each database its members (`PUT /DATABASE/_security`).',
    references: [REFERENCES.couchdb, REFERENCES.security],
    cwe: ['CWE-862', 'CWE-276'],
  },
  {
    names: ['couchdb/default_security'],
    unsafe: /^(?:everyone|admin_local)$/i,
    safe: 'admin_only',
    bad: 'everyone',
    message: 'Databases without a security object are open to everybody.',
    blastRadius:
      'Clients of databases without a security object are refused; give those databases their members first.',
    confirm: true,
  },
);

export const usersPublic = mustNotBe(
  {
    id: 'audit/couchdb-user-list-public',
    aliases: ['CO-PRIV-001'],
    title: 'Everybody may read the user list of CouchDB',
    severity: 'high',
    owner: 'developer',
    topic: 'authorization',
    verified: byDefaults(
      'users_db_public = false is the default; with true all users may view user documents, limited to public_fields',
    ),
    description:
      'With `users_db_public = true` every account – of an app where people register themselves, everybody – lists the names of all others and what `public_fields` names.',
    remediation: 'Set `users_db_public = false`.',
    references: [REFERENCES.auth],
    cwe: ['CWE-359'],
  },
  {
    names: ['chttpd_auth/users_db_public', 'couch_httpd_auth/users_db_public'],
    unsafe: /^true$/i,
    safe: 'false',
    bad: 'true',
    message: 'Every account may read the documents of all others.',
    blastRadius: 'Pages that list other users stop working.',
    confirm: true,
  },
);

export const databasesListed = mustNotBe(
  {
    id: 'audit/couchdb-database-list-public',
    aliases: ['CO-PRIV-002'],
    title: 'Everybody may list the databases of CouchDB',
    severity: 'low',
    owner: 'it',
    topic: 'authorization',
    verified: byDefaults('admin_only_all_dbs = true is the default since 3.0; with false everybody may ask /_all_dbs'),
    description:
      'The names of databases are answered to everybody; with one database per person they tell who the people are.',
    remediation: 'Set `admin_only_all_dbs = true`.',
    references: [REFERENCES.http],
    cwe: ['CWE-200'],
  },
  {
    names: ['chttpd/admin_only_all_dbs'],
    unsafe: /^false$/i,
    safe: 'true',
    bad: 'false',
    message: 'The names of all databases are answered to everybody.',
    blastRadius: 'Tools that list databases without being administrator are refused.',
    confirm: true,
  },
);

export const erlangQueries = mustNotBe(
  {
    id: 'audit/couchdb-erlang-queries',
    title: 'CouchDB runs Erlang code of design documents',
    severity: 'high',
    owner: 'developer',
    topic: 'hardening',
    verified: byDefaults(
      'enable_erlang_query_server = false is the default; https://docs.couchdb.org/en/stable/config/query-servers.html says the native Erlang server runs without a sandbox',
    ),
    description:
      'Views in Erlang run inside the server without a sandbox: whoever may write a design document – an administrator of one database – runs commands on the machine.',
    remediation: 'Set `[native_query_servers] enable_erlang_query_server = false`.',
    references: ['https://docs.couchdb.org/en/stable/config/query-servers.html'],
    cwe: ['CWE-94'],
  },
  {
    names: ['native_query_servers/enable_erlang_query_server'],
    unsafe: /^true$/i,
    safe: 'false',
    bad: 'true',
    message: 'Design documents may run Erlang code in the server.',
    blastRadius: 'Views written in Erlang stop working.',
    confirm: true,
  },
);

export const deletedStay = mustNotBe(
  {
    id: 'audit/couchdb-deleted-databases-stay',
    title: 'CouchDB keeps the files of deleted databases',
    severity: 'medium',
    owner: 'it',
    topic: 'retention',
    verified: byDefaults(
      'enable_database_recovery = true only renames the files on DELETE; they are to be deleted by hand',
    ),
    description:
      'With `enable_database_recovery = true` the files of a deleted database stay on the disk until somebody removes them: the data of people who deleted their account is still there.',
    remediation: 'Set `enable_database_recovery = false`, or delete `*.deleted.couch` files after a fixed time.',
    references: [REFERENCES.couchdb],
    cwe: ['CWE-459'],
  },
  {
    names: ['couchdb/enable_database_recovery'],
    unsafe: /^true$/i,
    safe: 'false',
    bad: 'true',
    message: 'Files of deleted databases stay on the disk.',
    blastRadius: 'A database deleted by mistake can then only come from a backup.',
    confirm: true,
  },
);

export const fewIterations = mustNotBe(
  {
    id: 'audit/couchdb-weak-password-hashes',
    aliases: ['CO-CRYPTO-001'],
    title: 'CouchDB stores passwords with few iterations',
    severity: 'low',
    owner: 'it',
    topic: 'secrets',
    verified: byDefaults('iterations = 600000 is the default since 3.4; it was 10 before'),
    description:
      'The hashes of a stolen user database or configuration are tried out fast: 10 iterations of PBKDF2 cost an attacker nothing.',
    remediation: 'Upgrade to 3.4 or later, remove the line (600000 is the default), and have passwords set anew.',
    references: [REFERENCES.auth],
    cwe: ['CWE-916'],
  },
  {
    names: ['chttpd_auth/iterations', 'couch_httpd_auth/iterations'],
    unsafe: /^\d{1,5}$/,
    safe: '600000',
    bad: '10',
    alsoGood: ['100000'],
    message: 'Passwords are hashed with few iterations.',
    blastRadius: 'Logins take longer; before 3.4, which computes and caches them faster, by a second or more each.',
    confirm: true,
  },
);
