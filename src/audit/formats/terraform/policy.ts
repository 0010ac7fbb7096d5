/** Policy documents in attributes: `jsonencode`, `aws_iam_policy_document`, JSON in heredocs with holes. */
import { type Json, type Statement, statementsOf } from '../../cloud/policy.ts';
import { parseJson } from './json.ts';
import type { Expression, Node } from './syntax.ts';
import { HOLE, type PartialValue, type StringValue, scalar, unknown, type Value, type Written } from './values.ts';

export interface PolicyStatement extends Statement {
  /** Where `Principal`, `Action`, … of it is written, the very `*` if there is one; the statement without it. */
  at(...keys: readonly string[]): Written;
}

export interface Policy {
  statements: readonly PolicyStatement[];
  /** False when there may be more statements than the files tell. */
  complete: boolean;
}

/** Null when the value holds no policy that can be told. */
export function policyOf(value: Value | null): Policy | null {
  const document = documentOf(value);
  if (document?.kind !== 'map') return null;
  const list = document.entries.get('Statement');
  const items = list?.kind === 'list' ? list.items : list === undefined ? [] : [list];
  const statements = statementsOf(toJson(document, 0)).map((statement): PolicyStatement => {
    const written = items[statement.index];
    return { ...statement, at: (...keys) => placeOf(written, keys) ?? document.at };
  });
  const complete = document.complete && (list?.kind !== 'list' || list.complete) && list?.kind !== 'unknown';
  return { statements, complete };
}

function placeOf(statement: Value | undefined, keys: readonly string[]): Written | null {
  if (statement?.kind !== 'map') return statement?.at ?? null;
  for (const key of keys) {
    const value = statement.entries.get(key);
    if (value !== undefined) return starOf(value, 0) ?? value.at;
  }
  return statement.at;
}

function starOf(value: Value, depth: number): Written | null {
  if (value.kind === 'string') return value.value === '*' ? value.at : null;
  const items = value.kind === 'list' ? value.items : value.kind === 'map' ? [...value.entries.values()] : [];
  if (depth > 3) return null;
  for (const item of items) {
    const found = starOf(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The value that JSON text, or `jsonencode`, stands for; null when it is not told. */
export function documentOf(value: Value | null): Value | null {
  if (value === null) return null;
  if (value.kind === 'encoded') return value.value.kind === 'encoded' ? documentOf(value.value) : value.value;
  if (value.kind !== 'string' && value.kind !== 'partial') return null;
  if (value.value.length > 262_144) return null;
  const parsed = parseJson(value.value.trimEnd());
  return typeof parsed === 'number' ? null : new Decoder(value).value(parsed, 0);
}

class Decoder {
  readonly #of: StringValue | PartialValue;

  constructor(of: StringValue | PartialValue) {
    this.#of = of;
  }

  value(expression: Expression, depth: number): Value {
    const at = this.#at(expression);
    if (depth > 100) return unknown(at);
    switch (expression.kind) {
      case 'literal':
        return typeof expression.value === 'string' && expression.value.includes(HOLE)
          ? this.#partial(expression.value, at)
          : scalar(expression.value, at);
      case 'list':
        return { kind: 'list', items: expression.items.map((item) => this.value(item, depth + 1)), complete: true, at };
      case 'object': {
        const entries = expression.entries.map(({ key, value }): [string, Value] => [
          key.kind === 'literal' ? String(key.value) : '',
          this.value(value, depth + 1),
        ]);
        return { kind: 'map', entries: new Map(entries), complete: true, at };
      }
      case 'opaque': {
        const hole = this.#of.kind === 'partial' ? this.#of.holes[this.#holesBefore(expression.start)] : undefined;
        return hole?.kind === 'encoded' ? hole.value : unknown(at);
      }
      default:
        return unknown(at);
    }
  }

  /** `arn:…/${x}` is some text, though not known whole; a hole alone is nothing. */
  #partial(text: string, at: Written): Value {
    return text.replaceAll(HOLE, '').trim() === ''
      ? unknown(at)
      : { kind: 'partial', value: text, pieces: [], holes: [], at };
  }

  #holesBefore(offset: number): number {
    return this.#of.value.slice(0, offset).split(HOLE).length - 1;
  }

  #at(node: Node): Written {
    const [start, end] = [this.#offset(node.start), this.#offset(node.end - 1)];
    const { at } = this.#of;
    if (start === null || end === null || end < start) return { ...at, literal: false };
    return { source: at.source, span: { start, end: end + 1 }, literal: true };
  }

  /** Where a unit of the text stands in its file; null when it does not stand there as it is. */
  #offset(text: number): number | null {
    const pieces = this.#of.pieces ?? [];
    const piece = pieces.findLast((one) => one.text <= text);
    if (piece === undefined) return null;
    const next = pieces[pieces.indexOf(piece) + 1];
    const offset = piece.offset + text - piece.text;
    if (this.#of.value[text] !== this.#of.at.source.text[offset]) return null;
    return next !== undefined && offset >= next.offset ? null : offset;
  }
}

/** As JSON data; what is not told is undefined, and text with holes stays text. */
function toJson(value: Value, depth: number): Json {
  if (depth > 100) return undefined;
  switch (value.kind) {
    case 'string':
    case 'partial':
    case 'bool':
    case 'number':
      return value.value;
    case 'null':
      return null;
    case 'list':
      return [...value.items.map((item) => toJson(item, depth + 1)), ...(value.complete ? [] : [undefined])];
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, item]) => [key, toJson(item, depth + 1)]));
    default:
      return undefined;
  }
}
