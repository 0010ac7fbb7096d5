/** Values of variables with the defaults of their types, and paths of modules. */
import { join } from 'node:path/posix';
import { evaluate, type Scope } from './evaluate.ts';
import type { Expression } from './syntax.ts';
import { scalar, type Value, type Written } from './values.ts';

/** `count.index`: `{ index }`. */
export function indexed(index: number, at: Written): Value {
  return { kind: 'map', entries: new Map([['index', scalar(index, at)]]), complete: true, at };
}

/** `a/./b/` and `a/b` are one folder; the root is empty. */
export function normal(path: string): string {
  const joined = join(path).replace(/\/$/, '');
  return joined === '.' ? '' : joined;
}

/** Fills in what `optional(type, default)` says for attributes that are not given. */
export function withDefaults(type: Expression, value: Value, scope: Scope, depth: number): Value {
  if (type.kind !== 'call' || depth > 12 || value.kind === 'null' || value.kind === 'unknown') return value;
  const [inner] = type.args;
  if (inner === undefined) return value;
  if (type.name === 'object' && inner.kind === 'object' && value.kind === 'map') {
    const entries = new Map(value.entries);
    for (const { key, value: declared } of inner.entries) {
      const name = key.kind === 'literal' ? String(key.value) : '';
      const optional = declared.kind === 'call' && declared.name === 'optional';
      const [kept, fallback] = optional ? declared.args : [declared];
      const given = entries.get(name);
      if (given !== undefined && given.kind !== 'null') {
        if (kept !== undefined) entries.set(name, withDefaults(kept, given, scope, depth + 1));
      } else if (optional && value.complete) {
        const made = fallback === undefined ? scalar(null, value.at) : evaluate(fallback, scope);
        entries.set(name, kept === undefined ? made : withDefaults(kept, made, scope, depth + 1));
      }
    }
    return { ...value, entries };
  }
  if (!['map', 'list', 'set'].includes(type.name)) return value;
  if (value.kind === 'list') {
    return { ...value, items: value.items.map((item) => withDefaults(inner, item, scope, depth + 1)) };
  }
  if (value.kind !== 'map') return value;
  const entries = [...value.entries].map(([key, item]): [string, Value] => [
    key,
    withDefaults(inner, item, scope, depth + 1),
  ]);
  return { ...value, entries: new Map(entries) };
}
