/** S3's XML answers, told apart by their root element. */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { objectPattern } from '../../patterns.ts';
import { listOf, parseXml } from '../../xml.ts';

export interface BucketPage {
  objects: number;
  bytes: number;
  /** The list goes on. */
  more: boolean;
  /** Distinct patterns of the names. */
  patterns: string[];
}

export type S3Answer =
  | { kind: 'buckets'; names: string[] }
  | { kind: 'bucket'; page: BucketPage }
  | { kind: 'acl'; everybodyWrites: boolean }
  | { kind: 'error'; code: string }
  | { kind: 'other' };

const MOST_PATTERNS = 100;
const EVERYBODY = /^http:\/\/acs\.amazonaws\.com\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;

export async function readS3(answer: HttpAnswer): Promise<S3Answer> {
  const start = answer.body.subarray(0, 512).toString('latin1');
  if (!/<(?:ListAllMyBucketsResult|ListBucketResult|AccessControlPolicy|Error)[\s>]/.test(start))
    return { kind: 'other' };
  const body = await parseXml(answer.body);
  const code = text(at(body, 'Error', 'Code'));
  if (code !== undefined) return { kind: 'error', code: /^[A-Za-z]{1,64}$/.test(code) ? code : 'Error' };
  if (answer.status !== 200) return { kind: 'other' };
  const buckets = at(body, 'ListAllMyBucketsResult');
  if (buckets !== undefined) {
    return {
      kind: 'buckets',
      names: listOf(at(buckets, 'Buckets', 'Bucket')).flatMap((one) => text(at(one, 'Name')) ?? []),
    };
  }
  const bucket = at(body, 'ListBucketResult');
  if (bucket !== undefined) return { kind: 'bucket', page: readPage(bucket, answer.truncated) };
  const policy = at(body, 'AccessControlPolicy');
  return policy === undefined ? { kind: 'other' } : { kind: 'acl', everybodyWrites: grantsWriting(policy) };
}

function readPage(bucket: unknown, cut: boolean): BucketPage {
  const contents = listOf(at(bucket, 'Contents')).filter(isRecord);
  const patterns = new Set<string>();
  let bytes = 0;
  for (const object of contents) {
    bytes += count(object.Size) ?? 0;
    if (patterns.size < MOST_PATTERNS) patterns.add(objectPattern(text(object.Key) ?? '*'));
  }
  const more = cut || text(at(bucket, 'IsTruncated')) === 'true';
  return { objects: contents.length, bytes, more, patterns: [...patterns] };
}

function grantsWriting(policy: unknown): boolean {
  return listOf(at(policy, 'AccessControlList', 'Grant')).some((grant) => {
    const permission = text(at(grant, 'Permission'));
    const writes = permission === 'WRITE' || permission === 'FULL_CONTROL';
    return writes && EVERYBODY.test(text(at(grant, 'Grantee', 'URI')) ?? '');
  });
}

const WRITES = /^(?:\*|s3:(?:\*|Put\*|PutObject|Delete\*|DeleteObject))$/i;

/**
 * Whether a bucket's policy lets everybody change or delete objects, without conditions and with nothing denied
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
 */
export function policyLetsEverybodyWrite(answer: HttpAnswer): boolean {
  if (answer.status !== 200) return false;
  const statements = listOf(at(parseJson(answer.body), 'Statement')).filter(isRecord);
  if (statements.some(({ Effect }) => Effect !== 'Allow')) return false;
  return statements.some(
    (statement) =>
      statement.Condition === undefined &&
      [statement.Principal, at(statement.Principal, 'AWS')].flatMap(listOf).includes('*') &&
      listOf(statement.Action).some((action) => WRITES.test(text(action) ?? '')),
  );
}
