import type { Format } from '../../model.ts';

export interface BucketPolicyDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const bucketPolicyFormat: Format<'s3-bucket-policy'> = {
  name: 's3-bucket-policy',
  title: 'S3 bucket policies',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
