import { type AllowList, allowParsed } from '../../../net/allow-list.ts';
import type { Doc, Plain, Value } from './bson.ts';
import { decodeRequest, encodeRequest } from './wire.ts';

type Check = (value: Value) => boolean;

const one: Check = (value) => value === 1;
const yes: Check = (value) => value === true;
const no: Check = (value) => value === false;
/** Collection names: bounded, and never one that starts a command of its own. */
const collection: Check = (value) => typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 255;
const twoSeconds: Check = (value) => value === 2000;

/** Each command with all its keys, in order; the first is the command itself. Nothing else is ever sent. */
const DIALOGUE: readonly (readonly (readonly [RegExp | string, Check])[])[] = [
  [['hello', one]],
  [['isMaster', one]],
  [['buildInfo', one]],
  [[/^postern[a-z0-9]{4,64}$/, one]],
  [
    ['connectionStatus', one],
    ['showPrivileges', yes],
  ],
  [['getCmdLineOpts', one]],
  [
    ['listDatabases', one],
    ['nameOnly', no],
  ],
  [
    ['listCollections', one],
    ['nameOnly', yes],
  ],
  [
    ['collStats', collection],
    ['maxTimeMS', twoSeconds],
  ],
  [
    ['count', collection],
    ['maxTimeMS', twoSeconds],
  ],
  [['listIndexes', collection]],
];

const CONTROL_DIALOGUE: typeof DIALOGUE = [
  [
    ['saslStart', one],
    ['mechanism', (value) => value === 'SCRAM-SHA-256'],
    ['payload', (value) => Buffer.isBuffer(value) && value.length <= 1024],
  ],
  [
    ['saslContinue', one],
    ['conversationId', (value) => typeof value === 'number'],
    ['payload', (value) => Buffer.isBuffer(value) && value.length <= 1024],
  ],
];

export const allow = list(
  [
    '{ hello: 1 } | { isMaster: 1 }',
    '{ buildInfo: 1 }',
    '{ postern<random>: 1 } (must be refused as unknown)',
    '{ connectionStatus: 1, showPrivileges: true }',
    '{ listDatabases: 1, nameOnly: false }',
    '{ listCollections: 1, nameOnly: true }',
    '{ collStats: <collection>, maxTimeMS: 2000 } | { count: <collection>, maxTimeMS: 2000 }',
    '{ listIndexes: <collection> } (names of indexed fields)',
    '{ getCmdLineOpts: 1 } (answered to everybody only without access control; the answer is dropped)',
  ],
  DIALOGUE,
  [
    ['admin', { hello: 1 }],
    ['admin', { buildInfo: 1 }],
    ['admin', { posternx3f9c1d27ab84e05: 1 }],
    ['admin', { listDatabases: 1, nameOnly: false }],
    ['admin', { connectionStatus: 1, showPrivileges: true }],
    ['shop', { listCollections: 1, nameOnly: true }],
    ['shop', { collStats: 'customers', maxTimeMS: 2000 }],
    ['shop', { count: 'customers', maxTimeMS: 2000 }],
    ['shop', { listIndexes: 'customers' }],
    ['admin', { getCmdLineOpts: 1 }],
  ],
);

/** Only with `--sample`. */
export const sampling = list(
  ['{ find: <collection>, limit: <1 to 5>, singleBatch: true, maxTimeMS: 2000 } (for the classifier in memory)'],
  [
    [
      ['find', collection],
      ['limit', (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 5],
      ['singleBatch', yes],
      ['maxTimeMS', twoSeconds],
    ],
  ],
  [['shop', { find: 'customers', limit: 5, singleBatch: true, maxTimeMS: 2000 }]],
);

export const controlAllow = list(
  ['{ saslStart: 1, mechanism: "SCRAM-SHA-256", payload }', '{ saslContinue: 1, conversationId, payload }'],
  CONTROL_DIALOGUE,
);

/** Commands that are asked of this database only. */
const OF_ADMIN = /^(?:hello|isMaster|buildInfo|postern.*|connectionStatus|getCmdLineOpts|listDatabases|sasl.*)$/;

function list(
  describes: readonly string[],
  dialogue: typeof DIALOGUE,
  planned: readonly [database: string, command: Readonly<Record<string, Plain>>][] = [],
): AllowList {
  const judge = (bytes: Uint8Array) => {
    const request = decodeRequest(bytes);
    if (!request || request.database === '' || Buffer.byteLength(request.database) > 64) return false;
    const { dialect, id, database, command } = request;
    const [name = ''] = command.keys();
    if (OF_ADMIN.test(name) && database !== 'admin') return false;
    if (!dialogue.some((shape) => matches(shape, command))) return false;
    // Written again from what was read it is the same, or something in it was not read.
    const plain: Record<string, Plain> = {};
    for (const [key, value] of command) if (isPlain(value)) plain[key] = value;
    return encodeRequest(dialect, id, database, plain).equals(bytes);
  };
  return allowParsed(
    describes,
    judge,
    planned.map(([database, command]) => ({
      why: Object.keys(command)[0] ?? '',
      bytes: encodeRequest('msg', 1, database, command),
    })),
  );
}

function isPlain(value: Value): value is string | number | boolean | Buffer {
  return typeof value !== 'object' || Buffer.isBuffer(value);
}

function matches(shape: (typeof DIALOGUE)[number], command: Doc): boolean {
  const sent = [...command];
  return (
    sent.length === shape.length &&
    shape.every(([name, check], index) => {
      const [key, value] = sent[index] ?? ['', null];
      return (typeof name === 'string' ? key === name : name.test(key)) && check(value);
    })
  );
}
