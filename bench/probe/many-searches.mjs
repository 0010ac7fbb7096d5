// 100 loopback addresses that answer like a small open Elasticsearch 7.10 (OSS): the banner, two indices, their mappings,
// and Elasticsearch's own errors for everything else. Prints `ready` and the addresses' file when it listens.
import { createServer } from 'node:http';

const INDICES = [
  { index: 'customers', 'docs.count': '12400', 'store.size': '5242880', status: 'open' },
  { index: 'orders', 'docs.count': '38211', 'store.size': '9437184', status: 'open' },
  { index: '.kibana_1', 'docs.count': '7', 'store.size': '20480', status: 'open' },
];
const MAPPINGS = {
  customers: { email: { type: 'keyword' }, phone: { type: 'keyword' }, password_hash: { type: 'keyword' } },
  orders: {
    order_id: { type: 'long' },
    total: { type: 'float' },
    shipping: { properties: { city: { type: 'keyword' } } },
  },
};
const BANNER = {
  name: 'node-1',
  cluster_name: 'bench',
  version: { number: '7.10.2', build_flavor: 'oss', lucene_version: '8.7.0' },
  tagline: 'You Know, for Search',
};

function answer(path) {
  if (path === '/') return [200, BANNER];
  if (path.startsWith('/_cat/indices')) return [200, INDICES];
  if (path.startsWith('/_cat/plugins')) return [200, []];
  if (path.startsWith('/_all/_settings')) return [200, {}];
  if (path.startsWith('/_')) return [400, { error: `no handler found for uri [${path}] and method [GET]` }];
  const [, index, verb] = /^\/([^/?]+)(?:\/([^?]+))?/.exec(path) ?? [];
  const properties = MAPPINGS[index];
  if (properties === undefined) return [404, { error: { type: 'index_not_found_exception', index }, status: 404 }];
  if (verb === '_mapping') return [200, { [index]: { mappings: { properties } } }];
  if (verb === '_search') return [200, { took: 1, hits: { total: { value: 10000, relation: 'gte' }, hits: [] } }];
  return [200, { [index]: { aliases: {}, mappings: { properties }, settings: {} } }];
}

function serve(request, response) {
  const [status, body] = answer(request.url);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Every tenth of the thousand addresses 127.1.0.1 … 127.1.3.250. */
export function addresses() {
  return Array.from({ length: 1000 }, (_, n) => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`);
}
export const answers = (n) => n % 10 === 3;

/** Documents that are the owner's, over all indices of one address. */
export const DOCUMENTS = 12400 + 38211;

const port = Number(process.argv[2] ?? 9200);
if (import.meta.filename === process.argv[1]) {
  const listening = addresses()
    .filter((_, n) => answers(n))
    .map((address) => new Promise((resolve) => createServer(serve).listen(port, address, resolve)));
  await Promise.all(listening);
  process.stdout.write('ready\n');
}
