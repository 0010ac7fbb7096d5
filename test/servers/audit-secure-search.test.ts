/** `postern fix --secure` carried out on real search engines, step by step as its README says. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
import { unprivileged, workFolder } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, seed, startSearch, until } from './harness/search.ts';
import { type Secured, secured } from './harness/secured.ts';
import { requireTerminal } from './harness/typed.ts';

const terminal = requireTerminal();
const elasticsearch = requireSearch('elasticsearch-8');
const opensearch = requireSearch('opensearch-2');
const security = requireSearch('opensearch-security');
const OWNER = { username: 'elastic', password: 'made-up-owner-1' };
const APP = { username: 'shop-api', password: 'made-up-app-2' };
const ENV = { JAVA_HOME: javaHome() ?? '', ES_JAVA_HOME: javaHome() ?? '', OPENSEARCH_JAVA_HOME: javaHome() ?? '' };
const folders: string[] = [];
const nodes: SearchNode[] = [];

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function place(name: string): string {
  const folder = workFolder(name);
  folders.push(folder);
  return folder;
}

function replaceIn(file: string, from: string, to: () => string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

/** The app may do this on its own index, and nothing else. */
async function appIsBound(node: SearchNode, may: 'read' | 'write'): Promise<void> {
  const app = node.as(APP);
  expect(await app('GET', '/orders/_count')).toMatchObject({ count: 5 });
  await expect(app('GET', '/customers/_count')).rejects.toThrow('403');
  await expect(app('GET', '/_search'))
    .resolves.toMatchObject({ hits: { total: { value: 5 } } })
    .catch(() => {
      // OpenSearch refuses what is about all indices instead of answering with its own.
      return expect(app('GET', '/_search')).rejects.toThrow('403');
    });
  const written = app('PUT', '/orders/_doc/9', { order_total: 9 });
  if (may === 'write') {
    await expect(written).resolves.toMatchObject({ result: 'created' });
    await expect(app('DELETE', '/orders/_doc/9')).resolves.toMatchObject({ result: 'deleted' });
  } else {
    await expect(written).rejects.toThrow('403');
  }
  await expect(app('PUT', '/customers/_doc/9', { email: 'x' })).rejects.toThrow('403');
  await expect(app('DELETE', '/orders')).rejects.toThrow('403');
  await expect(
    app('PUT', '/_cluster/settings', { transient: { 'cluster.routing.allocation.enable': 'all' } }),
  ).rejects.toThrow('403');
  await expect(node.as({ ...APP, password: 'made-up-wrong' })('GET', '/orders/_count')).rejects.toThrow('401');
}

async function proofsHold(variant: Secured): Promise<void> {
  const asked = { answers: [['password', APP.password]] as const };
  expect((await variant.proof('Without a login nothing is answered')).shown).toContain('401');
  expect((await variant.proof('The app reads its own index', asked)).shown).toContain('200');
  expect((await variant.proof('The app reads no other', asked)).shown).toContain('403');
  expect((await variant.proof('The app administers nothing', asked)).shown).toContain('403');
}

describe.skipIf(!elasticsearch || !terminal)('the secured variant of a real Elasticsearch 8', () => {
  it.each(['read', 'write'] as const)(
    'lets the app %s its indices and do nothing else',
    async (may) => {
      const work = place('secure-elasticsearch');
      const gid = unprivileged()?.gid ?? process.getgid?.() ?? 0;
      let variant: Secured | undefined;
      let home = '';
      const places: [string, string][] = [];
      const node = await startSearch('elasticsearch-8', {
        scheme: 'https',
        login: OWNER,
        settings: [''],
        prepare: async (folder, port) => {
          home = folder;
          places.push(
            ['/etc/elasticsearch', join(home, 'config')],
            ['/usr/share/elasticsearch', home],
            ['-o root -g elasticsearch', `-g ${gid}`],
            ['localhost:9200', `localhost:${port}`],
          );
          const args = ['elasticsearch', '--account', APP.username, '--data', 'orders', '--may', may];
          variant = await secured({ args, work, places, env: ENV });
          await variant.step('Make the certificates');
          await variant.step('Put the certificates in place');
        },
      });
      nodes.push(node);
      if (variant === undefined) throw new Error('the variant was not put in place');
      const put = variant;
      // The index of users is made on the first write; on a busy machine the tool gives up before, and says to try again.
      await until(async () => {
        const answered = await put.proof('Set the password of the administrator', {
          answers: [
            ['[y/N]', 'y'],
            ['Enter password', OWNER.password],
            ['Re-enter', OWNER.password],
          ],
        });
        return answered.code === 0;
      }, 90_000);
      await seed(node);
      await variant.step('Make the role of the app', { answers: [['password', OWNER.password]] });
      const made = await variant.step('Make the user of the app', {
        answers: [
          ['Password of the app', APP.password],
          ['password', OWNER.password],
        ],
      });
      expect(made.shown).not.toContain(APP.password);
      expect(await askPort(node.port)).toMatchObject({ service: 'elasticsearch', verdict: 'secured', datasets: [] });
      await proofsHold(variant);
      await appIsBound(node, may);
    },
    240_000,
  );
});

describe.skipIf(!opensearch || !security || !terminal)('the secured variant of a real OpenSearch', () => {
  it.each(['read', 'write'] as const)(
    'lets the app %s its indices and do nothing else',
    async (may) => {
      const work = place('secure-opensearch');
      const account = unprivileged() ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      const admin = { username: 'admin', password: 'made-up-Owner-1' };
      let variant: Secured | undefined;
      const node = await startSearch('opensearch-2', {
        scheme: 'https',
        login: admin,
        settings: [''],
        prepare: async (home, port) => {
          const config = join(home, 'config');
          const users = join(config, 'opensearch-security');
          cpSync(security ?? '', join(home, 'plugins/opensearch-security'), { recursive: true });
          cpSync(join(security ?? '', 'config'), users, { recursive: true });
          variant = await secured({
            args: ['opensearch', '--account', APP.username, '--data', 'orders', '--may', may],
            work,
            env: ENV,
            places: [
              ['/etc/opensearch', config],
              ['/usr/share/opensearch', home],
              ['-o root -g opensearch', `-g ${account.gid}`],
              ['chown opensearch:opensearch', `chown ${account.uid}:${account.gid}`],
              ['localhost:9200', `localhost:${port}`],
              ['-p 9200', `-p ${port}`],
            ],
          });
          await variant.step('Make the certificates');
          await variant.step('Put the certificates in place');
          const file = join(users, 'internal_users.yml');
          const hashOf = async (password: string): Promise<string> => {
            const asked = { answers: [['Password:', password]] as const };
            const printed = await variant?.step('Hash the password of the app', asked);
            return /\$2y\$\S+/.exec(printed?.shown ?? '')?.[0] ?? '';
          };
          const hash = await hashOf(APP.password);
          expect(hash).toHaveLength(60);
          replaceIn(file, 'REPLACE_WITH_THE_OUTPUT_OF_HASH_SH', () => hash);
          // As the step says: a password of one's own for who stays, and no sample users.
          const own = await hashOf(admin.password);
          const text = readFileSync(file, 'utf8');
          const meta = '_meta:\n  type: "internalusers"\n  config_version: 2\n';
          const app = text.slice(text.indexOf(`${APP.username}:`));
          writeFileSync(file, `${meta}admin:\n  hash: "${own}"\n  backend_roles: ["admin"]\n${app}`);
        },
      });
      nodes.push(node);
      const { step, proof } = variant ?? {};
      if (variant === undefined || !step || !proof) throw new Error('the variant was not put in place');
      const put = variant;
      await until(async () => /Done with success/.test((await put.proof('Load users and roles')).shown), 90_000);
      await until(async () => (await node.ask('GET', '/')) !== null);
      await seed(node);
      expect(await askPort(node.port)).toMatchObject({ service: 'opensearch', verdict: 'secured', datasets: [] });
      await proofsHold(put);
      const has = await put.proof('The app has its role and no other', { answers: [['password', APP.password]] });
      expect(has.shown).toContain(`"${APP.username}_role"`);
      expect(has.shown).not.toContain('all_access');
      await expect(node.as({ username: 'kibanaserver', password: 'kibanaserver' })('GET', '/')).rejects.toThrow('401');
      await appIsBound(node, may);
    },
    240_000,
  );
});
