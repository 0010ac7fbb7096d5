/**
 * Compressed bodies (`Content-Encoding: gzip`): clients offer to compress, so one gzip layer is undone, within bounds, before
 * anything reads the request. Nothing else is: no `deflate`, no list of codings.
 */
import { gunzip, type InputType, type ZlibOptions } from 'node:zlib';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';

export interface InflateLimits {
  /** Bytes after inflating. */
  readonly maxBytes: number;
  /** Bytes out for one byte in. JSON that repeats itself gets to about 30; deflate's own end is 1032. */
  readonly maxRatio: number;
}

/** Small bodies are below every concern. */
const ALWAYS_ALLOWED = 64 * 1024;

/** @returns the value of the only Content-Encoding header; undefined without one, '' when there are several */
export function contentEncoding(headers: readonly string[]): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    if (name.length === 16 && name.toLowerCase() === 'content-encoding') {
      found = found === undefined ? headers[at + 1]! : '';
    }
  }
  return found;
}

/**
 * @returns the request with its body inflated and without the header; the same request when it is not compressed
 * @throws Refusal `unsupported_media` another coding · `malformed_body` not one whole gzip stream · `too_large`
 */
export async function inflateRequest(raw: RawRequest, limits: InflateLimits): Promise<RawRequest> {
  const encoding = contentEncoding(raw.headers);
  if (encoding === undefined || encoding === 'identity') return raw;
  if (encoding.toLowerCase() !== 'gzip') throw new Refusal('unsupported_media', 'content-encoding: not gzip');
  const headers: string[] = [];
  for (let at = 0; at + 1 < raw.headers.length; at += 2) {
    const name = raw.headers[at]!;
    if (name.toLowerCase() !== 'content-encoding') headers.push(name, raw.headers[at + 1]!);
  }
  if (raw.body.byteLength === 0) return { ...raw, headers };
  const allowed = Math.min(limits.maxBytes, Math.max(ALWAYS_ALLOWED, raw.body.byteLength * limits.maxRatio));
  return { ...raw, headers, body: await inflated(raw.body, allowed) };
}

/** With `info` the callback gets the engine too, which knows how much it read (node:zlib; not in its types). */
type GunzipWithInfo = (
  body: InputType,
  options: ZlibOptions,
  done: (error: NodeJS.ErrnoException | null, result: { buffer: Buffer; engine: { bytesWritten: number } }) => void,
) => void;

function inflated(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    (gunzip as unknown as GunzipWithInfo)(body, { maxOutputLength: maxBytes, info: true }, (error, result) => {
      if (error !== null) {
        const bomb = error.code === 'ERR_BUFFER_TOO_LARGE';
        reject(new Refusal(bomb ? 'too_large' : 'malformed_body', 'content-encoding: gzip'));
      } else if (result.engine.bytesWritten !== body.byteLength) {
        // Node leaves what follows the stream unread; so would others, or not.
        reject(new Refusal('malformed_body', 'content-encoding: bytes after the gzip stream'));
      } else resolve(result.buffer);
    });
  });
}
