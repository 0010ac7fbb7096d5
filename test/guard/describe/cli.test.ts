import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';

let folder: string;
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-api-'));
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

const POLICY = `version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:9200'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt], dpop: required }
roles:
  mobile:
    match: { issuer: shop, claims: { scope: { contains: shop.read } } }
`;

const RESOURCES = `api: { title: Shop, description: Orders of a shop }
resources:
  orders:
    index: orders
    owner: { column: customer, claim: sub }
    roles: { mobile: [list, get] }
    fields: { status: { type: keyword, filter: [eq] } }
`;

const MORE = `  baskets:
    path: /v2/baskets
    index: baskets
    owner: { column: customer, claim: sub }
    roles: { mobile: [list] }
    fields: { name: text }
`;

function policy(text = POLICY + RESOURCES): void {
  writeFileSync(join(folder, 'guard.yaml'), text);
}

const api = (...args: string[]) => run(['guard', 'api', ...args], { cwd: folder });

describe('postern guard api', () => {
  it('prints the document of a policy, with its server and the schemes that the policy has', async () => {
    policy();
    const { code, stdout, stderr } = await api('openapi', '--server', 'https://shop.example.org/');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Shop', version: 'v1' },
      servers: [{ url: 'https://shop.example.org' }],
      security: [{ dpop: [] }],
      paths: { '/v1/orders': { get: { operationId: 'listOrders' } } },
    });
  });

  it('writes the page to a file', async () => {
    policy();
    const { code, stdout, stderr } = await api('page', '--output', 'docs/api.html');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'docs/api.html is written.\n' });
    expect(readFileSync(join(folder, 'docs/api.html'), 'utf8')).toContain('<h1>Shop</h1>');
  });

  it('asks which version where there are several, and knows no other', async () => {
    policy(POLICY + RESOURCES + MORE);
    for (const args of [['openapi'], ['openapi', '--api-version', 'v3']]) {
      const { code, stderr } = await api(...args);
      expect(code).toBe(2);
      expect(stderr).toContain('Name one with --api-version: v1, v2.');
    }
    expect(JSON.parse((await api('openapi', '--api-version', 'v2')).stdout).paths).toHaveProperty('/v2/baskets');
  });

  it('says so where a policy declares no resources, or a server is more than an origin', async () => {
    policy(POLICY.replace(/$/, ''));
    writeFileSync(
      join(folder, 'guard.yaml'),
      `${POLICY}    rules: [{ indices: [orders], operations: [get], filter: { term: { owner: '\${claims.sub}' } }, filterFields: { owner: keyword }, fields: { city: keyword } }]\n`,
    );
    expect(await api('openapi')).toMatchObject({ code: 2, stderr: expect.stringContaining('declares no resources') });
    policy();
    for (const server of [
      'https://shop.example.org/path',
      'ftp://shop.example.org',
      'https://u:p@shop.example.org',
      'shop',
    ]) {
      expect(await api('openapi', '--server', server)).toMatchObject({ code: 2 });
    }
  });

  it('says what a client needs where there is no generator, and which languages there are', async () => {
    policy();
    const without = await api('client', '--language', 'kotlin');
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('org.openapitools:openapi-generator-cli:');
    expect((await api('client', '--language', 'kotlin', '--generator', 'no.jar')).stderr).toContain(
      'there is no no.jar',
    );
    expect((await api('client', '--language', 'cobol', '--generator', 'no.jar')).stderr).toContain(
      'typescript, kotlin, swift',
    );
    expect((await api('client', '--language', 'swift', '--output', '-')).code).toBe(2);
  });

  /** A `java` that writes down what it was given, and ends as it is told. */
  function stubJava(end: string): void {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'java'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/args'\ncp "$5" '${folder}/input.json'\n${end}\n`,
    );
    chmodSync(join(bin, 'java'), 0o755);
    process.env.PATH = `${bin}${delimiter}${path}`;
    writeFileSync(join(folder, 'it; touch "$(x)`generator.jar'), '');
  }

  it('runs the generator by its arguments alone, with the document of the policy', async () => {
    policy();
    stubJava('exit 0');
    const jar = 'it; touch "$(x)`generator.jar';
    const { code, stderr } = await api('client', '--language', 'swift', '--generator', jar, '--output', 'my client; x');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'my client; x holds a client for swift.\n' });
    const [dashJar, named, generate, , input, , generator, , output] = readFileSync(join(folder, 'args'), 'utf8').split(
      '\n',
    );
    expect([dashJar, named, generate, generator, output]).toEqual([
      '-jar',
      join(folder, jar),
      'generate',
      'swift6',
      join(folder, 'my client; x'),
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'input.json'), 'utf8')).info.title).toBe('Shop');
    expect(existsSync(input ?? '')).toBe(false);
  });

  it('tells the last words of a generator that failed, as one line that a terminal does not obey', async () => {
    policy();
    stubJava("printf 'first\\n\\033[31mlast words\\n' >&2; exit 3");
    const { code, stderr } = await api(
      'client',
      '--language',
      'typescript',
      '--generator',
      'it; touch "$(x)`generator.jar',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('the generator ended with 3:  [31mlast words');
    expect(stderr).not.toContain('\u001b[31mlast');
  });

  it('says so where there is no Java', async () => {
    policy();
    writeFileSync(join(folder, 'generator.jar'), '');
    process.env.PATH = folder;
    const { code, stderr } = await api('client', '--language', 'kotlin', '--generator', 'generator.jar');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no `java`');
  });
});

describe('postern guard init --resources', () => {
  it('proposes resources of a mapping, and needs one', async () => {
    writeFileSync(
      join(folder, 'mapping.json'),
      JSON.stringify({
        orders: { mappings: { properties: { user_id: { type: 'keyword' }, email: { type: 'keyword' } } } },
      }),
    );
    const { code, stdout } = await run(['guard', 'init', '--mapping', 'mapping.json', '--resources', '--output', '-'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('email: { type: keyword, encrypt: { lookup: email }, filter: [eq] }');
    expect(stdout).toContain('# REVIEW');
    const short = await run(['guard', 'init', '--from-mapping', 'mapping.json', '--output', '-'], { cwd: folder });
    expect(short).toEqual({ code, stdout, stderr: short.stderr });
    const both = ['guard', 'init', '--mapping', 'mapping.json', '--from-mapping', 'mapping.json'];
    expect((await run(both, { cwd: folder })).code).toBe(2);
    const without = await run(['guard', 'init', '--report', 'report.json', '--resources'], { cwd: folder });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--mapping') });
  });
});
