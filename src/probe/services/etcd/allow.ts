import { allowRequests } from '../../../net/request-templates.ts';

/** From the first key to the last: byte 0, in base64. */
const ALL = '"key":"AA==","range_end":"AA=="';

/** Counts all keys; reads none. */
export const COUNT_ALL = `{${ALL},"count_only":true}`;
/** Names of five keys, without values. */
export const FIRST_KEYS = `{${ALL},"limit":5,"keys_only":true}`;

/** Counts one key that cannot exist. */
export function countOne(name: string): string {
  return `{"key":"${Buffer.from(name).toString('base64')}","count_only":true}`;
}

const gateway = (prefix: string) =>
  [
    {
      method: 'POST',
      path: `${prefix}/kv/range`,
      body: '{"key":"<name>","count_only":true}',
      why: 'the control request: counts a key that cannot exist',
    },
    { method: 'POST', path: `${prefix}/kv/range`, body: COUNT_ALL, why: 'how many keys there are' },
    {
      method: 'POST',
      path: `${prefix}/kv/range`,
      body: FIRST_KEYS,
      why: 'names of five keys, which become patterns at once; never values',
    },
    { method: 'POST', path: `${prefix}/maintenance/status`, body: '{}', why: 'size of the database' },
  ] as const;

/** The whole dialogue. */
export const etcdAllow = allowRequests(
  [
    { path: '/version', why: 'whether this is etcd, and its version' },
    ...gateway('/v3'),
    ...gateway('/v3beta'),
    { method: 'POST', path: '/v3/auth/status', body: '{}', why: 'whether access control is on (3.5 and later)' },
    { path: '/v2/keys/<nonce>', why: 'the control request where only v2 exists' },
    { path: '/v2/auth/enable', why: 'whether access control is on (v2)' },
    { path: '/v2/keys/', why: 'the number of top-level keys where only v2 exists; what they hold is dropped' },
  ],
  { name: { pattern: /[A-Za-z0-9+/]{22}==/, example: 'eDNmOWMxZDI3YWI4NGUwNQ==' } },
);
