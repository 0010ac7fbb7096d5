import { allowDeclared } from '../../declared-bytes.ts';
import { binaryRequest } from './text-protocol.ts';

/** The control command and the key of the read check; only their tails are random. */
export const CONTROL_COMMAND = 'postern_control_';
export const READ_KEY = 'postern:';
const EXAMPLE = 'x3f9c1d27ab84e05';

/** The whole dialogue. */
export const allow = allowDeclared([
  {
    why: 'version; postern_control_<random> (must be refused as unknown)',
    bytes: `version\r\n${CONTROL_COMMAND}${EXAMPLE}\r\n`,
    matches: /version\r\npostern_control_[a-z0-9]{4,64}\r\n/,
  },
  { why: 'stats', bytes: 'stats\r\n' },
  { why: 'stats settings', bytes: 'stats settings\r\n' },
  {
    why: 'get postern:<random> (a key that does not exist)',
    bytes: `get ${READ_KEY}${EXAMPLE}\r\n`,
    matches: /get postern:[a-z0-9]{4,64}\r\n/,
  },
  { why: 'quit', bytes: 'quit\r\n' },
  {
    why: 'binary Version request (servers with SASL, which refuse the text protocol)',
    bytes: binaryRequest('version'),
  },
  {
    why: 'binary Get postern:<random> (the same servers; a key that does not exist)',
    bytes: binaryRequest('get', `${READ_KEY}${EXAMPLE}`),
    matches: /\x80\x00\x00\x18\x00{7}\x18\x00{12}postern:[a-z0-9]{16}/,
  },
]);
