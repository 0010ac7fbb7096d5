import { allowParsed } from '../../../net/allow-list.ts';
import { closeRequest, connectRequest, OPERATIONS, type Operation, request } from './packets.ts';

const WORDS = ['srvr', 'srvr\n', 'mntr'];
const NONCE = /^\/[a-z0-9]{4,64}$/;
const EXAMPLE = '/x3f9c1d27ab84e05';
/** The root, or one node below it. */
const NODE = /^\/[^/\0]{0,255}$/;
const MOST_REQUESTS = 64;

function judge(bytes: Uint8Array): boolean {
  const sent = Buffer.from(bytes);
  if (WORDS.includes(sent.toString('latin1')) || sent.equals(connectRequest())) return true;
  if (sent.length < 12) return false;
  const xid = sent.readInt32BE(4);
  if (xid < 1 || xid > MOST_REQUESTS) return false;
  if (sent.equals(closeRequest(xid))) return true;
  const operation = (Object.keys(OPERATIONS) as Operation[]).find((one) => OPERATIONS[one] === sent.readInt32BE(8));
  if (operation === undefined || sent.length < 16) return false;
  const length = sent.readInt32BE(12);
  if (length < 1 || length > 1_024 || sent.length < 16 + length) return false;
  const path = sent.toString('utf8', 16, 16 + length);
  return (operation === 'exists' ? NONCE : NODE).test(path) && sent.equals(request(xid, operation, path));
}

/** The whole dialogue. */
export const zookeeperAllow = allowParsed(
  [
    'srvr – version and number of nodes',
    'mntr – size of the data, where the server lists the word',
    'ConnectRequest – a new session of four seconds, no credentials',
    'exists /<random> – the control request: a node that cannot exist',
    'getChildren2 of / and of the nodes below it – names and counts, no watch; data is never read',
    'getACL of / and of the nodes below it – whether everybody may write',
    'closeSession',
  ],
  judge,
  [
    { why: 'version and number of nodes', bytes: Buffer.from('srvr') },
    { why: 'the same where a session was closed', bytes: Buffer.from('srvr\n') },
    { why: 'size of the data', bytes: Buffer.from('mntr') },
    { why: 'a session without credentials', bytes: connectRequest() },
    { why: 'the control request: a node that cannot exist (its name is random)', bytes: request(1, 'exists', EXAMPLE) },
    { why: 'names of the nodes below the root', bytes: request(2, 'children', '/') },
    { why: 'who may do what at the root', bytes: request(3, 'acl', '/') },
    { why: 'how many nodes are below one of them (each in turn)', bytes: request(4, 'children', '/zookeeper') },
    { why: 'who may do what there', bytes: request(5, 'acl', '/zookeeper') },
    { why: 'the end of the session', bytes: closeRequest(6) },
  ],
);
