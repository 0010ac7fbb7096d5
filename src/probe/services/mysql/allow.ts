import { allowParsed } from '../../../net/allow-list.ts';
import { decodeRequest } from './packets.ts';
import { FIXED_QUERIES } from './queries.ts';

/** The one account that is tried, and only with an empty password. */
export const ACCOUNT = 'root';

const CONTROL_QUERY = /^SELECT postern_[a-z0-9]{4,64}$/;
const PLUGINS = ['mysql_native_password', 'caching_sha2_password', 'sha256_password'];

/** How each plug-in says "no password". */
export const EMPTY_PROOFS: readonly Buffer[] = [Buffer.alloc(0), Buffer.alloc(1)];

/** The whole dialogue. */
export const allow = allowParsed(
  [
    'SSLRequest (where the server offers TLS)',
    `HandshakeResponse user=${ACCOUNT} with an empty password (opt-in; loopback: always)`,
    'AuthSwitchResponse with an empty password',
    'COM_QUERY SELECT postern_<random> (must fail)',
    ...FIXED_QUERIES.map((sql) => `COM_QUERY ${sql}`),
    'COM_QUIT',
  ],
  (bytes) => {
    const request = decodeRequest(bytes);
    switch (request?.kind) {
      case 'ssl':
      case 'quit':
        return true;
      case 'login':
        return request.user === ACCOUNT && PLUGINS.includes(request.plugin) && isEmptyProof(request.proof);
      case 'proof':
        return isEmptyProof(request.bytes);
      case 'query':
        return CONTROL_QUERY.test(request.sql) || FIXED_QUERIES.includes(request.sql);
      default:
        return false;
    }
  },
);

/** The owner's login and nothing after it. */
export const controlAllow = allowParsed(
  ['SSLRequest', 'HandshakeResponse with the owner’s user and scrambled password', 'AuthSwitchResponse', 'COM_QUIT'],
  (bytes) => {
    const request = decodeRequest(bytes);
    switch (request?.kind) {
      case 'ssl':
      case 'quit':
        return true;
      case 'login':
        return request.user.length <= 128 && PLUGINS.includes(request.plugin);
      case 'proof':
        return request.bytes.length <= 512;
      default:
        return false;
    }
  },
);

function isEmptyProof(proof: Buffer): boolean {
  return EMPTY_PROOFS.some((empty) => proof.equals(empty));
}
