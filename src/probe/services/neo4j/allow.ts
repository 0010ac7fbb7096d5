import { allowParsed } from '../../../net/allow-list.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { GOODBYE, HANDSHAKE, helloMessage, pullMessage, RESET, runMessage } from './bolt.ts';
import { nonsense, STATEMENTS } from './queries.ts';

const EXAMPLE = 'x3f9c1d27ab84e05';
const FIXED = [
  HANDSHAKE,
  helloMessage(),
  pullMessage(),
  RESET,
  GOODBYE,
  ...Object.values(STATEMENTS).map((statement) => runMessage(statement)),
];
const NONSENSE = /POSTERN ([a-z0-9]{4,64})/;

/** The whole dialogue of Bolt. */
export const boltAllow = allowParsed(
  [
    'handshake: 5.0, 4.2 to 4.4, 4.1, 4.0',
    'HELLO with the scheme none: no credentials',
    'RUN in read mode of `POSTERN <random>` – the control request: no statement at all',
    ...Object.values(STATEMENTS).map((statement) => `RUN in read mode, PULL: ${statement}`),
    'RESET, GOODBYE',
  ],
  (bytes) => {
    const sent = Buffer.from(bytes);
    const nonce = NONSENSE.exec(sent.toString('latin1'))?.[1];
    return FIXED.some((one) => sent.equals(one)) || (nonce !== undefined && sent.equals(runMessage(nonsense(nonce))));
  },
  [
    { why: 'which version the server speaks', bytes: HANDSHAKE },
    { why: 'whether it lets clients without credentials in', bytes: helloMessage() },
    { why: 'the control request (its word is random)', bytes: runMessage(nonsense(EXAMPLE)) },
    { why: 'after a failure', bytes: RESET },
    { why: 'how many nodes', bytes: runMessage(STATEMENTS.nodes) },
    { why: 'how many by label', bytes: runMessage(STATEMENTS.labels) },
    { why: 'names of labels and properties', bytes: runMessage(STATEMENTS.shape) },
    { why: 'whether the database takes writes', bytes: runMessage(STATEMENTS.access) },
    { why: 'the rows of each', bytes: pullMessage() },
    { why: 'the end', bytes: GOODBYE },
  ],
);

/** A body of one statement. */
export function posted(statement: string): string {
  return `{"statements":[{"statement":${JSON.stringify(statement)}}]}`;
}

const WHY = {
  nodes: 'how many nodes',
  labels: 'how many by label',
  shape: 'names of labels and properties of a hundred nodes',
  access: 'whether the database takes writes',
} as const;

const on = (path: string) => [
  {
    method: 'POST' as const,
    path,
    headers: { 'access-mode': 'READ' },
    body: posted('POSTERN <nonce>'),
    why: 'the control request: no statement at all',
  },
  ...(['nodes', 'labels', 'shape', 'access'] as const).map((one) => ({
    method: 'POST' as const,
    path,
    headers: { 'access-mode': 'READ' },
    body: posted(STATEMENTS[one]),
    why: WHY[one],
  })),
];

/** Where statements go: from 4.0, and before. */
export const TRANSACTIONS = ['/db/neo4j/tx/commit', '/db/data/transaction/commit'] as const;

/** The whole dialogue of HTTP. */
export const neo4jAllow = allowRequests([
  { path: '/', why: 'whether this is Neo4j, and its version' },
  ...TRANSACTIONS.flatMap(on),
]);
