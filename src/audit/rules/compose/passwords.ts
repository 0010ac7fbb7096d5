/** Passwords written into a compose file. */

import type { Guidance } from '../../../core/rule.ts';
import type { Severity } from '../../../core/severity.ts';
import { isPlaceholder, readConnection } from '../../connections.ts';
import { exposureOf } from '../../containers/exposure.ts';
import {
  hasMinioDefaultLogin,
  isGuessable,
  isPasswordName,
  passwordsOf,
  type WrittenPassword,
} from '../../containers/passwords.ts';
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
  /** A connection string of the project that holds it, too. */
  address: { path: string; line: number } | null;
}

/** A password that everybody tries belongs to no other kind. */
type Kind = 'guessable' | Password['source'];

/** Each password once: at the store that it opens, where that is in the project, else where it stands first. */
function* passwordsIn({ document }: ReadFile<'docker-compose'>, kind: Kind): Generator<Told> {
  const all = document.services.flatMap((service) => [
    ...passwordsOf(service),
    ...inConnections(service, document.text.text),
  ]);
  // What can be guessed in one place can be in all.
  const guessable = new Set(all.filter(isGuessable).map(({ value }) => value));
  const those = all.filter((one) => (guessable.has(one.value) ? 'guessable' : one.source) === kind);
  const owners = new Map<Password, Password[]>();
  const isStore = ({ container }: Password): boolean => Boolean(container.image?.engine);
  const ownerOf = (one: Password): Password | undefined => {
    const alike = [...owners.keys()].filter(({ value }) => value === one.value);
    // A merged mapping is one text in several services; of two, the application mostly has the account that is no administrator's.
    return (
      alike.find(({ span }) => span.start === one.span.start) ??
      (isStore(one)
        ? undefined
        : (alike.find(({ variable }) => variable?.name === one.variable?.name) ??
          alike.find(({ variable }) => !/ROOT/i.test(variable?.name ?? '')) ??
          alike[0]))
    );
  };
  for (const one of [...those.filter(isStore), ...those.filter((password) => !isStore(password))]) {
    const owner = ownerOf(one);
    if (owner === undefined) owners.set(one, []);
    else owners.get(owner)?.push(one);
  }
  for (const [password, same] of owners) {
    const edited = new Set([password, ...same].map(({ variable }) => variable?.inner?.start));
    const address = addressWith(document.text.text, password.value, edited);
    const line = address === null ? null : document.place({ start: address, end: address });
    yield {
      password,
      same,
      name: variableFor(password, all),
      address: line && { path: line.source.path, line: line.source.position(line.span.start).line },
    };
  }
}

/** Passwords in connection strings: `postgres://shop:password@db/shop`. */
function* inConnections(service: ComposeService, text: string): Generator<Password> {
  for (const variable of service.environment) {
    const { name, inner, source } = variable;
    if (source !== 'literal' || !inner || isPasswordName(name)) continue;
    const password = readConnection(text.slice(inner.start, inner.end))?.password;
    if (!password || isPlaceholder(password.text)) continue;
    const span = { start: inner.start + password.start, end: inner.start + password.end };
    // Escaped for the address or for YAML: then the text is not the password.
    if (text.slice(span.start, span.end) !== password.text) continue;
    yield {
      container: service,
      pointer: `environment.${name}`,
      span,
      value: password.text,
      source,
      variable: { ...variable, name: `${name}_PASSWORD`, span, inner: span },
    };
  }
}

/** Where else the password stands in an address, outside of what a patch changes. */
function addressWith(text: string, value: string, edited: ReadonlySet<number | undefined>): number | null {
  for (let at = text.indexOf(`:${value}@`); at >= 0; at = text.indexOf(`:${value}@`, at + 1)) {
    if (!edited.has(at + 1)) return at;
  }
  return null;
}

/** The variable's own name, unless another service has it for another password. */
function variableFor({ variable, value, container }: Password, all: readonly Password[]): string | null {
  if (!variable || !/^\w+$/.test(variable.name) || variable.name === 'NEO4J_AUTH') return null;
  const other = all.some((one) => one.variable?.name === variable.name && one.value !== value);
  if (!other) return variable.name;
  const prefix = container.name.toUpperCase().replaceAll(/\W/g, '_');
  return /^[A-Z_]/.test(prefix) ? `${prefix}_${variable.name}` : null;
}

function asHit({ password, same, name, address }: Told, rest: Pick<Hit, 'message' | 'severity'>): Hit {
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
    fix: name === null ? null : required([password, ...same], name, address),
  };
}

/** Replaces the value by `${NAME:?}` wherever it is the password, which makes compose ask for it. */
function required(all: readonly Password[], name: string, address: Told['address']): Fix | null {
  const also = address
    ? ` It stands in the connection string at ${address.path}:${address.line} as well, which this patch leaves as it is: write the variable there, too.`
    : '';
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
    blastRadius: `Compose refuses to start until ${name} is set, e.g. in a .env file outside version control. A store that has data keeps its old password until it is changed there – start with the old one –, and the old one stays in the history of the file.${also}`,
    needsConfirmation: true,
  };
}

/** Behind a shut door a password is the second line; a store that is published has no other. */
function bySeverity(container: ComposeService, reached: Severity, within: Severity): Severity {
  const exposure = exposureOf(container);
  return exposure === 'public' || exposure === 'network' ? reached : within;
}

/** `docker compose ps`, which the other rules name, tells nothing about passwords. */
const PASSWORD_GUIDANCE: Guidance = {
  fixes: {
    docker:
      'Write the password into a file that is not in version control, name it under `secrets:` and give the service `…_FILE: /run/secrets/NAME`; or keep the variable and set it in such a `.env`. Change the password in the store itself (`ALTER ROLE`, `ALTER USER`, `CONFIG SET`): an existing volume keeps the old one. Then `docker compose up -d`.',
  },
  check:
    '`docker compose config --no-interpolate` shows no password; the old one is refused when you log in to the store with it.',
};

export const wellKnownPassword = defineRule<'docker-compose'>({
  id: 'audit/compose-well-known-password',
  guidance: PASSWORD_GUIDANCE,
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
    for (const told of passwordsIn(file, 'guessable')) {
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
  guidance: PASSWORD_GUIDANCE,
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
    for (const told of passwordsIn(file, 'literal')) {
      const { container } = told.password;
      const severity = container.image?.engine ? bySeverity(container, 'high', 'low') : 'medium';
      yield asHit(told, { message: 'A password stands in the file as it is.', severity });
    }
  },
});

export const passwordFallback = defineRule<'docker-compose'>({
  id: 'audit/compose-password-fallback',
  guidance: PASSWORD_GUIDANCE,
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
    for (const told of passwordsIn(file, 'default')) {
      const { container } = told.password;
      const severity = container.image?.engine ? bySeverity(container, 'medium', 'low') : 'medium';
      yield asHit(told, {
        message: 'Where the variable is not set, a literal from the file is the password.',
        severity,
      });
    }
  },
});
