import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDex } from '../../lab/apk/dex-writer.ts';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { run } from './run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-partial-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A package whose second DEX file is of a version that nobody knows. */
function unknownVersion(): string {
  const dex = writeDex(['https://api.bluemarket-shop.com/v1/orders']);
  const later = Buffer.from(dex);
  later.write('dex\n099\0', 'latin1');
  const path = join(folder, 'app.apk');
  writeFileSync(
    path,
    writeZip([
      { name: 'classes.dex', data: dex, compress: true },
      { name: 'classes2.dex', data: later.subarray(0, 100), compress: true },
    ]),
  );
  return path;
}

describe('postern inspect of a package that cannot be read to the end', () => {
  it('exits with 3', async () => {
    const { code, stdout } = await run(['inspect', unknownVersion(), '--fail-on', 'never']);
    expect(code).toBe(3);
    expect(stdout).toContain('classes2.dex');
  });

  it('exits with 0 with --allow-partial, and says as much as before', async () => {
    const { code, stdout } = await run(['inspect', unknownVersion(), '--fail-on', 'never', '--allow-partial']);
    expect(code).toBe(0);
    expect(stdout).toContain('classes2.dex');
  });

  it('still exits with 1 with --allow-partial when there are findings', async () => {
    const manifest =
      '<manifest package="a.b"><uses-sdk minSdkVersion="24"/><application debuggable="true"/></manifest>';
    const path = join(folder, 'debug.apk');
    writeFileSync(
      path,
      writeZip([
        { name: 'AndroidManifest.xml', data: Buffer.from(manifest), compress: true },
        { name: 'classes.dex', data: Buffer.from('dex\n099\0'), compress: true },
      ]),
    );
    expect((await run(['inspect', path, '--fail-on', 'high', '--allow-partial'])).code).toBe(1);
  });

  it('explains the option in its help', async () => {
    expect((await run(['inspect', '--help'])).stdout).toContain('--allow-partial');
  });
});
