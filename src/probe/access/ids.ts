/** Ids of an account's own objects, out of the answer of its own list. They stay in memory. */
import { isRecord } from '../json.ts';

/** Ids that are looked at, per account and endpoint. */
const MOST_IDS = 50;
/** How deep an envelope may hide the list: `{"data": {"orders": [...]}}`. */
const DEEPEST = 4;
const MOST_NODES = 500;

export interface Listed {
  ids: string[];
  /** The list says that it goes on. */
  goesOn: boolean;
}

/**
 * The first list of objects that have an id, wherever the envelope keeps it. Undefined when the answer is no list.
 *
 * @param idField as configured
 * @param parameter name of the path's parameter: `orderId`
 */
export function idsOf(
  body: unknown,
  headers: Readonly<Record<string, string>>,
  idField: string | undefined,
  parameter: string,
): Listed | undefined {
  const names = idField === undefined ? namesFor(parameter) : [idField];
  let level: unknown[] = [body];
  let looked = 0;
  let empty = false;
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const one of level) {
      if (++looked > MOST_NODES) return undefined;
      if (Array.isArray(one)) {
        if (one.length === 0) empty = true;
        const ids = one.slice(0, MOST_IDS).flatMap((item) => idOf(item, names) ?? []);
        if (ids.length > 0) return { ids: [...new Set(ids)], goesOn: goesOn(body, headers, one.length) };
      } else if (isRecord(one)) next.push(...Object.values(one));
    }
    level = next;
  }
  return empty ? { ids: [], goesOn: false } : undefined;
}

function namesFor(parameter: string): string[] {
  return [...new Set([parameter, 'id', '_id', 'uuid', 'guid', 'key', 'slug'])];
}

function idOf(item: unknown, names: readonly string[]): string | undefined {
  if (!isRecord(item)) return asId(item);
  // Relay keeps the object in `node`, Elasticsearch-like envelopes in `_source` beside its id.
  for (const holder of [item, item.node]) {
    if (!isRecord(holder)) continue;
    for (const name of names) {
      const id = asId(at(holder, name));
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

function at(holder: Record<string, unknown>, path: string): unknown {
  let value: unknown = holder;
  for (const part of path.split('.')) value = isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

/** What can stand in a path as one segment. */
export function asId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(value) || /^\.{1,2}$/.test(value)) return undefined;
  return value;
}

function goesOn(body: unknown, headers: Readonly<Record<string, string>>, length: number): boolean {
  if (/rel="?next/i.test(headers.link ?? '')) return true;
  if (length > MOST_IDS) return true;
  // The page's own words stand beside the list or one level above it.
  const envelopes = nested(body, 3);
  return envelopes.some((one) =>
    Object.entries(one).some(([name, value]) => {
      if (/^(?:has_?more|has_?next(?:_?page)?)$/i.test(name)) return value === true;
      if (/^(?:next|next_?(?:page(?:_?token)?|cursor|link|url)|cursor)$/i.test(name))
        return value !== null && value !== '' && value !== false;
      return (
        /^(?:total|total_?(?:count|items|elements|results)|count)$/i.test(name) &&
        typeof value === 'number' &&
        value > length
      );
    }),
  );
}

function nested(value: unknown, depth: number): Record<string, unknown>[] {
  if (!isRecord(value)) return [];
  return depth === 0 ? [value] : [value, ...Object.values(value).flatMap((one) => nested(one, depth - 1))];
}
