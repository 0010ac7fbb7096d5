/** The patches of audit on a real Elasticsearch 8: open before, secured after, and the app's own account still works. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { subFolder, unprivileged, workFolder } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, seed, startSearch } from './harness/search.ts';

const eight = requireSearch('elasticsearch-8');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };
const APP = { username: 'shop-api', password: 'made-up-pass-2' };
const ROLE = 'shop_api:\n  indices:\n    - names: ["orders"]\n      privileges: [read]\n';

function addUser(home: string, { username, password }: typeof OWNER, role: string): void {
  execFileSync(join(home, 'bin/elasticsearch-users'), ['useradd', username, '-p', password, '-r', role], {
    stdio: 'ignore',
    env: { ...process.env, ES_JAVA_HOME: javaHome() },
  });
}

describe.skipIf(!eight)('patches of a real Elasticsearch 8', () => {
  const nodes: SearchNode[] = [];
  const folders: string[] = [];
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function start(config: string, login?: typeof OWNER): Promise<SearchNode> {
    const node = await startSearch('elasticsearch-8', {
      settings: readFileSync(join(config, 'elasticsearch.yml'), 'utf8').split('\n'),
      prepare: (home) => {
        addUser(home, OWNER, 'superuser');
        addUser(home, APP, 'shop_api');
        appendFileSync(join(home, 'config/roles.yml'), ROLE);
      },
      ...(login ? { login } : {}),
    });
    nodes.push(node);
    return node;
  }

  it('that stands open is secured by them, and the app reads its index and no other', async () => {
    const account = unprivileged();
    const work = workFolder('audit-elasticsearch', account);
    folders.push(work);
    const data = subFolder(work, 'data', account);
    const config = join(work, 'config');
    mkdirSync(config);
    const broken = [
      '# Search of the shop',
      `path.data: ${data}`,
      'xpack.security.enabled: false # for now',
      'xpack.security.enrollment.enabled: false',
      'xpack.security.authc.anonymous.roles: superuser',
      'action.destructive_requires_name: false',
      '',
    ];
    writeFileSync(join(config, 'elasticsearch.yml'), broken.join('\n'));

    const open = await start(config);
    await seed(open);
    expect(await askPort(open.port)).toMatchObject({
      service: 'elasticsearch',
      verdict: 'anonymous-write',
      documents: 8,
    });
    await open.stop();

    const before = await auditPaths(config);
    const plan = await planFixes(config, before.outcome.findings);
    expect(plan.refused).toEqual([]);
    expect(plan.changes.flatMap(({ patches }) => patches.flatMap(({ rules }) => rules)).sort()).toEqual([
      'audit/elasticsearch-anonymous-role',
      'audit/elasticsearch-deletes-by-wildcard',
      'audit/elasticsearch-security-disabled',
    ]);
    applyPatches(config, plan.changes);
    expect(readFileSync(join(config, 'elasticsearch.yml'), 'utf8')).toContain('xpack.security.enabled: true # for now');
    // A certificate is for a person to make.
    const left = (await auditPaths(config)).report.findings.map(({ rule }) => rule);
    expect(left).toEqual(['audit/elasticsearch-http-without-tls']);

    const secured = await start(config, OWNER);
    // The shards of the same data come back one by one.
    await secured.ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=60s');
    expect(await askPort(secured.port)).toMatchObject({ service: 'elasticsearch', verdict: 'secured', datasets: [] });
    expect(await secured.ask('GET', '/customers/_count')).toMatchObject({ count: 3 });
    const app = secured.as(APP);
    expect(await app('GET', '/orders/_count')).toMatchObject({ count: 5 });
    await expect(app('GET', '/customers/_count')).rejects.toThrow('403');
    await expect(app('PUT', '/orders/_doc/9', { order_total: 9 })).rejects.toThrow('403');
    await expect(secured.as({ ...APP, password: 'made-up-wrong' })('GET', '/orders/_count')).rejects.toThrow('401');
  }, 240_000);
});
