// One host with 60 services on the catalogue's ports: stores that are open, stores that ask who comes, and web servers of
// no interest. Stand-ins that answer as the products do; they count what they are asked and what they give.
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';

export const HOST = '127.3.0.1';

const counts = { requests: 0, bytes: 0, documents: 0 };

const json = (status, body, headers = {}) => ({
  status,
  text: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});
const page = (status, title) => ({
  status,
  text: `<!doctype html><title>${title}</title><h1>${title}</h1>`,
  headers: { 'content-type': 'text/html', server: 'nginx' },
});

const elasticsearch = (path) => {
  if (path === '/') {
    return json(
      200,
      {
        name: 'n',
        cluster_name: 'c',
        version: { number: '7.17.9', build_flavor: 'default', lucene_version: '8.11.1' },
        tagline: 'You Know, for Search',
      },
      { 'x-elastic-product': 'Elasticsearch' },
    );
  }
  if (path.startsWith('/_cat/indices'))
    return json(200, [{ index: 'people', 'docs.count': '100', 'store.size': '9000', status: 'open' }]);
  if (path.startsWith('/_xpack')) return json(200, { features: { security: { enabled: false, available: true } } });
  if (path.startsWith('/people/_mapping'))
    return json(200, { people: { mappings: { properties: { email: { type: 'keyword' } } } } });
  if (path.startsWith('/people/_search')) {
    return json(200, {
      took: 1,
      hits: { total: { value: 100, relation: 'eq' }, hits: [] },
      aggregations: { people: { value: 100 } },
    });
  }
  if (path.startsWith('/_')) return json(200, {});
  return json(404, { error: { type: 'index_not_found_exception' }, status: 404 });
};

const couchdb = (path) => {
  if (path === '/')
    return json(
      200,
      { couchdb: 'Welcome', version: '3.3.2', vendor: { name: 'The Apache Software Foundation' } },
      { server: 'CouchDB/3.3.2 (Erlang OTP/24)' },
    );
  if (path.startsWith('/_all_dbs')) return json(401, { error: 'unauthorized', reason: 'You are not a server admin.' });
  if (path.startsWith('/_session')) return json(200, { ok: true, userCtx: { name: null, roles: [] } });
  return json(404, { error: 'not_found', reason: 'Database does not exist.' });
};

const redisOpen = {
  redis: (words) => {
    const [verb = '', sub = ''] = words.map((word) => word.toUpperCase());
    if (verb === 'PING') return '+PONG\r\n';
    if (verb === 'INFO')
      return bulk(
        sub === 'KEYSPACE'
          ? '# Keyspace\r\ndb0:keys=3,expires=0,avg_ttl=0\r\n'
          : '# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\nused_memory:1000\r\n',
      );
    if (verb === 'DBSIZE') return ':3\r\n';
    if (verb === 'ACL' && sub === 'WHOAMI') return bulk('default');
    if (verb === 'ACL' && sub === 'DRYRUN') return '+OK\r\n';
    if (verb === 'SELECT') return '+OK\r\n';
    if (verb === 'SCAN') return `*2\r\n${bulk('0')}*1\r\n${bulk('session:1')}`;
    if (verb === 'QUIT') return '+OK\r\n';
    return `-ERR unknown command '${words[0]}'\r\n`;
  },
};
const redisLocked = {
  redis: (words) => (words[0]?.toUpperCase() === 'QUIT' ? '+OK\r\n' : '-NOAUTH Authentication required.\r\n'),
};
const memcached = {
  lines: (line) => {
    if (line === 'version') return 'VERSION 1.6.18\r\n';
    if (line.startsWith('stats settings')) return 'STAT maxbytes 67108864\r\nEND\r\n';
    if (line.startsWith('stats'))
      return 'STAT pid 1\r\nSTAT version 1.6.18\r\nSTAT curr_items 42\r\nSTAT bytes 4000\r\nEND\r\n';
    if (line.startsWith('get ')) return 'END\r\n';
    return 'ERROR\r\n';
  },
};

/** Stores on their own ports. `undefined` as service: whatever it is called, only the verdict counts. */
const STORES = [
  { port: 9200, service: 'elasticsearch', verdict: 'anonymous-write', http: elasticsearch },
  { port: 6379, service: 'redis', verdict: 'anonymous-write', tcp: redisOpen },
  { port: 6380, service: 'redis', verdict: 'secured', tcp: redisLocked },
  { port: 11211, service: 'memcached', verdict: 'anonymous-write', tcp: memcached },
  { port: 5984, service: 'couchdb', verdict: 'secured', http: couchdb },
];

/** Ports of the catalogue on which a web server of no interest stands. */
const WEB = [
  80, 443, 3000, 3100, 4000, 4566, 5000, 5050, 5341, 5540, 5601, 6333, 7473, 7474, 7700, 8000, 8055, 8080, 8081, 8082,
  8083, 8086, 8089, 8090, 8091, 8093, 8098, 8108, 8123, 8181, 8222, 8428, 8443, 8500, 8501, 8983, 9000, 9090, 9091,
  9093, 9100, 9121, 9187, 10000, 10250, 10255, 15671, 15672, 18091, 1337, 2375, 2376, 2379, 4001, 54321, 6984, 19530,
  6443,
];

export function standIns() {
  return [
    ...STORES,
    ...WEB.map((port) => ({ port, service: undefined, verdict: 'unidentified', http: () => page(404, 'Not Found') })),
  ]
    .slice(0, 60)
    .map(({ port, service, verdict, http, tcp }) => ({ port, service, verdict, http, tcp }));
}

const bulk = (text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

function serveHttp(answer, port) {
  const server = createHttp((request, response) => {
    const { status, text, headers } = answer(request.url);
    counts.requests++;
    counts.bytes += Buffer.byteLength(text);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers });
    response.end(request.method === 'HEAD' ? '' : text);
  });
  return new Promise((resolve, reject) => server.on('error', reject).listen(port, HOST, resolve));
}

function serveTcp({ redis, lines }, port) {
  const server = createTcp((socket) => {
    let held = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (;;) {
        const request = redis ? takeResp() : takeLine();
        if (request === undefined) return;
        if (request === null) return socket.end();
        const answer = redis ? redis(request) : lines(request);
        counts.requests++;
        counts.bytes += answer.length;
        socket.write(answer);
      }
    });
    const takeLine = () => {
      const end = held.indexOf('\r\n');
      if (end < 0) return undefined;
      const line = held.slice(0, end);
      held = held.slice(end + 2);
      return line;
    };
    const takeResp = () => {
      if (held === '') return undefined;
      if (held[0] !== '*') {
        // As Redis does with what begins like HTTP or TLS.
        return null;
      }
      const words = [];
      let rest = held;
      const head = /^\*(\d{1,2})\r\n/.exec(rest);
      if (head === null) return undefined;
      rest = rest.slice(head[0].length);
      for (let n = Number(head[1]); n > 0; n--) {
        const size = /^\$(\d{1,5})\r\n/.exec(rest);
        if (size === null || rest.length < size[0].length + Number(size[1]) + 2) return undefined;
        words.push(rest.slice(size[0].length, size[0].length + Number(size[1])));
        rest = rest.slice(size[0].length + Number(size[1]) + 2);
      }
      held = rest;
      return words;
    };
  });
  return new Promise((resolve, reject) => server.on('error', reject).listen(port, HOST, resolve));
}

if (import.meta.filename === process.argv[1]) {
  await Promise.all(standIns().map(({ port, http, tcp }) => (http ? serveHttp(http, port) : serveTcp(tcp, port))));
  process.on('message', () => {
    process.send({ ...counts });
    for (const name of Object.keys(counts)) counts[name] = 0;
  });
  process.on('disconnect', () => process.exit(0));
  process.send('ready');
}
