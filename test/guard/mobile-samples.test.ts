/**
 * The samples of docs/mobile are what their languages say they are: TypeScript is checked by tsc; Kotlin is compiled against
 * the real OkHttp, with stubs for what only Android has, and run; Swift is parsed by tree-sitter's grammar, since its compiler cannot be
 * had everywhere. `bash test/suites/install.sh kotlin swift` gets the tools.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { type Bench, makeBench, NO_REQUIREMENT } from '../../src/guard/devices/testing/bench.ts';
import { createPaperAttester } from '../../src/guard/devices/testing/paper-attester.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const suites = process.env.POSTERN_SUITES ?? join(root, '.cache/suites');
const stubs = join(root, 'test/guard/mobile-stubs');
const folder = mkdtempSync(join(tmpdir(), 'postern-mobile-'));
const MINUTES = 60_000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  return status === 0 ? 'good' : `${stdout}\n${stderr}`;
}

/** @returns its folder; undefined, and told loudly, where it is not there */
function tool(name: string): string | undefined {
  const path = join(suites, name);
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: no ${name} in ${suites}; bash test/suites/install.sh ${name}`);
  return undefined;
}

function tsc(options: object, files: readonly string[]): string {
  const config = join(folder, `tsconfig-${Math.random().toString(36).slice(2)}.json`);
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    ...options,
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  return run(process.execPath, [compiler, '-p', config]);
}

/** The bench on a port of this machine. */
async function serve(bench: Bench): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    bench.now = Date.now();
    const answer = await bench.handle({
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.rawHeaders,
      body: Buffer.concat(chunks),
      peer: { address: '127.0.0.1', port: 40_000 },
      protocol: '1.1',
      origin: `http://${request.headers.host}`,
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('the client', () => {
  it('has declarations that need neither Node nor anything else of this package', { timeout: 3 * MINUTES }, () => {
    const lib = ['es2022', 'es2023.array', 'dom', 'dom.iterable'];
    const emitted = tsc(
      {
        lib,
        declaration: true,
        outDir: join(folder, 'client'),
        rootDir: join(root, 'src/client'),
        rewriteRelativeImportExtensions: true,
        allowImportingTsExtensions: true,
        verbatimModuleSyntax: true,
      },
      [join(root, 'src/client/index.ts')],
    );
    expect(emitted).toBe('good');
    const sample = join(root, 'docs/mobile/react-native/postern.ts');
    const paths = { 'postern/client': [join(folder, 'client/index.d.ts')] };
    expect(tsc({ lib, noEmit: true, noUnusedLocals: true, paths }, [sample, join(stubs, 'react-native.d.ts')])).toBe(
      'good',
    );
  });

  it('imports nothing but itself', () => {
    const files = readdirSync(join(root, 'src/client')).filter((name) => !name.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(5);
    for (const name of files)
      for (const [, from] of readFileSync(join(root, 'src/client', name), 'utf8').matchAll(/\bfrom '([^']+)'/g))
        expect(from).toMatch(/^\.\/[a-z0-9-]+\.ts$/);
  });
});

describe('the samples', () => {
  it('Kotlin compiles without a warning, and enrols, calls and confirms at a gateway', {
    timeout: 8 * MINUTES,
  }, async (context) => {
    const kotlin = tool('kotlin');
    if (!kotlin) return context.skip();
    const jars = readdirSync(kotlin)
      .map((jar) => join(kotlin, jar))
      .join(delimiter);
    const compile = [
      'org.jetbrains.kotlin.cli.jvm.K2JVMCompiler',
      '-no-stdlib',
      '-no-reflect',
      '-Werror',
      '-jvm-target',
      '11',
    ];
    const classes = join(folder, 'kotlin');
    const sources = [join(root, 'docs/mobile/kotlin'), stubs];
    expect(run('java', ['-Xmx512m', '-cp', jars, ...compile, '-classpath', jars, '-d', classes, ...sources])).toBe(
      'good',
    );

    const requirement = { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete']) };
    const bench = await makeBench({
      attester: createPaperAttester(),
      config: { nonce: true },
      requirement,
      now: Date.now(),
    });
    const gateway = await serve(bench);
    const { stdout, stderr } = await promisify(execFile)('java', [
      '-cp',
      [classes, jars].join(delimiter),
      'org.example.postern.RunKt',
      gateway.url,
      await bench.userToken(),
    ]).finally(() => gateway.close());
    expect(stderr).toBe('');
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const device = { platform: 'android', app: 'org.example.shop', version: '50200', format: 'play-integrity' };
    expect(answers).toMatchObject([{ device }, { device }, { device }]);
    expect(await bench.store.devices(null, 10)).toHaveLength(1);
  });

  it('Swift is Swift', (context) => {
    const swift = tool('swift');
    if (!swift) return context.skip();
    const script = `
import sys, tree_sitter, tree_sitter_swift
tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language())).parse(open(sys.argv[1], 'rb').read())
def wrong(node):
    here = [str(node.start_point)] if node.type == 'ERROR' or node.is_missing else []
    return here + [place for child in node.children for place in wrong(child)]
found = wrong(tree.root_node)
if found or tree.root_node.child_count < 5: sys.exit('no Swift at ' + ' '.join(found))
`;
    const parse = (file: string) => run('python3', ['-c', script, file], { PYTHONPATH: swift });
    expect(parse(join(root, 'docs/mobile/swift/PosternClient.swift'))).toBe('good');
    const broken = join(folder, 'broken.swift');
    const text = readFileSync(join(root, 'docs/mobile/swift/PosternClient.swift'), 'utf8');
    writeFileSync(broken, text.replace('private let base: URL', 'private let base URL'));
    expect(parse(broken)).toContain('no Swift at');
  });

  it('say the words that the gateway reads, in every language', () => {
    const texts = ['swift/PosternClient.swift', 'kotlin/PosternClient.kt'].map((name) =>
      readFileSync(join(root, 'docs/mobile', name), 'utf8'),
    );
    for (const word of [
      'postern-enrol-1',
      'postern-request-1',
      'postern-challenge',
      'postern-assertion',
      'dpop-nonce',
      'dpop+jwt',
    ])
      for (const text of texts) expect(text).toContain(word);
  });
});
