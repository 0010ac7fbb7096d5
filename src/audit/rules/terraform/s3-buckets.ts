/** Which resource configures which bucket. */
import type { Configuration } from '../../formats/terraform/configuration.ts';
import type { Resource } from '../../formats/terraform/instance.ts';
import { referencesOf, textOf } from '../../formats/terraform/values.ts';
import type { Subject } from './judge.ts';

/** Resources that configure a bucket: they name it by reference, or by the same text. */
export function about(configuration: Configuration, bucket: Subject, type: string): readonly Resource[] {
  const name = textOf(bucket.view.attribute('bucket'));
  return configuration.of(type).filter(({ view }) => {
    const value = view.attribute('bucket');
    const text = textOf(value);
    return referencesOf(value).some(({ address }) => address === bucket.of) || (text !== null && text === name);
  });
}

/** The bucket that a resource configures. */
export function bucketOf(configuration: Configuration, { view }: Subject): Resource | undefined {
  const value = view.attribute('bucket');
  const names = new Set(referencesOf(value).map(({ address }) => address));
  const text = textOf(value);
  return configuration
    .of('aws_s3_bucket')
    .find((bucket) => names.has(bucket.of) || (text !== null && text === textOf(bucket.view.attribute('bucket'))));
}
