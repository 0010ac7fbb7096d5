import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadIgnore } from './ignore.ts';

function ignoreFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'postern-ignore-')), '.postern-ignore.yaml');
  writeFileSync(path, text);
  return path;
}

const ENTRY = '- id: audit/redis-open\n  statement: test data only\n  expires: 2026-05-01\n';

describe('loadIgnore', () => {
  it('has no entries where there is no file, or an empty one', async () => {
    expect(await loadIgnore('/nonexistent/.postern-ignore.yaml', new Date())).toEqual([]);
    expect(await loadIgnore(ignoreFile('# nothing yet\n'), new Date())).toEqual([]);
  });

  it('lets an entry hold through its whole last day and no longer', async () => {
    const path = ignoreFile(ENTRY);
    expect((await loadIgnore(path, new Date('2026-05-01T23:59:59Z')))[0]?.expired).toBe(false);
    expect((await loadIgnore(path, new Date('2026-05-02T00:00:00Z')))[0]?.expired).toBe(true);
  });

  it.each([
    ['- id: audit/x\n  expires: 2027-01-01\n', 1, 'statement'],
    ['- id: audit/x\n  statement: "  "\n  expires: 2027-01-01\n', 2, 'statement'],
    ['- id: audit/x\n  statement: because\n', 1, 'expires'],
    ['- id: audit/x\n  statement: because\n  expires: 2027-02-30\n', 3, 'expires'],
    ['- id: audit/x\n  statement: because\n  expires: soon\n', 3, 'expires'],
    ['- id: everything\n  statement: because\n  expires: 2027-01-01\n', 1, 'id'],
    ['- id: audit/x\n  reason: because\n  expires: 2027-01-01\n', 2, 'reason'],
    ['id: audit/x\n', 1, 'the file'],
  ])('refuses %j with its place', async (text, line, what) => {
    const error = await loadIgnore(ignoreFile(text), new Date()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'E_IGNORE_INVALID', at: { line } });
    expect(String(error)).toContain(what);
  });
});
