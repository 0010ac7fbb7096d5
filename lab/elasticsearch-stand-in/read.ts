/** Answers that are made from documents: searches, counts, and documents by id. */
import { ElasticError, illegalArgument, indexNotFound, parsingError } from './errors.ts';
import { isObject, type Json, type JsonObject, parseJson } from './json.ts';
import { chosen, type StandInAnswer, type StandInCluster, type StandInRequest } from './request.ts';
import { count, search, searchBody, sourceFilter } from './search.ts';

function bodyOf(request: StandInRequest): Json | undefined {
  const text = request.parameters.get('source') ?? request.body;
  if (text.trim() === '') return undefined;
  const body = parseJson(text);
  if (body === undefined) throw parsingError('request body is not valid JSON');
  return body;
}

export function searchRoute(request: StandInRequest, index: string | undefined, cluster: StandInCluster): Json {
  if (request.parameters.has('scroll')) throw illegalArgument('The stand-in has no scroll; use search_after');
  const options = {
    now: cluster.now(),
    totalAsInteger: request.parameters.get('rest_total_hits_as_int') === 'true',
  };
  return search(chosen(request, index, cluster), searchBody(bodyOf(request), request.parameters), options);
}

export function countRoute(request: StandInRequest, index: string | undefined, cluster: StandInCluster): Json {
  const { query, ...others } = searchBody(bodyOf(request), request.parameters);
  const [unknown] = Object.keys(others).filter((key) => key !== 'terminate_after');
  if (unknown !== undefined) throw parsingError(`request does not support [${unknown}]`);
  return count(chosen(request, index, cluster), query, cluster.now());
}

/** Newline-delimited pairs of header and body; one failing search does not fail the others. */
export function multiSearch(request: StandInRequest, index: string | undefined, cluster: StandInCluster): Json {
  const lines = request.body.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || lines.length % 2 !== 0) throw parsingError('_msearch needs pairs of header and body lines');
  const responses: Json[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    try {
      const header = parseJson(lines[at] ?? '');
      const body = parseJson(lines[at + 1] ?? '');
      if (!isObject(header) || body === undefined) throw parsingError('a line of _msearch is not valid JSON');
      const named = header.index ?? index;
      const expression = Array.isArray(named) ? named.join(',') : typeof named === 'string' ? named : undefined;
      const options = { now: cluster.now(), totalAsInteger: false };
      const found = search(chosen(request, expression, cluster), searchBody(body, new URLSearchParams()), options);
      responses.push({ ...found, status: 200 });
    } catch (error) {
      if (!(error instanceof ElasticError)) throw error;
      responses.push(error.toJson());
    }
  }
  return { took: 1, responses };
}

export function getDocument(
  request: StandInRequest,
  index: string | undefined,
  id: string | undefined,
  cluster: StandInCluster,
): StandInAnswer {
  const found = documentJson(request, index ?? '', id ?? '', cluster);
  return { status: found.found === true ? 200 : 404, json: found };
}

export function getSource(
  request: StandInRequest,
  index: string | undefined,
  id: string | undefined,
  cluster: StandInCluster,
): Json {
  const found = documentJson(request, index ?? '', id ?? '', cluster);
  if (found._source === undefined) {
    throw new ElasticError(404, 'resource_not_found_exception', `Document not found [${index}]/[_doc]/[${id}]`);
  }
  return found._source;
}

export function multiGet(request: StandInRequest, index: string | undefined, cluster: StandInCluster): Json {
  const body = bodyOf(request);
  const wanted = isObject(body) ? (body.docs ?? body.ids) : undefined;
  if (!Array.isArray(wanted)) throw illegalArgument('no documents to get');
  return {
    docs: wanted.map((item) => {
      const name = isObject(item) && typeof item._index === 'string' ? item._index : index;
      const id = isObject(item) ? item._id : item;
      if (name === undefined || (typeof id !== 'string' && typeof id !== 'number'))
        throw illegalArgument('index and id are needed');
      return documentJson(request, name, String(id), cluster);
    }),
  };
}

function documentJson(request: StandInRequest, name: string, id: string, cluster: StandInCluster): JsonObject {
  const index = cluster.indices.find((candidate) => candidate.name === name);
  if (!index) throw indexNotFound(name);
  const head = { _index: name, _type: '_doc', _id: id };
  const document = index.documents.find((candidate) => candidate.id === id);
  if (!document) return { ...head, found: false };
  const source = sourceFilter(searchBody(undefined, request.parameters)._source)(document);
  return { ...head, _version: 1, _seq_no: 0, _primary_term: 1, found: true, ...(source ? { _source: source } : {}) };
}
