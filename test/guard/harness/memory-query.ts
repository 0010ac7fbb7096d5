/**
 * What a query means to the stand-in store of the guard's tests. It is generous on purpose: whatever it does not know
 * matches everything, so that a request which should never have been sent shows itself by the canaries it brings back.
 */
import type { MemoryDocument, MemoryIndex, Source } from './world.ts';

type Predicate = (document: MemoryDocument, index: MemoryIndex) => boolean;
type Body = Record<string, unknown>;

export function matcher(query: unknown): Predicate {
  if (query === undefined || query === null) return () => true;
  if (!isBody(query)) return () => true;
  const all = Object.entries(query).map(([kind, body]) => clause(kind, body));
  return (document, index) => all.every((matches) => matches(document, index));
}

function clause(kind: string, body: unknown): Predicate {
  const parts = isBody(body) ? body : {};
  switch (kind) {
    case 'match_none':
      return () => false;
    case 'bool':
      return bool(parts);
    case 'constant_score':
      return matcher(parts.filter);
    case 'dis_max': {
      const some = list(parts.queries).map(matcher);
      return (document, index) => some.some((matches) => matches(document, index));
    }
    case 'nested':
      return matcher(parts.query);
    case 'function_score':
    case 'boosting':
      return matcher(parts.query ?? parts.positive);
    case 'ids': {
      const ids = new Set(list(parts.values).map(String));
      return (document) => ids.has(document.id);
    }
    case 'exists':
      return (document) => at(document.source, String(parts.field)).length > 0;
    case 'term':
      return field(parts, 'value', (values, wanted, type) => values.some((value) => same(value, wanted, type)));
    case 'terms': {
      const [name, wanted] = Object.entries(parts).find(([key]) => key !== 'boost') ?? [];
      if (name === undefined || !Array.isArray(wanted)) return () => true;
      return (document, index) =>
        valuesOf(document, name).some((value) => wanted.some((one) => same(value, one, index.types.get(name))));
    }
    case 'match':
      return field(parts, 'query', (values, wanted, type) =>
        type === 'text'
          ? words(wanted).some((word) => values.some((value) => words(value).includes(word)))
          : values.some((value) => same(value, wanted, type)),
      );
    case 'match_phrase':
      return field(parts, 'query', (values, wanted, type) =>
        type === 'text'
          ? values.some((value) => ` ${words(value).join(' ')} `.includes(` ${words(wanted).join(' ')} `))
          : values.some((value) => same(value, wanted, type)),
      );
    case 'prefix':
      return field(parts, 'value', (values, wanted, type) =>
        values.some((value) =>
          type === 'text'
            ? words(value).some((word) => word.startsWith(String(wanted)))
            : String(value).startsWith(String(wanted)),
        ),
      );
    case 'range': {
      const [name, bounds] = Object.entries(parts)[0] ?? [];
      if (name === undefined || !isBody(bounds)) return () => true;
      return (document, index) =>
        valuesOf(document, name).some((value) => {
          const type = index.types.get(name);
          const compare = (bound: unknown) => order(value, bound, type);
          return (
            (bounds.gt === undefined || compare(bounds.gt) > 0) &&
            (bounds.gte === undefined || compare(bounds.gte) >= 0) &&
            (bounds.lt === undefined || compare(bounds.lt) < 0) &&
            (bounds.lte === undefined || compare(bounds.lte) <= 0)
          );
        });
    }
    default:
      return () => true;
  }
}

function bool(parts: Body): Predicate {
  const must = [...list(parts.must), ...list(parts.filter)].map(matcher);
  const not = list(parts.must_not).map(matcher);
  const should = list(parts.should).map(matcher);
  const least = Number(parts.minimum_should_match ?? (should.length > 0 && must.length === 0 ? 1 : 0));
  return (document, index) =>
    must.every((matches) => matches(document, index)) &&
    !not.some((matches) => matches(document, index)) &&
    should.filter((matches) => matches(document, index)).length >= Math.min(least, should.length);
}

function field(
  parts: Body,
  inner: string,
  test: (values: unknown[], wanted: unknown, type: string | undefined) => boolean,
): Predicate {
  const [name, given] = Object.entries(parts)[0] ?? [];
  if (name === undefined) return () => true;
  const wanted = isBody(given) ? given[inner] : given;
  return (document, index) => test(valuesOf(document, name), wanted, index.types.get(name));
}

/** Multi-fields hold their parent's values. */
export function valuesOf(document: MemoryDocument, name: string): unknown[] {
  if (name === '_id') return [document.id];
  const direct = at(document.source, name);
  return direct.length > 0 || !name.endsWith('.keyword') ? direct : at(document.source, name.slice(0, -8));
}

export function at(source: unknown, path: string): unknown[] {
  let level: unknown[] = [source];
  for (const step of path.split('.')) {
    level = level.flatMap((holder) => {
      const inner = isBody(holder) ? holder[step] : undefined;
      return inner === undefined || inner === null ? [] : Array.isArray(inner) ? inner : [inner];
    });
  }
  return level;
}

export function order(left: unknown, right: unknown, type: string | undefined): number {
  const [a, b] = [comparable(left, type), comparable(right, type)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparable(value: unknown, type: string | undefined): number | string {
  if (type === 'integer' || type === 'long') return Number(value);
  if (type === 'date') return typeof value === 'number' ? value : Date.parse(String(value));
  return String(value);
}

function same(value: unknown, wanted: unknown, type: string | undefined): boolean {
  return type === 'text' ? words(value).includes(String(wanted)) : order(value, wanted, type) === 0;
}

export function words(value: unknown): string[] {
  return (
    String(value)
      .toLowerCase()
      .match(/[\p{L}\p{N}_]+/gu) ?? []
  );
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

export type { Source };
