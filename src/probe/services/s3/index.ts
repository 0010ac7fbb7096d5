/**
 * Amazon S3 and compatible object stores (MinIO, Ceph, s3rver). On the provider's edge (443) the host is one bucket's own
 * name, or all customers share it (`s3.{region}.amazonaws.com`) and the path is the bucket of the scope (identifier `bucket`,
 * bound by the authority). On a server of one's own (9000) the anonymous list of buckets is asked for, then each bucket of
 * it and each that the scope names: a server usually refuses the list and may still hand out one bucket's objects.
 *
 * ```
 * GET /                               200 <ListAllMyBucketsResult>: anonymous users list buckets (Ceph: without one, where
 *                                     they may not); 403 <Error><Code>AccessDenied
 * GET /?list-type=2&max-keys=1000     (virtual-hosted) 200 <ListBucketResult>; 403 AccessDenied; 404 NoSuchBucket;
 *                                     301 PermanentRedirect with x-amz-bucket-region: not followed
 * GET /<bucket>?list-type=2&max-keys=1000   the same, path-style
 * GET /<random>?list-type=2&max-keys=1000   404 NoSuchBucket or 403; 200: a catch-all
 * GET [/<bucket>]?acl                 200 <AccessControlPolicy>: a grant of WRITE to AllUsers
 * GET [/<bucket>]?policy              200 {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*",…}]}
 * ```
 *
 * One page of at most 1,000 names is read for its length, sizes and patterns; names are often values. No object is asked for.
 */
import { isExposed } from '../../../core/verdict.ts';
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { identifierOf, lacksIdentifier } from '../../identifiers.ts';
import { datasetName } from '../../names.ts';
import { sumKnown, unidentified } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { s3Allow } from './allow.ts';
import { type BucketPage, policyLetsEverybodyWrite, readS3, type S3Answer } from './answers.ts';

const LIST = '?list-type=2&max-keys=1000';
const MOST_BUCKETS = 20;

async function askS3(context: ProbeContext): Promise<Observation> {
  const bucket = identifierOf(context, 'bucket');
  if (isBucketHost(context.host)) return await askBucketHost(context);
  if (bucket !== undefined) return await askSharedHost(context, bucket);
  return isSharedHost(context.host) ? lacksIdentifier('bucket') : await askServer(context);
}

/** Only the provider's own names say that the host is a bucket. */
function isBucketHost(host: string): boolean {
  return /\.s3(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com\.?$/i.test(host) && !isSharedHost(host);
}

function isSharedHost(host: string): boolean {
  return /^s3(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com\.?$/i.test(host);
}

/** All customers' buckets lie on this host: only the one that the authority proves is asked for. */
async function askSharedHost(context: ProbeContext, bucket: string): Promise<Observation> {
  const session = await context.http();
  const control = await session.get(`/${bucket}-${context.nonce()}${LIST}`, { maxBytes: 65_536 });
  const refused = await readS3(control);
  context.record(`GET /<bucket>-<random>${LIST}`, shapeOf(control, refused));
  if (refused.kind !== 'error') return unidentified('S3');
  return await askOneBucket(session, context, bucket, `/${bucket}`);
}

async function askBucketHost(context: ProbeContext): Promise<Observation> {
  return await askOneBucket(await context.http(), context, context.host.split('.')[0] ?? '', '/');
}

async function askOneBucket(
  session: HttpSession,
  context: ProbeContext,
  bucket: string,
  path: string,
): Promise<Observation> {
  const answer = await session.get(`${path}${LIST}`);
  const read = await readS3(answer);
  context.record(`GET ${path === '/' ? '/' : '/<bucket>'}${LIST}`, shapeOf(answer, read));
  if (read.kind === 'other') return unidentified('S3');
  const notTested = ['single objects, which may be public although the list is not'];
  if (read.kind === 'error') return { ...refusal(answer, read), notTested };
  if (read.kind !== 'bucket') return unidentified('S3');
  const dataset = datasetOf(bucket, read.page, notTested);
  const write = await bucketIsWritable(session, context, path);
  return concludeBuckets([dataset], write, notTested, 'the bucket');
}

async function askServer(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const answer = await session.get('/');
  const read = await readS3(answer);
  if (read.kind === 'other' || read.kind === 'bucket') return unidentified('S3');
  context.record('GET /', shapeOf(answer, read));
  const named = context.options.buckets ?? [];
  if (read.kind === 'error' && named.length === 0) {
    const notTested = [
      'buckets by name (list them under `buckets` of the target)',
      'single objects, which may be public although the list is not',
    ];
    return { ...refusal(answer, read), notTested };
  }
  const control = await session.get(`/${context.nonce()}${LIST}`, { maxBytes: 65_536 });
  context.record(`GET /<random>${LIST}`, `${control.status}`);
  if (control.status < 300) {
    return {
      identified: true,
      verdict: 'inconclusive',
      datasets: [],
      reason: `the control request for a bucket that cannot exist was answered with ${control.status}`,
      notTested: ['what a stranger gets here'],
    };
  }
  const listed = read.kind === 'buckets' ? read.names : [];
  const found = await askBuckets(session, context, [...new Set([...named, ...listed])]);
  if (isExposed(found.verdict) && (found.verdict !== 'metadata-only' || listed.length > 0)) return found;
  const also = named.length === 0 ? '' : `, and the ${named.length} buckets that the scope names are refused`;
  return {
    identified: true,
    product: 's3',
    verdict: 'secured',
    datasets: [],
    // Ceph answers strangers with an empty list where others refuse it.
    reason: `the list of buckets is ${read.kind === 'buckets' ? 'empty' : 'refused'}${also}`,
    notTested: [
      named.length === 0
        ? 'buckets by name (list them under `buckets` of the target)'
        : 'buckets that the scope does not name',
      'single objects, which may be public although the list is not',
    ],
  };
}

async function askBuckets(session: HttpSession, context: ProbeContext, names: readonly string[]): Promise<Observation> {
  const asked = names.filter((name) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)).slice(0, MOST_BUCKETS);
  const notTested = names.length > asked.length ? [`${names.length - asked.length} further buckets`] : [];
  const open: ObservedDataset[] = [];
  let write = false;
  for (const name of asked) {
    const answer = await session.get(`/${name}${LIST}`);
    const read = await readS3(answer);
    context.record(`GET /${datasetName(name)}${LIST}`, shapeOf(answer, read));
    if (read.kind !== 'bucket') continue;
    open.push(datasetOf(name, read.page, notTested));
    write = (await bucketIsWritable(session, context, `/${name}`)) || write;
  }
  if (open.length > 0) return concludeBuckets(open, write, notTested, `${open.length} of ${names.length} buckets`);
  return {
    identified: true,
    product: 's3',
    verdict: 'metadata-only',
    datasets: asked.map((name) => ({ name: datasetName(name), fields: [] })),
    reason: `a stranger lists the names of ${names.length} buckets and opens none`,
    notTested,
  };
}

function concludeBuckets(datasets: ObservedDataset[], write: boolean, notTested: string[], what: string): Observation {
  const documents = sumKnown(datasets.map((one) => one.documents));
  const bytes = sumKnown(datasets.map((one) => one.bytes));
  if (!write) notTested.push('whether a stranger may write: the access rules cannot be read');
  return {
    identified: true,
    product: 's3',
    verdict: write ? 'anonymous-write' : 'anonymous-read',
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    datasets,
    reason: `a stranger lists the objects of ${what}${write ? ', and everybody is granted writing' : ''}`,
    notTested,
  };
}

function datasetOf(name: string, page: BucketPage, notTested: string[]): ObservedDataset {
  const shown = datasetName(name);
  if (page.more) notTested.push(`objects of ${shown} beyond the first ${page.objects}`);
  const whole = page.more ? {} : { documents: page.objects, bytes: page.bytes };
  // Patterns of object names stand where fields stand: they tell what kind of things lie there.
  return { name: shown, ...whole, fields: page.patterns };
}

/** By a grant to everybody, or by a policy that strangers may read. */
async function bucketIsWritable(session: HttpSession, context: ProbeContext, path: string): Promise<boolean> {
  const shown = path === '/' ? '/' : `/${datasetName(path.slice(1))}`;
  const answer = await session.get(`${path}?acl`);
  const read = await readS3(answer);
  const granted = read.kind === 'acl' && read.everybodyWrites;
  context.record(`GET ${shown}?acl`, `${answer.status}${granted ? ', everybody may write' : ''}`);
  if (granted) return true;
  const policy = await session.get(`${path}?policy`, { maxBytes: 65_536 });
  const allowed = policyLetsEverybodyWrite(policy);
  context.record(`GET ${shown}?policy`, `${policy.status}${allowed ? ', everybody may write' : ''}`);
  return allowed;
}

function refusal(answer: HttpAnswer, read: S3Answer & { kind: 'error' }): Omit<Observation, 'notTested'> {
  const base = { identified: true, product: 's3', datasets: [] };
  if (answer.status === 403 || answer.status === 401) {
    return { ...base, verdict: 'secured', reason: `listing is refused (${answer.status} ${read.code})` };
  }
  if (read.code === 'NoSuchBucket') {
    return { ...base, verdict: 'unidentified', reason: 'the provider knows no bucket of this name' };
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {
      ...base,
      verdict: 'inconclusive',
      reason: 'the bucket lives in another region; add its regional host to the scope',
    };
  }
  return { ...base, verdict: 'inconclusive', reason: `the store answers ${answer.status} ${read.code}` };
}

function shapeOf(answer: HttpAnswer, read: S3Answer): string {
  if (read.kind === 'buckets') return `200, list of ${read.names.length} buckets`;
  if (read.kind === 'bucket') return `200, list of ${read.page.objects} objects${read.page.more ? ' and more' : ''}`;
  return read.kind === 'error' ? `${answer.status} ${read.code}` : `${answer.status}`;
}

export const s3: ProbeService = {
  id: 's3',
  aliases: ['s3-minio', 'minio'],
  title: 'S3-compatible object store',
  version: 2,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 9000, tls: 'retry' },
    { port: 443, tls: 'first', managedOnly: true },
  ],
  allow: s3Allow,
  managed: true,
  remediation: {
    developer: 'Hand the app short-lived presigned URLs from your own API instead of bucket names and keys.',
    it: 'Amazon: set all four settings of Block Public Access at the account, `BucketOwnerEnforced`, and remove `Principal: "*"` from policies. MinIO: `mc anonymous set none`, change `minioadmin`, and close 9000 and 9001 in the firewall.',
    security:
      'Treat the listed objects as copied; look at the server access logs for anonymous GETs and judge the duty to notify.',
  },
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  ],
  tested: [
    { how: 'server', what: 's3rver 3.7.1 and Moto 5.2.1 (open, grants to everybody, plain and TLS)' },
    { how: 'server', what: 'MinIO of February 2026 (private, anonymous policies, plain and TLS)' },
    { how: 'documentation', what: 'Amazon S3' },
  ],
  probe: askS3,
};
