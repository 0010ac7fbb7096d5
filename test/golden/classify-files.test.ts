/** `postern classify` on every kind of file: what it tells, and that no value comes out of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classify } from '../../src/cli/classify.ts';
import { run as runVerb } from '../../src/cli/program.ts';
import { type ClassifyReport, classifyReportSchema } from '../../src/core/contract/classify.ts';
import { sink } from '../cli/run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-classify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Only this verb: it must not need the others. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const code = await runVerb([classify], ['classify', ...args], {
    stdout: sink(out),
    stderr: sink(err),
    stdin: Readable.from([]),
    env: {},
    cwd: folder,
  });
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}

function file(name: string, text: string | Buffer): string {
  writeFileSync(join(folder, name), text);
  return name;
}

async function reportOf(name: string, ...args: string[]): Promise<ClassifyReport> {
  const { stdout, stderr } = await run(name, '--format', 'json', ...args);
  expect(stdout, stderr).not.toBe('');
  return classifyReportSchema.parse(JSON.parse(stdout));
}

const told = (report: ClassifyReport) =>
  report.datasets.flatMap(({ name, fields }) => fields.map((field) => `${name}.${field.name} ${field.detector}`));

/** Planted in every kind of file; none may come out. */
const PLANTED = [
  'zebulon.quux@planted.example',
  '+4915155512345',
  '4539578763621486',
  'Tr0ub4dour&3',
  'DE89370400440532013000',
  'Zebulonstraße 17',
  '078-05-1120',
];
const CSV = `client,contact,mobile,cc,pw,account,where,ssn\nZ,${PLANTED.join(',')}\nY,${PLANTED.join(',')}\n`;

describe('postern classify FILE', () => {
  it('reads CSV, TSV and semicolons', async () => {
    for (const [name, mark] of [
      ['a.csv', ','],
      ['b.tsv', '\t'],
      ['c.csv', ';'],
    ] as const) {
      const rows = ['user_id|e-mail|note', '1|x@example.org|"a ""quoted"" text"', '2|y@example.org|b'];
      const report = await reportOf(file(name, rows.join('\r\n').replaceAll('|', mark)));
      expect(told(report)).toEqual([`${name.slice(0, 1)}.e-mail email/address`]);
      expect(report.datasets[0]?.records).toBe(2);
      expect(report.datasets[0]?.people).toEqual({ count: 2, how: 'distinct', field: 'user_id' });
    }
  });

  it('does not take a first row of data for names', async () => {
    const report = await reportOf(file('bare.csv', `Maria,${PLANTED.join(',')}\nAnna,${PLANTED.join(',')}\n`));
    expect(JSON.stringify(report)).not.toContain('Maria');
    expect(told(report)).toContain('bare.column 2 email/address');
  });

  it('reads JSON Lines, nested documents, lists and JSON in strings', async () => {
    const record = {
      customer: { emails: ['x@example.org'], orders: [{ items: [{ sku: 'A1' }] }] },
      raw: '{"iban":"DE89370400440532013000"}',
    };
    const report = await reportOf(file('n.jsonl', `${JSON.stringify(record)}\n`.repeat(6)));
    expect(told(report)).toEqual([
      'n.customer.emails email/address',
      'n.customer.orders.items.sku orders/record',
      'n.raw.iban payment/iban',
    ]);
  });

  it('reads lists of records, and keeps keys that are data to itself', async () => {
    const list = await reportOf(
      file('l.json', JSON.stringify([{ email: 'x@example.org' }, { email: 'y@example.org' }])),
    );
    expect(told(list)).toEqual(['l.email email/address']);
    const keyed = {
      'anna@planted.example': { phone: '+4915155512345' },
      'bob@planted.example': { phone: '+4915155512346' },
    };
    const report = await reportOf(file('k.json', JSON.stringify({ people: keyed, orders: keyed })));
    expect(told(report)).toEqual(['people.phone phone/number', 'orders.phone phone/number']);
    expect(JSON.stringify(report)).not.toContain('planted');
  });

  it('reads Elasticsearch mappings without values', async () => {
    const properties = {
      email: { type: 'keyword' },
      address: { properties: { zip: { type: 'keyword' } } },
      color: { type: 'keyword' },
    };
    const report = await reportOf(
      file(
        'm.json',
        JSON.stringify({ users: { mappings: { properties } }, old: { mappings: { doc: { properties } } } }),
      ),
    );
    expect(report.datasets.map(({ name, format }) => `${name} ${format}`)).toEqual([
      'users elasticsearch-mapping',
      'old elasticsearch-mapping',
    ]);
    expect(told(report).slice(0, 2)).toEqual(['users.email email/address', 'users.address.zip location/postal-code']);
    expect(report.datasets[0]?.looked).toBe(3);
  });

  it('reads SQL dumps with INSERT and COPY', async () => {
    const dump = `-- MySQL dump
CREATE TABLE \`users\` (
  \`id\` int NOT NULL,
  \`contact\` varchar(255) DEFAULT 'a,b;c',
  \`k9\` char(60),
  PRIMARY KEY (\`id\`)
);
INSERT INTO \`users\` VALUES (1,'o''brien@example.org','$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'),(2,'x);y@example.org',NULL),
(3,'z@example.org','$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01235');
COPY public.people (id, iban) FROM stdin;
1\tDE89370400440532013000
2\t\\N
\\.
`;
    const report = await reportOf(file('dump.sql', dump));
    expect(report.datasets.map(({ name, records }) => `${name} ${records}`)).toEqual(['users 3', 'public.people 2']);
    expect(told(report)).toContain('users.k9 credentials/password-hash');
    expect(told(report)).toContain('public.people.iban payment/iban');
    expect(report.datasets[0]?.passwords[0]?.storage).toBe('slow-hash');
  });

  it('reads lists of keys and of objects as patterns', async () => {
    const keys = ['anna', 'bob', 'zoe', 'kim']
      .map((name) => `session:${name}@planted.example\nuser:${name}:email`)
      .join('\n');
    const report = await reportOf(file('keys.txt', keys));
    expect(report.datasets[0]?.format).toBe('key-list');
    expect(told(report)).toContain('keys.user:*:email email/address');
    expect(told(report)).toContain('keys.* of session:* email/address');
    const objects = ['1', '2', '3', '4'].map((id) => `users/${id}/passport-anna.jpg`).join('\n');
    const bucket = await reportOf(file('objects.txt', objects));
    expect(bucket.datasets[0]?.format).toBe('object-list');
    expect(JSON.stringify([report, bucket])).not.toMatch(/anna|planted/);
  });

  it('prints no value in any format, and none on stderr', async () => {
    const names = [
      file('planted.csv', CSV),
      file(
        'planted.jsonl',
        `${JSON.stringify(Object.fromEntries(PLANTED.map((value, at) => [`f${at}`, value])))}\n`.repeat(3),
      ),
      file(
        'planted.sql',
        `CREATE TABLE t (a text);\nINSERT INTO t VALUES ${PLANTED.map((value) => `('${value}')`).join(',')};\n`,
      ),
      file('planted.json', `{"broken": "${PLANTED.join(' ')}"`),
    ];
    for (const name of names) {
      for (const format of ['table', 'json', 'markdown']) {
        const { stdout, stderr, code } = await run(name, '--format', format);
        for (const value of PLANTED) expect(`${stdout}${stderr}`).not.toContain(value);
        expect(code).toBe(name === 'planted.json' ? 2 : name === 'planted.csv' ? 1 : 0);
      }
    }
  });

  it('tells how passwords are stored, and ends with 1 where they can be read', async () => {
    const rows = ['sommer12', 'Dragon99!', 'letmein', 'qwertz123'];
    const plain = file('plain.csv', `login,password\n${rows.map((row, at) => `u${at},${row}`).join('\n')}\n`);
    expect((await reportOf(plain)).datasets[0]?.passwords[0]).toMatchObject({
      field: 'password',
      storage: 'plaintext-like',
    });
    expect((await run(plain)).code).toBe(1);
    expect((await run(plain, '--fail-on', 'never')).code).toBe(0);
    const md5 = file(
      'md5.csv',
      `login,password\n${rows.map((_, at) => `u${at},${'0123456789abcdef'.repeat(2)}`).join('\n')}\n`,
    );
    expect((await reportOf(md5)).datasets[0]?.passwords[0]?.storage).toBe('fast-hash');
    expect((await run(md5)).code).toBe(0);
    expect((await run(md5, '--fail-on', 'medium')).code).toBe(1);
  });

  it('skips a record that is too long, says so and ends with 3', async () => {
    const long = Buffer.alloc(17 * 1024 * 1024, 'a');
    const name = file(
      'long.jsonl',
      Buffer.concat([
        Buffer.from('{"email":"x@example.org"}\n{"a":"'),
        long,
        Buffer.from('"}\n{"email":"y@example.org"}\n'),
      ]),
    );
    const { stdout, code } = await run(name, '--format', 'json');
    const report = classifyReportSchema.parse(JSON.parse(stdout));
    expect(report.datasets[0]?.records).toBe(2);
    expect(report.skips.map((skip) => skip.code)).toEqual(['CLASSIFY_RECORD_TOO_LONG']);
    expect(code).toBe(3);
  });

  it('knows categories of one’s own by name and by pattern', async () => {
    file(
      'postern.yaml',
      `version: 1
classify:
  categories:
    - { id: membership, title: membership numbers, names: [membership number, mitgliedsnummer] }
    - { id: badge, title: badges, pattern: '^BDG-[0-9]{6}$' }
`,
    );
    const rows = Array.from({ length: 8 }, (_, at) => `${at},BDG-10000${at}`).join('\n');
    const report = await reportOf(file('own.csv', `MitgliedsNummer,x7\n${rows}\n`));
    expect(told(report)).toEqual(['own.MitgliedsNummer own:membership/name', 'own.x7 own:badge/pattern']);
    rmSync(join(folder, 'postern.yaml'));
  });

  it('refuses a pattern that can take for ever', async () => {
    for (const pattern of ['^(a+)+$', '^(a|aa)*$', '^.*.*.*$', 'a', '^(?=a)a$', '^(a)\\\\1$', '^a{1,100}$']) {
      file('postern.yaml', `version: 1\nclassify: { categories: [{ id: x, title: x, pattern: "${pattern}" }] }\n`);
      const { code, stderr } = await run('own.csv');
      expect(`${pattern} ${code}`).toBe(`${pattern} 2`);
      expect(stderr).toContain('pattern');
    }
    rmSync(join(folder, 'postern.yaml'));
  });

  it('says what is wrong with a name that is no file', async () => {
    expect((await run('absent.csv')).code).toBe(2);
    expect((await run('.')).code).toBe(2);
    expect((await run('plain.csv', '--as', 'xml')).code).toBe(2);
    expect((await run('127.0.0.1:1', '--sample', '6')).code).toBe(2);
  });
});

describe('what a file is', () => {
  it('reads UTF-16 with a byte order mark as the spreadsheet that wrote it', async () => {
    const text = 'id,email\n1,a@leak.example\n2,b@leak.example\n3,c@leak.example\n';
    const little = file('utf16.csv', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
    const [dataset] = (await reportOf(little)).datasets;
    expect(dataset?.fields.map(({ name }) => name)).toEqual(['email']);
    expect(dataset?.records).toBe(3);
  });

  it('refuses what is no text instead of finding nothing in it', async () => {
    const { code, stderr } = await run(file('archive.bin', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])));
    expect(code).toBe(2);
    expect(stderr).toContain('is no text');
  });

  it('takes no key of a mixed list of keys for the name of a column', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? `user:${at}:email` : `k${at}`));
    const report = await reportOf(file('keys.txt', `${keys.join('\n')}\n`));
    expect(report.datasets[0]?.format).toBe('key-list');
    expect(JSON.stringify(report)).not.toContain('user:0:email');
  });
});
