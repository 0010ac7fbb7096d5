import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runControl } from '../../src/probe/index.ts';
import { askPort, loopbackTarget } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { askSampled } from './harness/sampled.ts';
import { requireSearch, type SearchNode, seed, startSearch, until } from './harness/search.ts';

const installed = requireSearch('opensearch-2');
const security = requireSearch('opensearch-security');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };

const SECURED = [
  'plugins.security.ssl.transport.pemcert_filepath: server.crt',
  'plugins.security.ssl.transport.pemkey_filepath: server.key',
  'plugins.security.ssl.transport.pemtrustedcas_filepath: server.crt',
  'plugins.security.ssl.transport.enforce_hostname_verification: false',
  'plugins.security.allow_default_init_securityindex: true',
  'plugins.security.nodes_dn: ["CN=store.example.org"]',
  'plugins.security.authcz.admin_dn: ["CN=admin.example.org"]',
];
const TLS = [
  'plugins.security.ssl.http.enabled: true',
  'plugins.security.ssl.http.pemcert_filepath: server.crt',
  'plugins.security.ssl.http.pemkey_filepath: server.key',
  'plugins.security.ssl.http.pemtrustedcas_filepath: server.crt',
];

/** Installs the Security plug-in with one user and the configuration that `edit` makes of its own config.yml. */
function withSecurity(home: string, edit: (config: string) => string): void {
  const plugin = join(home, 'plugins/opensearch-security');
  const config = join(home, 'config/opensearch-security');
  cpSync(security ?? '', plugin, { recursive: true });
  cpSync(join(plugin, 'config'), config, { recursive: true });
  certificate(join(home, 'config'));
  const tool = join(plugin, 'tools/hash.sh');
  const printed = execFileSync('bash', [tool, '-p', OWNER.password], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const hash = /\$2y\$\S+/.exec(printed)?.[0];
  const meta = '_meta:\n  type: "internalusers"\n  config_version: 2\n';
  const user = `${OWNER.username}:\n  hash: "${hash}"\n  reserved: false\n  backend_roles: ["admin"]\n`;
  writeFileSync(join(config, 'internal_users.yml'), meta + user);
  writeFileSync(join(config, 'config.yml'), edit(readFileSync(join(config, 'config.yml'), 'utf8')));
}

const nodes: SearchNode[] = [];
afterAll(async () => {
  for (const node of nodes) await node.stop();
});
async function start(options: Parameters<typeof startSearch>[1]): Promise<SearchNode> {
  const node = await startSearch('opensearch-2', options);
  nodes.push(node);
  return node;
}

describe.skipIf(!installed)('a real OpenSearch', () => {
  it('without the Security plug-in is open to reading and writing, and is not called Elasticsearch', async () => {
    const node = await start({ settings: [] });
    await seed(node);
    const result = await askPort(node.port);
    expect(result).toMatchObject({
      service: 'opensearch',
      version: '2.19.1',
      verdict: 'anonymous-write',
      documents: 8,
      notTested: [],
    });
    expect(result.datasets[1]?.fields).toEqual(['email', 'home.city', 'home.location', 'password_hash', 'phone']);
    expect(JSON.stringify(result)).not.toMatch(/example\.org|555-01|Exampleton/);
    const sampled = await askSampled(node.port, ['email']);
    expect(sampled.result.datasets[1]?.people).toEqual({ count: 3, how: 'cardinality', field: 'email' });
    expect(sampled.taken['customers.email']).toHaveLength(3);
    expect(JSON.stringify(sampled.result)).not.toMatch(/example\.org|555-01|Exampleton/);
  });
});

describe.skipIf(!installed || !security)('a real OpenSearch with the Security plug-in', () => {
  it('over TLS is secured, and only its owner gets in', async () => {
    const node = await start({
      settings: [...SECURED, ...TLS],
      prepare: (home) => withSecurity(home, (config) => config),
      scheme: 'https',
      login: OWNER,
    });
    await until(async () => (await node.ask('GET', '/')) !== null);
    await seed(node);
    const result = await askPort(node.port);
    expect(result).toMatchObject({ service: 'opensearch', verdict: 'secured', datasets: [] });
    expect(result.exchanges[0]?.tls?.protocol).toBe('TLSv1.3');
    const target = await loopbackTarget();
    expect(await runControl(target, 'opensearch', node.port, OWNER)).toMatchObject({ ok: true });
    expect(await runControl(target, 'opensearch', node.port, { ...OWNER, password: 'made-up' })).toMatchObject({
      ok: false,
    });
  });

  it('whose anonymous user may search but not list is readable; writing is not tested', async () => {
    const node = await start({
      settings: SECURED,
      prepare: (home) => {
        withSecurity(home, (config) => config.replace('anonymous_auth_enabled: false', 'anonymous_auth_enabled: true'));
        const mapping = join(home, 'config/opensearch-security/roles_mapping.yml');
        const anonymous =
          'readall_and_monitor:\n  reserved: false\n  backend_roles: ["opendistro_security_anonymous_backendrole"]\n';
        const plain = readFileSync(mapping, 'utf8').replace(/^readall:[\s\S]*?(?=^\S|$(?![\s\S]))/m, '');
        writeFileSync(mapping, `${plain}\n${anonymous}`);
      },
      login: OWNER,
    });
    await until(async () => (await node.ask('GET', '/')) !== null);
    await seed(node);
    const result = await askPort(node.port);
    expect(result).toMatchObject({
      service: 'opensearch',
      verdict: 'anonymous-read',
      documents: 8,
      notTested: ['indices by name: their list is refused', 'whether a stranger may write'],
    });
  });
});
