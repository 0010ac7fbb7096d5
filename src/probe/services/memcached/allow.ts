import { allowText } from '../../../net/allow-list.ts';

/** The control command and the key of the read check; only their tails are random. */
export const CONTROL_COMMAND = 'postern_control_';
export const READ_KEY = 'postern:';

/** The whole dialogue. */
export const allow = allowText(
  [
    'version; postern_control_<random> (must be refused as unknown)',
    'stats',
    'stats settings',
    'get postern:<random> (a key that does not exist)',
    'quit',
    'binary Version request (servers with SASL, which refuse the text protocol)',
    'binary Get postern:<random> (the same servers; a key that does not exist)',
  ],
  [
    /version\r\npostern_control_[a-z0-9]{4,64}\r\n/,
    /stats\r\n/,
    /stats settings\r\n/,
    /get postern:[a-z0-9]{4,64}\r\n/,
    /quit\r\n/,
    /\x80\x0b\x00{22}/,
    /\x80\x00\x00\x18\x00{7}\x18\x00{12}postern:[a-z0-9]{16}/,
  ],
);
