/** The two states of `xpack.security.enabled`: everyone is in, or HTTP Basic with the users of the range. */
import { timingSafeEqual } from 'node:crypto';
import { ElasticError } from './errors.ts';

export interface StandInUser {
  username: string;
  password: string;
  roles: readonly string[];
  /** With it the user may read documents of these indices, and nothing else: an account with the least privileges. */
  reads?: readonly string[];
}

/** Ends of the paths that read documents of the index named before them. */
const READS = new Set(['_search', '_count', '_mget', '_doc', '_source']);

/** Throws the 403 that 7.17 answers to a user whose roles do not have the action. */
export function authorize(user: StandInUser | undefined, segments: readonly string[]): void {
  if (user?.reads === undefined) return;
  const [index = '', action = ''] = segments;
  if (user.reads.includes(index) && READS.has(action)) return;
  throw new ElasticError(
    403,
    'security_exception',
    `action is unauthorized for user [${user.username}] with roles [${user.roles.join(',')}]`,
  );
}

const CHALLENGE = 'Basic realm="security" charset="UTF-8"';

/** The user a request comes from; undefined while security is off. Throws the 401 that 7.17 answers. */
export function authenticate(
  authorization: string | undefined,
  path: string,
  users: readonly StandInUser[] | undefined,
): StandInUser | undefined {
  if (!users) return undefined;
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) throw unauthenticated(`missing authentication credentials for REST request [${path}]`);
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const username = decoded.slice(0, Math.max(0, colon));
  const user = users.find((candidate) => candidate.username === username);
  if (!user || !equal(user.password, decoded.slice(colon + 1))) {
    throw unauthenticated(`unable to authenticate user [${username}] for REST request [${path}]`);
  }
  return user;
}

function unauthenticated(reason: string): ElasticError {
  return new ElasticError(401, 'security_exception', reason, { header: { 'WWW-Authenticate': CHALLENGE } });
}

function equal(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}
