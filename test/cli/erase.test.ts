import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from './run.ts';

let folder: string;
let store: Server;
let asked: string[];

beforeEach(async () => {
  asked = [];
  store = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify({ count: 3, _shards: { failed: 0 } }));
  });
  await new Promise<void>((listening) => store.listen(0, '127.0.0.1', listening));
  folder = mkdtempSync(join(tmpdir(), 'postern-erase-'));
  writeFileSync(
    join(folder, 'guard.yaml'),
    `version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:${(store.address() as AddressInfo).port}'] }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
vault: { keys: keys }
resources:
  orders:
    upstream: shop
    index: orders
    owner: { column: customer, claim: sub }
    subjects: { owner: { reference: customer_ref } }
    roles: { mobile: [list] }
    fields: { phone: { type: keyword, encrypt: true } }
roles:
  mobile: { match: { issuer: shop } }
`,
  );
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((closed) => store.close(closed));
});

it.each([[['erase', 'ann', '--dry-run']], [['erase', 'ann', '--yes']], [['vault', 'shred', 'ann', '--yes']]])(
  'refuses to erase with a new and empty vault, as if nobody had ever had a key (%j)',
  async (command) => {
    const { code, stderr } = await run(command, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('there is no vault yet');
    expect(asked).toEqual([]);
    expect(existsSync(join(folder, 'keys'))).toBe(false);
    expect(existsSync(join(folder, '.postern'))).toBe(false);
  },
);
