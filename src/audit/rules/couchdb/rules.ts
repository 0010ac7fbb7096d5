/** Rules for CouchDB's INI files on who may log in and from where. */
import { majorOf } from '../../containers/image.ts';
import { bindAddress, hasAdministrator, isEverywhere } from '../../formats/couchdb/read.ts';
import { defineRule } from '../../model.ts';
import { isWellKnown } from '../passwords.ts';
import { at, byDefaults, found, HEAD, REFERENCES, replace } from './shared.ts';

export const noAdministrator = defineRule<'couchdb.ini'>({
  id: 'audit/couchdb-no-administrator',
  aliases: ['CO-AUTH-001'],
  format: 'couchdb.ini',
  title: 'CouchDB has no administrator, so everybody is one',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://docs.couchdb.org/en/stable/config/auth.html#server-administrators – without an entry in [admins] everyone was admin (admin party) before 3.0; since 3.0 the server does not start',
  },
  description:
    'Before 3.0 a CouchDB without an entry below `[admins]` is in “admin party”: whoever reaches port 5984 reads, changes and deletes every database and changes the configuration, up to running commands.',
  remediation:
    'Set an administrator (`[admins]`, or `COUCHDB_USER` and `COUCHDB_PASSWORD` of the image), and upgrade to 3.x, which refuses to start without one.',
  references: [REFERENCES.auth, REFERENCES.image],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      `=== local.ini\n${HEAD}=== compose.yml\nservices:\n  db:\n    image: couchdb:2.3.1\n    ports: ["5984:5984"]\n    volumes: ["./local.ini:/opt/couchdb/etc/local.ini"]\n`,
    ],
    good: [
      `${HEAD}\n[admins]\nroot = -pbkdf2-aa,bb,10\n`,
      `=== local.ini\n${HEAD}=== compose.yml\nservices:\n  db:\n    image: couchdb:3.4\n    volumes: ["./local.ini:/opt/couchdb/etc/local.ini"]\n`,
    ],
  },
  *check({ document }, context) {
    if (hasAdministrator(document, context)) return;
    if (!document.complete) {
      context.unknown('admins', 'the file could not be read whole');
      return;
    }
    const majors = context.runtimes.map(({ declared }) => majorOf(declared.version));
    if (majors.length === 0 || majors.includes(null)) {
      context.unknown(
        'admins',
        'no administrator here; before 3.0 everybody is one then, and the version is not known',
      );
      return;
    }
    const open = context.runtimes.some(({ service }) => service.environmentComplete);
    const [first] = document.entries;
    if (!open || !first || !majors.some((major) => (major ?? 3) < 3)) return;
    yield {
      ...at(first),
      pointer: 'admins',
      actual: 'no administrator',
      expected: 'an administrator below [admins]',
      message: 'Everybody is administrator of this CouchDB.',
    };
  },
});

export const clearPassword = defineRule<'couchdb.ini'>({
  id: 'audit/couchdb-administrator-password-in-clear',
  aliases: ['CO-AUTH-004'],
  format: 'couchdb.ini',
  title: 'The administrator’s password of CouchDB stands in a file',
  severity: 'high',
  owner: 'it',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.couchdb.org/en/stable/config/auth.html#server-administrators – a password in clear is replaced by its hash on start, in the server’s own copy; values beginning with -pbkdf2- or -hashed- are hashes',
  },
  description:
    'A password in clear below `[admins]` is read by everybody who has the repository, the image or a backup of the folder. CouchDB hashes it on its first start, but only in its own copy.',
  remediation:
    'Change the password. Keep the file with the hash (`-pbkdf2…`) that CouchDB wrote, or give the container `COUCHDB_PASSWORD` from a secret, and take the line out of the repository.',
  references: [REFERENCES.auth],
  cwe: ['CWE-256', 'CWE-798'],
  examples: {
    bad: [`${HEAD}\n[admins]\nroot = changeit-example\n`, `${HEAD}\n[admins]\nadmin = password\n`],
    good: [
      `${HEAD}\n[admins]\nroot = -pbkdf2-aa,bb,10\n`,
      `${HEAD}\n[admins]\nroot = -pbkdf2:sha256-aa,bb,600000\n`,
      `${HEAD}\n[admins]\nroot = $\{COUCHDB_PASSWORD}\n`,
      `${HEAD}\n[admins]\n;admin = mysecretpassword\n`,
    ],
  },
  *check({ document }) {
    for (const setting of document.settings.values()) {
      if (setting.section !== 'admins' || setting.value === '') continue;
      // Placeholders that something else fills in.
      if (/^-(?:pbkdf2|hashed)[-:]|[{$<%]|^CHANGE_?ME$/i.test(setting.value)) continue;
      const known = isWellKnown(setting.value);
      yield {
        ...at(setting),
        // A name below [admins] is shown: it is an account, not a secret.
        actual: `${setting.value.length} characters in clear${known ? ', from a list' : ''}`,
        expected: 'a hash (-pbkdf2…)',
        message: known
          ? 'The administrator’s password stands here in clear, and it is one that everybody tries first.'
          : 'The administrator’s password stands here in clear.',
        severity: known ? 'critical' : 'high',
      };
    }
  },
});

export const listensEverywhere = defineRule<'couchdb.ini'>({
  id: 'audit/couchdb-listens-everywhere',
  aliases: ['CO-NET-001', 'CO-TLS-001'],
  format: 'couchdb.ini',
  title: 'CouchDB listens on every interface, unencrypted',
  severity: 'medium',
  owner: 'it',
  topic: 'network-exposure',
  verified: byDefaults(
    'bind_address = 127.0.0.1 is the default of [chttpd]; the port of [chttpd] is plain HTTP, [ssl] opens another',
  ),
  description:
    'With `bind_address = 0.0.0.0` (or `any`, `::`) CouchDB answers on every address of the machine, the public ones too; its port speaks plain HTTP, so passwords and documents cross the network readable. `[ssl] enable = true` opens 6984 beside it and does not close 5984.',
  remediation: 'Set `bind_address = 127.0.0.1` and put a reverse proxy with TLS in front, or bind a private address.',
  references: [REFERENCES.http, 'https://docs.couchdb.org/en/stable/best-practices/reverse-proxies.html'],
  cwe: ['CWE-1327', 'CWE-319'],
  examples: {
    bad: [`${HEAD}bind_address = 0.0.0.0\n`, `${HEAD}bind_address = any\n`],
    good: [`${HEAD}bind_address = 127.0.0.1\n`, `${HEAD}bind_address = 10.0.0.5\n`, HEAD],
  },
  *check({ document }, { runtimes }) {
    const setting = bindAddress(document);
    // In a container listening everywhere is how other containers reach it; the published port is judged instead.
    if (!setting || !isEverywhere(setting.value) || runtimes.length > 0) return;
    const open = /^(?:everyone|admin_local)$/i.test(document.settings.get('couchdb/default_security')?.value ?? '');
    yield {
      ...at(setting),
      actual: setting.value,
      expected: '127.0.0.1, behind a proxy with TLS',
      message: `CouchDB serves plain HTTP on every address of the machine${open ? ', and new databases are open to everybody' : ''}.`,
      severity: open ? 'critical' : 'medium',
      fix: replace(setting, '127.0.0.1', {
        title: 'Let CouchDB listen on loopback only',
        blastRadius: 'Clients and cluster nodes on other machines can no longer connect without a proxy.',
        needsConfirmation: true,
      }),
    };
  },
});

export const corsAnyOrigin = defineRule<'couchdb.ini'>({
  id: 'audit/couchdb-cors-any-origin',
  aliases: ['CO-CORS-001'],
  format: 'couchdb.ini',
  title: 'Any web page may ask CouchDB from its visitor’s browser',
  severity: 'medium',
  owner: 'developer',
  topic: 'hardening',
  verified: byDefaults(
    '[cors] origins: * means accept all, enable_cors switches it on; * together with credentials = true cannot be set',
  ),
  description:
    'With `enable_cors = true` and `origins = *` every web page reads what CouchDB answers to its visitor without a cookie – and with a login that the page itself guesses.',
  remediation: 'Name the origins of your own pages in `[cors] origins`.',
  references: ['https://docs.couchdb.org/en/stable/config/http.html#cross-origin-resource-sharing'],
  cwe: ['CWE-942'],
  examples: {
    bad: [`${HEAD}enable_cors = true\n\n[cors]\norigins = *\n`],
    good: [
      `${HEAD}enable_cors = true\n\n[cors]\norigins = https://app.example.org\n`,
      `${HEAD}enable_cors = false\n\n[cors]\norigins = *\n`,
    ],
  },
  *check({ document }) {
    const enabled = found(document, 'chttpd/enable_cors', 'httpd/enable_cors');
    const origins = document.settings.get('cors/origins');
    if (enabled?.value.toLowerCase() !== 'true' || origins?.value !== '*') return;
    yield {
      ...at(origins),
      actual: '*',
      expected: 'named origins',
      message: 'Every web origin may read what CouchDB answers.',
    };
  },
});

export const proxyWithoutSecret = defineRule<'couchdb.ini'>({
  id: 'audit/couchdb-any-proxy-trusted',
  format: 'couchdb.ini',
  title: 'CouchDB believes the user name in a request header',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: byDefaults(
    'proxy_use_secret = false is the default; https://docs.couchdb.org/en/stable/api/server/authn.html#proxy-authentication – then X-Auth-CouchDB-UserName and -Roles are taken without a token',
  ),
  description:
    'With the proxy authentication handler and without `proxy_use_secret = true` whoever sends `X-Auth-CouchDB-UserName` and `X-Auth-CouchDB-Roles: _admin` is administrator.',
  remediation:
    'Set `[chttpd_auth] proxy_use_secret = true` with a `secret` that only the proxy has, or remove the handler.',
  references: ['https://docs.couchdb.org/en/stable/api/server/authn.html#proxy-authentication'],
  cwe: ['CWE-290'],
  examples: {
    bad: [
      `${HEAD}authentication_handlers = {chttpd_auth, proxy_authentication_handler}, {chttpd_auth, default_authentication_handler}\n`,
    ],
    good: [
      `${HEAD}authentication_handlers = {chttpd_auth, proxy_authentication_handler}\n\n[chttpd_auth]\nproxy_use_secret = true\n`,
      `${HEAD}authentication_handlers = {chttpd_auth, cookie_authentication_handler}\n`,
    ],
  },
  *check({ document }) {
    const handlers = found(document, 'chttpd/authentication_handlers', 'httpd/authentication_handlers');
    if (!handlers?.value.includes('proxy_authentication_handler')) return;
    const secret = found(document, 'chttpd_auth/proxy_use_secret', 'couch_httpd_auth/proxy_use_secret');
    if (secret?.value.toLowerCase() === 'true' || (!secret && !document.complete)) return;
    yield {
      ...at(handlers),
      pointer: 'chttpd_auth/proxy_use_secret',
      actual: secret ? secret.value : 'not set; off',
      expected: 'true, with a secret',
      message: 'Whoever sends a header with a name is that user.',
    };
  },
});
