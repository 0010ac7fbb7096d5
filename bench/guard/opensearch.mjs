/** A real OpenSearch 2.19 on a core of its own, without and with its Security plug-in, for the bench. */
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { start } from './peers.mjs';

const CACHE = new URL('../../.cache/servers/', import.meta.url).pathname;
export const READER = { username: 'reader', password: 'made-up-pass-1' };
const OWNER = { username: 'owner', password: 'made-up-pass-2' };
const DOCUMENTS = 20_000;

/** What is missing, or null. */
export function missing(distribution) {
  if (!existsSync(join(CACHE, distribution))) return `${distribution} (bash test/servers/install.sh search)`;
  return javaHome() === undefined ? 'Java' : null;
}

function javaHome() {
  const folder = (process.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, 'java')));
  return folder === undefined ? undefined : dirname(dirname(realpathSync(join(folder, 'java'))));
}

/** @returns the process, and `fill()` which writes the documents */
export async function startOpenSearch(root, port, { core, secured }) {
  const home = join(root, `opensearch-${port}`);
  const [inner] = readdirSync(join(CACHE, 'opensearch-2'));
  cpSync(join(CACHE, 'opensearch-2', inner), home, { recursive: true });
  const settings = [
    'cluster.name: postern-bench',
    'discovery.type: single-node',
    'network.host: 127.0.0.1',
    `http.port: ${port}`,
    `transport.port: ${port + 100}`,
    'cluster.routing.allocation.disk.threshold_enabled: false',
    ...(secured ? secure(home) : []),
  ];
  writeFileSync(join(home, 'config/opensearch.yml'), settings.join('\n'));
  const nobody =
    process.getuid?.() === 0 ? Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })) : undefined;
  if (nobody !== undefined) {
    execFileSync('chown', ['-R', String(nobody), home]);
    chownSync(root, nobody, -1);
  }
  const heap = '-Xms768m -Xmx768m';
  const env = { ...process.env, OPENSEARCH_JAVA_HOME: javaHome(), OPENSEARCH_JAVA_OPTS: heap, HOME: home };
  const node = await start('taskset', ['-c', String(core), join(home, 'bin/opensearch')], port, {
    env,
    ...(nobody === undefined ? {} : { uid: nobody }),
    patience: 1200,
  });
  const login = secured ? { authorization: basic(OWNER) } : {};
  const call = async (method, path, body, type = 'application/json') => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': type, ...login },
      body,
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${(await reply.text()).slice(0, 300)}`);
    return reply.json();
  };
  for (let n = 0; n < 300; n++) {
    const up = await call('GET', '/_cluster/health').then(
      ({ status }) => status === 'green' || status === 'yellow',
      () => false,
    );
    if (up) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  return { pid: node.pid, stop: () => node.stop(), fill: () => fill(call) };
}

async function fill(call) {
  const keyword = { type: 'keyword' };
  const properties = { name: { type: 'text' }, city: keyword, tenant: keyword, email: keyword, note: { type: 'text' } };
  await call(
    'PUT',
    '/small',
    JSON.stringify({
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties },
    }),
  );
  for (let from = 0; from < DOCUMENTS; from += 2000) {
    let lines = '';
    for (let n = from; n < from + 2000; n++) {
      // Five people of tenant t1 in Lyon, and nobody else there: every way to ask gets the same five.
      const lyon = n % 4000 === 0;
      const source = {
        name: `Person ${n}`,
        city: lyon ? 'Lyon' : `City ${n % 97}`,
        tenant: lyon ? 't1' : `t${n % 50}`,
        email: `p${n}@example.org`,
        note: 'x'.repeat(45),
      };
      lines += `{"index":{"_id":"d${n}"}}\n${JSON.stringify(source)}\n`;
    }
    await call('POST', '/small/_bulk', lines, 'application/x-ndjson');
  }
  await call('POST', '/small/_forcemerge?max_num_segments=1');
  await call('POST', '/small/_refresh');
}

/** The plug-in with the same rule for `reader` as the guard's: tenant, fields, mask. Plain HTTP, so that TLS is no part of it. */
function secure(home) {
  const plugin = join(home, 'plugins/opensearch-security');
  const config = join(home, 'config/opensearch-security');
  cpSync(join(CACHE, 'opensearch-security'), plugin, { recursive: true });
  mkdirSync(config, { recursive: true });
  cpSync(join(plugin, 'config'), config, { recursive: true });
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=store.example.org'],
      ...['-keyout', join(home, 'config/server.key'), '-out', join(home, 'config/server.crt')],
    ],
    { stdio: 'ignore' },
  );
  const hashOf = (password) =>
    /\$2y\$\S+/.exec(
      execFileSync('bash', [join(plugin, 'tools/hash.sh'), '-p', password], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, OPENSEARCH_JAVA_HOME: javaHome() },
      }),
    )?.[0];
  writeFileSync(
    join(config, 'internal_users.yml'),
    `_meta: { type: internalusers, config_version: 2 }
${OWNER.username}: { hash: "${hashOf(OWNER.password)}", reserved: false, backend_roles: [admin] }
${READER.username}: { hash: "${hashOf(READER.password)}", reserved: false, backend_roles: [reader] }
`,
  );
  const append = (name, text) =>
    writeFileSync(join(config, name), `${readFileSync(join(config, name), 'utf8')}\n${text}`);
  append(
    'roles.yml',
    `reader_role:
  reserved: false
  index_permissions:
    - index_patterns: [small]
      dls: '{"term":{"tenant":"t1"}}'
      fls: [name, city, tenant, email]
      masked_fields: [email]
      allowed_actions: [read]
`,
  );
  append('roles_mapping.yml', 'reader_role: { reserved: false, backend_roles: [reader] }\n');
  return [
    'plugins.security.ssl.transport.pemcert_filepath: server.crt',
    'plugins.security.ssl.transport.pemkey_filepath: server.key',
    'plugins.security.ssl.transport.pemtrustedcas_filepath: server.crt',
    'plugins.security.ssl.transport.enforce_hostname_verification: false',
    'plugins.security.allow_default_init_securityindex: true',
    'plugins.security.nodes_dn: ["CN=store.example.org"]',
    'plugins.security.authcz.admin_dn: ["CN=admin.example.org"]',
  ];
}

export function basic({ username, password }) {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
