/** What the rules for databases at AWS share. */
import type { Subject } from './judge.ts';

/** https://github.com/terraform-aws-modules: `publicly_accessible`, `storage_encrypted` and others go to the resource. */
export const RDS_MODULE = /^(?:registry\.terraform\.io\/)?terraform-aws-modules\/rds(?:-aurora)?\/aws(?:$|\/\/)/;

/** A read replica and a restored copy take encryption and accounts over from what they are made of. */
export function isOriginal({ view }: Subject): boolean {
  return [
    'replicate_source_db',
    'replication_source_identifier',
    'snapshot_identifier',
    'global_cluster_identifier',
  ].every((name) => view.attribute(name) === null);
}
