/**
 * Google Cloud Storage, HTTPS on `storage.googleapis.com`, which all customers share: the bucket of the scope stands in
 * every path. Asked without a token. Identifier: `bucket` (bound by the authority); one target per bucket.
 *
 * ```
 * GET /storage/v1/b/<bucket>-<random>/o?maxResults=1000&fields=…   404: no such bucket; 200: a catch-all
 * GET /storage/v1/b/<bucket>/o?maxResults=1000&fields=…            200 {"items":[{"name":…,"size":"…"}],"nextPageToken":…};
 *                                                                  401 "Anonymous caller does not have storage.objects.list
 *                                                                  access…"; 404: no such bucket
 * GET /storage/v1/b/<bucket>/iam/testPermissions?permissions=…     200 {"permissions":["storage.objects.get",…]}: which of
 *                                                                  these everybody has; nothing is done with them
 * ```
 *
 * One page of at most 1,000 names is read for its length, sizes and patterns; no object is asked for.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { identifierOf, lacksIdentifier } from '../../identifiers.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { unidentified } from '../../observations.ts';
import { objectPattern } from '../../patterns.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { readRefusal, refusalWord } from '../google/answers.ts';

const LIST = '/o?maxResults=1000&fields=items(name,size),nextPageToken';
const READING = ['storage.objects.list', 'storage.objects.get'] as const;
const WRITING = [
  'storage.objects.create',
  'storage.objects.delete',
  'storage.objects.update',
  'storage.buckets.setIamPolicy',
] as const;
const PERMISSIONS = `/iam/testPermissions?${[...READING, ...WRITING].map((one) => `permissions=${one}`).join('&')}`;
const MOST_PATTERNS = 100;
const PROTOCOL = 'the JSON API of Cloud Storage';

interface Page {
  objects: number;
  bytes: number;
  more: boolean;
  patterns: string[];
}

async function askBucket(context: ProbeContext): Promise<Observation> {
  const bucket = identifierOf(context, 'bucket');
  if (bucket === undefined) return lacksIdentifier('bucket');
  const session = await context.http();
  const control = await session.get(`/storage/v1/b/${bucket}-${context.nonce()}${LIST}`, { maxBytes: 65_536 });
  const refused = readRefusal(control);
  context.record(`GET /storage/v1/b/<bucket>-<random>${LIST}`, refused ? refusalWord(refused) : `${control.status}`);
  if (refused === undefined) return unidentified(PROTOCOL);
  const answer = await session.get(`/storage/v1/b/${bucket}${LIST}`);
  const page = readPage(answer);
  const refusal = readRefusal(answer);
  context.record(
    `GET /storage/v1/b/<bucket>${LIST}`,
    page === undefined ? (refusal ? refusalWord(refusal) : `${answer.status}`) : `200, list of ${page.objects} objects`,
  );
  if (page === undefined && refusal === undefined) return unidentified(PROTOCOL);
  if (refusal?.status === 404) {
    const reason = 'the provider knows no bucket of this name';
    return { identified: true, verdict: 'unidentified', datasets: [], reason, notTested: [] };
  }
  return conclude(bucket, page, refusal?.status, await everybodyMay(session, context, bucket));
}

/** The permissions of everybody among those asked for; `undefined` where the bucket does not say. */
async function everybodyMay(
  session: HttpSession,
  context: ProbeContext,
  bucket: string,
): Promise<ReadonlySet<string> | undefined> {
  const answer = await session.get(`/storage/v1/b/${bucket}${PERMISSIONS}`, { maxBytes: 65_536 });
  const body = parseJson(answer.body);
  const told = answer.status === 200 && text(at(body, 'kind')) === 'storage#testIamPermissionsResponse';
  const listed = at(body, 'permissions');
  const asked: readonly string[] = [...READING, ...WRITING];
  const held = new Set(Array.isArray(listed) ? asked.filter((one) => listed.includes(one)) : []);
  context.record(
    'GET /storage/v1/b/<bucket>/iam/testPermissions',
    `${answer.status}${told ? `, ${held.size} held` : ''}`,
  );
  return told ? held : undefined;
}

function conclude(
  bucket: string,
  page: Page | undefined,
  status: number | undefined,
  held: ReadonlySet<string> | undefined,
): Observation {
  const notTested = ['what any signed-in Google account gets (`allAuthenticatedUsers`)'];
  if (held === undefined) notTested.push('whether a stranger may write: the bucket does not say');
  if (page?.more) notTested.push(`objects beyond the first ${page.objects}`);
  const whole = page === undefined || page.more ? {} : { documents: page.objects, bytes: page.bytes };
  const base = {
    identified: true,
    product: 'gcs',
    ...whole,
    datasets: page === undefined ? [] : [{ name: datasetName(bucket), ...whole, fields: page.patterns }],
    notTested,
  };
  const reads = page === undefined ? [] : [`lists ${page.more ? 'more than ' : ''}${grouped(page.objects)} objects`];
  if (held?.has('storage.objects.get')) reads.push('downloads each object whose name it knows');
  const writes = WRITING.filter((one) => held?.has(one));
  if (writes.length > 0) {
    const what = [...reads, `everybody holds ${writes.join(', ')}`].join(', and ');
    return { ...base, verdict: 'anonymous-write', reason: reads.length > 0 ? `a stranger ${what}` : what };
  }
  if (reads.length > 0) return { ...base, verdict: 'anonymous-read', reason: `a stranger ${reads.join(' and ')}` };
  if (held === undefined) notTested.push('single objects, which may be public although the list is not');
  if (status === 401 || status === 403) {
    return { ...base, verdict: 'secured', reason: `listing is refused (${status})` };
  }
  return { ...base, verdict: 'inconclusive', reason: `the store answers ${status}` };
}

function readPage(answer: HttpAnswer): Page | undefined {
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body)) return undefined;
  const { items = [] } = body;
  // An empty bucket answers `{}` to this mask of fields; emulators send the kind all the same.
  const known = ['items', 'nextPageToken', 'kind', 'prefixes'];
  if (!Array.isArray(items) || !Object.keys(body).every((key) => known.includes(key))) return undefined;
  const patterns = new Set<string>();
  let bytes = 0;
  for (const item of items) {
    bytes += count(at(item, 'size')) ?? 0;
    const name = text(at(item, 'name'));
    if (name !== undefined && patterns.size < MOST_PATTERNS) patterns.add(objectPattern(name));
  }
  const more = text(body.nextPageToken) !== undefined && body.nextPageToken !== '';
  return { objects: items.length, bytes, more, patterns: [...patterns] };
}

export const gcs: ProbeService = {
  id: 'gcs',
  title: 'Google Cloud Storage',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first', managedOnly: true }],
  allow: allowRequests(
    [
      {
        path: `/storage/v1/b/<bucket>-<nonce>${LIST}`,
        why: 'the control request: a bucket that does not exist, which must fail',
      },
      { path: `/storage/v1/b/<bucket>${LIST}`, why: 'one page of the bucket’s list: names and sizes' },
      { path: `/storage/v1/b/<bucket>${PERMISSIONS}`, why: 'which of these permissions everybody holds' },
    ],
    { bucket: 'identifier' },
  ),
  managed: true,
  ladder: false,
  remediation: {
    developer: 'Hand the app short-lived signed URLs from your own API instead of names of buckets.',
    it: '`gcloud storage buckets update gs://BUCKET --public-access-prevention --uniform-bucket-level-access`, and remove `allUsers` and `allAuthenticatedUsers` with `gcloud storage buckets remove-iam-policy-binding`; enforce `constraints/storage.publicAccessPrevention` for the organization.',
    security:
      'Treat the listed objects as copied; turn on data access audit logs, look for anonymous reads and judge the duty to notify. Where everybody may write, compare the objects with a backup.',
  },
  references: [
    'https://docs.cloud.google.com/storage/docs/json_api/v1/objects/list',
    'https://docs.cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions',
    'https://docs.cloud.google.com/storage/docs/public-access-prevention',
  ],
  tested: [
    { how: 'server', what: 'fake-gcs-server 1.56.1 (open, plain and TLS), which has no access control' },
    {
      how: 'recorded',
      what: 'refusals and permissions as documented, and as quoted in github.com/googleapis/google-cloud-node/issues/2806',
    },
  ],
  probe: askBucket,
};
