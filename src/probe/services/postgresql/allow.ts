import { allowParsed } from '../../../net/allow-list.ts';
import { decodeRequest, query, SSL_REQUEST, startupMessage, TERMINATE } from './messages.ts';
import { controlQuery, FIXED_QUERIES, isSampleQuery, sampleQuery } from './queries.ts';

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
  [
    { why: 'SSLRequest', bytes: SSL_REQUEST },
    {
      why: 'start of a session that can only read and runs nothing for longer than two seconds',
      bytes: startupMessage({ user: ROLE, database: 'postgres', options: SAFETY }),
    },
    { why: 'the same for poolers that refuse "options"', bytes: startupMessage({ user: ROLE, database: 'postgres' }) },
    { why: 'a relation that cannot exist; must fail', bytes: query(controlQuery('x3f9c1d27ab84e05')) },
    ...FIXED_QUERIES.map((sql) => ({ why: 'the catalogue', bytes: query(sql) })),
    { why: 'end of the session', bytes: TERMINATE },
  ],
);

/** Only with `--sample`, in the same read-only session. */
export const sampling = allowParsed(
  ['Query SELECT <columns, cut> FROM <table> LIMIT <1 to 5>'],
  (bytes) => {
    const request = decodeRequest(bytes);
    const text = request?.kind === 'typed' && request.type === 'Q' ? request.body.toString('utf8') : '';
    return text.endsWith('\0') && isSampleQuery(text.slice(0, -1));
  },
  [
    {
      why: 'at most five values per column, for the classifier in memory',
      bytes: query(sampleQuery('public', 'customers', ['email'], 5)),
    },
  ],
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
