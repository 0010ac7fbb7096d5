/**
 * What a service's probe may send, enforced by the connection below the plug-in. Everything else is refused before a
 * byte leaves. A list is written so narrowly that it can be read as the whole dialogue.
 */
export interface AllowList {
  /** The dialogue in words, one line per request; shown by `postern explain` and in the docs. */
  readonly describes: readonly string[];
  /** Judges one complete raw request (`Connection.write`). Pure; must not throw on any input. */
  permitsBytes(bytes: Uint8Array): boolean;
  /** Judges one HTTP request. Only GET and HEAD exist. */
  permitsHttp(method: 'GET' | 'HEAD', path: string): boolean;
  /** Judges one POST with its whole body, where reading is asked for by POST (GraphQL, etcd, Firestore). */
  permitsPost?(path: string, body: string): boolean;
  /**
   * Judges one whole HTTP request, its further headers included. Where a list has it, it alone decides.
   * @param identifiers the scope entry's public identifiers: a header or path that carries one must carry exactly that
   */
  permitsRequest?(request: HttpRequest, identifiers: Identifiers): boolean;
  /** Every request there is, as `--dry-run` shows it; `<…>` stands for what an answer or chance brings. */
  readonly planned?: readonly PlannedRequest[];
}

/** Identifiers that are public by design, by their names: `projectId`, `anonKey`, `appId`. */
export type Identifiers = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  /** Lower-cased names; without those that every request has (host, user-agent, …). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request as it would be sent. */
export type PlannedRequest = {
  readonly why: string;
} /** `example`: with each placeholder filled in; an identifier is filled in with its own name. */ & (
  | { readonly http: HttpRequest; readonly example?: HttpRequest }
  /** The exact bytes, with an example where chance or an answer decides. */
  | { readonly bytes: Uint8Array }
);

/** One HTTP request, exactly as it is sent. */
export interface ExactRequest {
  readonly describes: string;
  readonly path: string;
  /** Posted as JSON; left out: GET. */
  readonly body?: string;
}

/** An allow-list of whole requests, body included: what is asked at the owner's own gateway. */
export function allowExactly(requests: readonly ExactRequest[]): AllowList {
  const gets = new Set(requests.filter(({ body }) => body === undefined).map(({ path }) => path));
  const posts = new Set(requests.filter(({ body }) => body !== undefined).map(({ path, body }) => `${path}\n${body}`));
  return {
    describes: requests.map(({ describes }) => describes),
    permitsBytes: () => false,
    permitsHttp: (method, path) => method === 'GET' && gets.has(path),
    permitsPost: (path, body) => posts.has(`${path}\n${body}`),
  };
}

/** An allow-list of HTTP GET/HEAD paths. Each pattern is anchored by this function. */
export function allowHttp(describes: readonly string[], paths: readonly RegExp[]): AllowList {
  const anchored = paths.map((path) => new RegExp(`^(?:${path.source})$`, path.flags.replace('g', '')));
  return {
    describes,
    permitsBytes: () => false,
    permitsHttp: (_method, path) => anchored.some((pattern) => pattern.test(path)),
  };
}

/** An allow-list of raw requests, judged as latin1 text by anchored patterns. */
export function allowText(describes: readonly string[], requests: readonly RegExp[]): AllowList {
  const anchored = requests.map((request) => new RegExp(`^(?:${request.source})$`, request.flags.replace('g', '')));
  return {
    describes,
    permitsBytes: (bytes) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      return anchored.some((pattern) => pattern.test(text));
    },
    permitsHttp: () => false,
  };
}

/**
 * An allow-list of raw requests judged by a parser that accepts only what the probe needs (binary protocols).
 * @param planned each request once, with its exact bytes
 */
export function allowParsed(
  describes: readonly string[],
  permitsBytes: (bytes: Uint8Array) => boolean,
  planned: readonly PlannedRequest[] = [],
): AllowList {
  return { describes, permitsBytes, permitsHttp: () => false, planned };
}

/** Either list: what further options add to a dialogue. */
export function allowEither(one: AllowList, other: AllowList): AllowList {
  return {
    describes: [...one.describes, ...other.describes],
    permitsBytes: (bytes) => one.permitsBytes(bytes) || other.permitsBytes(bytes),
    permitsHttp: (method, path) => one.permitsHttp(method, path) || other.permitsHttp(method, path),
    permitsPost: (path, body) => one.permitsPost?.(path, body) === true || other.permitsPost?.(path, body) === true,
    permitsRequest: (request, identifiers) =>
      permitsHttpRequest(one, request, identifiers) || permitsHttpRequest(other, request, identifiers),
    planned: [...(one.planned ?? []), ...(other.planned ?? [])],
  };
}

/** What a list says of one HTTP request, whichever of its judges it has. */
export function permitsHttpRequest(allow: AllowList, request: HttpRequest, identifiers: Identifiers): boolean {
  if (allow.permitsRequest !== undefined) return allow.permitsRequest(request, identifiers);
  if (Object.keys(request.headers).some((name) => name !== 'accept')) return false;
  if (request.method !== 'POST') return allow.permitsHttp(request.method, request.path);
  return request.body !== undefined && allow.permitsPost?.(request.path, request.body) === true;
}
