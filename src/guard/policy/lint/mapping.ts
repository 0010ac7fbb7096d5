/**
 * What a store says of its indices: the JSON of `GET /_mapping`
 *
 *   {"profiles": {"mappings": {"properties": {"name": {"type": "text", "fields": {"keyword": {"type": "keyword"}}}}}}}
 *
 * (before 7.0 with a type's name between `mappings` and `properties`), and of `GET /_alias`
 *
 *   {"profiles": {"aliases": {"people": {"filter": {…}}}}}
 */
import { PosternError } from '../../../core/errors.ts';

export interface MappedField {
  /** Full name. */
  readonly name: string;
  /** As the store calls it; `object` where it only has members. */
  readonly type: string;
  /** Name of the field that this is another reading of. */
  readonly multiFieldOf: string | null;
  readonly copyTo: readonly string[];
  /** What a field of type `alias` means. */
  readonly aliasOf: string | null;
  readonly normalizer: boolean;
  readonly ignoreAbove: number | null;
  readonly nullValue: boolean;
}

export type MappedIndex = ReadonlyMap<string, MappedField>;
export type Mapping = ReadonlyMap<string, MappedIndex>;
/** Alias → what it points to. */
export type Aliases = ReadonlyMap<string, readonly { readonly index: string; readonly filtered: boolean }[]>;

const MAX_DEPTH = 32;
const MAX_FIELDS = 50_000;

/** @throws PosternError `E_INPUT_UNSUPPORTED` for anything else than an answer of GET /_mapping */
export function readMapping(json: unknown): Mapping {
  const indices = new Map<string, MappedIndex>();
  for (const [index, answer] of Object.entries(recordOf(json) ?? {})) {
    const mappings = recordOf(recordOf(answer)?.mappings);
    if (!mappings) continue;
    const fields = new Map<string, MappedField>();
    for (const properties of rootsOf(mappings)) collect(properties, fields);
    indices.set(index, fields);
  }
  if (indices.size > 0) return indices;
  throw new PosternError('E_INPUT_UNSUPPORTED', 'this is not an answer of GET /_mapping', {
    hint: 'Write it with: curl https://STORE/_mapping > mapping.json',
  });
}

export function readAliases(json: unknown): Aliases {
  const aliases = new Map<string, { index: string; filtered: boolean }[]>();
  for (const [index, answer] of Object.entries(recordOf(json) ?? {})) {
    for (const [name, alias] of Object.entries(recordOf(recordOf(answer)?.aliases) ?? {})) {
      const targets = aliases.get(name) ?? [];
      targets.push({ index, filtered: recordOf(alias)?.filter !== undefined });
      aliases.set(name, targets);
    }
  }
  return aliases;
}

function rootsOf(mappings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  const direct = recordOf(mappings.properties);
  if (direct) return [direct];
  return Object.values(mappings)
    .map((type) => recordOf(recordOf(type)?.properties))
    .filter((properties) => properties !== undefined);
}

function collect(root: Readonly<Record<string, unknown>>, fields: Map<string, MappedField>): void {
  const waiting = [{ properties: root, prefix: '', depth: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [key, value] of Object.entries(next.properties)) {
      const property = recordOf(value);
      if (!property || fields.size >= MAX_FIELDS) continue;
      const name = `${next.prefix}${key}`;
      fields.set(name, fieldOf(name, property, null));
      for (const [inner, other] of Object.entries(recordOf(property.fields) ?? {})) {
        const reading = recordOf(other);
        if (reading) fields.set(`${name}.${inner}`, fieldOf(`${name}.${inner}`, reading, name));
      }
      const members = recordOf(property.properties);
      if (members && next.depth < MAX_DEPTH) {
        waiting.push({ properties: members, prefix: `${name}.`, depth: next.depth + 1 });
      }
    }
  }
}

function fieldOf(name: string, property: Readonly<Record<string, unknown>>, multiFieldOf: string | null): MappedField {
  const { type, copy_to: copyTo, path, ignore_above: ignoreAbove } = property;
  const targets = Array.isArray(copyTo) ? copyTo : [copyTo];
  return {
    name,
    type: typeof type === 'string' ? type : 'object',
    multiFieldOf,
    copyTo: targets.filter((target) => typeof target === 'string'),
    aliasOf: type === 'alias' && typeof path === 'string' ? path : null,
    normalizer: property.normalizer !== undefined,
    ignoreAbove: typeof ignoreAbove === 'number' ? ignoreAbove : null,
    nullValue: property.null_value !== undefined,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
