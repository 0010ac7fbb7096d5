import { allowParsed } from '../../../net/allow-list.ts';
import { decodeRequest, startupMessage } from './messages.ts';
import { FIXED_QUERIES } from './queries.ts';

/** The one role that is tried; every PostgreSQL cluster made by `initdb` as documented has it. */
export const ROLE = 'postgres';
/** Sent at start-up, so that even a defect of ours could not write or run for long. */
export const SAFETY = '-c default_transaction_read_only=on -c statement_timeout=2000';

const CONTROL_QUERY = /^SELECT 1 FROM pg_catalog\.postern_[a-z0-9]{4,64}\0$/;

/** The whole dialogue. */
export const allow = allowParsed(
  [
    'SSLRequest',
    `StartupMessage user=${ROLE} database=<name> options="${SAFETY}"`,
    `StartupMessage user=${ROLE} database=<name> (for poolers that refuse "options")`,
    'Query SELECT 1 FROM pg_catalog.postern_<random> (must fail)',
    ...FIXED_QUERIES.map((sql) => `Query ${sql}`),
    'Terminate',
  ],
  (bytes) => {
    const request = decodeRequest(bytes);
    if (request?.kind === 'ssl') return true;
    if (request?.kind === 'startup') {
      const [user, database, options, ...rest] = request.parameters;
      return (
        rest.length === 0 &&
        isCanonical(request.parameters, bytes) &&
        isParameter(user, 'user', (value) => value === ROLE) &&
        isParameter(database, 'database', isName) &&
        (options === undefined || isParameter(options, 'options', (value) => value === SAFETY))
      );
    }
    if (request?.kind !== 'typed') return false;
    if (request.type === 'X') return request.body.length === 0;
    if (request.type !== 'Q') return false;
    const text = request.body.toString('utf8');
    return CONTROL_QUERY.test(text) || FIXED_QUERIES.some((sql) => text === `${sql}\0`);
  },
);

/** The owner's login and nothing after it. */
export const controlAllow = allowParsed(
  [
    'SSLRequest',
    'StartupMessage user=<owner’s> database=postgres',
    'PasswordMessage | SASLInitialResponse SCRAM-SHA-256 | SASLResponse',
    'Terminate',
  ],
  (bytes) => {
    const request = decodeRequest(bytes);
    if (request?.kind === 'ssl') return true;
    if (request?.kind === 'startup') {
      const [user, database, ...rest] = request.parameters;
      return (
        rest.length === 0 &&
        isCanonical(request.parameters, bytes) &&
        isParameter(user, 'user', isName) &&
        isParameter(database, 'database', (value) => value === 'postgres')
      );
    }
    if (request?.kind !== 'typed') return false;
    if (request.type === 'X') return request.body.length === 0;
    return request.type === 'p' && request.body.length > 0 && request.body.length <= 2048;
  },
);

/** Written again from what was read it is the same: no invalid UTF-8, no repeated parameter. */
function isCanonical(parameters: readonly (readonly [string, string])[], bytes: Uint8Array): boolean {
  return startupMessage(Object.fromEntries(parameters)).equals(bytes);
}

function isParameter(
  pair: readonly [string, string] | undefined,
  name: string,
  accepts: (value: string) => boolean,
): boolean {
  return pair !== undefined && pair[0] === name && accepts(pair[1]);
}

/** Identifiers hold at most 63 bytes. */
function isName(value: string): boolean {
  return value !== '' && Buffer.byteLength(value) <= 63;
}
