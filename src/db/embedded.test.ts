import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import { createEmbeddedData } from './embedded.ts';
import { deviceSuite } from './testing/device-suite.ts';
import { vaultSuite } from './testing/vault-suite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-embedded-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the embedded vault', () => {
  vaultSuite(async () => {
    const data = await createEmbeddedData(folder);
    return { ...data.vault, close: data.close };
  });
});

describe('the embedded devices', () => {
  deviceSuite(async () => {
    const data = await createEmbeddedData(folder);
    return { ...data.devices, close: data.close };
  });
});
