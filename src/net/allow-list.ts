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
  /** Judges one POST with its whole body. No probe has it: nothing is posted to a store that is judged. */
  permitsPost?(path: string, body: string): boolean;
}

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

/** An allow-list of raw requests judged by a parser that accepts only what the probe needs (binary protocols). */
export function allowParsed(describes: readonly string[], permitsBytes: (bytes: Uint8Array) => boolean): AllowList {
  return { describes, permitsBytes, permitsHttp: () => false };
}
