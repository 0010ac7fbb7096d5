/** Secrets that stand in settings files. */

import { isLoopbackName } from '../../connections.ts';
import type { AppSetting, AppSettingsDocument } from '../../formats/app-settings/read.ts';
import { clientsOf } from '../../formats/app-settings/stores.ts';
import { defineRule, type Hit } from '../../model.ts';
import { type WrittenSecret, writtenSecret } from '../../secrets.ts';
import { hidden } from '../passwords.ts';

const SHEET = 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html';
const TWELVE = 'https://12factor.net/config';

/** Keys that sign what the app trusts: sessions, tokens, password resets. */
const APP_KEY =
  /^(?:APP_KEY|SECRET_KEY|SECRET_KEY_BASE|DJANGO_SECRET_KEY|JWT_SECRET|JWT_SECRET_KEY|NEXTAUTH_SECRET|AUTH_SECRET|SESSION_SECRET)$/i;
const CLOUD: readonly WrittenSecret['kind'][] = ['aws-key', 'private-key', 'supabase-service-role', 'token'];

interface Found {
  setting: AppSetting;
  secret: WrittenSecret;
}

function* secretsOf({ settings }: AppSettingsDocument): Generator<Found> {
  for (const setting of settings) {
    const secret = setting.value === null ? null : writtenSecret(setting.name, setting.value);
    if (secret) yield { setting, secret };
  }
}

function hit({ setting, secret }: Found, rest: Pick<Hit, 'message' | 'severity' | 'confidence' | 'expected'>): Hit {
  const { span, exact } = setting;
  return {
    ...rest,
    pointer: setting.pointer,
    span: exact ? { start: span.start + secret.span.start, end: span.start + secret.span.end } : span,
    actual: hidden(secret.value),
  };
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

export const secretCommitted = defineRule<'app-settings'>({
  id: 'audit/settings-secret-committed',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: `${TWELVE} – credentials are kept out of the code; ${SHEET} – secrets are not stored in repositories`,
  },
  format: 'app-settings',
  title: 'A secret stands in a settings file',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository, a backup, or a copy of the deployment has the secret: the password of a store opens it to everybody who reaches its port. It stays in the history after it is removed.',
  remediation:
    'Take the value from the environment or a secret store, keep the file out of version control (`.gitignore`), and change the secret where it is used.',
  references: [SHEET, TWELVE],
  cwe: ['CWE-798', 'CWE-540'],
  examples: {
    bad: [
      '=== .env\nDB_HOST=db.example.com\nDB_PASSWORD=correct-horse-example-1\n',
      '=== src/main/resources/application.properties\nspring.datasource.url=jdbc:postgresql://db.example.com/shop\nspring.datasource.password=correct-horse-example-1\n',
      '=== appsettings.json\n{"ConnectionStrings": {"Default": "Server=db.example.com;Database=shop;User Id=app;Password=correct-horse-example-1"}}\n',
      "=== shop/settings.py\nDATABASES = {\n    'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'PASSWORD': 'correct-horse-example-1'},\n}\n",
    ],
    good: [
      '=== .env\nDB_PASSWORD=${DB_SECRET}\nDB_PASSWORD_FILE=/run/secrets/db\n',
      '=== .env.example\nDB_PASSWORD=correct-horse-example-1\n',
      '=== .env\nDB_PASSWORD=correct-horse-example-1\n=== .gitignore\n.env\n',
      '=== application.yml\nspring:\n  datasource:\n    password: ${DB_PASSWORD}\n',
      "=== shop/settings.py\nDATABASES = {'default': {'PASSWORD': os.environ['DB_PASSWORD']}}\n",
      '=== .env\nDB_PASSWORD=changeme\nAPI_KEY=your-api-key-here\n',
    ],
  },
  *check({ document }) {
    if (document.sample || document.ignored) return;
    for (const found of secretsOf(document)) {
      const { setting, secret } = found;
      if (CLOUD.includes(secret.kind) || secret.guessable || APP_KEY.test(setting.name)) continue;
      const less = setting.fallback || document.development;
      yield hit(found, {
        expected: 'taken from the environment or a secret store',
        message: `${capital(secret.what)} stands in the file${setting.fallback ? ' and is used where the environment gives none' : ''}.`,
        severity: less ? 'medium' : 'high',
        confidence: secret.kind === 'key' ? 'tentative' : 'firm',
      });
    }
  },
});

export const appKeyCommitted = defineRule<'app-settings'>({
  id: 'audit/settings-signing-key-committed',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key – running with a known SECRET_KEY defeats many protections; https://laravel.com/docs/12.x/encryption – APP_KEY encrypts cookies and sessions',
  },
  format: 'app-settings',
  title: 'The key that signs sessions or tokens stands in a settings file',
  severity: 'high',
  owner: 'developer',
  description:
    'With the key anybody makes sessions, password resets or tokens of any user, an administrator among them; in some frameworks a forged cookie runs code.',
  remediation:
    'Generate a new key, give it through the environment or a secret store, and keep it out of version control.',
  references: [
    'https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key',
    'https://laravel.com/docs/12.x/encryption',
  ],
  cwe: ['CWE-321', 'CWE-798'],
  examples: {
    bad: [
      '=== .env\nAPP_KEY=base64:Y29ycmVjdC1ob3JzZS1leGFtcGxlLTAxMjM0NTY3ODk=\n',
      "=== shop/settings.py\nDEBUG = False\nSECRET_KEY = 'django-insecure-correct-horse-example-0123456789'\n",
    ],
    good: [
      '=== .env\nAPP_KEY=\n',
      "=== shop/settings.py\nSECRET_KEY = os.environ['SECRET_KEY']\n",
      "=== shop/settings/test.py\nSECRET_KEY = 'django-insecure-correct-horse-example-0123456789'\n",
    ],
  },
  *check({ document }) {
    if (document.sample || document.ignored || document.development) return;
    for (const found of secretsOf(document)) {
      const { setting, secret } = found;
      if (!APP_KEY.test(setting.name) || (secret.kind !== 'key' && secret.kind !== 'password')) continue;
      yield hit(found, {
        expected: 'taken from the environment or a secret store',
        message: `The key that signs what users carry stands in the file${setting.fallback ? ' and is used where the environment gives none' : ''}.`,
        severity: setting.fallback ? 'medium' : 'high',
      });
    }
  },
});

export const cloudKeyCommitted = defineRule<'app-settings'>({
  id: 'audit/settings-cloud-key-committed',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html – long-term keys give whoever has them the rights of their user; https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys – the same for the JSON of a service account; https://supabase.com/docs/guides/api/api-keys – service_role bypasses row level security',
  },
  format: 'app-settings',
  title: 'A key of a cloud service stands in a settings file',
  severity: 'critical',
  owner: 'developer',
  description:
    'An AWS key, a Google service account, a Supabase service_role key, a private key or an access token works from anywhere on the internet: whoever finds it has what it may do – often all data – without touching a port of yours.',
  remediation:
    'Revoke the key now, look through the log of its use, and issue a new one that stands in a secret store; or use a role of the machine instead of a key. Remove the file from version control and its history.',
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    'https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys',
    'https://supabase.com/docs/guides/api/api-keys',
  ],
  cwe: ['CWE-798', 'CWE-540'],
  examples: {
    bad: [
      // Header and role only: a signature would make scanners of repositories speak up.
      '=== .env\nSUPABASE_SERVICE_ROLE_KEY=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.not-a-signature\n',
    ],
    good: [
      '=== .env\nSUPABASE_ANON_KEY=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.not-a-signature\n',
      '=== .env\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=\n',
      '=== .env\nSUPABASE_SERVICE_ROLE_KEY=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.not-a-signature\n=== .gitignore\n*.env\n.env\n',
    ],
  },
  *check({ document }) {
    if (document.ignored) return;
    for (const found of secretsOf(document)) {
      const { secret } = found;
      if (!CLOUD.includes(secret.kind)) continue;
      const less = document.sample || document.development;
      yield hit(found, {
        expected: 'a secret store, or a role of the machine',
        message: `${capital(secret.what)} stands in the file.`,
        severity: less ? 'high' : 'critical',
        confidence: document.sample ? 'tentative' : 'firm',
      });
    }
  },
});

export const wellKnownPassword = defineRule<'app-settings'>({
  id: 'audit/settings-well-known-password',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html – common passwords are refused; the list is of vendors’ samples and the usual dictionaries',
  },
  format: 'app-settings',
  title: 'The back end logs in with a well-known password',
  severity: 'high',
  owner: 'developer',
  description:
    'The password is one that everybody tries first. Whoever reaches the store is in with the account of the back end.',
  remediation:
    'Set a long random password at the store, and give it to the back end through the environment or a secret store.',
  references: [SHEET],
  cwe: ['CWE-1392', 'CWE-521'],
  examples: {
    bad: [
      '=== .env\nDB_CONNECTION=pgsql\nDB_HOST=db.example.com\nDB_USERNAME=app\nDB_PASSWORD=postgres\n',
      '=== .env\nDATABASE_URL=mysql://root:root@db.example.com/shop\n',
    ],
    good: ['=== .env\nDB_PASSWORD=${DB_PASSWORD}\n', '=== .env.example\nDATABASE_URL=mysql://root:root@db/shop\n'],
  },
  *check({ document }) {
    if (document.sample) return;
    const local = new Set(
      clientsOf(document).flatMap(({ host, password }) =>
        password && isLoopbackName(host) ? [password.span.start] : [],
      ),
    );
    for (const found of secretsOf(document)) {
      const { setting, secret } = found;
      if (!secret.guessable || CLOUD.includes(secret.kind)) continue;
      const start = setting.span.start + (setting.exact ? secret.span.start : 0);
      const less = local.has(start) || document.development || setting.fallback;
      yield hit(found, {
        expected: 'a long random password',
        message: `The password is one that everybody tries first${local.has(start) ? ', for a store on the same machine' : ''}.`,
        severity: less ? 'low' : 'high',
      });
    }
  },
});

const PUBLIC_PREFIX = /^(?:NEXT_PUBLIC|EXPO_PUBLIC|VITE|REACT_APP|GATSBY|NUXT_PUBLIC|PUBLIC|NG_APP|VUE_APP|STORYBOOK)_/;
const NEVER_PUBLIC = /SERVICE_?ROLE|SECRET|PASSWORD|PRIVATE_?KEY|DATABASE_URL|MASTER_?KEY|ADMIN_?KEY/;

export const secretInPublicName = defineRule<'app-settings'>({
  id: 'audit/settings-secret-in-public-name',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.expo.dev/guides/environment-variables/ – EXPO_PUBLIC_ variables are put into the app in plain text; https://nextjs.org/docs/app/guides/environment-variables , https://vite.dev/guide/env-and-mode and https://create-react-app.dev/docs/adding-custom-environment-variables/ say the same of theirs',
  },
  format: 'app-settings',
  title: 'A secret has a name that is built into the app',
  severity: 'critical',
  owner: 'developer',
  description:
    'Variables with this prefix are compiled into what users download. Everybody who has the app has the secret: with a Supabase service_role key that is every row of every table.',
  remediation:
    'Remove the prefix, use the value on the server only, and change the secret: every build that was published has it.',
  references: [
    'https://docs.expo.dev/guides/environment-variables/',
    'https://nextjs.org/docs/app/guides/environment-variables',
    'https://vite.dev/guide/env-and-mode',
  ],
  cwe: ['CWE-200', 'CWE-522'],
  masvs: ['MASVS-STORAGE-1'],
  examples: {
    bad: [
      '=== .env\nNEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.not-a-signature\n',
      '=== .env.example\nEXPO_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=\n',
      '=== .env\nVITE_DB_PASSWORD=correct-horse-example-1\n',
    ],
    good: [
      '=== .env\nNEXT_PUBLIC_SUPABASE_ANON_KEY=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.not-a-signature\nSUPABASE_SERVICE_ROLE_KEY=\n',
      '=== .env\nVITE_FIREBASE_API_KEY=your-api-key\nREACT_APP_PASSWORD_MIN_LENGTH=8\nVITE_RESET_PASSWORD_URL=https://example.com/reset\n',
    ],
  },
  *check({ document }) {
    for (const setting of document.settings) {
      if (!PUBLIC_PREFIX.test(setting.name)) continue;
      const rest = setting.name.replace(PUBLIC_PREFIX, '');
      const value = setting.value ?? '';
      const secret = writtenSecret(rest, value);
      const byName =
        NEVER_PUBLIC.test(rest) &&
        !/(?:URL|URI|LENGTH|MIN|MAX|REGEX|RESET|FORGOT|PATH|ENABLED?|POLICY|LABEL|SITE_KEY)$/.test(
          rest.replace(/DATABASE_URL$/, ''),
        );
      const isKey = secret !== null && secret.kind !== 'key' && secret.kind !== 'password';
      if (!isKey && !(byName && (secret !== null || /SERVICE_?ROLE|DATABASE_URL|PRIVATE_?KEY/.test(rest)))) continue;
      yield {
        pointer: setting.pointer,
        span: setting.span,
        actual: value === '' ? 'a name that is built into the app' : hidden(value),
        expected: 'a name without the prefix, on the server only',
        message: `Whatever is set as ${setting.name.slice(0, 80)} is part of every copy of the app.`,
        severity: secret === null ? 'high' : 'critical',
      };
    }
  },
});
