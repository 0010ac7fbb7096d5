/**
 * Endpoints out of an OpenAPI 3.x or Swagger 2.0 document: GET operations with one id in their path, and the list beside
 * each.
 *
 * ```
 * openapi: 3.x   servers[0].url      '/v2' or 'https://api.example.com/v2'   prefix
 * swagger: "2.0" basePath            '/v2'                                   prefix
 * paths          '/orders'           get: …                                  list
 *                '/orders/{orderId}' get: { parameters: [{ name, in, required }] }, or { $ref: '#/…' }
 * ```
 *
 * Only references within the document are followed.
 *
 * @see https://spec.openapis.org/oas/v3.1.1.html#paths-object
 * @see https://swagger.io/specification/v2/
 */
import { isRecord } from '../json.ts';
import type { ApiEndpoint } from './model.ts';

export interface ApiDescription {
  endpoints: ApiEndpoint[];
  prefix: string;
  /** What is known and not asked. */
  notTested: string[];
}

const MOST_PATHS = 5_000;
const MOST_TOLD = 20;
const DEEPEST_REFERENCE = 8;
/** Paths as they may stand in a request line, with one parameter. */
const ONE_PARAMETER = /^(?:\/[A-Za-z0-9._~-]+)*\/\{[A-Za-z0-9_.-]{1,64}\}(?:\/[A-Za-z0-9._~-]+)*$/;

/**
 * @param document parsed, whatever it is
 * @param most endpoints; the rest is told as not tested
 * @returns undefined when this is no such document
 */
export function endpointsOf(document: unknown, most = 10): ApiDescription | undefined {
  if (!isRecord(document) || !isRecord(document.paths)) return undefined;
  const three = typeof document.openapi === 'string' && document.openapi.startsWith('3.');
  const two = String(document.swagger ?? '').startsWith('2.');
  if (!three && !two) return undefined;
  const paths = Object.entries(document.paths).slice(0, MOST_PATHS);
  const known = new Map(paths.map(([path, item]) => [path, resolved(document, item)]));
  const endpoints: ApiEndpoint[] = [];
  const left: string[] = [];
  let unreadable = 0;
  for (const [path, item] of known) {
    const get = isRecord(item) ? resolved(document, item.get) : undefined;
    if (!isRecord(item) || !isRecord(get) || !path.includes('{')) continue;
    if (!ONE_PARAMETER.test(path)) {
      // Several ids, or a text that no path is: told without it where it could be anything.
      if (/^[\w/{}.~-]{1,200}$/.test(path)) left.push(`GET ${path}: it has more than one parameter`);
      else unreadable++;
      continue;
    }
    const needed = required(document, [item.parameters, get.parameters]);
    if (needed) left.push(`GET ${path}: it has further required parameters`);
    else if (endpoints.length >= most) left.push(`GET ${path}: only the first ${most} endpoints are asked`);
    else endpoints.push({ path, ...listOf(document, known, path) });
  }
  const told = left.slice(0, MOST_TOLD);
  if (left.length + unreadable > told.length)
    told.push(`${left.length + unreadable - told.length} more operations of the API’s description`);
  return { endpoints, prefix: three ? serverPrefix(document) : pathOnly(document.basePath), notTested: told };
}

/** `/orders` beside `/orders/{id}`, where it can be read without further parameters. */
function listOf(document: unknown, known: ReadonlyMap<string, unknown>, path: string): Pick<ApiEndpoint, 'list'> {
  const before = path.slice(0, path.indexOf('/{'));
  for (const list of [before, `${before}/`]) {
    const item = known.get(list);
    const get = isRecord(item) ? resolved(document, item.get) : undefined;
    if (list !== '' && isRecord(item) && isRecord(get) && !required(document, [item.parameters, get.parameters])) {
      return { list };
    }
  }
  return {};
}

/** Whether something beside the path and the credentials has to be sent. */
function required(document: unknown, lists: readonly unknown[]): boolean {
  return lists.some((list) => {
    if (!Array.isArray(list)) return false;
    return list.some((one: unknown) => {
      const parameter = resolved(document, one);
      if (!isRecord(parameter) || parameter.required !== true || parameter.in === 'path') return false;
      // Accounts bring their own headers and cookies.
      return parameter.in !== 'header' && parameter.in !== 'cookie';
    });
  });
}

function serverPrefix(document: Record<string, unknown>): string {
  const [server] = Array.isArray(document.servers) ? (document.servers as unknown[]) : [];
  const url = isRecord(server) ? server.url : undefined;
  return typeof url === 'string' ? pathOnly(url.replace(/^https?:\/\/[^/]*/i, '')) : '';
}

/** A path as a prefix: `/v2`; nothing for the root and for what is no plain path. */
function pathOnly(value: unknown): string {
  return typeof value === 'string' && /^(?:\/[A-Za-z0-9._~-]+)+\/?$/.test(value) ? value.replace(/\/$/, '') : '';
}

function resolved(document: unknown, value: unknown): unknown {
  let current = value;
  for (let depth = 0; isRecord(current) && typeof current.$ref === 'string'; depth++) {
    if (depth >= DEEPEST_REFERENCE || !current.$ref.startsWith('#/')) return undefined;
    let target: unknown = document;
    for (const part of current.$ref.slice(2).split('/')) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      target =
        (isRecord(target) || Array.isArray(target)) && Object.hasOwn(target, name)
          ? Reflect.get(target, name)
          : undefined;
    }
    current = target;
  }
  return current;
}
