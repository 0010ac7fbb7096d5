import type { Format } from '../../model.ts';

export interface RedisAclDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

export const redisAclFormat: Format<'redis.acl'> = {
  name: 'redis.acl',
  title: 'Redis ACL file (users.acl)',
  recognises: () => false,
  read: () => ({ document: { complete: true }, status: 'read', skips: [] }),
  settings: () => [],
};
