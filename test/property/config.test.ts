import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { matchesGlob } from '../../src/config/glob.ts';
import { loadConfig, loadIgnore } from '../../src/config/index.ts';
import { PosternError } from '../../src/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-config-fuzz-'));
const path = join(folder, 'postern.yaml');

const VALID = `version: 1
project: bluemarket
packages: [app.apk]
targets:
  - host: shop.example
    addresses: [203.0.113.7, '2001:db8::/64']
    authority: dns-txt
    controls:
      - service: elasticsearch
        username: control
        passwordEnv: ES_CONTROL
    guardedBy: { url: https://shop.example:9443, index: orders, tokenEnv: CONTROL }
trust: []
`;

/** Loads the text; anything but a configuration or an error with its place fails the test. */
async function load(text: string | Uint8Array): Promise<void> {
  writeFileSync(path, text);
  const lines = Buffer.from(text)
    .toString('utf8')
    .split(/\r\n|[\r\n]/).length;
  try {
    await loadConfig(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(PosternError);
    if (!(error instanceof PosternError)) return;
    expect(error.code).toBe('E_CONFIG_INVALID');
    expect(error.message).not.toBe('');
    expect(error.hint).not.toBe('');
    expect(error.at?.line).toBeGreaterThanOrEqual(1);
    expect(error.at?.line).toBeLessThanOrEqual(lines + 1);
    expect(error.at?.column).toBeGreaterThanOrEqual(1);
  }
}

describe('postern.yaml', () => {
  it('is read, or refused with a place, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 })), (text) =>
        load(text),
      ),
      { numRuns: 300 },
    );
  });

  it('is read, or refused with a place, when a valid one is cut or changed', async () => {
    const edit = fc.record({ at: fc.nat(VALID.length), drop: fc.nat(12), put: fc.string({ maxLength: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = VALID;
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        await load(text);
      }),
      { numRuns: 400 },
    );
  });

  it('is read, or refused with a place, whatever the values are', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const known = fc.constantFrom(
      'version',
      'project',
      'packages',
      'targets',
      'keys',
      'trust',
      'failOn',
      'vantage',
      'ignore',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.oneof(known, fc.string()), value), async (file) => {
        await load(stringify({ version: 1, ...file }));
        await load(stringify({ version: 1, targets: [{ host: 'a.example', authority: 'dns-txt', ...file }] }));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the ignore file', () => {
  it('never holds an entry without a statement and a day, whatever stands in it', async () => {
    const entry = fc.record(
      {
        id: fc.oneof(fc.constant('audit/x'), fc.string()),
        statement: fc.oneof(fc.string(), fc.constant('a reason')),
        expires: fc.oneof(fc.constant('2027-02-28'), fc.string(), fc.date({ noInvalidDate: true }).map(String)),
        path: fc.string(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.array(entry), fc.jsonValue()), async (file) => {
        const ignore = join(folder, '.postern-ignore.yaml');
        writeFileSync(ignore, stringify(file));
        const entries = await loadIgnore(ignore, new Date()).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'E_IGNORE_INVALID', at: { line: expect.any(Number) } });
          return [];
        });
        for (const one of entries) {
          expect(one.statement.trim()).not.toBe('');
          expect(one.expires).toMatch(/^\d{4}-\d\d-\d\d$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('globs', () => {
  it('match themselves when they are plain, and never throw on odd patterns', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z./-]{1,20}$/), (plain) => {
        expect(matchesGlob(plain, plain)).toBe(true);
      }),
    );
    for (const odd of ['*a'.repeat(30), '**/'.repeat(30), '{a,b}'.repeat(30), '[a-', '{a', '[z-a]', '*'.repeat(500)]) {
      expect(typeof matchesGlob('a'.repeat(200), odd)).toBe('boolean');
    }
    expect(matchesGlob('[z-a]', '[z-a]')).toBe(true);
  });
});
