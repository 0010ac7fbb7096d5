/** JSON from elsewhere: bounded in depth before it is parsed, with the lines where its elements begin. */

const DEEPEST = 60;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonMap = { readonly [key: string]: Json };

export interface ParsedJson {
  value: Json;
  /** 1-based lines of the maps that open at the asked depth, in their order. */
  lines: readonly number[];
  /** The maps themselves: offsets of `{` and behind `}`. */
  spans: readonly (readonly [start: number, end: number])[];
}

/** @param depth how many lists and maps the wanted maps stand in, e.g. 1 for the elements of a list */
export function parseJson(text: string, depth: number): ParsedJson | undefined {
  const lines: number[] = [];
  const spans: [number, number][] = [];
  let line = 1;
  let level = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a) line++;
    else if (unit === 0x22) quoted = !quoted;
    else if (quoted) at += unit === 0x5c ? 1 : 0;
    else if (unit === 0x7b || unit === 0x5b) {
      if (unit === 0x7b && level === depth) {
        lines.push(line);
        spans.push([at, at + 1]);
      }
      if (++level > DEEPEST) return undefined;
    } else if (unit === 0x7d || unit === 0x5d) {
      level--;
      const last = spans.at(-1);
      if (unit === 0x7d && level === depth && last !== undefined) last[1] = at + 1;
    }
  }
  try {
    return { value: JSON.parse(text) as Json, lines, spans };
  } catch {
    return undefined;
  }
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mapOf(value: Json | undefined): JsonMap {
  return isMap(value) ? value : {};
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The one entry of a map such as `{"drop": null}`. */
export function onlyEntry(value: Json | undefined): readonly [string, Json] | undefined {
  return isMap(value) ? Object.entries(value)[0] : undefined;
}
