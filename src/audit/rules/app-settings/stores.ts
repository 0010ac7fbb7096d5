/** How the back end reaches its stores: without a password, without encryption, as the superuser. */
import { isLoopbackName, isReference, isSuperuser } from '../../connections.ts';
import { titleOf } from '../../containers/titles.ts';
import { clientsOf } from '../../formats/app-settings/stores.ts';
import { defineRule } from '../../model.ts';

/** Of a container network or a local name; not a host that is known to be far away. */
function isNearby(host: string | null): boolean {
  return host === null || (!host.includes('.') && !host.includes(':'));
}

export const storeWithoutPassword = defineRule<'app-settings'>({
  id: 'audit/settings-store-without-password',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/connection-string/ and https://redis.io/docs/latest/develop/clients/ – a connection string without credentials connects without logging in, which works only where the store asks for none',
  },
  format: 'app-settings',
  title: 'The back end reaches its store without a password',
  severity: 'medium',
  owner: 'developer',
  description:
    'The connection string of the back end has no login, so the store asks for none: whoever reaches its port has all of its data, as the back end does.',
  remediation:
    'Create an account with the rights that the back end needs, switch the login of the store on, and give the password through the environment.',
  references: [
    'https://www.mongodb.com/docs/manual/tutorial/enable-authentication/',
    'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
  ],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      '=== .env\nMONGO_URL=mongodb://mongo.example.com:27017/shop\n',
      '=== .env\nREDIS_URL=redis://cache.example.com:6379/0\n',
    ],
    good: [
      '=== .env\nMONGO_URL=mongodb://localhost:27017/shop\n',
      '=== .env\nMONGO_URL=mongodb://app:${MONGO_PASSWORD}@mongo.example.com/shop\n',
      '=== .env\nREDIS_URL=${REDIS_URL}\nREDIS_HOST=cache.example.com\n',
      '=== .env.example\nREDIS_URL=redis://cache.example.com:6379\n',
    ],
  },
  *check({ document }) {
    if (document.sample) return;
    for (const client of clientsOf(document)) {
      const { engine, host, password, setting, whole } = client;
      if (!whole || (engine !== 'mongodb' && engine !== 'redis') || isLoopbackName(host) || host === null) continue;
      if (
        (password && password.text !== '') ||
        isReference(host) ||
        /(?:authMechanism=MONGODB-(?:X509|AWS)|tlsCertificateKeyFile)/i.test(setting.value ?? '')
      )
        continue;
      const less = isNearby(host) || document.development || setting.fallback;
      yield {
        pointer: setting.pointer,
        span: setting.span,
        actual: 'no login',
        expected: 'an account of the back end, with a password',
        message: `The back end reaches ${titleOf(engine)} without a password, so anybody else does.`,
        severity: less ? 'low' : 'medium',
      };
    }
  },
});

export const storeWithoutTls = defineRule<'app-settings'>({
  id: 'audit/settings-store-without-tls',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/libpq-ssl.html – disable: never encrypted; https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html – useSSL=false is sslMode=DISABLED; https://learn.microsoft.com/dotnet/api/microsoft.data.sqlclient.sqlconnectionstringbuilder.encrypt',
  },
  format: 'app-settings',
  title: 'The back end switches encryption to its store off',
  severity: 'medium',
  owner: 'developer',
  description:
    'Passwords and data cross the network in clear: whoever is on the way – another machine of the data centre is enough – reads and changes them.',
  remediation:
    'Switch TLS on at the store and check its certificate: `sslmode=verify-full`, `sslMode=VERIFY_IDENTITY`, `tls=true`, `Encrypt=Strict`.',
  references: [
    'https://www.postgresql.org/docs/current/libpq-ssl.html',
    'https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html',
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      '=== .env\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db.example.com/shop?sslmode=disable\n',
      '=== application.properties\nspring.datasource.url=jdbc:mysql://db.example.com:3306/shop?useSSL=false&serverTimezone=UTC\n',
      '=== appsettings.json\n{"ConnectionStrings": {"Default": "Server=db.example.com;Database=shop;User Id=app;Password=${P};Encrypt=False"}}\n',
    ],
    good: [
      '=== .env\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@localhost/shop?sslmode=disable\n',
      '=== .env\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db.example.com/shop?sslmode=verify-full\n',
      '=== .env\nDATABASE_URL=postgresql://app:${DB_PASSWORD}@db.example.com/shop\n',
    ],
  },
  *check({ document }) {
    if (document.sample) return;
    for (const { engine, host, tls, setting } of clientsOf(document)) {
      if (tls?.state !== 'off' || isLoopbackName(host) || (host !== null && /^\/|^%2f/i.test(host))) continue;
      const less = isNearby(host) || document.development || setting.fallback;
      yield {
        pointer: setting.pointer,
        span: tls.span,
        actual: 'encryption off',
        expected: 'on, with the certificate checked',
        message: `What the back end and ${titleOf(engine)} say to each other can be read on the way.`,
        severity: less ? 'low' : 'medium',
      };
    }
  },
});

export const superuserAccount = defineRule<'app-settings'>({
  id: 'audit/settings-superuser-account',
  topic: 'authorization',
  verified: {
    by: 'source',
    how: 'https://www.postgresql.org/docs/current/role-attributes.html – a superuser passes all checks; https://dev.mysql.com/doc/refman/8.4/en/default-privileges.html – root may do anything; https://learn.microsoft.com/sql/relational-databases/security/choose-an-authentication-mode – sa should not be used by applications',
  },
  format: 'app-settings',
  title: 'The back end logs in to its store as the superuser',
  severity: 'medium',
  owner: 'developer',
  description:
    'One injection in the back end, or one leaked settings file, and a stranger has everything that the store holds – all databases, its users, often files and commands of its machine – instead of the tables of one app.',
  remediation: 'Create an account for the back end that may read and write its own tables, and nothing else.',
  references: ['https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html'],
  cwe: ['CWE-250', 'CWE-269'],
  examples: {
    bad: [
      '=== .env\nDB_CONNECTION=mysql\nDB_HOST=db.example.com\nDB_USERNAME=root\nDB_PASSWORD=${ROOT}\n',
      '=== application.yml\nspring:\n  datasource:\n    url: jdbc:postgresql://db.example.com/shop\n    username: postgres\n    password: ${DB_PASSWORD}\n',
      "=== shop/settings.py\nDATABASES = {\n    'default': {\n        'ENGINE': 'django.db.backends.postgresql',\n        'HOST': 'db.example.com',\n        'USER': 'postgres',\n    },\n}\n",
    ],
    good: [
      '=== .env\nDB_CONNECTION=mysql\nDB_HOST=db.example.com\nDB_USERNAME=shop\nDB_PASSWORD=${P}\n',
      '=== .env.example\nDB_CONNECTION=mysql\nDB_USERNAME=root\n',
      '=== .env\nSMTP_HOST=mail.example.com\nSMTP_USERNAME=root\n',
    ],
  },
  *check({ document }) {
    if (document.sample) return;
    for (const { engine, host, user, setting } of clientsOf(document)) {
      if (!user || !isSuperuser(engine, user.text)) continue;
      const less = isLoopbackName(host) || document.development || setting.fallback || user.setting.fallback;
      yield {
        pointer: user.setting.pointer,
        span: user.span,
        actual: `the account \`${user.text}\``,
        expected: 'an account with the rights that the back end needs',
        message: `The back end is the superuser of ${titleOf(engine)}.`,
        severity: less ? 'low' : 'medium',
      };
    }
  },
});
