/** Passwords of the range: made at its first start, one per file, readable by their owner only. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RangeSecrets {
  /** `postern-control` of the Elasticsearch stand-in. */
  elasticsearchControl: string;
  /** `postern-guard` of the Elasticsearch stand-in: the gateway's own account, which may read orders and nothing else. */
  elasticsearchGuard: string;
  /** The app role `shop_app` of PostgreSQL. */
  shopApp: string;
  /** The gateway's role `guard_api` of PostgreSQL: one table, nothing else. */
  guardApi: string;
  postgresSuperuser: string;
  /** `bluemarket-app` of the MQTT broker. */
  mqttApp: string;
  /** Tokens of the two test accounts at the shop's API, by name. */
  accounts: Readonly<Record<'alice' | 'bob', string>>;
}

export async function loadOrCreateSecrets(dir: string): Promise<RangeSecrets> {
  const folder = join(dir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    elasticsearchControl: await secret(folder, 'es-control'),
    elasticsearchGuard: await secret(folder, 'es-guard'),
    shopApp: await secret(folder, 'shop-app'),
    guardApi: await secret(folder, 'guard-api'),
    postgresSuperuser: await secret(folder, 'postgres-superuser'),
    mqttApp: await secret(folder, 'mqtt-app'),
    accounts: {
      alice: await secret(folder, 'account-alice'),
      bob: await secret(folder, 'account-bob'),
    },
  };
}

async function secret(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const made = randomBytes(18).toString('base64url');
  try {
    await writeFile(path, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')).trim();
  }
}
