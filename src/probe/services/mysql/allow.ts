import { allowParsed } from '../../../net/allow-list.ts';
import { comQuery, decodeRequest, handshakeResponse, packet, QUIT, sslRequest } from './packets.ts';
import { controlQuery, FIXED_QUERIES, isSampleQuery, READ_ONLY_TRANSACTION, sampleQuery } from './queries.ts';

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
  [
    { why: 'TLS, where the server offers it', bytes: sslRequest() },
    {
      why: `login of ${ACCOUNT} with an empty password (opt-in; on loopback always)`,
      bytes: handshakeResponse(2, ACCOUNT, Buffer.alloc(0), 'mysql_native_password', true),
    },
    { why: 'the same for another plug-in', bytes: packet(4, Buffer.alloc(0)) },
    { why: 'a column that cannot exist; must fail', bytes: comQuery(controlQuery('x3f9c1d27ab84e05')) },
    ...FIXED_QUERIES.map((sql) => ({ why: 'the account’s rights and the catalogue', bytes: comQuery(sql) })),
    { why: 'end of the session', bytes: QUIT },
  ],
);

/** Only with `--sample`. */
export const sampling = allowParsed(
  [
    `COM_QUERY ${READ_ONLY_TRANSACTION}`,
    'COM_QUERY SELECT <columns, cut> FROM <table> LIMIT <1 to 5>, within two seconds',
  ],
  (bytes) => {
    const request = decodeRequest(bytes);
    return request?.kind === 'query' && (request.sql === READ_ONLY_TRANSACTION || isSampleQuery(request.sql));
  },
  [
    { why: 'nothing can be written from here on', bytes: comQuery(READ_ONLY_TRANSACTION) },
    {
      why: 'at most five values per column, for the classifier in memory',
      bytes: comQuery(sampleQuery('shop', 'customers', ['email'], 5)),
    },
  ],
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
