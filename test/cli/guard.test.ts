import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateSigningKey } from '../../src/crypto/signing-key.ts';
import { createJournal, type DecisionEntry } from '../../src/guard/journal/index.ts';
import { run } from './run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-guard-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const POLICY = `version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
roles:
  mobile:
    match: { issuer: shop, claims: { scope: { contains: shop.read } } }
    rules:
      - indices: [orders]
        operations: [search, count, get]
        filter: { term: { tenant: '\${claims.tenant}' } }
        filterFields: { tenant: keyword }
        fields: { total: double, city: keyword, phone: { type: keyword, mask: 'last:4' } }
`;

const MAPPING = JSON.stringify({
  orders: {
    mappings: {
      properties: {
        total: { type: 'double' },
        city: { type: 'keyword' },
        phone: { type: 'keyword' },
        password_hash: { type: 'keyword' },
        everything: { type: 'text' },
      },
    },
  },
});

const guard = (...args: string[]) => run(['guard', ...args], { cwd: folder });

describe('postern guard explain', () => {
  it('names the rule that decides and prints the exact request to the store', async () => {
    file('guard.yaml', POLICY);
    const { code, stdout } = await guard(
      'explain',
      'GET',
      '/orders/_search',
      '--role',
      'mobile',
      '--claim',
      'tenant=t1',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('allowed  200');
    expect(stdout).toContain('roles.mobile.rules[0]');
    expect(stdout).toMatch(/POST \/orders\/_search\?request_cache=false/);
    expect(stdout).toMatch(/"tenant": \{\s+"value": "t1"/);
  });

  it('gets the roles of an issuer from claims', async () => {
    file('guard.yaml', POLICY);
    const args = ['explain', 'GET', '/orders/_count', '--issuer', 'shop', '--claim', 'tenant=t1', '--format', 'json'];
    const without = await guard(...args);
    expect(without.code).toBe(1);
    const { code, stdout } = await guard(...args, '--claim', 'scope=shop.read other');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ decision: 'allow', operation: 'count', indices: ['orders'] });
  });

  it('says where in the request it was refused, never what stood there', async () => {
    file('guard.yaml', POLICY);
    const body = '{"query":{"bool":{"must":[{"term":{"iban":"DE-SECRET-77"}}]}}}';
    const { code, stdout } = await guard(
      'explain',
      'POST',
      '/orders/_search',
      '--role',
      'mobile',
      '--claim',
      'tenant=t1',
      '--data',
      body,
    );
    expect(code).toBe(1);
    expect(stdout).toContain('query.bool.must[0]');
    expect(stdout).toMatch(/to the store\s+nothing/);
    expect(stdout).not.toContain('DE-SECRET-77');
  });

  it('asks who asks, and names the roles there are', async () => {
    file('guard.yaml', POLICY);
    const nobody = await guard('explain', 'GET', '/');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('mobile')]);
    const unknown = await guard('explain', 'GET', '/', '--role', 'admin');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no role "admin"')]);
  });
});

describe('postern guard test', () => {
  const cases = (status: number) => `version: 1
cases:
  - name: a signed-in user searches
    principal: { roles: [mobile], claims: { tenant: t1 } }
    request: { path: /orders/_count }
    expect: { decision: allow, status: ${status}, upstream: { method: POST, path: /orders/_count } }
  - name: nobody sees customers
    principal: { roles: [mobile], claims: { tenant: t1 } }
    request: { path: /customers/_search }
    expect: { decision: deny, code: forbidden }
`;

  it('passes cases that hold, and fails with a difference where one does not', async () => {
    file('guard.yaml', POLICY);
    file('cases.yaml', cases(200));
    const fine = await guard('test', 'cases.yaml');
    expect([fine.code, fine.stdout]).toEqual([0, expect.stringContaining('2 cases, 0 failed')]);
    file('cases.yaml', cases(404));
    const wrong = await guard('test', 'cases.yaml');
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/cases\.yaml:3:\d+/);
    expect(wrong.stdout).toContain('- 404');
    expect(wrong.stdout).toContain('+ 200');
  });
});

describe('postern guard lint', () => {
  it('holds a policy against the mapping of the store', async () => {
    file('guard.yaml', POLICY);
    file('mapping.json', MAPPING);
    const { code, stdout } = await guard('lint', '--mapping', 'mapping.json');
    // The filter's field does not exist in the mapping: nobody would see anything.
    expect(stdout).toMatch(/guard\.yaml:\d+:\d+: .*tenant.*\(guard\/field-unknown\)/);
    expect(code).toBe(1);
  });
});

describe('postern guard init', () => {
  it('writes a policy that waits for its owner, and does not overwrite one', async () => {
    file('mapping.json', MAPPING);
    const { code } = await guard('init', '--mapping', 'mapping.json');
    expect(code).toBe(0);
    const text = readFileSync(join(folder, 'guard.yaml'), 'utf8');
    expect(text).toMatch(/^\s+phone: \{ type: keyword, mask: /m);
    expect(text).not.toMatch(/^\s+password_hash:/m);
    const started = await guard('run');
    expect([started.code, started.stderr]).toEqual([2, expect.stringContaining('TODO')]);
    const again = await guard('init', '--mapping', 'mapping.json');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
  });
});

describe('postern guard journal and learn', () => {
  const entry: DecisionEntry = {
    time: Date.parse('2026-11-22T12:00:00Z'),
    requestId: 'a-1',
    operation: 'search',
    decision: 'allow',
    code: null,
    status: 200,
    role: 'mobile',
    rules: ['roles.mobile.rules[0]'],
    upstream: 'shop',
    indices: ['orders'],
    documents: 3,
    principal: 'p',
    peer: 'q',
    observed: null,
    durationMicros: 500,
    authKind: 'token',
  };

  async function journal(): Promise<string> {
    const path = join(folder, 'decisions.jsonl');
    const opened = await createJournal({ file: path, key: await loadOrCreateSigningKey(join(folder, 'key')) });
    for (let n = 0; n < 5; n++) await opened.commit({ ...entry, requestId: `a-${n}` });
    await opened.close();
    return path;
  }

  it('finds an edited line, and owns up to what it cannot know', async () => {
    const path = await journal();
    const intact = await guard('journal', 'verify', path);
    expect(intact.code).toBe(0);
    expect(intact.stdout).toContain('intact');
    expect(intact.stdout).toContain('not excluded');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"a-3"', '"a-9"'));
    const edited = await guard('journal', 'verify', path);
    expect([edited.code, edited.stdout]).toEqual([1, expect.stringMatching(/edited {2}.*:\d+/)]);
  });

  it('proposes what was used', async () => {
    file('guard.yaml', POLICY);
    const { code, stdout } = await guard('learn', await journal());
    expect(code).toBe(0);
    expect(stdout).toMatch(/operations: \[ ?search ?\]/);
  });
});

describe('postern guard key', () => {
  it('shows the secret once and keeps a hash in a file of mode 0600', async () => {
    const { code, stdout } = await guard('key', 'new', '--file', 'keys.json', '--id', 'service', '--role', 'service');
    expect(code).toBe(0);
    const encoded = /encoded\s+(\S+)/.exec(stdout)?.[1] ?? '';
    const secret = Buffer.from(encoded, 'base64').toString().split(':')[1] ?? '';
    expect(secret.length).toBeGreaterThan(30);
    const kept = readFileSync(join(folder, 'keys.json'), 'utf8');
    expect(kept).toContain('"service"');
    expect(kept).not.toContain(secret);
    expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
  });
});

describe('postern guard', () => {
  it.each(['run', 'init', 'lint', 'test', 'explain', 'learn', 'journal verify', 'key new'])(
    '%s has help with examples',
    async (verb) => {
      const { code, stdout } = await guard(...verb.split(' '), '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n/);
    },
  );

  it('names the file, the line and what to do when the policy is wrong', async () => {
    file('guard.yaml', POLICY.replace('mode', 'mode').replace('operations: [search', 'operations: [serach'));
    const { code, stderr } = await guard('lint');
    expect(code).toBe(2);
    expect(stderr).toMatch(/guard\.yaml:13:\d+/);
  });
});
