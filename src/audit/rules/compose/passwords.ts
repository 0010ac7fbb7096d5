/** Passwords written into a compose file. */

import { flag } from '../../formats/compose/command.ts';
import type { EnvironmentVariable } from '../../formats/compose/environment.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { defineRule, type Fix, type Hit, type ReadFile } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { REFERENCES } from '../references.ts';
import { isSet } from './authentication.ts';
import { exposureOf } from './exposure.ts';

const SECRET_NAME = /(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD)$/i;
const SECRET_NAMES = new Set(['MINIO_SECRET_KEY', 'NEO4J_AUTH', 'SA_PASSWORD', 'OPENSEARCH_INITIAL_ADMIN_PASSWORD']);
/** Switches whose names only look like passwords. */
const NOT_SECRET = /(?:ALLOW_EMPTY|RANDOM|_FILE$|NO_PASSWORD|SKIP|ENABLE|REQUIRE|_HASH$)/i;

interface Password {
  service: ComposeService;
  pointer: string;
  span: { start: number; end: number };
  value: string;
  source: EnvironmentVariable['source'];
  variable: EnvironmentVariable | null;
}

/** On a list that everybody tries, or the same as the user, the database or the service it stands beside. */
function isGuessable({ value, service }: Password): boolean {
  const names = service.environment.flatMap((variable) =>
    /(?:USER|USERNAME|DB|DATABASE|_NAME)$/i.test(variable.name) && variable.value ? [variable.value] : [],
  );
  return isWellKnown(value) || [service.name, ...names].some((name) => name.toLowerCase() === value.toLowerCase());
}

/** Passwords whose value the files tell, in `environment` and in Redis' command. */
function* passwordsOf({ document }: ReadFile<'docker-compose'>): Generator<Password> {
  for (const service of document.services) {
    for (const variable of service.environment) {
      const { name, value, source, span } = variable;
      if ((!SECRET_NAME.test(name) && !SECRET_NAMES.has(name)) || NOT_SECRET.test(name)) continue;
      if (value === null || source === 'unknown' || source === 'file') continue;
      // NEO4J_AUTH is `user/password`, or `none`.
      const secret = name === 'NEO4J_AUTH' ? value.slice(value.indexOf('/') + 1) : value;
      if (secret === '' || secret.startsWith('/run/secrets/')) continue;
      yield { service, pointer: `services.${service.name}.environment.${name}`, span, value: secret, source, variable };
    }
    if (service.image?.engine === 'redis' && service.command) {
      const value = flag(service.command, '--requirepass') ?? '';
      if (value === '' || value.includes('$')) continue;
      const pointer = `services.${service.name}.command.--requirepass`;
      yield { service, pointer, span: service.command.span, value, source: 'literal', variable: null };
    }
  }
}

function asHit(password: Password, rest: Pick<Hit, 'message' | 'severity'>): Hit {
  return {
    ...rest,
    service: password.service.name,
    pointer: password.pointer,
    span: password.span,
    actual: hidden(password.value),
    expected: 'a secret file (…_FILE) or a required variable (${NAME:?})',
    fix: required(password),
  };
}

/** Replaces the value by `${NAME:?}`, which makes compose ask for it. */
function required({ variable }: Password): Fix | null {
  if (!variable?.inner || !/^\w+$/.test(variable.name) || variable.name === 'NEO4J_AUTH') return null;
  const { inner } = variable;
  if (inner.end <= inner.start) return null;
  return {
    edits: [{ ...inner, text: `\${${variable.name}:?}` }],
    title: `Take the value of ${variable.name} from the environment`,
    blastRadius:
      'Compose refuses to start until the variable is set, e.g. in a .env file outside version control. The store keeps its old password until it is changed there, and the old one stays in the history of the file.',
    needsConfirmation: true,
  };
}

export const wellKnownPassword = defineRule<'docker-compose'>({
  id: 'audit/compose-well-known-password',
  aliases: ['DC-CRED-002'],
  format: 'docker-compose',
  title: 'A well-known password',
  severity: 'critical',
  owner: 'it',
  description:
    'The password is one that everybody tries first: a vendor’s sample, a default, or a top entry of the usual lists. It is no better than none.',
  remediation:
    'Generate a long random password, hand it over as a secret file or a required variable, and change it on the running store.',
  references: [
    'https://docs.docker.com/compose/how-tos/use-secrets/',
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  ],
  cwe: ['CWE-1392', 'CWE-521'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n',
      'services:\n  s3:\n    image: minio/minio:RELEASE.2024-10-13T13-34-11Z\n    command: server /data\n    ports: ["9000:9000"]\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n',
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n',
    ],
  },
  *check(file) {
    for (const password of passwordsOf(file)) {
      if (!isGuessable(password)) continue;
      const store = password.service.image?.engine ? 'store' : 'service';
      const exposure = exposureOf(password.service);
      const reachable = store === 'store' && (exposure === 'public' || exposure === 'network');
      yield asHit(password, {
        message: `The password of this ${store} is one that everybody tries first${password.source === 'default' ? ' (the fallback when the variable is not set)' : ''}.`,
        severity: reachable ? 'critical' : 'high',
      });
    }
    for (const service of file.document.services) {
      if (service.image?.repository !== 'minio/minio' || !service.environmentComplete) continue;
      const names = [
        'MINIO_ROOT_PASSWORD',
        'MINIO_ROOT_PASSWORD_FILE',
        'MINIO_SECRET_KEY',
        'MINIO_SECRET_KEY_FILE',
        'MINIO_CONFIG_ENV_FILE',
      ];
      if (isSet(service, names)) continue;
      const exposure = exposureOf(service);
      yield {
        service: service.name,
        pointer: `services.${service.name}.environment.MINIO_ROOT_PASSWORD`,
        span: service.image.span,
        actual: "not set; MinIO's published default",
        expected: 'MINIO_ROOT_PASSWORD_FILE',
        message: 'MinIO runs with its published default login.',
        severity: exposure === 'public' || exposure === 'network' ? 'critical' : 'high',
      };
    }
  },
});

export const literalPassword = defineRule<'docker-compose'>({
  id: 'audit/compose-literal-password',
  aliases: ['DC-CRED-001'],
  format: 'docker-compose',
  title: 'A password is written into the compose file',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository, a backup or a copy of the file has the password; it also stays in the history after it is removed.',
  remediation:
    'Use a secret file (`…_FILE`) or a required variable (`${NAME:?}`), and change the password on the running store.',
  references: ['https://docs.docker.com/compose/how-tos/use-secrets/', REFERENCES.composeEnvironment],
  cwe: ['CWE-798'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD=correct-horse-example-1\n',
    ],
    good: [
      'services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD\n',
      'services:\n  db:\n    image: mysql:8.4\n    environment:\n      - MYSQL_RANDOM_ROOT_PASSWORD=yes\n',
    ],
  },
  *check(file) {
    for (const password of passwordsOf(file)) {
      if (password.source !== 'literal' || isGuessable(password)) continue;
      yield asHit(password, { message: 'A password stands in the file as it is.' });
    }
  },
});

export const passwordFallback = defineRule<'docker-compose'>({
  id: 'audit/compose-password-fallback',
  aliases: ['DC-CRED-003'],
  format: 'docker-compose',
  title: 'A password falls back to a literal',
  severity: 'medium',
  owner: 'developer',
  description:
    '`${NAME:-literal}` silently uses the literal wherever the variable was forgotten, and the literal stands in the repository.',
  remediation: 'Use `${NAME:?}`, which refuses to start instead.',
  references: [REFERENCES.composeEnvironment],
  cwe: ['CWE-1188'],
  examples: {
    bad: [
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-correct-horse-example-1}\n',
    ],
    good: ['services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n'],
  },
  *check(file) {
    for (const password of passwordsOf(file)) {
      if (password.source !== 'default' || isGuessable(password)) continue;
      yield asHit(password, { message: 'Where the variable is not set, a literal from the file is the password.' });
    }
  },
});
