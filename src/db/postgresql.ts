import type { Data } from './data.ts';
import { createPostgresqlDevices } from './devices-postgresql.ts';
import { migrate } from './postgresql-migrations.ts';
import { createPool, type PostgresqlConfig } from './postgresql-pool.ts';
import { createPostgresqlVault } from './vault-postgresql.ts';

/** Messages are notified; this is for what a broken connection missed. */
const POLL_MS = 500;

/**
 * The vault's and the devices' rows in a schema of a PostgreSQL (14 or newer), for gateways on several machines. The
 * connection must keep its session: a pooler in transaction mode does not do.
 *
 * @param env holds the password, where the policy refers to it
 * @throws PosternError `E_GUARD`, `E_INPUT_NOT_FOUND`
 */
export async function createPostgresqlData(
  config: PostgresqlConfig,
  env: NodeJS.ProcessEnv = process.env,
  pollMs = POLL_MS,
): Promise<Data> {
  const pool = await createPool(config, env);
  try {
    await migrate(pool, config.schema);
  } catch (error) {
    await pool.close();
    throw error;
  }
  const vault = createPostgresqlVault(pool, pollMs);
  return {
    vault,
    devices: createPostgresqlDevices(pool),
    async close() {
      await vault.close();
      await pool.close();
    },
  };
}
