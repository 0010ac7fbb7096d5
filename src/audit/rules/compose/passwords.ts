/** Passwords written into a compose file. */

import type { Severity } from '../../../core/severity.ts';
import { exposureOf } from '../../containers/exposure.ts';
import { hasMinioDefaultLogin, isGuessable, passwordsOf, type WrittenPassword } from '../../containers/passwords.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { defineRule, type Fix, type Hit, type ReadFile } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { REFERENCES } from '../references.ts';

type Password = WrittenPassword<ComposeService>;

/** One password, and the services beside its own that log in with it. */
interface Told {
  password: Password;
  same: readonly Password[];
  /** What the patch calls it. */
  name: string | null;
}

/** Each password once: at the store that it opens, where that is in the project, else where it stands first. */
function* passwordsIn({ document }: ReadFile<'docker-compose'>, wanted: (one: Password) => boolean): Generator<Told> {
  const all = document.services.flatMap((service) => [...passwordsOf(service)]);
  const those = all.filter(wanted);
  const owners = new Map<Password, Password[]>();
  const isStore = (one: Password): boolean => one.container.image?.engine != null;
  for (const one of those) if (isStore(one)) owners.set(one, []);
  for (const one of those) {
    if (isStore(one)) continue;
    const alike = [...owners.keys()].filter(({ value }) => value === one.value);
    // The application mostly has the account that is not the administrator's.
    const owner = alike.find(({ variable }) => !/ROOT/i.test(variable?.name ?? '')) ?? alike[0];
    if (owner === undefined) owners.set(one, []);
    else owners.get(owner)?.push(one);
  }
  for (const [password, same] of owners) yield { password, same, name: variableFor(password, all) };
}

/** The variable's own name, unless another service has it for another password. */
function variableFor({ variable, value, container }: Password, all: readonly Password[]): string | null {
  if (!variable || !/^\w+$/.test(variable.name) || variable.name === 'NEO4J_AUTH') return null;
  const other = all.some((one) => one.variable?.name === variable.name && one.value !== value);
  if (!other) return variable.name;
  const prefix = container.name.toUpperCase().replaceAll(/\W/g, '_');
  return /^[A-Z_]/.test(prefix) ? `${prefix}_${variable.name}` : null;
}

function asHit({ password, same, name }: Told, rest: Pick<Hit, 'message' | 'severity'>): Hit {
  const others = [...new Set(same.map(({ container }) => container.name))].filter(
    (one) => one !== password.container.name,
  );
  const shown = others.slice(0, 3).map((one) => `\`${one}\``);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  const suffix = others.length > 0 ? ` Used by ${shown.join(', ')}${more}, too.` : '';
  return {
    ...rest,
    message: `${rest.message}${suffix}`,
    service: password.container.name,
    pointer: `services.${password.container.name}.${password.pointer}`,
    span: password.span,
    actual: hidden(password.value),
    expected: 'a secret file (…_FILE) or a required variable (${NAME:?})',
    fix: name === null ? null : required([password, ...same], name),
  };
}

/** Replaces the value by `${NAME:?}` wherever it is the password, which makes compose ask for it. */
function required(all: readonly Password[], name: string): Fix | null {
  const edits = new Map<number, Fix['edits'][number]>();
  for (const { variable } of all) {
    const inner = variable?.inner;
    if (!inner || inner.end <= inner.start) return null;
    // An anchor stands in several services.
    edits.set(inner.start, { ...inner, text: `\${${name}:?}` });
  }
  return {
    edits: [...edits.values()],
    title: `Take the value of ${name} from the environment`,
    blastRadius: `Compose refuses to start until ${name} is set, e.g. in a .env file outside version control. A store that has data keeps its old password until it is changed there – start with the old one –, and the old one stays in the history of the file.`,
    needsConfirmation: true,
  };
}

/** Behind a shut door a password is the second line; a store that is published has no other. */
function bySeverity(container: ComposeService, reached: Severity, within: Severity): Severity {
  const exposure = exposureOf(container);
  return exposure === 'public' || exposure === 'network' ? reached : within;
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
    for (const told of passwordsIn(file, isGuessable)) {
      const { container, value, source } = told.password;
      const store = container.image?.engine ? 'store' : 'service';
      const why = isWellKnown(value)
        ? 'is one that everybody tries first'
        : 'is the name of its user, database or service, which everybody tries first';
      yield asHit(told, {
        message: `The password of this ${store} ${why}${source === 'default' ? ' (the fallback when the variable is not set)' : ''}.`,
        severity: bySeverity(container, store === 'store' ? 'critical' : 'high', 'medium'),
      });
    }
    for (const service of file.document.services) {
      if (!service.image || !hasMinioDefaultLogin(service)) continue;
      yield {
        service: service.name,
        pointer: `services.${service.name}.environment.MINIO_ROOT_PASSWORD`,
        span: service.image.span,
        actual: "not set; MinIO's published default",
        expected: 'MINIO_ROOT_PASSWORD_FILE',
        message: 'MinIO runs with its published default login.',
        severity: bySeverity(service, 'critical', 'medium'),
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
    for (const told of passwordsIn(file, (one) => one.source === 'literal' && !isGuessable(one))) {
      const { container } = told.password;
      const severity = container.image?.engine ? bySeverity(container, 'high', 'low') : 'medium';
      yield asHit(told, { message: 'A password stands in the file as it is.', severity });
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
    for (const told of passwordsIn(file, (one) => one.source === 'default' && !isGuessable(one))) {
      const { container } = told.password;
      const severity = container.image?.engine ? bySeverity(container, 'medium', 'low') : 'medium';
      yield asHit(told, {
        message: 'Where the variable is not set, a literal from the file is the password.',
        severity,
      });
    }
  },
});
