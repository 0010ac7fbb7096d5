import { allowHttp } from '../../../net/allow-list.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]';

export const s3Allow = allowHttp(
  [
    'GET / – the anonymous list of buckets, on servers of one’s own',
    'GET /?list-type=2&max-keys=1000 – one page of a bucket’s list, where the host is the bucket',
    'GET /<bucket>?list-type=2&max-keys=1000 – the same by path; a random bucket as control request',
    'GET /?acl, GET /<bucket>?acl – whether everybody is granted writing',
  ],
  [
    /\//,
    /\/\?list-type=2&max-keys=1000/,
    new RegExp(`\\/${BUCKET}\\?list-type=2&max-keys=1000`),
    /\/\?acl/,
    new RegExp(`\\/${BUCKET}\\?acl`),
  ],
);
