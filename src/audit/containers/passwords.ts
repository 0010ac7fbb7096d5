/** Passwords that are written where a container is declared. */

import { isWellKnown } from '../rules/passwords.ts';
import type { Span } from '../source.ts';
import { isSet } from './authentication.ts';
import { flag } from './command.ts';
import type { Container, EnvironmentVariable } from './model.ts';

const SECRET_NAME = /(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD)$/i;
const SECRET_NAMES = new Set(['MINIO_SECRET_KEY', 'NEO4J_AUTH', 'SA_PASSWORD', 'OPENSEARCH_INITIAL_ADMIN_PASSWORD']);
/** Switches whose names only look like passwords. */
const NOT_SECRET = /(?:ALLOW_EMPTY|RANDOM|_FILE$|NO_PASSWORD|SKIP|ENABLE|REQUIRE|_HASH$)/i;

export interface WrittenPassword<C extends Container = Container> {
  container: C;
  /** Below the container: `environment.NAME`, `command.--requirepass`. */
  pointer: string;
  span: Span;
  /** Never shown: compared and counted. */
  value: string;
  source: EnvironmentVariable['source'];
  variable: C['environment'][number] | null;
}

/** Whether a variable of this name holds a password. */
export function isPasswordName(name: string): boolean {
  return (SECRET_NAME.test(name) || SECRET_NAMES.has(name)) && !NOT_SECRET.test(name);
}

/** Passwords whose value the declaration tells, in its environment and in Redis' command. */
export function* passwordsOf<C extends Container>(container: C): Generator<WrittenPassword<C>> {
  const environment: readonly C['environment'][number][] = container.environment;
  for (const variable of environment) {
    const { name, value, source, span } = variable;
    if (!isPasswordName(name) || value === null || source === 'unknown' || source === 'file') continue;
    // NEO4J_AUTH is `user/password`, or `none`.
    if (name === 'NEO4J_AUTH' && !value.includes('/')) continue;
    const secret = name === 'NEO4J_AUTH' ? value.slice(value.indexOf('/') + 1) : value;
    if (secret === '' || secret.startsWith('/run/secrets/')) continue;
    yield { container, pointer: `environment.${name}`, span, value: secret, source, variable };
  }
  if (container.image?.engine !== 'redis') return;
  for (const command of [container.entrypoint, container.command]) {
    const value = flag(command, '--requirepass') ?? '';
    if (command === null || value === '' || value.includes('$')) continue;
    const pointer = 'command.--requirepass';
    yield { container, pointer, span: command.span, value, source: 'literal', variable: null };
  }
}

/** On a list that everybody tries, or the same as the user, the database or the container it stands beside. */
export function isGuessable({ value, container }: WrittenPassword): boolean {
  const names = container.environment.flatMap((variable) =>
    /(?:USER|USERNAME|DB|DATABASE|_NAME)$/i.test(variable.name) && variable.value ? [variable.value] : [],
  );
  return isWellKnown(value) || [container.name, ...names].some((name) => name.toLowerCase() === value.toLowerCase());
}

/** MinIO without a login of its own has the published one, `minioadmin`. */
export function hasMinioDefaultLogin(container: Container): boolean {
  if (container.image?.repository !== 'minio/minio' || !container.environmentComplete) return false;
  return !isSet(container, [
    'MINIO_ROOT_PASSWORD',
    'MINIO_ROOT_PASSWORD_FILE',
    'MINIO_SECRET_KEY',
    'MINIO_SECRET_KEY_FILE',
    'MINIO_CONFIG_ENV_FILE',
  ]);
}
