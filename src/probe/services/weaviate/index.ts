/**
 * Weaviate 1.x, HTTP port 8080 (gRPC on 50051).
 *
 * ```
 * GET /v1/meta                   200 {"hostname":…,"modules":{…},"version":"1.27.0"}; 401 {"code":401,"message":
 *                                "anonymous access not enabled, please provide an auth scheme such as OIDC"}
 * GET /v1/<random>               404; 2xx: a catch-all
 * GET /v1/schema                 200 {"classes":[{"class":"Customer","properties":[{"name","dataType":["text"]}]}]};
 *                                403 {"error":[{"message":"… forbidden …"}]} with an authorization scheme
 * GET /v1/nodes?output=verbose   {"nodes":[{"shards":[{"class":"Customer","objectCount":12}]}]}
 * GET /v1/objects/<class>/<random id>   404: objects may be read, and there is no such one; 403: they may not
 * ```
 *
 * Whether the anonymous user may also write (no authorization scheme), or is on the read-only list, is not told to it.
 *
 * Sources: https://docs.weaviate.io/deploy/configuration/authorization, …/weaviate/api/rest,
 * https://github.com/weaviate/weaviate/blob/main/openapi-specs/schema.json
 */
import { randomUUID } from 'node:crypto';
import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests, type Placeholder } from '../../../net/request-templates.ts';
import {
  askJson,
  conclude,
  disbelieved,
  isLocked,
  type JsonAnswer,
  known,
  notReady,
  seen,
} from '../../http-dialogue.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { datasetName, fieldName } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';

const MOST_SAMPLED = 10;
/** A class’s name, as Weaviate allows it. */
const CLASS = /[A-Z][A-Za-z0-9_]{0,230}/;
const PLAIN_CLASS = new RegExp(`^${CLASS.source}$`);

async function askWeaviate(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const meta = await askJson(session, context, '/v1/meta', { maxBytes: 262_144 });
  const open =
    meta.status === 200 && isRecord(at(meta.json, 'modules')) && text(at(meta.json, 'version')) !== undefined;
  if (!open && !isWeaviateRefusal(meta)) return unidentified('Weaviate');
  const base = known(undefined, parseVersion(text(at(meta.json, 'version'))));
  const schema = await askJson(session, context, '/v1/schema');
  if (isLocked(schema)) {
    const metaOnly = open ? `; its version and modules are told to everybody` : '';
    return conclude(base, 'secured', `the schema is refused (${schema.status})${metaOnly}`);
  }
  const classes = at(schema.json, 'classes');
  if (schema.status !== 200 || (classes !== null && !Array.isArray(classes)))
    return notReady(base, 'the schema', schema);
  const control = await askJson(session, context, `/v1/${context.nonce()}`, {
    shown: '/v1/<random>',
    maxBytes: 65_536,
  });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const counts = await askCounts(session, context);
  const datasets: ObservedDataset[] = [];
  for (const one of (classes ?? []).slice(0, 500)) {
    const dataset = readClass(one, counts);
    datasets.push(dataset);
    if (datasets.length <= MOST_SAMPLED) await sample(context, session, text(at(one, 'class')) ?? '', dataset.name);
  }
  const notTested = ['whether a stranger may write'];
  const listed = seen(datasets, 'class', 'classes', 'objects');
  const reads = await mayRead(session, context, classes ?? []);
  if (reads !== true) {
    if (reads === undefined) notTested.push('whether objects come with the schema');
    return conclude(base, 'metadata-only', `a stranger lists ${listed}`, notTested, datasets);
  }
  return conclude(
    base,
    'anonymous-read',
    `anonymous access is enabled: a stranger reads ${listed}`,
    notTested,
    datasets,
  );
}

/** Undefined where there is nothing to ask for, or no clear answer. */
async function mayRead(
  session: PostingSession,
  context: ProbeContext,
  classes: readonly unknown[],
): Promise<boolean | undefined> {
  const name = classes.map((one) => text(at(one, 'class')) ?? '').find((one) => PLAIN_CLASS.test(one));
  if (name === undefined) return undefined;
  const answer = await askJson(session, context, `/v1/objects/${name}/${randomUUID()}`, {
    shown: `/v1/objects/${datasetName(name)}/<random>`,
    maxBytes: 65_536,
  });
  if (answer.status === 404) return true;
  return isLocked(answer) ? false : undefined;
}

function isWeaviateRefusal({ status, json, answer }: JsonAnswer): boolean {
  const said = text(at(json, 'message')) ?? answer.body.subarray(0, 2_000).toString('latin1');
  return (status === 401 || status === 403) && /anonymous access not enabled/.test(said);
}

/** Objects by class; undefined where the nodes are refused. */
async function askCounts(session: PostingSession, context: ProbeContext): Promise<Map<string, number> | undefined> {
  const { status, json } = await askJson(session, context, '/v1/nodes?output=verbose');
  const nodes = at(json, 'nodes');
  if (status !== 200 || !Array.isArray(nodes)) return undefined;
  const counts = new Map<string, number>();
  const seenShards = new Set<string>();
  for (const shard of nodes.flatMap((node: unknown) => listOf(at(node, 'shards'))).slice(0, 50_000)) {
    const [name, of, objects] = [text(at(shard, 'name')), text(at(shard, 'class')), count(at(shard, 'objectCount'))];
    // A replica holds the same objects once more.
    if (of === undefined || objects === undefined || seenShards.has(`${of}/${name}`)) continue;
    seenShards.add(`${of}/${name}`);
    counts.set(of, (counts.get(of) ?? 0) + objects);
  }
  return counts;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function readClass(one: unknown, counts: Map<string, number> | undefined): ObservedDataset {
  const name = text(at(one, 'class')) ?? '';
  const documents = counts?.get(name);
  const fields = listOf(at(one, 'properties'))
    .slice(0, 2_000)
    .flatMap((property) => {
      const named = text(at(property, 'name'));
      const [type] = listOf(at(property, 'dataType'));
      return named === undefined ? [] : [{ name: fieldName(named), type: text(type) ?? '' }];
    });
  const types = fields.filter(({ type }) => /^[A-Za-z]{1,30}(?:\[\])?$/.test(type));
  return {
    name: datasetName(name),
    ...(documents === undefined ? {} : { documents }),
    fields: [...new Set(fields.map((field) => field.name))],
    ...(types.length === 0 ? {} : { fieldTypes: Object.fromEntries(types.map((field) => [field.name, field.type])) }),
  };
}

async function sample(context: ProbeContext, session: PostingSession, name: string, shown: string): Promise<void> {
  const { values } = context;
  if (values === undefined || !PLAIN_CLASS.test(name)) return;
  const { json } = await askJson(session, context, `/v1/objects?class=${name}&limit=${values.most}`, {
    shown: `/v1/objects?class=${shown}&limit=${values.most}`,
    note: () => 'values classified in memory and dropped',
  });
  const objects = listOf(at(json, 'objects')).map((object) => at(object, 'properties'));
  takeDocuments(values, shown, objects);
}

const placeholders: Readonly<Record<string, Placeholder>> = {
  class: { pattern: CLASS, example: 'Customer' },
  most: { pattern: /[1-5]/, example: '5' },
  id: { pattern: /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/, example: '3f9c1d27-ab84-4e05-9c1d-27ab844e0512' },
};

export const weaviate: ProbeService = {
  id: 'weaviate',
  title: 'Weaviate',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8080, tls: 'retry' }],
  allow: allowRequests(
    [
      { path: '/v1/meta', why: 'product and version' },
      { path: '/v1/schema', why: 'classes and their properties; refused without anonymous access' },
      { path: '/v1/<nonce>', why: 'the control request, which must fail' },
      { path: '/v1/nodes?output=verbose', why: 'number of objects of each class' },
      { path: '/v1/objects/<class>/<id>', why: 'whether objects may be read, by asking for one that does not exist' },
    ],
    placeholders,
  ),
  sampling: allowRequests(
    [
      {
        path: '/v1/objects?class=<class>&limit=<most>',
        why: 'the properties of up to five objects, classified in memory and dropped',
      },
    ],
    placeholders,
  ),
  remediation: {
    developer: 'Let the app search through your own API, never with a key of Weaviate’s.',
    it: 'Set `AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=false`, `AUTHENTICATION_APIKEY_ENABLED=true` and `AUTHORIZATION_RBAC_ENABLED=true`, and close 8080 and 50051 in the firewall.',
    security:
      'Treat the objects, and the texts behind their vectors, as read by strangers; look for changed objects too.',
  },
  references: [
    'https://docs.weaviate.io/deploy/configuration/authentication',
    'https://github.com/weaviate/weaviate/blob/main/openapi-specs/schema.json',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as Weaviate’s OpenAPI schema and usecases/objects/get.go describe them (1.27)',
    },
  ],
  recognise: (root) => {
    const moved = /\/v1(?:\/|$)/.test(root.headers.location ?? '');
    const links = root.status === 200 && /"href"\s*:\s*"\/v1/.test(root.body.subarray(0, 2_000).toString('latin1'));
    return perhaps(root, moved || links || root.status === 404);
  },
  probe: askWeaviate,
};
