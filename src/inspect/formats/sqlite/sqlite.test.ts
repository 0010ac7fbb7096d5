import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundString } from '../../source.ts';
import { type Found, readAs } from '../dotnet/testing/read.ts';
import { columnsOf } from './schema.ts';
import { readSqlite } from './sqlite.ts';

const read = (bytes: Buffer) => readAs(readSqlite, bytes, { entry: 'shop.db', via: 'sqlite' });
const fixture = (name: string) => readFileSync(new URL(`./testing/${name}`, import.meta.url));
const named = (strings: readonly FoundString[], name: string) =>
  strings.filter((found) => found.name === name).map(({ text }) => text);

describe.each(['utf8', 'utf16le', 'utf16be'])('a database in %s', (encoding) => {
  const bytes = fixture(`${encoding}.db`);
  let found: Found;
  beforeAll(async () => {
    found = await read(bytes);
  });

  it('is read whole', () => {
    expect(found.result).toEqual({ status: 'read', reason: '6 tables, 111 rows' });
  });

  it('gives the texts of its rows by table and column', () => {
    expect(named(found.strings, 'settings.value')).toContain('https://api.bluemarket-shop.com/v2/ünï');
    expect(named(found.strings, 'log.url')).toHaveLength(100);
    expect(named(found.strings, 'log.url')).toContain('https://h99.bluemarket-shop.com/');
  });

  it('joins what lies on overflow pages', () => {
    const [long = ''] = named(found.strings, 'pages.body');
    expect(long).toHaveLength(5_000 + 'https://end.bluemarket-shop.com/'.length);
    expect(long.endsWith('https://end.bluemarket-shop.com/')).toBe(true);
  });

  it('keeps a password that looks like a word', () => {
    expect(named(found.strings, 'account.password')).toEqual(['tomatoes']);
  });

  it('reads tables without row ids, blobs that are text, and not what was deleted', () => {
    const texts = found.strings.map(({ text }) => text);
    expect(named(found.strings, 'pairs')).toContain('https://pairs.bluemarket-shop.com/');
    expect(texts).toContain('{"url":"https://blob.bluemarket-shop.com/"}');
    expect(texts.join()).not.toContain('deleted.bluemarket-shop.com');
  });

  it('knows that virtual columns are not in the rows', () => {
    expect(named(found.strings, 'computed.after')).toEqual(['https://after.bluemarket-shop.com/']);
  });

  it('gives the statement of a table that names a host', () => {
    expect(named(found.strings, 'settings.sql').join()).toContain('https://default.bluemarket-shop.com/');
  });
});

it('points at the bytes of a text', async () => {
  const bytes = fixture('utf8.db');
  const found = (await read(bytes)).strings.find(({ text }) => text === 'https://h7.bluemarket-shop.com/');
  expect(bytes.toString('utf8', found?.offset, (found?.offset ?? 0) + 31)).toBe('https://h7.bluemarket-shop.com/');
});

describe('a file that is no database that can be read', () => {
  it('random from its first byte on is told to be encrypted', async () => {
    expect((await read(randomBytes(8192))).result).toMatchObject({ status: 'partial', code: 'SQLITE_ENCRYPTED' });
  });

  it('with a plain header and random pages is told to be encrypted', async () => {
    const bytes = randomBytes(16_384);
    fixture('utf8.db').copy(bytes, 0, 0, 100);
    bytes[100] = 0x77;
    expect((await read(bytes)).result).toMatchObject({ status: 'partial', code: 'SQLITE_ENCRYPTED' });
  });

  it('of another kind is skipped', async () => {
    const bytes = Buffer.alloc(4096);
    bytes.writeUInt32LE(0xe011cfd0, 0);
    expect((await read(bytes)).result).toEqual({ status: 'skipped', reason: 'a database of another kind' });
  });

  it('that is text is read as text', async () => {
    const { result, strings } = await read(Buffer.from('{"host": "https://text.bluemarket-shop.com/"}'));
    expect(result.reason).toBe('text');
    expect(strings).toMatchObject([{ text: 'https://text.bluemarket-shop.com/', via: 'text', name: 'host' }]);
  });

  it('that was cut off gives what it had', async () => {
    const bytes = fixture('utf8.db');
    const { result, strings } = await read(bytes.subarray(0, bytes.length - 4096));
    expect(result).toMatchObject({ status: 'partial', code: 'SQLITE_TRUNCATED' });
    expect(strings.length).toBeGreaterThan(50);
  });

  it('whose pages point at themselves comes to an end', async () => {
    const bytes = Buffer.from(fixture('utf8.db'));
    for (let page = 1; page * 1024 < bytes.length; page++) {
      if (bytes[page * 1024] === 5) bytes.writeUInt32BE(page + 1, page * 1024 + 8);
    }
    expect((await read(bytes)).result).toMatchObject({ status: 'partial', code: 'SQLITE_CORRUPT' });
  });
});

describe('the columns of a table', () => {
  it.each([
    ['CREATE TABLE t (a, b TEXT, c INTEGER DEFAULT (1+2))', ['a', 'b', 'c']],
    ['CREATE TABLE t ("a b" TEXT, [c,d], `e``f`, g)', ['a b', 'c,d', 'e', 'g']],
    ["CREATE TABLE t (a DEFAULT ')', -- b,\n c /* d, */ TEXT, PRIMARY KEY (a, c))", ['a', 'c']],
    ['CREATE TABLE t (a, b AS (a || 1), c AS (a) STORED, d)', ['a', 'c', 'd']],
    ['CREATE TABLE t (a PRIMARY KEY, b) WITHOUT ROWID', []],
    ['CREATE TABLE t AS SELECT 1', []],
    ['', []],
  ])('%s', (sql, columns) => {
    expect(columnsOf(sql)).toEqual(columns);
  });
});

const python = spawnSync('python3', ['-c', 'import sqlite3'], { stdio: 'ignore' }).status === 0;
if (!python) console.warn('SKIPPED: databases are not compared with SQLite itself, because there is no python3');

describe.skipIf(!python)('beside SQLite itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sqlite-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [512, 1, 'UTF-8'],
    [1024, 2, 'UTF-16le'],
    [4096, 3, 'UTF-16be'],
    [65_536, 4, 'UTF-8'],
    [2048, 5, 'UTF-8'],
  ])('finds every text that it finds: pages of %i bytes, seed %i, %s', async (pageSize, seed, encoding) => {
    const path = join(folder, `${seed}.db`);
    const script = new URL('./testing/random-database.py', import.meta.url);
    const { stdout, stderr, status } = spawnSync(
      'python3',
      [script.pathname, path, String(pageSize), String(seed), encoding],
      { maxBuffer: 1 << 28, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const theirs: [name: string, text: string][] = JSON.parse(stdout);
    expect(theirs.length).toBeGreaterThan(200);
    const { result, strings } = await read(readFileSync(path));
    expect(result.status).toBe('read');
    const ours = strings.map(({ name, text }) => JSON.stringify([name, text])).sort();
    expect(ours).toEqual(theirs.map((pair) => JSON.stringify(pair)).sort());
  });
});
