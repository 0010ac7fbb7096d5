/** Passwords written into a compose file. */

import { exposureOf } from '../../containers/exposure.ts';
import { hasMinioDefaultLogin, isGuessable, passwordsOf, type WrittenPassword } from '../../containers/passwords.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { defineRule, type Fix, type Hit, type ReadFile } from '../../model.ts';
import { hidden } from '../passwords.ts';
import { REFERENCES } from '../references.ts';

type Password = WrittenPassword<ComposeService>;

function* passwordsIn({ document }: ReadFile<'docker-compose'>): Generator<Password> {
  for (const service of document.services) yield* passwordsOf(service);
}

function asHit(password: Password, rest: Pick<Hit, 'message' | 'severity'>): Hit {
  return {
    ...rest,
    service: password.container.name,
    pointer: `services.${password.container.name}.${password.pointer}`,
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
  topic: 'secrets',
  verified: {
    by: 'source',
    how: "https://github.com/minio/minio/blob/master/docs/config/README.md – minioadmin is the default of both root credentials; the list is of vendors' samples and the usual dictionaries",
  },
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
    for (const password of passwordsIn(file)) {
      if (!isGuessable(password)) continue;
      const store = password.container.image?.engine ? 'store' : 'service';
      const exposure = exposureOf(password.container);
      const reachable = store === 'store' && (exposure === 'public' || exposure === 'network');
      yield asHit(password, {
        message: `The password of this ${store} is one that everybody tries first${password.source === 'default' ? ' (the fallback when the variable is not set)' : ''}.`,
        severity: reachable ? 'critical' : 'high',
      });
    }
    for (const service of file.document.services) {
      if (!service.image || !hasMinioDefaultLogin(service)) continue;
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
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/compose/how-tos/use-secrets/ – environment variables of a service stand in the file and are visible to every process of the container',
  },
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
    for (const password of passwordsIn(file)) {
      if (password.source !== 'literal' || isGuessable(password)) continue;
      yield asHit(password, { message: 'A password stands in the file as it is.' });
    }
  },
});

export const passwordFallback = defineRule<'docker-compose'>({
  id: 'audit/compose-password-fallback',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ – the fallback is used when the variable is unset or empty; compose-go 2.16.2 gives the literal',
  },
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
    for (const password of passwordsIn(file)) {
      if (password.source !== 'default' || isGuessable(password)) continue;
      yield asHit(password, { message: 'Where the variable is not set, a literal from the file is the password.' });
    }
  },
});
