import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

export interface Writer {
  /** A JavaScript file that `node` runs. */
  readonly program: string;
  readonly keyFile: string;
  readonly publicKey: string;
  readonly folder: string;
}

/** Makes `writer.ts` a program of its own, since Node 20 does not read TypeScript. */
export async function buildWriter(): Promise<Writer> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-journal-'));
  const program = join(folder, 'writer.mjs');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./writer.ts', import.meta.url)),
    platform: 'node',
    external: /^node:/,
  });
  await bundle.write({ file: program, format: 'esm' });
  await bundle.close();
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keyFile = join(folder, 'journal.key');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return { program, keyFile, publicKey: publicKey.export({ format: 'jwk' }).x ?? '', folder };
}
