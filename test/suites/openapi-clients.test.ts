/**
 * What others make of the description of an API: the JSON Schema of OpenAPI 3.1, and clients by the standard generator –
 * TypeScript (compiled, and run against the api room), Kotlin (compiled) and Swift (parsed). Neither is part of this repository:
 * `bash test/suites/install.sh openapi kotlin swift` gets them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { harness, principal } from '../../src/guard/api/testing/harness.ts';
import { createMemoryResourceStore } from '../../src/guard/api/testing/memory-resource-store.ts';
import { ORDERS } from '../../src/guard/api/testing/resources.ts';
import type { Resource } from '../../src/guard/contract/resource.ts';
import { describeApi } from '../../src/guard/describe/index.ts';
import { orders, products, resourceOf, shop } from '../guard/describe/resources.ts';
import { findProgram } from '../servers/harness/require-server.ts';

const SUITES = process.env.POSTERN_SUITES ?? new URL('../../.cache/suites/', import.meta.url).pathname;
const schema = join(SUITES, 'openapi-3.1.json');
const generator = join(SUITES, 'openapi-generator.jar');

/** Whether a part of the suite is there. Its absence is loud, and a failure where servers are required. */
function installed(path: string, section: string): boolean {
  const java = findProgram(['java']) !== undefined;
  if (existsSync(path) && java) return true;
  const problem = `${java ? section : 'java'} of the OpenAPI suite is not installed (bash test/suites/install.sh ${section})`;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(problem);
  console.warn(`SKIPPED: ${problem}`);
  return false;
}

const folder = mkdtempSync(join(tmpdir(), 'postern-clients-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function runProgram(program: string, args: readonly string[], cwd = folder): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', fail);
    child.on('close', (code) => done({ code, text: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** @returns the folder of the client */
async function generated(name: string, generatorName: string, resources: readonly Resource[]): Promise<string> {
  const input = join(folder, `${name}.json`);
  const output = join(folder, name);
  writeFileSync(input, JSON.stringify(describeApi(shop(resources), 'v1', { server: 'https://api.example.org' })));
  const args = ['-jar', generator, 'generate', '-i', input, '-g', generatorName, '-o', output];
  const { code, text } = await runProgram('java', args);
  expect(code, text.slice(-4000)).toBe(0);
  expect(text).not.toMatch(/\bERROR\b|attribute .* is (?:missing|not of type)/);
  return output;
}

function filesIn(root: string, end: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(root, name));
}

const all = [orders(), products(), resourceOf('odd-names_2', [], { path: ['v1', 'odd-names_2'] })];

describe.skipIf(!installed(schema, 'openapi'))('the JSON Schema of OpenAPI 3.1', () => {
  it('takes the description of everything that a policy can declare', () => {
    // Ajv takes the dynamic reference to the dialect of a schema for one to the schema of OpenAPI itself; the dialect is 2020-12.
    const text = readFileSync(schema, 'utf8').replaceAll(
      /"\$dynamicRef":\s*"#meta"/g,
      '"$ref": "https://json-schema.org/draft/2020-12/schema"',
    );
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(text));
    for (const resources of [all, [ORDERS], []]) {
      const document = JSON.parse(JSON.stringify(describeApi(shop(resources), 'v1')));
      validate(document);
      expect(validate.errors ?? []).toEqual([]);
    }
    expect(validate({ openapi: '3.1.1', info: {} })).toBe(false);
    const base = { openapi: '3.1.1', info: { title: 'x', version: '1' } };
    expect(validate({ ...base, components: { schemas: { x: { type: 'keyword' } } } })).toBe(false);
  });
});

const TIMEOUT = 600_000;

describe.skipIf(!installed(generator, 'openapi'))('clients of the standard generator', () => {
  it(
    'in TypeScript compile strictly, and do with the gateway what they say',
    async () => {
      const client = await generated('typescript', 'typescript-fetch', [ORDERS]);
      const options = {
        compilerOptions: {
          target: 'es2022',
          module: 'es2022',
          moduleResolution: 'bundler',
          lib: ['es2022', 'dom', 'dom.iterable'],
          strict: true,
          types: [],
          outDir: 'out',
        },
        include: ['**/*.ts'],
      };
      writeFileSync(join(client, 'tsconfig.json'), JSON.stringify(options));
      const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
      const { code, text } = await runProgram(process.execPath, [compiler, '-p', '.'], client);
      expect(code, text).toBe(0);
      await drive(join(client, 'out'));
    },
    TIMEOUT,
  );

  it.skipIf(!installed(join(SUITES, 'kotlin'), 'kotlin'))(
    'in Kotlin compile',
    async () => {
      const client = await generated('kotlin', 'kotlin', all);
      const jars = ['kotlin', 'moshi'].flatMap((name) => filesIn(join(SUITES, name), '.jar')).join(delimiter);
      const { code, text } = await runProgram('java', [
        '-Xmx1g',
        '-cp',
        jars,
        'org.jetbrains.kotlin.cli.jvm.K2JVMCompiler',
        '-no-stdlib',
        '-no-reflect',
        '-cp',
        jars,
        '-d',
        join(folder, 'kotlin-classes'),
        join(client, 'src/main/kotlin'),
      ]);
      expect(code, text.slice(-4000)).toBe(0);
      const classes = filesIn(join(folder, 'kotlin-classes'), '.class').join('\n');
      for (const name of ['OrdersApi', 'OrdersItem', 'OrdersSortKey', 'ShopProductsApi']) {
        expect(classes).toContain(`/${name}.class`);
      }
    },
    TIMEOUT,
  );

  it.skipIf(!installed(join(SUITES, 'swift'), 'swift'))(
    'in Swift parse, as far as they come of the description',
    async () => {
      const client = await generated('swift', 'swift6', all);
      // The generator's own files hold Swift that the grammar does not know; ours are judged.
      const parts = ['APIs', 'Models'].flatMap((name) =>
        filesIn(join(client, 'Sources/OpenAPIClient', name), '.swift'),
      );
      expect(parts.length).toBeGreaterThan(10);
      const script = `
import sys
sys.path.insert(0, sys.argv[1])
import tree_sitter, tree_sitter_swift
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
bad = [path for path in sys.argv[2:] if parser.parse(open(path, 'rb').read()).root_node.has_error]
broken = parser.parse(b'func {').root_node.has_error
print('\\n'.join(bad) if broken else 'the grammar refuses nothing')
sys.exit(1 if bad or not broken else 0)
`;
      const { code, text } = await runProgram('python3', ['-c', script, join(SUITES, 'swift'), ...parts]);
      expect(code, text).toBe(0);
    },
    TIMEOUT,
  );
});

/** What this test uses of a generated client. */
interface Client {
  readonly Configuration: new (given: object) => unknown;
  readonly ResponseError: new (...args: never) => { readonly response: globalThis.Response };
  readonly OrdersApi: new (
    configuration: unknown,
  ) => Readonly<Record<string, (parameters: object) => Promise<never>>> & {
    readonly createOrdersItemRaw: (
      parameters: object,
    ) => Promise<{ readonly raw: globalThis.Response; value(): Promise<Item> }>;
    readonly getOrdersItem: (parameters: object) => Promise<Item>;
    readonly listOrders: (
      parameters: object,
    ) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>;
    readonly countOrders: (parameters: object) => Promise<{ readonly count: number }>;
    readonly updateOrdersItem: (parameters: object) => Promise<Item>;
    readonly deleteOrdersItem: (parameters: object) => Promise<void>;
  };
}

interface Item {
  readonly id: string;
  readonly status?: string;
  readonly placed?: Date;
  readonly phone: string | null;
}

/** Each operation once through the compiled client, against the api room over a store in memory. */
async function drive(out: string): Promise<void> {
  // The generator writes imports as bundlers read them, without the endings that Node asks for.
  for (const path of filesIn(out, '.js')) {
    const source = readFileSync(path, 'utf8');
    const full = source.replace(/(from '\.{1,2}\/[^']+?)(?:\/index)?'/g, (_, start: string) =>
      existsSync(join(dirname(path), `${start.slice(6)}.js`)) ? `${start}.js'` : `${start}/index.js'`,
    );
    writeFileSync(path, full);
  }
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  const { Configuration, OrdersApi, ResponseError }: Client = await import(pathToFileURL(join(out, 'index.js')).href);
  const { ask } = harness({ stores: new Map([['shop', createMemoryResourceStore()]]) });
  const targets: string[] = [];
  const api = new OrdersApi(
    new Configuration({
      accessToken: 'synthetic',
      fetchApi: async (input: string, init: { method: string; headers: Record<string, string>; body?: string }) => {
        const url = new URL(input);
        const headers = Object.fromEntries(
          Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
        );
        targets.push(`${init.method} ${url.pathname}${url.search}`);
        const answer = await ask(`${url.pathname}${url.search}`, {
          method: init.method,
          headers,
          as: principal('ada'),
          ...(init.body !== undefined && { body: init.body, type: headers['content-type'] ?? '' }),
        });
        const body = answer.body === '' ? null : String(answer.body);
        return new Response(body, { status: answer.status, headers: answer.headers });
      },
    }),
  );

  const placed = new Date('2026-01-31T12:00:00Z');
  const order = { status: 'open', placed, phone: '+1 202 555 0142', note: null };
  const made = await api.createOrdersItemRaw({ ordersCreate: order, idempotencyKey: 'one' });
  const item = await made.value();
  const etag = made.raw.headers.get('etag') ?? '';
  expect(item).toMatchObject({ status: 'open', placed, phone: '+1 202 555 0142' });

  const narrowed = {
    statusIn: ['open', 'paid'],
    placedGte: placed,
    phone: '+12025550142',
    sort: ['-placed', 'total'],
    size: 5,
  };
  expect((await api.listOrders(narrowed)).items.map(({ id }) => id)).toEqual([item.id]);
  expect(targets.at(-1)).toContain('status%5Bin%5D=open%2Cpaid');
  expect(await api.countOrders({ placedLt: placed })).toEqual({ count: 0 });
  expect(await api.updateOrdersItem({ id: item.id, ifMatch: etag, ordersUpdate: { status: 'paid' } })).toMatchObject({
    status: 'paid',
  });
  await expect(
    api.updateOrdersItem({ id: item.id, ifMatch: etag, ordersUpdate: { status: 'sent' } }),
  ).rejects.toMatchObject({ response: { status: 412 } });
  await api.deleteOrdersItem({ id: item.id });
  const gone = await api.getOrdersItem({ id: item.id }).catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(ResponseError);
  expect(gone).toMatchObject({ response: { status: 404 } });
}
