/** Paths of the stand-in, in the order they are tried. A route gets a parsed request and returns the answer's body. */
import { type CatRow, catAnswer, indexRows } from './cat.ts';
import { aliases, describe, fieldCaps, health, info, mappings, settings, stats, whoAmI, xpack } from './describe.ts';
import { illegalArgument } from './errors.ts';
import { filterPath } from './filter-path.ts';
import { isObject, type Json } from './json.ts';
import { countRoute, getDocument, getSource, multiGet, multiSearch, searchRoute } from './read.ts';
import { chosen, type StandInAnswer, type StandInCluster, type StandInRequest } from './request.ts';
import { authorize } from './security.ts';

type Handler = (request: StandInRequest, parts: readonly string[], cluster: StandInCluster) => Json | StandInAnswer;

interface Route {
  methods: readonly string[];
  /** Segments; `:x` takes any one segment that does not begin with `_` (but for `_all`). */
  segments: readonly string[];
  handler: Handler;
}

const READ = ['GET', 'HEAD'];
const ASK = ['GET', 'POST', 'HEAD'];

const ROUTES: readonly Route[] = [
  route(READ, '/', (_request, _parts, cluster) => info(cluster)),
  route(READ, '/_cluster/health', (_request, _parts, cluster) => health(cluster)),
  route(READ, '/_cat/indices', (request, _parts, cluster) => catIndices(request, undefined, cluster)),
  route(READ, '/_cat/indices/:index', (request, [index], cluster) => catIndices(request, index, cluster)),
  route(READ, '/_cat/count', (request, _parts, cluster) => catCount(request, undefined, cluster)),
  route(READ, '/_cat/count/:index', (request, [index], cluster) => catCount(request, index, cluster)),
  route(READ, '/_cat/health', (request, _parts, cluster) =>
    cat([{ cluster: cluster.name, status: 'green', 'node.total': '1', 'node.data': '1' }], request),
  ),
  route(READ, '/_cat/plugins', (request) => cat([], request)),
  route(READ, '/_stats', (_request, _parts, cluster) => stats(cluster.indices)),
  route(READ, '/_stats/:metric', (_request, _parts, cluster) => stats(cluster.indices)),
  route(READ, '/:index/_stats', (request, [index], cluster) => stats(chosen(request, index, cluster))),
  route(READ, '/_xpack', (_request, _parts, cluster) => xpack(cluster)),
  route(READ, '/_security/_authenticate', (request) => whoAmI(request)),
  route(READ, '/_mapping', (request, _parts, cluster) => mappings(chosen(request, undefined, cluster))),
  route(READ, '/:index/_mapping', (request, [index], cluster) => mappings(chosen(request, index, cluster))),
  route(READ, '/:index/_settings', (request, [index], cluster) => settings(chosen(request, index, cluster), request)),
  route(READ, '/_settings', (request, _parts, cluster) => settings(chosen(request, undefined, cluster), request)),
  route(READ, '/:index/_settings/:name', (request, [index, name], cluster) =>
    settings(chosen(request, index, cluster), request, name),
  ),
  route(READ, '/_alias', (request, _parts, cluster) => aliases(chosen(request, undefined, cluster))),
  route(READ, '/_aliases', (request, _parts, cluster) => aliases(chosen(request, undefined, cluster))),
  route(READ, '/:index/_alias', (request, [index], cluster) => aliases(chosen(request, index, cluster))),
  route(READ, '/_resolve/index/:index', (request, [index], cluster) => ({
    indices: chosen(request, index, cluster).map((found) => ({ name: found.name, attributes: ['open'] })),
    aliases: [],
    data_streams: [],
  })),
  route(ASK, '/:index/_field_caps', (request, [index], cluster) => fieldCaps(chosen(request, index, cluster))),
  route(ASK, '/_search', (request, _parts, cluster) => searchRoute(request, undefined, cluster)),
  route(ASK, '/:index/_search', (request, [index], cluster) => searchRoute(request, index, cluster)),
  route(ASK, '/_count', (request, _parts, cluster) => countRoute(request, undefined, cluster)),
  route(ASK, '/:index/_count', (request, [index], cluster) => countRoute(request, index, cluster)),
  route(ASK, '/_msearch', (request, _parts, cluster) => multiSearch(request, undefined, cluster)),
  route(ASK, '/:index/_msearch', (request, [index], cluster) => multiSearch(request, index, cluster)),
  route(ASK, '/_mget', (request, _parts, cluster) => multiGet(request, undefined, cluster)),
  route(ASK, '/:index/_mget', (request, [index], cluster) => multiGet(request, index, cluster)),
  route(READ, '/:index/_doc/:id', (request, [index, id], cluster) => getDocument(request, index, id, cluster)),
  route(READ, '/:index/_source/:id', (request, [index, id], cluster) => getSource(request, index, id, cluster)),
  route(READ, '/:index', (request, [index], cluster) => describe(chosen(request, index, cluster))),
];

function route(methods: readonly string[], pattern: string, handler: Handler): Route {
  return { methods, segments: pattern.split('/').slice(1), handler };
}

/** Answers one request. Throws ElasticError for what Elasticsearch would refuse. */
export function answer(request: StandInRequest, cluster: StandInCluster): StandInAnswer {
  const segments = decoded(request.path);
  authorize(request.user, segments);
  let otherMethod = false;
  for (const candidate of ROUTES) {
    const parts = partsOf(candidate.segments, segments);
    if (!parts) continue;
    if (!candidate.methods.includes(request.method)) {
      otherMethod = true;
      continue;
    }
    // Without security the plug-in registers no handlers.
    if (segments[0] === '_security' && !cluster.securityEnabled) break;
    const result = candidate.handler(request, parts, cluster);
    const full: StandInAnswer = isAnswer(result) ? result : { status: 200, json: result };
    return 'json' in full ? { ...full, json: filterPath(full.json, request.parameters.get('filter_path')) } : full;
  }
  if (otherMethod || !READ.includes(request.method)) {
    const reason = `Incorrect HTTP method for uri [${request.path}] and method [${request.method}]: the stand-in only reads`;
    return { status: 405, json: { error: reason, status: 405 } };
  }
  const reason = `no handler found for uri [${request.path}] and method [${request.method}]`;
  return { status: 400, json: { error: reason } };
}

function isAnswer(result: Json | StandInAnswer): result is StandInAnswer {
  return isObject(result) && typeof result.status === 'number' && ('json' in result || 'text' in result);
}

function decoded(path: string): string[] {
  const segments = path.replace(/\/+$/, '').split('/').slice(1);
  try {
    return segments.length === 0 ? [''] : segments.map((segment) => decodeURIComponent(segment));
  } catch {
    throw illegalArgument('unterminated escape sequence at end of string');
  }
}

function partsOf(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parts: string[] = [];
  for (const [position, wanted] of pattern.entries()) {
    const segment = segments[position] ?? '';
    if (wanted.startsWith(':')) {
      if (segment === '' || (wanted === ':index' && segment.startsWith('_') && segment !== '_all')) return undefined;
      parts.push(segment);
    } else if (wanted !== segment) {
      return undefined;
    }
  }
  return parts;
}

function cat(rows: readonly CatRow[], request: StandInRequest): StandInAnswer {
  return { status: 200, ...catAnswer(rows, request.parameters) };
}

function catIndices(request: StandInRequest, index: string | undefined, cluster: StandInCluster): StandInAnswer {
  return cat(indexRows(chosen(request, index, cluster), request.parameters.get('bytes')), request);
}

function catCount(request: StandInRequest, index: string | undefined, cluster: StandInCluster): StandInAnswer {
  const documents = chosen(request, index, cluster).reduce((sum, found) => sum + found.documents.length, 0);
  const now = new Date(cluster.now());
  const row = {
    epoch: String(Math.floor(now.getTime() / 1000)),
    timestamp: now.toISOString().slice(11, 19),
    count: String(documents),
  };
  return cat([row], request);
}
