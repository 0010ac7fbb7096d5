import { allowParsed } from '../../../net/allow-list.ts';
import { allowRequests } from '../../../net/request-templates.ts';

/** The protocol's name and version 0-9-1. */
export const AMQP_HEADER: Uint8Array = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

/** The whole dialogue of AMQP. */
export const amqpAllow = allowParsed(
  ['AMQP 0-9-1 protocol header – the server tells product, version and login mechanisms; nothing is answered to it'],
  (bytes) => Buffer.from(bytes).equals(AMQP_HEADER),
  [{ why: 'product, version and login mechanisms', bytes: AMQP_HEADER }],
);

/** The whole dialogue of the management API. */
export const managementAllow = allowRequests([
  { path: '/', why: 'whether this is the management page' },
  { path: '/api/overview', why: 'whether the API asks who is there; totals where it does not' },
  { path: '/api/<nonce>', why: 'the control request: a path that cannot exist' },
  { path: '/api/whoami', why: 'what a stranger may do, where the API does not ask' },
]);
