/**
 * The recipes of docs/ci, run as a pipeline runs them: GitHub's own parser reads the workflow, GitLab's schema the
 * pipeline; then every `run:` and `script:` is executed with the built command on an app, its configuration and a store.
 * What stands outside – the registry, `gh`, GitLab's API, the actions – is played here.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildApk } from '../../lab/apk/index.ts';
import { createStandIn } from '../../lab/elasticsearch-stand-in/index.ts';
import { checkReportSchema } from '../../src/core/contract/check.ts';
import { VERSION } from '../../src/core/version.ts';
import { COMMAND, whyNotBuilt } from '../built.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOOLS = join(ROOT, '.cache/servers/ci/node_modules');
const LTS = join(ROOT, '.cache/servers/lts/bin/node');
const WORKFLOW = readFileSync(join(ROOT, 'docs/ci/github-actions.yml'), 'utf8');
const PIPELINE = readFileSync(join(ROOT, 'docs/ci/gitlab-ci.yml'), 'utf8');
const STORE = 'shop-search.bluemarket.example';
/** An address of its own, so that nothing else of this machine is met there. */
const ADDRESS = `127.72.${process.pid % 250}.7`;
const KEY = `postern-redaction-key-1 ${'A'.repeat(42)}E`;

const missing = whyNotBuilt() ?? (process.platform === 'linux' ? undefined : 'it needs a second loopback address');
if (missing !== undefined) console.warn(`SKIPPED: the recipes of docs/ci are not run: ${missing}`);

function installed(...files: string[]): boolean {
  if (files.every((file) => existsSync(file))) return true;
  const message = 'their tools are not installed (bash test/servers/install.sh lts ci_tools ci_packages)';
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(message);
  console.warn(`SKIPPED: the recipes of docs/ci are not read by ${files[0]}: ${message}`);
  return false;
}

/** The store: open or closed. And what stands for GitLab's API. */
const world = {
  open: false,
  notes: [] as { path: string; token: string; body: string }[],
  main: undefined as string | undefined,
};
const stores = [false, true].map((securityEnabled) =>
  createStandIn({
    name: 'shop',
    uuid: 'a'.repeat(22),
    version: '7.17.28',
    indices: [],
    securityEnabled,
    users: [],
    now: Date.now,
  }),
);
const front = createServer((request, response) => stores[world.open ? 0 : 1]?.emit('request', request, response));
const gitlab = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://x');
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    if (request.method === 'POST' && pathname === '/api/v4/projects/42/merge_requests/7/notes') {
      const note = new URLSearchParams(body).get('body') ?? '';
      world.notes.push({ path: pathname, token: String(request.headers['private-token']), body: note });
      response.writeHead(201).end('{}');
    } else if (
      pathname === '/api/v4/projects/42/jobs/artifacts/main/raw/postern-report/report.json' &&
      world.main !== undefined &&
      request.headers['job-token'] === 'job-token'
    ) {
      response.writeHead(200).end(world.main);
    } else response.writeHead(404).end('{"message":"404"}');
  });
});
const hooks: string[] = [];
const hook = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    hooks.push(body);
    response.writeHead(204).end();
  });
});

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

let top = '';
let api = '';
let hookUrl = '';
beforeAll(async () => {
  if (missing !== undefined) return;
  top = mkdtempSync(join(tmpdir(), 'postern-ci-'));
  await listen(front, 9200, ADDRESS);
  api = `http://127.0.0.1:${await listen(gitlab, 0, '127.0.0.1')}/api/v4`;
  hookUrl = `http://127.0.0.1:${await listen(hook, 0, '127.0.0.1')}/hook`;
});
afterAll(() => {
  for (const server of [front, gitlab, hook]) {
    server.closeAllConnections();
    server.close();
  }
  if (top !== '') rmSync(top, { recursive: true, force: true });
});

interface Repository {
  folder: string;
  /** `PATH` of the runner. */
  path: string;
}

/** A repository with an app, the configuration of its store, and what a runner has on its path. */
function repository(name: string): Repository {
  const folder = join(top, name);
  const tools = join(top, `${name}-tools`);
  for (const one of [join(folder, 'app'), tools]) mkdirSync(one, { recursive: true });
  writeFileSync(
    join(folder, 'app/bluemarket.apk'),
    buildApk({
      applicationId: 'com.bluemarket.shop',
      versionName: '3.2',
      versionCode: 32,
      label: 'Bluemarket',
      minSdk: 26,
      targetSdk: 34,
      manifestFlags: {},
      permissions: [],
      strings: {},
      assets: {},
      dex: [['Lcom/bluemarket/shop/SearchClient;', `http://${STORE}:9200/orders/_search`]],
    }),
  );
  cpSync(join(ROOT, 'lab/template/deploy/elasticsearch'), join(folder, 'deploy/elasticsearch'), { recursive: true });
  const target = `
targets:
  - { host: ${STORE}, addresses: ['${ADDRESS}'], resolve: listed, authority: loopback }
`;
  writeFileSync(
    join(folder, 'postern.yaml'),
    `version: 1\nproject: shop\npackages: [app/*.apk]\nconfiguration: [deploy]${target}`,
  );
  writeFileSync(
    join(folder, 'postern-watch.yaml'),
    `version: 1\nproject: shop${target}watch:
  notify:
    - webhook: { urlEnv: POSTERN_WEBHOOK_URL, secretEnv: POSTERN_WEBHOOK_KEY }
`,
  );
  const tool = (file: string, text: string) => {
    writeFileSync(join(tools, file), `#!/bin/bash\n${text}\n`);
    chmodSync(join(tools, file), 0o755);
  };
  // The registry: only this version of this package is there, and no command before it is installed.
  tool(
    'npm',
    `for last; do :; done
[[ "$1 $2 $last" == "install --global postern@${VERSION}" ]] || { echo "npm: no such package: $*" >&2; exit 1; }
printf '#!/bin/bash\\nexec "${process.execPath}" "${COMMAND}" "$@"\\n' > "${tools}/postern"; chmod +x "${tools}/postern"`,
  );
  // There is no comment to edit at first.
  tool(
    'gh',
    `[[ "$1 $2 $4" == "pr comment --body-file" && -n "$GH_TOKEN" ]] || exit 64
if [[ "\${6:-}" == --edit-last && ! -f "${tools}/comment" ]]; then exit 1; fi
cp "$5" "${tools}/comment"; echo "$3 $6" >> "${tools}/comments"`,
  );
  return { folder, path: `${tools}${delimiter}${process.env.PATH}` };
}

interface Ran {
  code: number;
  text: string;
}
async function execute(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn(command, args, { cwd, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, text };
}

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}
interface Workflow {
  env: Record<string, string>;
  jobs: Record<string, { if: string; env?: Record<string, string>; steps: Step[] }>;
}

/** Runs one job of the workflow as a runner does: conditions, expressions, caches, and steps after a failure. */
class GithubRunner {
  readonly caches = new Map<string, string>();
  readonly uploads: string[] = [];
  private readonly repo: Repository;
  private readonly workflow: Workflow;

  constructor(repo: Repository, workflow: Workflow) {
    this.repo = repo;
    this.workflow = workflow;
  }

  async job(name: string, github: Record<string, unknown>, secrets: Record<string, string>): Promise<Ran> {
    const { folder, path } = this.repo;
    const job = this.workflow.jobs[name];
    if (job === undefined) throw new Error(`no job ${name}`);
    const summary = join(folder, '..', `${name}-summary.md`);
    const context = { github, secrets, runner: { os: 'Linux' }, env: {} as Record<string, string> };
    const value = (expression: string): unknown => {
      const script = expression
        .replace(/^\s*\$\{\{|\}\}\s*$/g, '')
        .replace(/ == /g, ' === ')
        .replace(/ != /g, ' !== ');
      const known = {
        ...context,
        cancelled: () => false,
        hashFiles: (file: string) => (existsSync(join(folder, file)) ? 'hash' : ''),
      };
      return new Function(...Object.keys(known), `return (${script});`)(...Object.values(known)) ?? '';
    };
    const filled = (text: string) =>
      String(text).replace(/\$\{\{(.*?)\}\}/g, (_all, inner: string) => String(value(inner)));
    const all = (record: Record<string, string> = {}) =>
      Object.fromEntries(Object.entries(record).map(([key, text]) => [key, filled(text)]));
    context.env = all(this.workflow.env);
    if (value(job.if) !== true) return { code: -2, text: 'the job is not for this event' };
    let failed = 0;
    let text = '';
    for (const step of job.steps) {
      const runs =
        step.if === undefined
          ? failed === 0
          : value(step.if) === true && (failed === 0 || /cancelled\(\)/.test(step.if));
      if (!runs) continue;
      text += `::${step.name ?? step.uses}\n`;
      if (step.uses !== undefined) this.action(step.uses, all(step.with));
      else {
        const env = { PATH: path, HOME: top, GITHUB_STEP_SUMMARY: summary, ...context.env, ...all(step.env) };
        const ran = await execute('bash', ['-e', '-c', filled(step.run ?? '')], folder, env);
        text += ran.text;
        if (ran.code !== 0) failed ||= ran.code;
      }
    }
    return { code: failed, text };
  }

  private action(uses: string, given: Record<string, string>): void {
    const { folder } = this.repo;
    const path = join(folder, given.path ?? '');
    if (uses === 'actions/cache/restore@v4') {
      const keys = [...this.caches.keys()].reverse();
      const hit =
        keys.find((key) => key === given.key) ?? keys.find((key) => key.startsWith(given['restore-keys'] ?? '\0'));
      const kept = hit === undefined ? undefined : this.caches.get(hit);
      rmSync(path, { recursive: true, force: true });
      if (kept !== undefined) cpSync(kept, path, { recursive: true });
    } else if (uses === 'actions/cache/save@v4') {
      const kept = mkdtempSync(join(top, 'cache-'));
      expect(existsSync(path)).toBe(true);
      expect(this.caches.has(given.key ?? '')).toBe(false);
      cpSync(path, join(kept, 'x'), { recursive: true });
      this.caches.set(given.key ?? '', join(kept, 'x'));
    } else if (uses === 'github/codeql-action/upload-sarif@v3') {
      const sarif = JSON.parse(readFileSync(join(folder, given.sarif_file ?? ''), 'utf8'));
      expect(sarif.version).toBe('2.1.0');
      this.uploads.push(`sarif ${sarif.runs[0].results.length > 0}`);
    } else if (uses === 'actions/upload-artifact@v4') {
      expect(existsSync(join(path, 'report.json'))).toBe(true);
      this.uploads.push(given.name ?? '');
    } else expect(['actions/checkout@v4', 'actions/setup-node@v4', 'actions/cache@v4']).toContain(uses);
  }
}

/** What the README tells to do once: today's findings are known, and do not hold up releases. */
async function acceptToday({ folder, path }: Repository): Promise<void> {
  const command = /^ {4}(postern check .*postern-baseline\.json.*)$|^(postern check .*postern-baseline\.json.*)$/m.exec(
    readFileSync(join(ROOT, 'docs/ci/README.md'), 'utf8'),
  );
  const ran = await execute(
    'bash',
    ['-e', '-c', `npm install --global postern@${VERSION} && ${command?.[0].trim()}`],
    folder,
    { PATH: path },
  );
  expect([ran.code, ran.text]).toEqual([0, expect.stringContaining('closed')]);
  expect(statSync(join(folder, 'postern-baseline.json')).isFile()).toBe(true);
}

const reportOf = (folder: string, name = 'report') =>
  checkReportSchema.parse(JSON.parse(readFileSync(join(folder, `postern-report/${name}.json`), 'utf8')));

describe('the recipe for GitHub Actions', () => {
  const parser = join(TOOLS, '@actions/workflow-parser/dist/index.js');
  it.skipIf(!installed(parser))(
    'is a workflow to GitHub’s own parser, which finds faults where there are some',
    async () => {
      const out = mkdtempSync(join(tmpdir(), 'postern-workflow-parser-'));
      try {
        // It imports JSON in a way that only a bundler knows.
        const bundle = await rolldown({ input: parser, platform: 'node', logLevel: 'silent' });
        await bundle.write({ file: join(out, 'parser.mjs'), format: 'esm' });
        await bundle.close();
        const room = await import(pathToFileURL(join(out, 'parser.mjs')).href);
        const faults = async (content: string): Promise<string[]> => {
          const parsed = room.parseWorkflow({ name: 'postern.yml', content }, new room.NoOperationTraceWriter());
          if (parsed.value !== undefined) await room.convertWorkflowTemplate(parsed.context, parsed.value);
          return parsed.context.errors.getErrors().map((error: { message: string }) => error.message);
        };
        expect(await faults(WORKFLOW)).toEqual([]);
        expect(await faults(WORKFLOW.replace('timeout-minutes: 20', 'timeout: 20'))).toEqual([
          expect.stringContaining("'timeout'"),
        ]);
        expect(await faults(WORKFLOW.replace("env.POSTERN_REDACTION_KEY != ''", 'envs.KEY'))).toEqual([
          expect.stringContaining('envs'),
        ]);
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    },
  );

  it.skipIf(missing !== undefined)('lets a release through, stops what opened, and tells it', async () => {
    const repo = repository('github');
    const runner = new GithubRunner(repo, parse(WORKFLOW) as Workflow);
    const secrets = { POSTERN_REDACTION_KEY: KEY };
    const main = {
      event_name: 'push',
      ref: 'refs/heads/main',
      sha: '1111',
      run_id: 1,
      token: 't',
      repository: 'shop/app',
      event: {},
    };
    const pull = {
      ...main,
      event_name: 'pull_request',
      ref: 'refs/pull/7/merge',
      sha: '2222',
      event: {
        pull_request: { html_url: 'https://github.com/shop/app/pull/7', head: { repo: { full_name: 'shop/app' } } },
      },
    };
    world.open = false;
    await acceptToday(repo);

    const released = await runner.job('check', main, secrets);
    expect([released.code, released.text]).toEqual([0, expect.stringContaining('::Remember the report')]);
    expect(statSync(join(repo.folder, '.postern/redaction.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(repo.folder, '.postern/redaction.key'), 'utf8').trim()).toBe(KEY);
    expect([...runner.caches.keys()]).toEqual(['postern-main-1111-1']);
    expect(runner.uploads).toEqual(['sarif true', 'postern-report']);
    expect(released.text).not.toContain(KEY.slice(24));

    world.open = true;
    const stopped = await runner.job('check', pull, secrets);
    expect(stopped.code).toBe(1);
    expect(reportOf(repo.folder).summary.exposed).toBe(1);
    expect(runner.uploads).toHaveLength(4);
    const comment = readFileSync(join(top, 'github-tools/comment'), 'utf8');
    expect(comment).toMatch(/^## Postern drift: 1 opened/);
    expect(readFileSync(join(top, 'check-summary.md'), 'utf8')).toContain(comment);
    expect(runner.caches.size).toBe(1);
    await runner.job('check', pull, secrets);
    expect(readFileSync(join(top, 'github-tools/comments'), 'utf8').trim().split('\n')).toHaveLength(2);

    // A fork has no secrets, no token that writes, and no business with the comment.
    world.open = false;
    rmSync(join(repo.folder, '.postern'), { recursive: true });
    const fork = { ...pull, event: { pull_request: { html_url: 'x', head: { repo: { full_name: 'fork/app' } } } } };
    const outside = await runner.job('check', fork, { POSTERN_REDACTION_KEY: '' });
    expect([outside.code, /::Comment|::Hash/.test(outside.text)]).toEqual([0, false]);
    expect((await runner.job('watch', fork, {})).code).toBe(-2);
  });

  it.skipIf(missing !== undefined)(
    'stops with 2 for a configuration that is wrong, and with 3 for a run that saw a part',
    async () => {
      const repo = repository('github-faults');
      const runner = new GithubRunner(repo, parse(WORKFLOW) as Workflow);
      const main = {
        event_name: 'push',
        ref: 'refs/heads/main',
        sha: '1111',
        run_id: 1,
        token: 't',
        repository: 'shop/app',
        event: {},
      };
      world.open = false;
      await acceptToday(repo);
      writeFileSync(join(repo.folder, 'app/damaged.apk'), 'no package');
      const partial = await runner.job('check', main, { POSTERN_REDACTION_KEY: KEY });
      expect([partial.code, reportOf(repo.folder, 'main').summary.complete]).toEqual([3, false]);
      writeFileSync(join(repo.folder, 'postern.yaml'), 'version: 1\ntargetz: []\n');
      rmSync(join(repo.folder, 'postern-report'), { recursive: true });
      const wrong = await runner.job('check', main, { POSTERN_REDACTION_KEY: KEY });
      expect([wrong.code, wrong.text]).toEqual([2, expect.stringContaining('targetz')]);
      expect(wrong.text).not.toContain('::Code scanning');
    },
  );

  it.skipIf(missing !== undefined)('watches every night, and remembers between the runners', async () => {
    const repo = repository('github-watch');
    const runner = new GithubRunner(repo, parse(WORKFLOW) as Workflow);
    const secrets = { POSTERN_REDACTION_KEY: KEY, POSTERN_WEBHOOK_URL: hookUrl, POSTERN_WEBHOOK_KEY: 'signs' };
    world.open = false;
    hooks.length = 0;
    for (const night of [1, 2, 3]) {
      world.open = night === 3;
      rmSync(join(repo.folder, '.postern'), { recursive: true, force: true });
      const ran = await runner.job('watch', { event_name: 'schedule', run_id: night }, secrets);
      expect([ran.code, ran.text]).toEqual([0, expect.stringContaining('check finished')]);
    }
    expect(hooks.map((body) => JSON.parse(body).title)).toEqual([
      expect.stringContaining('watching from now on: 0 exposed'),
      expect.stringContaining('1 store opened'),
    ]);
  });
});

const judge = join(TOOLS, 'gitlab-ci-local/dist/index.js');
const ready = missing === undefined && installed(judge, LTS);

describe.skipIf(!ready)('the recipe for GitLab CI', () => {
  /** Reads the pipeline with GitLab's schema, and runs one job in a shell. */
  async function pipeline(repo: Repository, variables: Record<string, string>, ...args: string[]): Promise<Ran> {
    const given = Object.entries({
      CI_API_V4_URL: api,
      CI_PROJECT_ID: '42',
      CI_DEFAULT_BRANCH: 'main',
      CI_JOB_TOKEN: 'job-token',
      ...variables,
    });
    return await execute(
      LTS,
      [
        judge,
        '--force-shell-executor',
        '--file',
        '.gitlab-ci.yml',
        ...given.flatMap(([key, value]) => ['--variable', `${key}=${value}`]),
        ...args,
      ],
      repo.folder,
      { PATH: repo.path, HOME: top, NO_COLOR: '1', ...variables },
    );
  }
  function gitlabRepository(name: string, text = PIPELINE): Repository {
    const repo = repository(name);
    writeFileSync(join(repo.folder, '.gitlab-ci.yml'), text);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: repo.folder,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'x');
    git('remote', 'add', 'origin', 'git@gitlab.example:shop/app.git');
    return repo;
  }

  it('is a pipeline to GitLab’s schema, which finds faults where there are some', async () => {
    const fine = await pipeline(gitlabRepository('gitlab-schema'), {}, '--list-all');
    expect(fine.text).toMatch(/json schema validated/);
    expect(fine.text).toMatch(/^postern +test +on_success/m);
    expect(fine.text).toMatch(/^postern-watch +test +never/m);
    const broken = gitlabRepository('gitlab-broken', PIPELINE.replace('expire_in:', 'expires:'));
    expect((await pipeline(broken, {}, '--list-all')).text).toContain('Invalid .gitlab-ci.yml configuration');
  });

  it('lets a release through, stops what opened, and tells it', async () => {
    const repo = gitlabRepository('gitlab');
    const mr = {
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_IID: '7',
      POSTERN_GITLAB_TOKEN: 'api-token',
      POSTERN_REDACTION_KEY: KEY,
    };
    world.open = false;
    await acceptToday(repo);
    const first = await pipeline(repo, mr, 'postern');
    expect([first.code, first.text]).toEqual([0, expect.stringContaining('PASS')]);
    expect(world.notes.at(-1)?.body).toMatch(/^## Postern: /);
    world.main = readFileSync(join(repo.folder, 'postern-report/report.json'), 'utf8');

    world.open = true;
    const stopped = await pipeline(repo, mr, 'postern');
    expect(stopped.code).not.toBe(0);
    expect(stopped.text).toMatch(/FAIL/);
    expect(reportOf(repo.folder).summary.exposed).toBe(1);
    expect(world.notes.at(-1)).toMatchObject({
      token: 'api-token',
      body: expect.stringMatching(/^## Postern drift: 1 opened/),
    });
    expect(existsSync(join(repo.folder, 'postern-report/postern.sarif'))).toBe(true);
    for (const { text } of [first, stopped]) expect(text).not.toContain(KEY.slice(24));

    const before = world.notes.length;
    writeFileSync(join(repo.folder, 'postern.yaml'), 'version: 1\ntargetz: []\n');
    const wrong = await pipeline(repo, mr, 'postern');
    expect([wrong.text.includes('targetz'), world.notes.length]).toEqual([true, before]);
    world.main = undefined;
  });

  it('watches every night', async () => {
    const repo = gitlabRepository('gitlab-watch');
    world.open = false;
    hooks.length = 0;
    const given = { CI_PIPELINE_SOURCE: 'schedule', POSTERN_WEBHOOK_URL: hookUrl, POSTERN_WEBHOOK_KEY: 'signs' };
    for (const open of [false, true]) {
      world.open = open;
      const ran = await pipeline(repo, given, 'postern-watch');
      expect([ran.code, ran.text]).toEqual([0, expect.stringContaining('check finished')]);
    }
    expect(hooks.map((body) => JSON.parse(body).title)).toEqual([
      expect.stringContaining('watching from now on: 0 exposed'),
      expect.stringContaining('1 store opened'),
    ]);
  });
});

describe('both recipes', () => {
  it('ask for the version that this is', () => {
    expect((parse(WORKFLOW) as Workflow).env.POSTERN_VERSION).toBe(VERSION);
    expect((parse(PIPELINE) as { variables: Record<string, string> }).variables.POSTERN_VERSION).toBe(VERSION);
  });
});
