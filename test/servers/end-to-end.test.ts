/**
 * The main job against a real Elasticsearch and a real app package: check finds the store that stands open beside the
 * app's host, fix patches the file that the store runs from, verify proves that the door is closed.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckReport, checkReportSchema } from '../../src/core/contract/check.ts';
import type { Receipt, ReceiptBody } from '../../src/core/contract/receipt.ts';
import { run } from '../cli/run.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, seed } from './harness/search.ts';

const HOST = 'www.insecureshopapp.com';
/** Another address of this machine plays the outside. */
const OUTSIDE = '127.83.9.1';
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };

const installed = requireSearch('elasticsearch-8');
const corpus = process.env.POSTERN_CORPUS;
const apk = corpus === undefined ? undefined : join(corpus, 'apk/insecureShop.apk');
if (apk === undefined) console.warn('SKIPPED check-fix-verify: set POSTERN_CORPUS to a folder with real app packages');

describe.skipIf(!installed || !apk)('check, fix and verify on a real Elasticsearch', () => {
  const account = unprivileged();
  let folder: string;
  let home: string;
  let port: number;
  let transport: number;
  let daemon: Daemon | undefined;

  async function start(): Promise<void> {
    // What is deployed is what is audited: the node starts from the very file that gets patched.
    cpSync(join(folder, 'deploy/elasticsearch.yml'), join(home, 'config/elasticsearch.yml'));
    if (account) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, home]);
    const heap = '-Xms256m -Xmx512m -XX:-AlwaysPreTouch -XX:TieredStopAtLevel=1';
    daemon = await startDaemon({
      name: 'elasticsearch',
      command: join(home, 'bin/elasticsearch'),
      args: [],
      port,
      folder: workFolder('elasticsearch-run', account),
      env: { ES_JAVA_HOME: javaHome() ?? '', ES_JAVA_OPTS: heap, ES_PATH_CONF: join(home, 'config') },
      readyWithin: 110_000,
      ...(account ? { account } : {}),
    });
  }

  async function restart(): Promise<void> {
    await daemon?.stop();
    await start();
  }

  const node = (): Pick<SearchNode, 'ask' | 'port' | 'stop'> => ({
    port,
    ask: async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
      return answer.json();
    },
    stop: async () => {},
  });

  async function check(): Promise<{ code: number; report: CheckReport }> {
    const { code, stdout } = await run(['check', '--format', 'json', '--output', 'json=report.json'], { cwd: folder });
    return { code, report: checkReportSchema.parse(JSON.parse(stdout)) };
  }

  async function verify(): Promise<{ code: number; body: ReceiptBody }> {
    const { code } = await run(['verify', 'report.json'], { cwd: folder });
    const key = (await run(['scope', 'key'], { cwd: folder })).stdout.trim();
    const believed = await run(['verify', '--receipt', 'postern-receipt.json', '--trust', key, '--format', 'json'], {
      cwd: folder,
    });
    expect(believed.code).toBe(code);
    return { code, body: (JSON.parse(believed.stdout) as Receipt).body };
  }

  const storyOf = (stories: readonly { id: string; headline: string; state: string }[], id: string) =>
    stories.find((story) => story.id === id);

  beforeAll(async () => {
    folder = workFolder('end-to-end');
    home = join(folder, 'home');
    const [inner = ''] = readdirSync(installed ?? '');
    cpSync(join(installed ?? '', inner), home, { recursive: true });
    [port, transport] = [await freePort(), await freePort()];
    mkdirSync(join(folder, 'deploy'));
    mkdirSync(join(folder, 'app'));
    cpSync(apk ?? '', join(folder, 'app/shop.apk'));
    writeFileSync(
      join(folder, 'deploy/elasticsearch.yml'),
      `# the shop's search
cluster.name: shop-search
discovery.type: single-node
network.host: 0.0.0.0   # so that the app reaches it
http.port: ${port}
transport.port: ${transport}
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: false
xpack.security.transport.ssl.enabled: false
xpack.security.http.ssl.enabled: false
`,
    );
    writeFileSync(
      join(folder, 'deploy/docker-compose.yml'),
      `services:
  search:
    image: docker.elastic.co/elasticsearch/elasticsearch:8.19.3
    volumes:
      - ./elasticsearch.yml:/usr/share/elasticsearch/config/elasticsearch.yml:ro
    ports:
      - "${port}:${port}"
`,
    );
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/control'), OWNER.password, { mode: 0o600 });
    writeFileSync(
      join(folder, 'postern.yaml'),
      `version: 1
project: end-to-end
vantage: outside
packages: [app/shop.apk]
configuration: [deploy]
targets:
  - host: ${HOST}
    addresses: [${OUTSIDE}]
    authority: loopback
    ports: [${port}]
    configuredBy: deploy/docker-compose.yml
    controls:
      - { service: elasticsearch, port: ${port}, username: ${OWNER.username}, passwordFile: secrets/control }
      - { service: elasticsearch, port: ${port}, trustedAddress: '127.0.0.1:${port}' }
`,
    );
    chmodSync(folder, 0o755);
    execFileSync(
      join(home, 'bin/elasticsearch-users'),
      ['useradd', OWNER.username, '-p', OWNER.password, '-r', 'superuser'],
      { stdio: 'ignore', env: { ...process.env, ES_JAVA_HOME: javaHome() } },
    );
    await start();
    await seed(node());
  }, 200_000);

  afterAll(async () => {
    await daemon?.stop();
    if (folder && existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  });

  it('goes from an open store to a closed and proven one', async () => {
    // 1. check tells the story: the app's host, the store beside it, the files that opened it.
    const before = await check();
    expect(before.code).toBe(1);
    const [story] = before.report.stories.filter(({ state }) => state === 'exposed');
    if (!story) throw new Error('no exposed story');
    expect(story.severity).toBe('critical');
    expect(story.documents).toBe(8);
    expect(story.apps.length).toBe(1);
    expect(story.categories).toEqual(expect.arrayContaining(['credentials', 'email', 'phone', 'location']));
    const files = story.links.flatMap(({ evidence }) => evidence.map((one) => ('path' in one ? one.path : '')));
    expect(files).toEqual(expect.arrayContaining(['deploy/elasticsearch.yml', 'deploy/docker-compose.yml']));
    expect(JSON.stringify(before.report)).not.toMatch(/person1|555-01|Exampleton|made-up/);

    // 2. Nothing is closed because somebody says so.
    const unfixed = await verify();
    expect(unfixed.code).toBe(1);
    expect(storyOf(unfixed.body.stories, story.id)?.state).toBe('exposed');

    // 3. The store asks for a password: a stranger is refused, the owner still gets in.
    const security = await run(['fix', '--only', 'audit/elasticsearch-security-disabled', '--yes'], { cwd: folder });
    expect(security.stdout).toContain('+xpack.security.enabled: true');
    await restart();
    const secured = await verify();
    const proof = secured.body.stories.find(({ id }) => id === story.id);
    expect(proof).toMatchObject({ state: 'closed', control: { ok: true } });
    expect(proof?.attempts.map(({ verdict }) => verdict)).toEqual(['secured', 'secured']);

    // 4. The rest of the patches apply too, and leave comments where they stand.
    await run(['fix', '--yes'], { cwd: folder });
    expect(readFileSync(join(folder, 'deploy/elasticsearch.yml'), 'utf8')).toContain('# so that the app reaches it');
    expect(readFileSync(join(folder, 'deploy/docker-compose.yml'), 'utf8')).toContain(`"127.0.0.1:${port}:${port}"`);
    await restart();
    const closed = await verify();
    expect(closed.code).toBe(0);
    expect(storyOf(closed.body.stories, story.id)?.state).toBe('closed');

    // 5. And check has nothing exposed to tell any more.
    const after = await check();
    expect(after.report.stories.filter(({ state }) => state === 'exposed')).toEqual([]);
  }, 400_000);
});
