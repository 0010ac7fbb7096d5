/** `postern fix --secure` for every store: what is written, and what is refused before anything is. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECURED } from '../../src/audit/secure/index.ts';
import { type Ran, run } from './run.ts';

/** All that a store needs, and what it writes with which mode. */
const STORES: Record<string, { args: string[]; data: string; files: Record<string, number> }> = {
  redis: {
    args: ['--account', 'shop-api'],
    data: 'cart:',
    files: { 'etc/redis/users.acl': 0o640, 'etc/redis/redis.conf.lines-to-add': 0o640 },
  },
  postgresql: {
    args: ['--account', 'shop_api', '--database', 'shop', '--from', '10.0.4.0/24'],
    data: 'shop.orders',
    files: {
      'etc/postgresql/15/main/app-role.sql': 0o640,
      'etc/postgresql/15/main/pg_hba.conf': 0o640,
      'etc/postgresql/15/main/postgresql.conf.lines-to-add': 0o640,
    },
  },
  mysql: {
    args: ['--account', 'shop_api', '--from', '10.0.4.0/24'],
    data: 'shop.orders',
    files: { 'etc/mysql/conf.d/secured.cnf': 0o644, 'etc/mysql/conf.d/app-account.sql': 0o640 },
  },
  elasticsearch: {
    args: ['--account', 'shop-api'],
    data: 'shop-*',
    files: { 'etc/elasticsearch/elasticsearch.yml.lines-to-add': 0o660, 'shop-api-role.json': 0o644 },
  },
  opensearch: {
    args: ['--account', 'shop-api'],
    data: 'shop-*',
    files: {
      'etc/opensearch/opensearch.yml.lines-to-add': 0o660,
      'etc/opensearch/opensearch-security/roles.yml.lines-to-add': 0o600,
      'etc/opensearch/opensearch-security/roles_mapping.yml.lines-to-add': 0o600,
      'etc/opensearch/opensearch-security/internal_users.yml.lines-to-add': 0o600,
    },
  },
  mosquitto: {
    args: ['--account', 'shop-api'],
    data: 'orders/#',
    files: { 'etc/mosquitto/acl': 0o640, 'etc/mosquitto/mosquitto.conf.lines-to-add': 0o640 },
  },
  mongodb: {
    args: ['--account', 'shop-api', '--database', 'shop'],
    data: 'orders',
    files: { 'etc/mongod.conf.lines-to-add': 0o644, 'shop-api-role.js': 0o644 },
  },
  firebase: { args: ['--owner', 'ownerId'], data: 'notes', files: { 'firestore.rules': 0o644 } },
  supabase: { args: ['--owner', 'user_id'], data: 'notes', files: {} },
};
const HOSTILE = [
  'x; rm -rf /',
  'x\ny',
  "x'y",
  'x"y',
  'x`id`',
  '$(id)',
  '-x',
  '',
  'x y',
  'x/../y',
  'x\u202ey',
  'x\0y',
  'é',
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-secure-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secure = (store: string, ...args: string[]): Promise<Ran> =>
  run(['fix', '--secure', store, ...args], { cwd: folder });

/** Files below a folder, with `/` between their names. */
function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

describe('postern fix --secure', () => {
  it('is tested for every store that it knows, and its help names them', async () => {
    expect(Object.keys(STORES).sort()).toEqual(Object.keys(SECURED).sort());
    const { stdout } = await run(['fix', '--help']);
    for (const store of Object.keys(SECURED)) expect(stdout).toMatch(new RegExp(`Stores of --secure:[^.]*\\b${store}`));
  });

  it('names the stores that there are', async () => {
    for (const name of ['oracle', '__proto__', 'constructor']) {
      const { code, stderr } = await secure(name, '--account', 'a', '--data', 'b');
      expect(code).toBe(2);
      for (const store of Object.keys(SECURED)) expect(stderr).toContain(store);
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.each(Object.entries(STORES))('postern fix --secure %s', (store, { args, data, files }) => {
  it('writes its files with their modes, and a README of steps and proofs', async () => {
    const { code, stdout, stderr } = await secure(store, ...args, '--data', data);
    expect([code, stderr]).toEqual([0, expect.stringContaining('written to secured')]);
    const into = join(folder, 'secured');
    const readme = readFileSync(join(into, 'README.md'), 'utf8');
    expect(readme).toBe(stdout);
    expect(readme).toMatch(/## Files\n.*## Steps\n.*\n1\. \*\*.*## Proof\n.*answers /s);
    const written = filesBelow(into).filter((name) => name !== 'README.md');
    if (store === 'supabase') {
      expect(written).toEqual([expect.stringMatching(/^supabase\/migrations\/\d{14}_own_rows\.sql$/)]);
    } else {
      expect(written).toEqual(Object.keys(files).sort());
      for (const [name, mode] of Object.entries(files)) expect(statSync(join(into, name)).mode & 0o777).toBe(mode);
    }
    for (const name of written) expect(readFileSync(join(into, name), 'utf8')).not.toBe('');
  });

  it('writes no password, and no command that would show one', async () => {
    const { stdout, stderr } = await secure(store, ...args, '--data', data);
    const texts = filesBelow(join(folder, 'secured')).map((name) =>
      readFileSync(join(folder, 'secured', name), 'utf8'),
    );
    for (const text of [stdout, stderr, ...texts]) {
      expect(text).not.toMatch(/-u [\w-]+:|\s-p['"]?\w{2}|--password=|-a \w|IDENTIFIED BY '[^%]/);
      expect(text).not.toMatch(/[0-9a-f]{32}/i);
    }
  });

  it('writes over nothing, and then nothing at all', async () => {
    await secure(store, ...args, '--data', data, '--into', 'first');
    const [one = ''] = filesBelow(join(folder, 'first')).filter((name) => name !== 'README.md');
    if (store !== 'supabase') {
      mkdirSync(join(folder, 'second', one, '..'), { recursive: true });
      writeFileSync(join(folder, 'second', one), 'mine');
      const { code, stderr } = await secure(store, ...args, '--data', data, '--into', 'second');
      expect([code, stderr]).toEqual([2, expect.stringContaining(`second holds ${one} already`)]);
      expect(filesBelow(join(folder, 'second'))).toEqual([one]);
      expect(readFileSync(join(folder, 'second', one), 'utf8')).toBe('mine');
    }
    const again = await secure(store, ...args, '--data', data, '--into', 'first');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already')]);
    mkdirSync(join(folder, 'third'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'third/README.md'));
    expect((await secure(store, ...args, '--data', data, '--into', 'third')).code).toBe(2);
    expect(readdirSync(folder)).not.toContain('elsewhere');
    writeFileSync(join(folder, 'file'), '');
    const onFile = await secure(store, ...args, '--data', data, '--into', 'file/below');
    expect([onFile.code, onFile.stderr]).toEqual([2, expect.stringContaining('E_OUTPUT')]);
  });

  it('says which option is missing', async () => {
    for (let at = 0; at < args.length; at += 2) {
      const without = args.filter((_, index) => index !== at && index !== at + 1);
      const { code, stderr } = await secure(store, ...without, '--data', data);
      // Without a field, a document of Firestore has its owner as its own id.
      if (store === 'firebase') expect(code).toBe(0);
      else expect([code, stderr]).toEqual([2, expect.stringContaining(args[at] ?? '')]);
    }
    const { code, stderr } = await secure(store, ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--data')]);
    const may = await secure(store, ...args, '--data', data, '--may', 'own');
    expect([may.code, may.stderr]).toEqual([2, expect.stringContaining('read or write')]);
    if (store !== 'firebase') expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses names that would be more than names, wherever they stand', async () => {
    for (const name of HOSTILE) {
      // A topic has levels, and these are nothing but names of levels.
      if (store === 'mosquitto' && name.includes('/../')) continue;
      for (let at = 0; at <= args.length; at += 2) {
        const named = args.map((word, index) => (index === at + 1 ? name : word));
        // `--option=value`, so that a name that begins with a hyphen is one.
        const options = [...named, '--data', at === args.length ? name : data];
        const joined = options.flatMap((word, index) => (index % 2 === 0 ? [`${word}=${options[index + 1]}`] : []));
        const { code, stderr } = await secure(store, ...joined);
        expect([code, joined.join(' ')]).toEqual([2, joined.join(' ')]);
        expect(stderr).not.toContain('E_INTERNAL');
        expect(stderr).not.toContain('rm -rf');
      }
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives no right to write without --may write', async () => {
    const writes =
      /INSERT|UPDATE|DELETE|insert|"(?:index|crud|remove)"|\+@write|topic (?:read)?write|allow (?:read, )?(?:write|create|delete)|for (?:insert|update|delete)/;
    await secure(store, ...args, '--data', data, '--into', 'read');
    await secure(store, ...args, '--data', data, '--may', 'write', '--into', 'write');
    const rights = (into: string): string =>
      filesBelow(join(folder, into))
        .filter((name) => name !== 'README.md')
        .map((name) => readFileSync(join(folder, into, name), 'utf8').replace(/^revoke .*$/gm, ''))
        .join('\n');
    expect(rights('read')).not.toMatch(writes);
    expect(rights('write')).toMatch(writes);
  });
});

describe('postern fix --secure, by store', () => {
  it.each([
    ['redis', ['--account', 'default', '--data', 'cart:']],
    ['redis', ['--account', 'administrator', '--data', 'cart:']],
    ['redis', ['--account', 'shop', '--data', 'cart:*']],
    ['postgresql', ['--account', 'shop', '--data', 'a', '--database', 'b', '--from', '0.0.0.0/0']],
    ['postgresql', ['--account', 'shop', '--data', 'a', '--database', 'b', '--from', '::/0']],
    ['mysql', ['--account', 'shop', '--data', 'a.b', '--from', '%']],
    ['mysql', ['--account', 'shop', '--data', 'a.b', '--from', '%.%.%.%']],
    ['mysql', ['--account', 'shop', '--data', 'a.b', '--from', '0.0.0.0/0']],
    ['mysql', ['--account', 'shop', '--data', 'a.b', '--from', '10.0.0.0/0']],
    ['mysql', ['--account', 'shop', '--data', 'a.b', '--from', 'fd00::/8']],
    ['elasticsearch', ['--account', 'shop', '--data', '*']],
    ['opensearch', ['--account', 'shop', '--data', '*']],
    ['supabase', ['--owner', 'user_id', '--data', 'rtdb:notes']],
    ['supabase', ['--owner', 'user_id', '--data', 'a.b.c']],
  ])('%s refuses %j, which is everybody or nobody', async (store, args) => {
    const { code, stderr } = await secure(store, ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('(E_USAGE)')]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('mysql writes a network so that MariaDB matches it, too', async () => {
    const { stdout } = await secure('mysql', '--account', 'shop', '--data', 'shop.*', '--from', '10.0.4.9/22');
    expect(stdout).toContain("'shop'@'10.0.4.0/255.255.252.0'");
  });

  it('firebase and supabase take places of each kind', async () => {
    await secure('firebase', '--data', 'users', '--data', 'rtdb:profiles', '--data', 'storage:avatars', '--into', 'f');
    expect(filesBelow(join(folder, 'f'))).toEqual([
      'README.md',
      'database.rules.json',
      'firestore.rules',
      'storage.rules',
    ]);
    await secure('supabase', '--data', 'shop.notes', '--data', 'storage:avatars', '--owner', 'user_id', '--into', 's');
    const [migration = ''] = filesBelow(join(folder, 's')).filter((name) => name.endsWith('.sql'));
    const sql = readFileSync(join(folder, 's', migration), 'utf8');
    expect(sql).toContain('alter table "shop"."notes" enable row level security;');
    expect(sql).toContain("bucket_id = 'avatars'");
  });
});
