/**
 * Emulators of DynamoDB: DynamoDB Local and dynalite (port 8000), LocalStack (4566).
 *
 * ```
 * GET /                       DynamoDB Local: 400 {"__type":"com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken"};
 *                             dynalite: 200 "healthy: dynamodb.us-east-1.amazonaws.com"
 * GET /_localstack/health     LocalStack: 200 {"services":{"dynamodb":"available"},"version":"3.4.0"}
 * POST / DescribeTable of a random table   400 ResourceNotFoundException; anything else is not believed
 * POST / ListTables           200 {"TableNames":["orders"]}; Amazon itself: 400 UnrecognizedClientException
 * POST / DescribeTable        {"Table":{"ItemCount":…,"TableSizeBytes":…,"AttributeDefinitions":[…]}}
 * ```
 *
 * The posts carry a signature of nothing under a made-up key: an emulator checks none, Amazon refuses it. DynamoDB Local
 * without `-sharedDb` keeps a set of tables for each key and region; another key would see other tables.
 *
 * Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html,
 * https://docs.localstack.cloud/references/internal-endpoints/, https://github.com/mhart/dynalite
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder, type RequestTemplate } from '../../../net/request-templates.ts';
import { askJson, conclude, type JsonAnswer, known, seen } from '../../http-dialogue.ts';
import { at, count, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const MOST_TABLES = 50;
const TABLE = /[A-Za-z0-9_.-]{3,255}/;
const PLAIN_TABLE = new RegExp(`^${TABLE.source}$`);

/** Signed by nobody: emulators look at its form only. */
const UNSIGNED = {
  authorization: `AWS4-HMAC-SHA256 Credential=postern/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  'x-amz-date': '20260101T000000Z',
} as const;

/** `ListTables`, `DescribeTable`, `Scan`: nothing else is ever a target. */
function headersOf(action: 'ListTables' | 'DescribeTable' | 'Scan'): Record<string, string> {
  return { ...UNSIGNED, 'x-amz-target': `DynamoDB_20120810.${action}` };
}

const LIST = '{"Limit":100}';
const HEALTH = '/_localstack/health';

async function askDynamodb(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await askJson(session, context, '/', { maxBytes: 65_536 });
  const kind = productOf(root);
  if (kind === 'no') return unidentified('DynamoDB');
  const health = kind === undefined ? await askJson(session, context, HEALTH, { maxBytes: 65_536 }) : undefined;
  const localstack = text(at(health?.json, 'services', 'dynamodb'));
  if (kind === undefined && context.port === 8000 && localstack === undefined) return unidentified('DynamoDB');
  const control = await post(session, context, 'DescribeTable', `{"TableName":"${context.nonce()}"}`, '<random>');
  const missing = /ResourceNotFoundException/.test(typeOf(control));
  const base = known(
    kind ?? (localstack === undefined ? undefined : 'localstack'),
    parseVersion(text(at(health?.json, 'version'))),
  );
  if (!missing) {
    if (
      /UnrecognizedClient|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|AccessDenied/.test(
        typeOf(control),
      )
    ) {
      return conclude(base, 'secured', 'a request that nobody signed is refused');
    }
    if (kind === undefined && localstack === undefined) return unidentified('DynamoDB');
    const what = `the control request for a table that cannot exist was answered with ${control.status}`;
    return conclude(base, 'inconclusive', what, ['what a stranger gets here']);
  }
  const list = await post(session, context, 'ListTables', LIST);
  const names = at(list.json, 'TableNames');
  if (list.status !== 200 || !Array.isArray(names)) {
    return conclude(base, 'inconclusive', `the list of tables answers ${list.status}`, ['what a stranger gets here']);
  }
  const tables = names.filter((name): name is string => typeof name === 'string');
  const asked = tables.filter((name) => PLAIN_TABLE.test(name)).slice(0, MOST_TABLES);
  const datasets: ObservedDataset[] = [];
  for (const name of asked) datasets.push(await askTable(context, session, name));
  const notTested = [
    'attributes that are no keys: they stand in items only',
    'tables of other regions and access keys',
  ];
  if (tables.length > asked.length || at(list.json, 'LastEvaluatedTableName') !== undefined) {
    notTested.push('further tables');
  }
  const listed = seen(datasets, 'table', 'tables', 'items');
  const what = `an emulator checks no signature: a stranger reads and changes ${listed}`;
  return conclude(base, 'anonymous-write', what, notTested, datasets);
}

/** `no`: this root is of something else; undefined: it may be LocalStack. */
function productOf({ status, json, answer }: JsonAnswer): 'dynamodb-local' | 'dynalite' | 'no' | undefined {
  const body = answer.body.subarray(0, 4_096).toString('latin1');
  if (/^healthy: dynamodb\./.test(body)) return 'dynalite';
  if (status === 400 && /dynamodb.*MissingAuthenticationToken/i.test(text(at(json, '__type')) ?? '')) {
    return 'dynamodb-local';
  }
  return answer.headers['www-authenticate'] === undefined ? undefined : 'no';
}

function typeOf({ json }: JsonAnswer): string {
  return text(at(json, '__type')) ?? '';
}

async function post(
  session: PostingSession,
  context: ProbeContext,
  action: 'ListTables' | 'DescribeTable' | 'Scan',
  body: string,
  shown = '',
): Promise<JsonAnswer> {
  return await askJson(session, context, '/', {
    headers: headersOf(action),
    body,
    shown: `/ ${action}${shown === '' ? '' : `, ${shown}`}`,
  });
}

async function askTable(context: ProbeContext, session: PostingSession, name: string): Promise<ObservedDataset> {
  const shown = datasetName(name);
  const { json } = await post(session, context, 'DescribeTable', `{"TableName":"${name}"}`, shown);
  const [documents, bytes] = [count(at(json, 'Table', 'ItemCount')), count(at(json, 'Table', 'TableSizeBytes'))];
  const keys = at(json, 'Table', 'AttributeDefinitions');
  const named = (Array.isArray(keys) ? keys.slice(0, 100) : []).map(
    (key: unknown) => text(at(key, 'AttributeName')) ?? '',
  );
  const sampled = await sample(context, session, name, shown);
  return {
    name: shown,
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    fields: [...new Set([...named.filter((key) => key !== '').map(fieldName), ...sampled])],
  };
}

async function sample(context: ProbeContext, session: PostingSession, name: string, shown: string): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const answer = await post(session, context, 'Scan', `{"TableName":"${name}","Limit":${values.most}}`, shown);
  const items = at(answer.json, 'Items');
  return Array.isArray(items) ? takeDocuments(values, shown, items.map(plainItem)) : [];
}

/** `{"email":{"S":"…"},"home":{"M":{…}}}` without the letters of its types. */
function plainItem(item: unknown, depth = 0): unknown {
  if (typeof item !== 'object' || item === null || depth > 12) return undefined;
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value, depth)]));
}

function plainValue(value: unknown, depth: number): unknown {
  const map = at(value, 'M');
  if (map !== undefined) return plainItem(map, depth + 1);
  const list = at(value, 'L');
  if (Array.isArray(list)) return list.map((one: unknown) => (depth > 12 ? undefined : plainValue(one, depth + 1)));
  return at(value, 'S') ?? at(value, 'N') ?? at(value, 'BOOL') ?? at(value, 'SS') ?? at(value, 'NS');
}

const placeholders: Readonly<Record<string, Placeholder>> = {
  table: { pattern: TABLE, example: 'orders' },
  most: { pattern: /[1-5]/, example: '5' },
};

function posted(action: 'ListTables' | 'DescribeTable' | 'Scan', body: string, why: string): RequestTemplate {
  return { method: 'POST', path: '/', headers: headersOf(action), body, why };
}

export const dynamodbLocal: ProbeService = {
  id: 'dynamodb-local',
  aliases: ['localstack'],
  title: 'DynamoDB Local or LocalStack',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8000, tls: 'retry' },
    { port: 4566, tls: 'retry' },
  ],
  allow: allowRequests(
    [
      { path: '/', why: 'which emulator it is' },
      { path: HEALTH, why: 'whether it is LocalStack, and its version' },
      posted('DescribeTable', '{"TableName":"<nonce>"}', 'the control request, which must fail'),
      posted('ListTables', LIST, 'names of tables'),
      posted('DescribeTable', '{"TableName":"<table>"}', 'number of items, size and keys'),
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [posted('Scan', '{"TableName":"<table>","Limit":<most>}', 'up to five items, classified in memory and dropped')],
    placeholders,
  ),
  remediation: {
    developer: 'An emulator belongs on the machine of whoever develops; point no app at one.',
    it: 'Never publish an emulator: run DynamoDB Local and LocalStack on 127.0.0.1 (`-p 127.0.0.1:8000:8000`, `GATEWAY_LISTEN=127.0.0.1:4566`) and close 8000 and 4566 in the firewall.',
    security: 'Treat what was put into the emulator as read and changeable; copies of production data end up there.',
  },
  references: [
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html',
    'https://docs.localstack.cloud/references/internal-endpoints/',
  ],
  tested: [
    {
      how: 'server',
      what: 'DynamoDB Local 2.6.1 and dynalite 4.0.0 (open, behind TLS, behind a proxy with a password)',
    },
    { how: 'recorded', what: 'LocalStack’s documentation of its internal endpoints' },
  ],
  recognise: (root) => {
    const body = root.body.subarray(0, 4_096).toString('latin1');
    if (/^healthy: dynamodb\.|dynamodb\.v20120810#MissingAuthenticationToken/.test(body)) {
      return 'sure';
    }
    // LocalStack answers nothing.
    return perhaps(root, root.status === 200 && body === '');
  },
  probe: askDynamodb,
};
