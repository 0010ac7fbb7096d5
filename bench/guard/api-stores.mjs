/**
 * What stands behind the gateway in the benches of the typed API: nginx with what the gateway itself wrote before, and
 * stand-ins in this process (Node's http server) where every answer has to be another one.
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { nginx } from './peers.mjs';

/** A hit as Elasticsearch prints it. */
export function hit(index, id, n, source) {
  return { _index: index, _id: id, _score: null, _seq_no: n, _primary_term: 1, _source: source, sort: [n] };
}

export function searchAnswer(hits) {
  const shards = { total: 1, successful: 1, skipped: 0, failed: 0 };
  const total = { value: hits.length, relation: 'eq' };
  return JSON.stringify({ took: 1, timed_out: false, _shards: shards, hits: { total, max_score: null, hits } });
}

function createAnswer(index, id) {
  const shards = { total: 1, successful: 1, failed: 0 };
  return JSON.stringify({
    ...{ _index: index, _id: id, _version: 1, result: 'created' },
    ...{ _shards: shards, _seq_no: 1, _primary_term: 1 },
  });
}

/** @param answer `(path, body)` → `{ status, body }` */
async function standIn(port, answer) {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { status = 200, body } = answer(request.url, Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Keeps what it is told to create. @returns with `documents`: index → `{ id, source }` in the order they came */
export async function capturingStore(port) {
  const documents = new Map();
  const server = await standIn(port, (path, body) => {
    const [, index, id] = /^\/([\w-]+)\/_create\/([\w-]+)/.exec(path) ?? [];
    if (index === undefined) return { status: 404, body: '{}' };
    const kept = documents.get(index) ?? [];
    documents.set(index, [...kept, { id, source: JSON.parse(body) }]);
    return { status: 201, body: createAnswer(index, id) };
  });
  return { ...server, documents };
}

/** nginx: `answers` by index for every search, and for a creation its own id. */
export function documentStore(root, port, answers) {
  const folder = join(root, 'documents');
  mkdirSync(folder, { recursive: true });
  for (const [name, json] of Object.entries(answers)) writeFileSync(join(folder, `${name}.json`), json);
  const locations = Object.keys(answers).map(
    (
      name,
    ) => `location = /${name}/_search { default_type application/json; error_page 405 =200 /${name}.json; try_files /${name}.json =404; }
      location = /${name}.json { root ${folder}; default_type application/json; error_page 405 =200 /${name}.json; }`,
  );
  return nginx(
    root,
    `documents-${port}`,
    port,
    (listen) => `open_file_cache max=100; server { listen 127.0.0.1:${listen}; root ${folder};
      location ~ ^/([a-z-]+)/_create/([0-9a-zA-Z_-]+)$ { default_type application/json; return 201 '${createAnswer('$1', '$2')}'; }
      ${locations.join('\n')} }`,
  );
}

/** Every search is answered with the next page of `pages`, around and around. @returns with `served()`: how many */
export async function walkingStore(port, { count, page }) {
  let at = 0;
  const server = await standIn(port, () => ({ body: page(at++ % count) }));
  return { ...server, served: () => at };
}

const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** A list gets documents that nobody has seen yet, a question for one id that document. All are of everybody who asks. */
export async function endlessStore(port) {
  let next = 0;
  const server = await standIn(port, (path, body) => {
    const index = path.split('/')[1];
    const { query, size } = JSON.parse(body);
    const asked = /"ids":\{"values":\["([^"]+)"\]/.exec(JSON.stringify(query))?.[1];
    const ids = asked === undefined ? Array.from({ length: size - 1 }, () => uuid(next++)) : [asked];
    return { body: searchAnswer(ids.map((id, n) => hit(index, id, n, { tenant: 't1', status: 'open', total: 1 }))) };
  });
  return server;
}
