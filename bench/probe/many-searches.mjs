// Loopback addresses of which every tenth answers like a small open Elasticsearch 7.10 (OSS): the banner, two indices, their
// mappings, and Elasticsearch's own errors for everything else. A stand-in: it counts what it is asked and what it gives.
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
/** What a search for documents brings: people's records, as a real store would give them. */
const PERSON = { email: 'jane.doe@example.org', phone: '+49 30 5550123', password_hash: '0'.repeat(60) };
const HITS = Array.from({ length: 10 }, (_, n) => ({
  _index: 'customers',
  _id: String(n),
  _score: 1,
  _source: PERSON,
}));

function answer(path) {
  const [plain, query = ''] = path.split('?');
  const pretty = /(?:^|&)(?:pretty|v)\b/.test(query);
  if (plain === '/') return [200, BANNER, pretty];
  if (plain === '/_cat/indices' && !query.includes('format=json')) {
    return [200, INDICES.map((one) => `green open ${one.index} uuid 1 0 ${one['docs.count']} 0 5mb 5mb`).join('\n')];
  }
  if (plain === '/_cat/indices') return [200, INDICES];
  if (plain === '/_cluster/health')
    return [200, { cluster_name: 'bench', status: 'green', number_of_nodes: 1 }, pretty];
  if (plain === '/_cat/plugins') return [200, []];
  if (plain === '/_all/_search' || plain === '/_search') return [200, found(query)];
  if (plain.startsWith('/_all/_settings')) return [200, {}];
  if (plain.startsWith('/_')) return [400, { error: `no handler found for uri [${path}] and method [GET]` }];
  const [, index, verb] = /^\/([^/?]+)(?:\/([^?]+))?/.exec(plain) ?? [];
  const properties = MAPPINGS[index];
  if (properties === undefined) return [404, { error: { type: 'index_not_found_exception', index }, status: 404 }];
  if (verb === '_mapping') return [200, { [index]: { mappings: { properties } } }];
  if (verb === '_search') return [200, found(query)];
  return [200, { [index]: { aliases: {}, mappings: { properties }, settings: {} } }];
}

function found(query) {
  const size = Number(/(?:^|&)size=(\d+)/.exec(query)?.[1] ?? 10);
  return { took: 1, hits: { total: { value: 10000, relation: 'gte' }, hits: HITS.slice(0, size) } };
}

const counts = { requests: 0, bytes: 0, documents: 0 };

function serve(request, response) {
  const [status, body, pretty] = answer(request.url);
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, pretty ? 2 : 0);
  counts.requests++;
  counts.bytes += Buffer.byteLength(text);
  counts.documents += body?.hits?.hits?.length ?? 0;
  response.writeHead(status, {
    'content-type': `${typeof body === 'string' ? 'text/plain' : 'application/json'}; charset=UTF-8`,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The first of 127.1.0.1, 127.1.0.2, … 127.1.0.250, 127.1.1.1, … */
export function addresses(count = 1000) {
  return Array.from({ length: count }, (_, n) => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`);
}
export const answers = (n) => n % 10 === 3;

/** Documents that are the owner's, over all indices of one address. */
export const DOCUMENTS = 12400 + 38211;

if (import.meta.filename === process.argv[1]) {
  const port = Number(process.argv[2]);
  const listening = addresses(Number(process.argv[3] ?? 1000))
    .filter((_, n) => answers(n))
    .map(
      (address) => new Promise((resolve) => createServer(serve).listen({ port, host: address, backlog: 64 }, resolve)),
    );
  await Promise.all(listening);
  process.on('message', () => {
    process.send({ ...counts });
    for (const name of Object.keys(counts)) counts[name] = 0;
  });
  process.on('disconnect', () => process.exit(0));
  process.send('ready');
}
