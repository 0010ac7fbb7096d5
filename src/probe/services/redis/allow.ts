import { allowParsed } from '../../../net/allow-list.ts';
import { decodeCommand } from './resp.ts';

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
);

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
