import { allowParsed, type PlannedRequest } from '../../../net/allow-list.ts';
import { decodeCommand, encodeCommand } from './resp.ts';

type Word = string | RegExp;

/** The command of the control request does not exist anywhere; only its tail is random. */
export const CONTROL_COMMAND = 'POSTERN.CONTROL.';
/** The key of the dry runs; it is never written or read. */
export const DRY_RUN_KEY = 'postern:';

const NONCE = /[a-z0-9]{4,64}/;
const nonceAfter = (prefix: string): RegExp => new RegExp(`^${prefix.replaceAll('.', '\\.')}${NONCE.source}$`);

/** The whole dialogue, one row per request. */
const DIALOGUE: readonly (readonly Word[])[] = [
  ['PING'],
  [nonceAfter(CONTROL_COMMAND)],
  ['INFO', /^(?:server|keyspace|replication|memory)$/],
  ['DBSIZE'],
  ['ACL', 'WHOAMI'],
  ['ACL', 'DRYRUN', 'default', 'GET', nonceAfter(DRY_RUN_KEY)],
  ['ACL', 'DRYRUN', 'default', 'SET', nonceAfter(DRY_RUN_KEY), 'x'],
  ['ACL', 'GETUSER', 'default'],
  ['COMMAND', 'INFO', 'SET'],
  ['SELECT', /^\d{1,2}$/],
  ['SCAN', '0', 'COUNT', '10'],
  ['QUIT'],
];

const CONTROL_DIALOGUE: readonly (readonly Word[])[] = [
  ['AUTH', /^[\s\S]{1,512}$/],
  ['AUTH', /^[\s\S]{1,128}$/, /^[\s\S]{1,512}$/],
  ['PING'],
  ['QUIT'],
];

/** @see DIALOGUE */
export const allow = allowParsed(
  [
    'PING',
    'POSTERN.CONTROL.<random> (must be refused as unknown)',
    'INFO server | keyspace | replication | memory',
    'DBSIZE',
    'ACL WHOAMI',
    'ACL DRYRUN default GET postern:<random> (asks whether it would be allowed; runs nothing)',
    'ACL DRYRUN default SET postern:<random> x (asks whether it would be allowed; runs nothing)',
    'ACL GETUSER default (Redis 6 only; flags are read, the rest is dropped)',
    'COMMAND INFO SET',
    'SELECT <database number>',
    'SCAN 0 COUNT 10 (key names become patterns at once)',
    'QUIT',
  ],
  (bytes) => permits(DIALOGUE, bytes),
  planned([
    ['liveness', 'PING'],
    ['a command that cannot exist; must be refused', `${CONTROL_COMMAND}x3f9c1d27ab84e05`],
    ...['server', 'keyspace', 'replication', 'memory'].map((section) => ['version and figures', 'INFO', section]),
    ['number of keys', 'DBSIZE'],
    ['who we are', 'ACL', 'WHOAMI'],
    ['may we read? nothing is run', 'ACL', 'DRYRUN', 'default', 'GET', `${DRY_RUN_KEY}x3f9c1d27ab84e05`],
    ['may we write? nothing is run', 'ACL', 'DRYRUN', 'default', 'SET', `${DRY_RUN_KEY}x3f9c1d27ab84e05`, 'x'],
    ['may we write? (Redis 6)', 'ACL', 'GETUSER', 'default'],
    ['whether SET exists', 'COMMAND', 'INFO', 'SET'],
    ['a further database', 'SELECT', '1'],
    ['ten key names, which become patterns at once', 'SCAN', '0', 'COUNT', '10'],
    ['end', 'QUIT'],
  ]),
);

/** A key that `SCAN` named. */
const KEY = /^[\s\S]{1,512}$/;

const SAMPLING_DIALOGUE: readonly (readonly Word[])[] = [
  ['TYPE', KEY],
  ['STRLEN', KEY],
  ['MEMORY', 'USAGE', KEY],
  ['GET', KEY],
  ['HGETALL', KEY],
];

/** Only with `--sample`: small strings and hashes. */
export const sampling = allowParsed(
  [
    'TYPE <key>',
    'STRLEN <key> | MEMORY USAGE <key> (what is larger than 16 KiB is not asked for)',
    'GET <key> | HGETALL <key> (at most five of each pattern, for the classifier in memory)',
  ],
  (bytes) => permits(SAMPLING_DIALOGUE, bytes),
  planned([
    ['string or hash?', 'TYPE', 'user:1'],
    ['how large a string is', 'STRLEN', 'user:1'],
    ['how large a hash is', 'MEMORY', 'USAGE', 'user:1'],
    ['a string, for the classifier in memory', 'GET', 'user:1'],
    ['a hash, for the classifier in memory', 'HGETALL', 'user:1'],
  ]),
);

/** The reason and the words of each. */
function planned(rows: readonly (readonly string[])[]): PlannedRequest[] {
  return rows.map(([why = '', ...words]) => ({ why, bytes: encodeCommand(words) }));
}

export const controlAllow = allowParsed(
  ['AUTH <password> | AUTH <user> <password> (the owner’s own credentials)', 'PING', 'QUIT'],
  (bytes) => permits(CONTROL_DIALOGUE, bytes),
);

function permits(dialogue: readonly (readonly Word[])[], bytes: Uint8Array): boolean {
  const words = decodeCommand(bytes);
  return (
    words !== undefined &&
    dialogue.some(
      (row) =>
        row.length === words.length &&
        row.every((word, index) => {
          const sent = words[index] ?? '';
          return typeof word === 'string' ? word === sent : word.test(sent);
        }),
    )
  );
}
