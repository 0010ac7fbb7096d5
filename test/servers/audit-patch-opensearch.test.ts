/** The patches of audit on a real OpenSearch: open before, secured after, and the app's own account still works. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import { askPort } from '../../src/probe/testing/ask.ts';
import { certificate, subFolder, unprivileged, workFolder } from './harness/daemon.ts';
import { requireSearch, type SearchNode, seed, startSearch, until } from './harness/search.ts';

const installed = requireSearch('opensearch-2');
const security = requireSearch('opensearch-security');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };
const APP = { username: 'shop-api', password: 'made-up-pass-2' };

/** Somebody switched the plugin off "for a moment"; certificates and users are there. */
function brokenSettings(data: string): string {
  return [
    '# Search of the shop',
    `path.data: ${data}`,
    'plugins.security.disabled: true # until the certificates are there',
    'plugins.security.allow_default_init_securityindex: true',
    'plugins.security.nodes_dn: ["CN=store.example.org"]',
    'plugins.security.authcz.admin_dn: ["CN=admin.example.org"]',
    'plugins.security.ssl.transport.pemcert_filepath: server.crt',
    'plugins.security.ssl.transport.pemkey_filepath: server.key',
    'plugins.security.ssl.transport.pemtrustedcas_filepath: server.crt',
    'plugins.security.ssl.http.enabled: false',
    'plugins.security.ssl.http.pemcert_filepath: server.crt',
    'plugins.security.ssl.http.pemkey_filepath: server.key',
    'plugins.security.ssl.http.pemtrustedcas_filepath: server.crt',
    'action.destructive_requires_name: false',
    'http.cors.enabled: true',
    'http.cors.allow-origin: "/.*/"',
    'http.cors.allow-credentials: true',
    '',
  ].join('\n');
}

/** The plugin's own tool makes the hash; it wants to stand in a distribution. */
function hashOf(home: string, password: string): string {
  const printed = execFileSync('bash', [join(home, 'plugins/opensearch-security/tools/hash.sh'), '-p', password], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return /\$2y\$\S+/.exec(printed)?.[0] ?? '';
}

function meta(type: string): string {
  return `_meta:\n  type: "${type}"\n  config_version: 2\n`;
}

describe.skipIf(!installed || !security)('patches of a real OpenSearch', () => {
  const folders: string[] = [];
  const nodes: SearchNode[] = [];

  /** The folder that is audited. */
  function prepared(): string {
    const account = unprivileged();
    const work = workFolder('audit-opensearch', account);
    folders.push(work);
    const config = join(work, 'config');
    const users = join(config, 'opensearch-security');
    const data = subFolder(work, 'data', account);
    mkdirSync(users, { recursive: true });
    const tools = join(work, 'tools');
    cpSync(security ?? '', join(tools, 'plugins/opensearch-security'), { recursive: true });
    const [distribution = ''] = readdirSync(installed ?? '');
    symlinkSync(join(installed ?? '', distribution, 'lib'), join(tools, 'lib'));
    certificate(config);
    writeFileSync(join(config, 'opensearch.yml'), brokenSettings(data));
    const shipped = readFileSync(join(security ?? '', 'config/config.yml'), 'utf8');
    writeFileSync(
      join(users, 'config.yml'),
      shipped.replace('anonymous_auth_enabled: false', 'anonymous_auth_enabled: true'),
    );
    writeFileSync(
      join(users, 'internal_users.yml'),
      `${meta('internalusers')}${OWNER.username}:\n  hash: "${hashOf(tools, OWNER.password)}"\n  backend_roles: ["admin"]\n${APP.username}:\n  hash: "${hashOf(tools, APP.password)}"\n`,
    );
    writeFileSync(
      join(users, 'roles.yml'),
      `${meta('roles')}shop_api:\n  cluster_permissions: []\n  index_permissions:\n    - index_patterns: ["orders*"]\n      allowed_actions: ["read"]\n`,
    );
    writeFileSync(
      join(users, 'roles_mapping.yml'),
      `${meta('rolesmapping')}all_access:\n  backend_roles: ["admin"]\nshop_api:\n  users: ["${APP.username}"]\n`,
    );
    return config;
  }
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function start(config: string, options: Partial<Parameters<typeof startSearch>[1]>): Promise<SearchNode> {
    const settings = readFileSync(join(config, 'opensearch.yml'), 'utf8').split('\n');
    const node = await startSearch('opensearch-2', {
      settings,
      prepare: (home) => {
        cpSync(security ?? '', join(home, 'plugins/opensearch-security'), { recursive: true });
        for (const name of ['server.crt', 'server.key']) cpSync(join(config, name), join(home, 'config', name));
        const into = join(home, 'config/opensearch-security');
        // What a file does not say is as it is shipped.
        cpSync(join(security ?? '', 'config'), into, { recursive: true });
        cpSync(join(config, 'opensearch-security'), into, { recursive: true });
      },
      ...options,
    });
    nodes.push(node);
    return node;
  }

  it('that stands open is secured by them, and the app reads its index and no other', async () => {
    const config = prepared();
    const open = await start(config, {});
    await seed(open);
    expect(await askPort(open.port)).toMatchObject({
      service: 'opensearch',
      verdict: 'anonymous-write',
      documents: 8,
    });
    await open.stop();

    const before = await auditPaths(config);
    const rules = before.report.findings.map(({ rule }) => rule);
    expect(rules).toEqual(
      expect.arrayContaining([
        'audit/opensearch-security-disabled',
        'audit/opensearch-http-without-tls',
        'audit/opensearch-cors-any-origin-with-credentials',
        'audit/opensearch-deletes-by-wildcard',
        'audit/opensearch-anonymous-access',
        'audit/opensearch-audit-log-off',
      ]),
    );
    const plan = await planFixes(config, before.outcome.findings);
    expect(plan.refused).toEqual([]);
    expect(plan.changes.map(({ path }) => path).sort()).toEqual(['opensearch-security/config.yml', 'opensearch.yml']);
    applyPatches(config, plan.changes);
    const patched = readFileSync(join(config, 'opensearch.yml'), 'utf8');
    expect(patched).toContain('plugins.security.disabled: false # until the certificates are there');
    const left = (await auditPaths(config)).report.findings.map(({ rule }) => rule);
    expect(left.sort()).toEqual(['audit/opensearch-cors-any-origin', 'audit/opensearch-users-from-files']);

    const secured = await start(config, { scheme: 'https', login: OWNER });
    await until(async () => (await secured.ask('GET', '/')) !== null);
    // The shards of the same data come back one by one.
    await secured.ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=60s');
    expect(await askPort(secured.port)).toMatchObject({ service: 'opensearch', verdict: 'secured', datasets: [] });
    // The same data, by the owner and by the app.
    expect(await secured.ask('GET', '/customers/_count')).toMatchObject({ count: 3 });
    const app = secured.as(APP);
    expect(await app('GET', '/orders/_count')).toMatchObject({ count: 5 });
    await expect(app('GET', '/customers/_count')).rejects.toThrow('403');
    await expect(app('PUT', '/orders/_doc/9', { order_total: 9 })).rejects.toThrow('403');
    await expect(secured.as({ ...APP, password: 'made-up-wrong' })('GET', '/orders/_count')).rejects.toThrow('401');
  }, 240_000);
});
