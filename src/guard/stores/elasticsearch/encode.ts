/** The printer: the only place that makes a request to the store. Everything comes from typed parts, nothing from the client. */
import type { UpstreamRequest } from '../../contract/store.ts';
import { printJson } from '../../json/print.ts';
import type { Json } from '../../json/value.ts';

export interface UpstreamParts {
  readonly method: UpstreamRequest['method'];
  /** Decoded; each is percent-encoded here. */
  readonly segments: readonly string[];
  /** In the order they are sent. Names are constants of ours. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: Json;
  /** One JSON value a line (`_msearch`, `_bulk`). */
  readonly lines?: readonly Json[];
}

/** Prints a decided request. The caller has looked up every index in the principal's grants. */
export function authorize(parts: UpstreamParts): UpstreamRequest {
  const path = `/${parts.segments.map(encodeSegment).join('/')}`;
  const query = (parts.query ?? []).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const body =
    parts.lines !== undefined
      ? `${parts.lines.map(printJson).join('\n')}\n`
      : parts.body !== undefined
        ? printJson(parts.body)
        : null;
  const request = {
    method: parts.method,
    path: query === '' ? path : `${path}?${query}`,
    body,
    bodyType: parts.lines !== undefined ? 'ndjson' : parts.body !== undefined ? 'json' : null,
  } as const;
  // The brand exists in types only: no other file may claim it (test/arch).
  return request as UpstreamRequest;
}

const UNRESERVED = /^[A-Za-z0-9_.-]+$/;

/** RFC 3986 `unreserved` stays; everything else is encoded, so no byte can end a segment, a path or a header line. */
function encodeSegment(segment: string): string {
  // Names of indices and most ids are made of these alone.
  if (UNRESERVED.test(segment)) return segment;
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
