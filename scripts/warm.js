#!/usr/bin/env node
/**
 * Uses a verb of a freshly built bundle once and keeps the code that V8 made of it, beside its scripts: `inspect` on the
 * small packages of the tests, `audit` on a folder of a few files, `probe` on a few ports of this machine. Part of `npm run build`. Usage: node
 * scripts/warm.js dist/cached/inspect.cjs
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { loadCached } from '../bin/load-cached.js';

// A version of Node with a compile cache needs none of this. Code is only good for the flags it was made with.
if (!process.versions.v8.startsWith('11.')) process.exit(0);
setFlagsFromString('--interrupt-budget=1000000');
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { exports, save } = loadCached(process.argv[2]);
await { inspect, audit, probe }[basename(process.argv[2], '.cjs')]();
save();

async function inspect() {
  const files = [
    'containers/testing/fixtures/app.apk',
    'containers/testing/fixtures/signed-v1.apk',
    'formats/dex/testing/shop.dex',
    'formats/hermes/testing/v96.hbc',
    'formats/hermes/testing/app.js',
  ].map((name) => join(root, 'src', 'inspect', name));
  await exports.main(['inspect', ...files, '--format', 'json', '--exit-zero', '--no-progress']);
}

/** What stands in many a repository: a compose file, an image's recipe, infrastructure, rules and migrations. */
async function audit() {
  const files = {
    'compose.yaml':
      'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n',
    Dockerfile: 'FROM node:20\nEXPOSE 9200\n',
    'main.tf': 'resource "aws_db_instance" "db" {\n  engine = "postgres"\n  publicly_accessible = true\n}\n',
    'deploy.yaml':
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: redis\nspec:\n  type: NodePort\n  ports:\n    - port: 6379\n',
    'redis.conf': 'bind 0.0.0.0\nprotected-mode no\nport 6379\n',
    'firestore.rules':
      "rules_version = '2';\nservice cloud.firestore {\n  match /databases/{db}/documents {\n    match /{all=**} { allow read: if true; }\n  }\n}\n",
  };
  const folder = mkdtempSync(join(tmpdir(), 'postern-warm-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await exports.main(['audit', folder, '--format', 'json', '--exit-zero', '--no-progress']);
  await exports.main(['audit', folder, '--exit-zero', '--no-progress']);
  rmSync(folder, { recursive: true });
}

/** A store with one index that everybody reads, one that answers nothing that is known, and a closed port. */
async function probe() {
  const answers = {
    '/': { version: { number: '7.17.28', lucene_version: '8' }, tagline: 'You Know, for Search' },
    '/_cat/indices': [{ index: 'people', 'docs.count': '3', 'store.size': '900', status: 'open' }],
    '/people/_mapping': { people: { mappings: { properties: { email: { type: 'keyword' } } } } },
    '/people/_search': { hits: { total: { value: 3 } }, aggregations: { people: { value: 3 } } },
    '/_xpack': { features: { security: { enabled: false } } },
  };
  const servers = [answers, {}].map((known) =>
    createServer((request, response) => {
      const found = known[request.url.split('?')[0]];
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? { error: { type: 'index_not_found_exception' }, status: 404 }));
    }).listen(0, '127.0.0.1'),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [store, other] = servers.map((server) => server.address().port);
  const targets = [`127.0.0.1:${store}/elasticsearch`, `127.0.0.1:${other}`, '127.0.0.1:1'];
  await exports.main(['probe', ...targets, '--format', 'jsonl', '--no-journal', '--exit-zero', '--no-progress']);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
}
