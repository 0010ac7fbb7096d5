/**
 * An HTTP dialogue declared once, request by request: enforced below the plug-in, shown by `--dry-run`, listed in the docs.
 */
import type { AllowList, HttpRequest, Identifiers, PlannedRequest } from './allow-list.ts';

export interface RequestTemplate {
  /** GET when left out. */
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** With its query. `<name>` stands for a declared placeholder; every other byte is literal. */
  readonly path: string;
  /** Exactly these further headers, lower-case names; values may hold placeholders. */
  readonly headers?: Readonly<Record<string, string>>;
  /** POST only; may hold placeholders. */
  readonly body?: string;
  /** What it is for, in a clause. */
  readonly why: string;
}

/**
 * What a placeholder may be: a pattern for what answers bring, or one of the scope entry's public identifiers, whose value
 * must be exactly the one that the owner put into scope. `<nonce>` needs no declaration.
 */
export type Placeholder = { readonly pattern: RegExp; readonly example: string } | 'identifier';

const NONCE: Placeholder = { pattern: /[a-z][0-9a-f]{15}/, example: 'x3f9c1d27ab84e05' };

interface Compiled {
  method: 'GET' | 'HEAD' | 'POST';
  path: Matcher;
  headers: readonly (readonly [string, Matcher])[];
  body: Matcher | undefined;
}

type Matcher = (text: string, identifiers: Identifiers) => boolean;

/** @param placeholders by name; a pattern is matched whole, so `[a-z]+` never takes a `/` in */
export function allowRequests(
  templates: readonly RequestTemplate[],
  placeholders: Readonly<Record<string, Placeholder>> = {},
): AllowList {
  const known: Readonly<Record<string, Placeholder>> = { nonce: NONCE, ...placeholders };
  const compiled = templates.map(
    ({ method = 'GET', path, headers = {}, body }): Compiled => ({
      method,
      path: matcherOf(path, known, encodeURIComponent),
      headers: Object.entries(headers).map(([name, value]) => [name, matcherOf(value, known, same)] as const),
      body: body === undefined ? undefined : matcherOf(body, known, jsonText),
    }),
  );
  const permitsRequest = (request: HttpRequest, identifiers: Identifiers) =>
    compiled.some((one) => permits(one, request, identifiers));
  return {
    describes: templates.map(({ method = 'GET', path, why }) => `${method} ${path} – ${why}`),
    permitsBytes: () => false,
    permitsHttp: (method, path) => permitsRequest({ method, path, headers: {} }, {}),
    permitsPost: (path, body) => permitsRequest({ method: 'POST', path, headers: {}, body }, {}),
    permitsRequest,
    planned: templates.map((template): PlannedRequest => {
      const http = requestOf(template);
      return { why: template.why, http, example: filled(http, known) };
    }),
  };
}

function requestOf({ method = 'GET', path, headers = {}, body }: RequestTemplate): HttpRequest {
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

function filled(request: HttpRequest, placeholders: Readonly<Record<string, Placeholder>>): HttpRequest {
  const fill = (text: string) =>
    text.replace(/<([A-Za-z]+)>/g, (all, name: string) => {
      const placeholder = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
      if (placeholder === undefined) return all;
      return placeholder === 'identifier' ? name : placeholder.example;
    });
  const headers = Object.entries(request.headers).map(([name, value]) => [name, fill(value)] as const);
  return {
    method: request.method,
    path: fill(request.path),
    headers: Object.fromEntries(headers),
    ...(request.body === undefined ? {} : { body: fill(request.body) }),
  };
}

function permits(one: Compiled, request: HttpRequest, identifiers: Identifiers): boolean {
  if (one.method !== request.method || !one.path(request.path, identifiers)) return false;
  const sent = Object.entries(request.headers).filter(([name]) => name !== 'accept');
  if (sent.length !== one.headers.filter(([name]) => name !== 'accept').length) return false;
  for (const [name, matches] of one.headers) {
    const value = request.headers[name];
    if (value === undefined || !matches(value, identifiers)) return false;
  }
  if (one.body === undefined) return request.body === undefined;
  return request.body !== undefined && one.body(request.body, identifiers);
}

function same(value: string): string {
  return value;
}

/** As it stands between quotation marks in a JSON text. */
function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function matcherOf(
  template: string,
  placeholders: Readonly<Record<string, Placeholder>>,
  encode: (value: string) => string,
): Matcher {
  const parts = template.split(/(<[A-Za-z]+>)/).map((part) => {
    const name = /^<([A-Za-z]+)>$/.exec(part)?.[1];
    const placeholder = name === undefined || !Object.hasOwn(placeholders, name) ? undefined : placeholders[name];
    if (name === undefined || placeholder === undefined) return { literal: part };
    return placeholder === 'identifier' ? { identifier: name } : { pattern: placeholder.pattern.source };
  });
  const compile = (identifiers: Identifiers): RegExp | undefined => {
    let source = '';
    for (const part of parts) {
      if (part.literal !== undefined) source += escaped(part.literal);
      else if (part.pattern !== undefined) source += `(?:${part.pattern})`;
      else {
        const value = Object.hasOwn(identifiers, part.identifier) ? identifiers[part.identifier] : undefined;
        if (value === undefined || value === '' || (encode === encodeURIComponent && /^\.+$/.test(value)))
          return undefined;
        source += `(?:${formsOf(value, encode).map(escaped).join('|')})`;
      }
    }
    return new RegExp(`^(?:${source})$`);
  };
  const fixed = parts.some(({ identifier }) => identifier !== undefined) ? undefined : compile({});
  return (text, identifiers) => (fixed ?? compile(identifiers))?.test(text) ?? false;
}

/** As it may stand there. What would end its part of a path or a JSON text stands there encoded only. */
function formsOf(value: string, encode: (value: string) => string): string[] {
  const plain = encode === jsonText || (encode === encodeURIComponent && /[/?#%\\]/.test(value)) ? [] : [value];
  return [...new Set([...plain, encode(value)])];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
