import { allowParsed } from '../../../net/allow-list.ts';
import { allowRequests } from '../../../net/request-templates.ts';

/** No user, no token, no key. */
export const CONNECT =
  'CONNECT {"verbose":false,"pedantic":false,"tls_required":false,"name":"postern","lang":"postern","version":"1","protocol":1}\r\nPING\r\n';

/** A user that cannot exist: let in only where no users exist. */
export function stranger(nonce: string): string {
  return `${CONNECT.replace('"name"', `"user":"${nonce}","pass":"${nonce}","name"`)}`;
}

/** A subject of its own, to which nobody publishes. */
export function listenTo(nonce: string): string {
  return `SUB postern.${nonce} 1\r\nUNSUB 1\r\nPING\r\n`;
}

/** An operation that does not exist. */
export function nonsense(nonce: string): string {
  return `POSTERN.${nonce}\r\n`;
}

const NONCE = 'x3f9c1d27ab84e05';
const FORMS = [
  /^CONNECT \{"verbose":false,"pedantic":false,"tls_required":false,"user":"([a-z0-9]{4,64})","pass":"\1","name":"postern","lang":"postern","version":"1","protocol":1\}\r\nPING\r\n$/,
  /^SUB postern\.[a-z0-9]{4,64} 1\r\nUNSUB 1\r\nPING\r\n$/,
  /^POSTERN\.[a-z0-9]{4,64}\r\n$/,
];

/** The whole dialogue of the client protocol. */
export const natsAllow = allowParsed(
  [
    'CONNECT without credentials, PING',
    'SUB postern.<random>, UNSUB, PING – whether a stranger may listen; nobody publishes there',
    'CONNECT with a random user that cannot exist, PING – let in only where no users exist',
    'POSTERN.<random> – the control request: must be refused as unknown',
  ],
  (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    return text === CONNECT || FORMS.some((form) => form.test(text));
  },
  [
    { why: 'whether a client without credentials is let in', bytes: Buffer.from(CONNECT) },
    { why: 'whether a stranger may listen (the subject is random)', bytes: Buffer.from(listenTo(NONCE)) },
    { why: 'whether users exist (its user is random)', bytes: Buffer.from(stranger(NONCE)) },
    { why: 'the control request: an operation that does not exist', bytes: Buffer.from(nonsense(NONCE)) },
  ],
);

/** The whole dialogue of the monitor. */
export const natsMonitorAllow = allowRequests([
  { path: '/varz', why: 'whether this is the monitor, and the version' },
  { path: '/<nonce>', why: 'the control request: a path that cannot exist' },
  { path: '/jsz?streams=1', why: 'names and sizes of streams' },
]);
