/** Aggregations of the stand-in store; a kind that it does not know answers with every document there is. */
import { isBody, matcher, order, valuesOf } from './memory-query.ts';
import type { MemoryDocument, MemoryIndex } from './world.ts';

interface Found {
  document: MemoryDocument;
  index: MemoryIndex;
}
type Body = Record<string, unknown>;

export function aggregate(aggs: Body, found: readonly Found[], everything: () => Found[]): Body {
  return Object.fromEntries(
    Object.entries(aggs).map(([name, one]) => [name, single(isBody(one) ? one : {}, found, everything)]),
  );
}

function single(definition: Body, found: readonly Found[], everything: () => Found[]): Body {
  const inner = definition.aggs ?? definition.aggregations;
  const below = (members: readonly Found[]) => (isBody(inner) ? aggregate(inner, members, everything) : {});
  const [kind = '', given] =
    Object.entries(definition).find(([key]) => !['aggs', 'aggregations', 'meta'].includes(key)) ?? [];
  const body = isBody(given) ? given : {};
  const values = found.flatMap(({ document }) => valuesOf(document, String(body.field)));
  const numbers = values.map(Number).filter((value) => Number.isFinite(value));
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (kind) {
    case 'terms': {
      const all = Number(body.min_doc_count ?? 1) === 0 ? everything() : found;
      const keys = [...new Set(all.flatMap(({ document }) => valuesOf(document, String(body.field))))];
      const buckets = keys.map((key) => {
        const members = found.filter(({ document }) => valuesOf(document, String(body.field)).includes(key));
        return { key, doc_count: members.length, ...below(members) };
      });
      buckets.sort((a, b) => b.doc_count - a.doc_count || order(a.key, b.key, undefined));
      const size = Number(body.size ?? 10);
      const others = buckets.slice(size).reduce((total, { doc_count }) => total + doc_count, 0);
      return { doc_count_error_upper_bound: 0, sum_other_doc_count: others, buckets: buckets.slice(0, size) };
    }
    case 'filter': {
      const matches = matcher(body);
      const members = found.filter(({ document, index }) => matches(document, index));
      return { doc_count: members.length, ...below(members) };
    }
    case 'missing': {
      const members = found.filter(({ document }) => valuesOf(document, String(body.field)).length === 0);
      return { doc_count: members.length, ...below(members) };
    }
    case 'nested':
      return { doc_count: found.length, ...below(found) };
    case 'histogram': {
      const step = Number(body.interval);
      const keys = [...new Set(numbers.map((value) => Math.floor(value / step) * step))].sort((a, b) => a - b);
      const buckets = keys.map((key) => {
        const members = found.filter(({ document }) =>
          valuesOf(document, String(body.field)).some((value) => Math.floor(Number(value) / step) * step === key),
        );
        return { key, doc_count: members.length, ...below(members) };
      });
      return { buckets };
    }
    case 'avg':
      return { value: numbers.length > 0 ? sum / numbers.length : null };
    case 'sum':
      return { value: sum };
    case 'min':
      return { value: numbers.length > 0 ? Math.min(...numbers) : null };
    case 'max':
      return { value: numbers.length > 0 ? Math.max(...numbers) : null };
    case 'value_count':
      return { value: values.length };
    case 'cardinality':
      return { value: new Set(values).size };
    case 'stats':
      return {
        count: numbers.length,
        min: Math.min(...numbers),
        max: Math.max(...numbers),
        avg: sum / numbers.length,
        sum,
      };
    case 'global':
      return {
        doc_count: everything().length,
        leaked: everything().map(({ document }) => document),
        ...below(everything()),
      };
    default:
      return { doc_count: found.length, leaked: everything().map(({ document }) => document), ...below(found) };
  }
}
