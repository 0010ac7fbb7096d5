import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error: a script of bin/, without types
import { loadCached } from '../../bin/load-cached.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cached-'));
  writeFileSync(
    join(folder, 'main.cjs'),
    "const part = require('./part.cjs');\nexports.answer = () => part.double(21);\nexports.sep = () => __import('node:path').then((path) => path.sep);\n",
  );
  writeFileSync(join(folder, 'part.cjs'), 'exports.double = (value) => value * 2;\nexports.file = __filename;\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = () => loadCached(join(folder, 'main.cjs'));

describe('scripts with kept code', () => {
  it('run before and after their code is kept', async () => {
    const first = load();
    expect(first.exports.answer()).toBe(42);
    first.save();
    expect(statSync(join(folder, 'main.cjs.bin')).size).toBeGreaterThan(100);
    expect(existsSync(join(folder, 'part.cjs.bin'))).toBe(true);
    const second = load();
    expect(second.exports.answer()).toBe(42);
    // a script out of V8's cache has no `import()` of its own
    expect(await second.exports.sep()).toMatch(/[\\/]/);
  });

  it('are compiled as usual when the kept code is of another script', () => {
    load().save();
    const script = join(folder, 'main.cjs');
    writeFileSync(script, readFileSync(script, 'utf8').replace('double(21)', 'double(2100)'));
    copyFileSync(join(folder, 'part.cjs.bin'), join(folder, 'main.cjs.bin'));
    expect(load().exports.answer()).toBe(4200);
  });

  it('are compiled as usual when the kept code is none', () => {
    writeFileSync(join(folder, 'main.cjs.bin'), 'not code');
    expect(load().exports.answer()).toBe(42);
  });
});
