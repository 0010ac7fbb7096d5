/**
 * Finds the route of a request. Literals are compared with raw segments: `/profiles/%5Fsearch` names no search (B029),
 * although a store that decodes first would run one.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { ParsedRequest } from '../../../contract/request.ts';
import { type Reader, readerOf } from '../parameters.ts';
import type { RouteName, RouteSpec } from './table.ts';

export interface Route {
  readonly name: RouteName;
  readonly body: RouteSpec['body'];
  readonly parameters: ReadonlyMap<string, Reader>;
}

export interface Match {
  readonly route: Route;
  /** Decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface Router {
  /** @throws Refusal `method`, `forbidden`, `malformed_path`, `malformed_index`, `malformed_body`, `unsupported_media` */
  match(request: ParsedRequest): Match;
}

interface Template {
  readonly tokens: readonly Token[];
  readonly routes: Map<string, Route>;
}

interface Token {
  readonly literal: string | null;
  readonly variable: string;
}

/** @param extra further parameters by route, with their readers: those that say what the body can say */
export function createRouter(
  specs: readonly RouteSpec[],
  extra: Readonly<Partial<Record<RouteName, ReadonlyMap<string, Reader>>>> = {},
): Router {
  const byLength: Template[][] = [];
  const templates = new Map<string, Template>();
  for (const spec of specs) {
    const parameters = new Map<string, Reader>(extra[spec.name]);
    for (const name of spec.parameters) parameters.set(name, readerOf(name));
    const route: Route = { name: spec.name, body: spec.body, parameters };
    for (const path of spec.paths) {
      let template = templates.get(path);
      if (template === undefined) {
        template = { tokens: tokensOf(path), routes: new Map() };
        templates.set(path, template);
        const { length } = template.tokens;
        byLength[length] = [...(byLength[length] ?? []), template];
      }
      for (const method of spec.methods) {
        if (template.routes.has(method)) throw new Error(`two routes for ${method} ${path}`);
        template.routes.set(method, route);
      }
    }
  }
  // A literal goes before a variable at the same place.
  for (const list of byLength) list?.sort((a, b) => rank(a) - rank(b));
  return {
    match(request) {
      for (const template of byLength[request.rawSegments.length] ?? []) {
        if (!fits(template.tokens, request.rawSegments)) continue;
        const route = template.routes.get(request.method);
        if (route === undefined) throw new Refusal('method', 'routes: the path is known with other methods');
        const parameters = bind(template.tokens, request.segments);
        checkBody(request, route);
        return { route, parameters };
      }
      throw unknownPath(request);
    },
  };
}

function fits(tokens: readonly Token[], raw: readonly string[]): boolean {
  for (let i = 0; i < tokens.length; i++) {
    const { literal, variable } = tokens[i]!;
    const segment = raw[i]!;
    if (literal !== null) {
      if (segment !== literal) return false;
    } else if (variable === 'index' && segment.charCodeAt(0) === 95 && segment !== '_all') return false;
  }
  return true;
}

const NONE: ReadonlyMap<string, string> = new Map();

function bind(tokens: readonly Token[], segments: readonly string[]): ReadonlyMap<string, string> {
  let parameters: Map<string, string> | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const { literal, variable } = tokens[i]!;
    if (literal !== null) continue;
    const value = segments[i]!;
    if (variable === 'id') checkId(value);
    parameters ??= new Map();
    parameters.set(variable, value);
  }
  return parameters ?? NONE;
}

/**
 * An id of the path. One that reads like an endpoint (`_search`, `_mapping`) would be one in the typed paths of version
 * 7 (`/{index}/{type}/_search`, B030); ids that the stores make have 20 characters, of both cases.
 */
function checkId(id: string): void {
  if (id.length > 512 || Buffer.byteLength(id) > 512) throw new Refusal('malformed_path', 'routes: the id is too long');
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    if (code < 32 || code === 127) throw new Refusal('malformed_path', 'routes: the id holds a control character');
  }
  if (id.charCodeAt(0) === 95 && /^_[a-z_]{1,30}$/.test(id))
    throw new Refusal('malformed_path', 'routes: the id reads like an endpoint');
}

function checkBody(request: ParsedRequest, route: Route): void {
  const empty = request.body.length === 0;
  if (route.body === 'none' || request.method === 'HEAD') {
    if (!empty) throw new Refusal('malformed_body', 'body: not expected here');
    return;
  }
  if (empty) {
    if (route.body !== 'optional') throw new Refusal('malformed_body', 'body: missing');
    return;
  }
  // Some clients call newline-delimited JSON plain JSON; the reverse does not happen.
  if (route.body !== 'ndjson' && request.bodyType !== 'json')
    throw new Refusal('unsupported_media', 'body: not declared as JSON');
}

/** Nothing is told apart but what no store should be asked: typed paths of version 7 and separators within a name. */
function unknownPath({ rawSegments, segments }: ParsedRequest): Refusal {
  if (segments.some((segment) => segment.includes('/') || segment.includes('\\')))
    return new Refusal('malformed_path', 'routes: a separator within a segment');
  const [first, second] = rawSegments;
  if (first !== undefined && second !== undefined && !first.startsWith('_') && !second.startsWith('_'))
    return new Refusal('malformed_path', 'routes: a typed path');
  return new Refusal('forbidden', 'routes: unknown path');
}

function tokensOf(path: string): Token[] {
  if (path === '/') return [];
  return path
    .slice(1)
    .split('/')
    .map((token) =>
      token.startsWith('{') ? { literal: null, variable: token.slice(1, -1) } : { literal: token, variable: '' },
    );
}

function rank({ tokens }: Template): number {
  return tokens.findIndex(({ literal }) => literal === null) === -1 ? 0 : 1;
}
