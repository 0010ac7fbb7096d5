import type { AllowList } from '../../../net/allow-list.ts';
import { allowRequests } from '../../../net/request-templates.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/;

const LIST = '?list-type=2&max-keys=1000';

const onBucketHost = [
  { path: `/${LIST}`, why: 'one page of a bucket’s list, where the host is the bucket' },
  { path: '/?acl', why: 'whether everybody is granted writing' },
  { path: '/?policy', why: 'whether a policy that strangers may read lets everybody write' },
] as const;

/** On a host of one's own: whatever buckets its list and the scope name. */
const own = allowRequests(
  [
    { path: '/', why: 'the anonymous list of buckets, on servers of one’s own' },
    ...onBucketHost,
    { path: `/<bucket>${LIST}`, why: 'the same by path; a random bucket as control request' },
    { path: '/<bucket>?acl', why: 'the same by path' },
    { path: '/<bucket>?policy', why: 'the same by path' },
  ],
  { bucket: { pattern: BUCKET, example: 'app-uploads' } },
);

/** On a host that all customers share: the one bucket that the authority proves. */
const shared = allowRequests(
  [
    ...onBucketHost,
    { path: `/<bucket>${LIST}`, why: 'one page of the bucket’s list, where all customers share the host' },
    { path: `/<bucket>-<nonce>${LIST}`, why: 'the control request there: a bucket that does not exist' },
    { path: '/<bucket>?acl', why: 'whether everybody is granted writing' },
    { path: '/<bucket>?policy', why: 'whether a policy that strangers may read lets everybody write' },
  ],
  { bucket: 'identifier' },
);

export const s3Allow: AllowList = {
  describes: [...own.describes, ...shared.describes.slice(onBucketHost.length)],
  permitsBytes: () => false,
  permitsHttp: own.permitsHttp,
  // A bucket among the identifiers is what the provider's authority proved: then no other one is asked for.
  permitsRequest: (request, identifiers) =>
    (identifiers.bucket === undefined ? own : shared).permitsRequest?.(request, identifiers) === true,
  planned: [...(own.planned ?? []), ...(shared.planned ?? []).slice(onBucketHost.length)],
};
