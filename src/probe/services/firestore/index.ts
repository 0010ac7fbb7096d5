/**
 * Cloud Firestore, HTTPS on `firestore.googleapis.com`, which all projects share: the project of the scope stands in every
 * path. Asked without an API key and without a token, as its security rules see a stranger. Identifiers: `projectId`
 * (bound by the authority), `databaseId` (left out: `(default)`); `datasets` of the target are collections of the root,
 * since a stranger gets no list of them and none is guessed.
 *
 * ```
 * GET /v1/projects/<project>/databases/<random>/documents/<random>?pageSize=1&mask.fieldPaths=__name__
 *                                            404 NOT_FOUND: "The database <random> does not exist…"; 200: a catch-all
 * GET …/(default)/documents/<random>?…       200 {}: the rules let strangers read any collection; 403 PERMISSION_DENIED;
 *                                            404 NOT_FOUND: the project has no such database;
 *                                            403 SERVICE_DISABLED: the project does not use Firestore;
 *                                            400 FAILED_PRECONDITION: Datastore mode, which has no rules for apps
 * GET …/(default)/documents/<collection>?…   200 {"documents":[{"name":…}]}: readable; the name is dropped; 200 {}: readable,
 *                                            and empty; 403 PERMISSION_DENIED "Missing or insufficient permissions."
 * POST …/documents:runAggregationQuery       [{"result":{"aggregateFields":{"n":{"integerValue":"3"}}}}]
 * ```
 *
 * The mask keeps fields on the server, so their names are not known either; with `--sample` five documents are asked for.
 * Whether writing is open stands in the rules only.
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { identifierOf, lacksIdentifier, namedDatasets } from '../../identifiers.ts';
import { at, count, isRecord, parseJson } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { takeDocuments } from '../../nested.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { readRefusal, refusalWord } from '../google/answers.ts';
import { COLLECTION, countQuery, firestoreAllow, firestoreSampling, MASKED, MOST_COUNTED, SAMPLED } from './allow.ts';

const MOST_COLLECTIONS = 20;
const PROTOCOL = 'the REST API of Cloud Firestore';
const WHOLE = new RegExp(`^${COLLECTION.source}$`);

async function askFirestore(context: ProbeContext): Promise<Observation> {
  const project = identifierOf(context, 'projectId');
  if (project === undefined) return lacksIdentifier('projectId');
  const databases = `/v1/projects/${project}/databases`;
  const named = identifierOf(context, 'databaseId') ?? '(default)';
  const documents = `${databases}/${named === '(default)' ? named : encodeURIComponent(named)}/documents`;
  const session = await context.http();
  const control = await session.get(`${databases}/${context.nonce()}/documents/${context.nonce()}${MASKED}`);
  const refused = readRefusal(control);
  context.record(
    `GET …/databases/<random>/documents/<random>${MASKED}`,
    refused ? refusalWord(refused) : `${control.status}`,
  );
  if (refused === undefined) return unidentified(PROTOCOL);
  const anything = await session.get(`${documents}/${context.nonce()}${MASKED}`);
  const everything = isList(anything);
  const denied = readRefusal(anything);
  context.record(`GET …/documents/<random>${MASKED}`, shapeOf(anything));
  if (!everything && denied === undefined) return unidentified(PROTOCOL);
  if (denied !== undefined && denied.code !== 'PERMISSION_DENIED') return absent(denied.code);
  if (denied?.reason === 'SERVICE_DISABLED') return absent('SERVICE_DISABLED');
  return await askCollections(session, context, documents, everything);
}

/** No rules refuse here: there is nothing, or it is no Firestore for apps. */
function absent(code: string): Observation {
  const base = { identified: true, datasets: [], notTested: [] };
  if (code === 'NOT_FOUND') {
    return { ...base, verdict: 'unidentified', reason: 'the project has no Firestore database of this name' };
  }
  if (code === 'SERVICE_DISABLED') {
    return { ...base, verdict: 'unidentified', reason: 'the project does not use Firestore' };
  }
  if (code === 'FAILED_PRECONDITION') {
    return { ...base, verdict: 'unidentified', reason: 'the database is in Datastore mode, which apps cannot reach' };
  }
  return {
    ...base,
    verdict: 'inconclusive',
    reason: `the control request was answered with ${code || 'an error of another kind'}`,
    notTested: ['what a stranger gets here'],
  };
}

async function askCollections(
  session: PostingSession,
  context: ProbeContext,
  documents: string,
  everything: boolean,
): Promise<Observation> {
  const { asked, left } = namedDatasets(context.options.datasets, WHOLE, MOST_COLLECTIONS);
  const datasets: ObservedDataset[] = [];
  for (const collection of asked) {
    const answer = await session.get(`${documents}/${collection}${MASKED}`);
    context.record(`GET …/documents/${datasetName(collection)}${MASKED}`, shapeOf(answer));
    if (!isList(answer)) continue;
    datasets.push({
      name: datasetName(collection),
      ...(await counted(session, context, documents, collection)),
      fields: await sampledFields(session, context, documents, collection),
    });
  }
  const notTested = ['whether a stranger may write: only the rules tell'];
  if (context.values === undefined && datasets.length > 0) {
    notTested.push('field names: they stand in documents only, and no document was read');
  }
  if (left > 0) notTested.push(`${left} further collections of the scope`);
  const total = sumKnown(datasets.map((one) => one.documents));
  const base = {
    identified: true,
    product: 'firestore',
    datasets,
    ...(total === undefined ? {} : { documents: total }),
  };
  if (!everything && datasets.length === 0) {
    const what = asked.length === 0 ? '' : `, and for the ${asked.length} that the scope names`;
    notTested.push('single documents, which rules may open (`get`) although the list is not (`list`)');
    notTested.push(
      asked.length === 0
        ? 'collections by name (list them under `datasets` of the target)'
        : 'collections that the scope does not name',
    );
    return { ...base, verdict: 'secured', reason: `the rules refuse a collection of any name${what}`, notTested };
  }
  const seen = `${datasets.length} collections with ${grouped(total ?? 0)} documents`;
  return {
    ...base,
    verdict: 'anonymous-read',
    reason: everything
      ? `the rules let a stranger read any collection${datasets.length > 0 ? `, ${seen} among them` : ''}`
      : `a stranger reads ${seen}`,
    notTested,
  };
}

async function counted(
  session: PostingSession,
  context: ProbeContext,
  documents: string,
  collection: string,
): Promise<{ documents?: number }> {
  const answer = await session.post(`${documents}:runAggregationQuery`, countQuery(collection), { maxBytes: 65_536 });
  const body = parseJson(answer.body);
  const found = Array.isArray(body) ? count(at(body[0], 'result', 'aggregateFields', 'n', 'integerValue')) : undefined;
  const known = answer.status === 200 && found !== undefined && found < MOST_COUNTED;
  context.record(`POST …/documents:runAggregationQuery`, `${answer.status}${known ? ', a count' : ''}`);
  return known ? { documents: found } : {};
}

/** Only with `--sample`: the fields' names leave this function, their values go to the sink and nowhere else. */
async function sampledFields(
  session: PostingSession,
  context: ProbeContext,
  documents: string,
  collection: string,
): Promise<string[]> {
  const { values } = context;
  if (values === undefined) return [];
  const answer = await session.get(`${documents}/${collection}${SAMPLED}`);
  context.record(`GET …/documents/${datasetName(collection)}${SAMPLED}`, `${answer.status}, values in memory only`);
  const listed = at(parseJson(answer.body), 'documents');
  const found = Array.isArray(listed) ? listed.slice(0, values.most) : [];
  return takeDocuments(
    values,
    datasetName(collection),
    found.map((document) => fieldsIn(at(document, 'fields'), 0)),
  );
}

const DEEPEST_MAP = 12;

function fieldsIn(fields: unknown, depth: number): Record<string, unknown> {
  if (!isRecord(fields) || depth > DEEPEST_MAP) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value, depth)]));
}

/** `{"stringValue": "a"}` is `a`; https://firebase.google.com/docs/firestore/reference/rest/v1/Value. */
function plainValue(value: unknown, depth: number): unknown {
  if (!isRecord(value) || depth > DEEPEST_MAP) return undefined;
  if (isRecord(value.mapValue)) return fieldsIn(value.mapValue.fields, depth + 1);
  if (isRecord(value.arrayValue)) {
    const { values } = value.arrayValue;
    return Array.isArray(values) ? values.map((one) => plainValue(one, depth + 1)) : [];
  }
  return Object.values(value)[0];
}

/** `{}` for a collection without documents, `{"documents":[{"name":"projects/…"}],…}` otherwise. */
function isList(answer: HttpAnswer): boolean {
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body)) return false;
  return Object.keys(body).every((key) => key === 'documents' || key === 'nextPageToken');
}

function shapeOf(answer: HttpAnswer): string {
  const refusal = readRefusal(answer);
  if (refusal !== undefined) return refusalWord(refusal);
  return isList(answer) ? '200, a list of documents without fields' : `${answer.status}`;
}

export const firestore: ProbeService = {
  id: 'firestore',
  title: 'Cloud Firestore',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: firestoreAllow,
  sampling: firestoreSampling,
  managed: true,
  ladder: false,
  remediation: {
    developer:
      'In firestore.rules let nobody read or write by default and open each path to its owner: `match /users/{uid} { allow read, write: if request.auth != null && request.auth.uid == uid; }`; remove `if true` and rules that end with a date (`request.time < …`). Deploy with `firebase deploy --only firestore:rules`, test them with `@firebase/rules-unit-testing`, and enforce App Check.',
    it: 'Nothing runs on your servers: see that rules are deployed from version control and that nobody edits them in the console.',
    security:
      'Treat the collections as read by strangers; look at the usage graphs for reads without users, turn on data access audit logs, and judge the duty to notify.',
  },
  references: [
    'https://firebase.google.com/docs/firestore/use-rest-api',
    'https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents/list',
    'https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents/runAggregationQuery',
    'https://firebase.google.com/docs/firestore/security/rules-conditions',
  ],
  tested: [
    {
      how: 'recorded',
      what: 'refusals as quoted in github.com/GodotNuts/GodotFirebase/issues/376 and googleapis/nodejs-firestore/issues/991',
    },
    { how: 'documentation', what: 'lists and counts' },
  ],
  probe: askFirestore,
};
