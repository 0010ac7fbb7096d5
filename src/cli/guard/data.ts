import type { Data } from '../../db/data.ts';
import type { Policy } from '../../guard/policy/index.ts';

/** The store of the vault's and the devices' rows that a policy names. @throws PosternError `E_GUARD` */
export async function openData({ data }: Policy, env: NodeJS.ProcessEnv): Promise<Data> {
  if (data.kind === 'embedded') {
    const { createEmbeddedData } = await import('../../db/embedded.ts');
    return createEmbeddedData(data.folder);
  }
  const { createPostgresqlData } = await import('../../db/postgresql.ts');
  return createPostgresqlData(data, env);
}
