/** What calls of known methods make of what is known: texts that are appended, joined, formatted, built from parts. */
import type { Action } from './known-methods.ts';
import {
  append,
  isMutable,
  type Mutable,
  normalise,
  type Piece,
  piecesOf,
  type Text,
  textOf,
  type UriBuilder,
  type Value,
} from './value.ts';

export interface Invoke {
  action: Action | undefined;
  /** Descriptors of the parameters, without the receiver. */
  parameters: readonly string[];
  /** With the receiver, unless the call is static. */
  args: readonly Value[];
  isStatic: boolean;
  at: number;
}

export interface Calls {
  /** @returns what the call gives */
  known(call: Invoke): Value;
  /** Unknown code has these now. */
  handOver(args: readonly Value[]): void;
}

export interface Effects {
  newId(): number;
  change(object: Mutable, value: Value): void;
  /** A text was put together. */
  finished(text: Text): void;
  /** A text became the beginning of a longer one. */
  extends(text: Value): void;
}

export function createCalls({ newId, change, finished, extends: extended }: Effects): Calls {
  function finish(pieces: readonly Piece[], at: number, quiet = false): Value {
    const text = textOf(pieces, at);
    if (typeof text === 'object' && text.kind === 'text' && !quiet) finished(text);
    return text;
  }

  function handOver(args: readonly Value[]): void {
    for (const value of args) {
      if (typeof value !== 'object' || !isMutable(value)) continue;
      change(value, value.kind === 'builder' ? append(value, [undefined]) : undefined);
    }
  }

  function construct({ args, parameters, at }: Invoke): void {
    const [object, value] = args;
    if (typeof object !== 'object' || !isMutable(object)) return;
    if (object.kind === 'builder') {
      const isText = parameters[0] === 'Ljava/lang/String;' || parameters[0] === 'Ljava/lang/CharSequence;';
      if (isText) change(object, appended(object, value, parameters[0] ?? ''));
    } else if (object.kind === 'blank') {
      change(object, parameters.length === 0 ? '' : finishedOnce(asText(value), at));
    }
  }

  function finishedOnce(value: Value, at: number): Value {
    return typeof value === 'object' && value.kind === 'builder' ? finish(piecesOf(value), at) : value;
  }

  function appended(object: Mutable, value: Value, type: string): Value {
    if (object.kind !== 'builder') return undefined;
    if (object.last === undefined) extended(value);
    if (typeof value === 'object' && value.kind === 'builder' && value.id === object.id)
      return append(object, [undefined]);
    return append(object, textual(value, type));
  }

  function known(call: Invoke): Value {
    const { action, args, parameters, isStatic, at } = call;
    const [receiver, first] = args;
    switch (action) {
      case undefined: // watched: it reads its arguments
      case 'pure':
        return undefined;
      case 'make':
        construct(call);
        return undefined;
      case 'url':
        if (typeof receiver === 'object' && isMutable(receiver)) change(receiver, urlOf(call, finish, finished));
        return undefined;
      case 'append': {
        if (typeof receiver !== 'object' || !isMutable(receiver)) return undefined;
        // `append(text, start, end)` takes a part
        const changed = parameters.length === 1 ? appended(receiver, first, parameters[0] ?? '') : part(receiver);
        change(receiver, changed);
        return changed;
      }
      case 'clear':
        if (typeof receiver !== 'object' || receiver.kind !== 'builder') return undefined;
        change(receiver, append({ kind: 'builder', id: receiver.id, last: undefined }, [undefined]));
        return append({ kind: 'builder', id: receiver.id, last: undefined }, [undefined]);
      case 'finish':
        if (typeof receiver !== 'object' || receiver.kind === 'param')
          return typeof receiver === 'string' ? receiver : undefined;
        if (receiver.kind === 'text') return receiver;
        return receiver.kind === 'builder' || receiver.kind === 'uri' ? finish(piecesOf(receiver), at) : undefined;
      case 'concat':
        extended(receiver);
        return finish([...piecesOf(receiver), ...piecesOf(first)], at);
      case 'format':
        return formatted(call);
      case 'same':
        return isStatic ? converted(receiver, parameters[0] ?? '') : asText(receiver);
      case 'second':
        return asText(first);
      case 'uriBuilder':
        return uriOf(receiver);
      default:
        return receiver !== undefined && typeof receiver === 'object' && receiver.kind === 'uri'
          ? changedUri(receiver, call)
          : undefined;
    }
  }

  function part(receiver: Mutable): Value {
    return receiver.kind === 'builder' ? append(receiver, [undefined]) : undefined;
  }

  function formatted({ args, parameters, at }: Invoke): Value {
    const localised = parameters[0] === 'Ljava/util/Locale;';
    const pattern = args[localised ? 1 : 0];
    const values = args[localised ? 2 : 1];
    if (typeof pattern !== 'string') return undefined;
    const items = typeof values === 'object' && values.kind === 'items' ? values.items : [];
    const pieces = formatPieces(pattern, items);
    // a pattern alone is a constant that was found already
    return finish(pieces, at, !items.some((item) => piecesOf(item).some((piece) => piece !== undefined)));
  }

  function uriOf(value: Value): Value {
    const pieces = piecesOf(value);
    if (!pieces.some((piece) => piece !== undefined)) return undefined;
    const uri: UriBuilder = { kind: 'uri', id: newId(), scheme: undefined, authority: [], path: pieces, query: [] };
    const text = pieces.map((piece) => (typeof piece === 'string' ? piece : '{}')).join('');
    // what follows a query or a fragment cannot be put behind it as it is
    return /[?#]/.test(text) ? undefined : uri;
  }

  function changedUri(uri: UriBuilder, { action, args, parameters }: Invoke): Value {
    const value = args[1];
    const pieces = piecesOf(value);
    let changed: UriBuilder;
    if (action === 'scheme') changed = { ...uri, scheme: pieces.length === 1 ? pieces[0] : undefined };
    else if (action === 'authority') changed = { ...uri, authority: pieces };
    else if (action === 'port')
      changed = { ...uri, authority: [...uri.authority, ':', ...textual(value, parameters[0] ?? '')] };
    else if (action === 'path') changed = { ...uri, path: slashed([], pieces) };
    else if (action === 'segment') changed = { ...uri, path: slashed(uri.path, pieces) };
    else if (action === 'query') {
      const separator = uri.query.length > 0 ? ['&'] : [];
      changed = { ...uri, query: [...uri.query, ...separator, ...pieces, '=', ...piecesOf(args[2])] };
    } else return undefined;
    if (changed.path.length + changed.query.length > 64) return undefined;
    change(uri, changed);
    return changed;
  }

  return { known, handOver };
}

/** One slash between a path and its next segment. */
function slashed(path: readonly Piece[], pieces: readonly Piece[]): Piece[] {
  const last = normalise(path).at(-1);
  const next = normalise(pieces)[0];
  const ends = typeof last === 'string' && last.endsWith('/');
  const begins = typeof next === 'string' && next.startsWith('/');
  if (ends && begins) return [...path, next.slice(1), ...normalise(pieces).slice(1)];
  return [...path, ...(ends || begins ? [] : ['/']), ...pieces];
}

/** The pieces of an argument of this type as text. */
function textual(value: Value, type: string): readonly Piece[] {
  const text = converted(value, type);
  return text === undefined ? [undefined] : piecesOf(text);
}

function converted(value: Value, type: string): Value {
  if (typeof value !== 'number') return asText(value);
  switch (type) {
    case 'I':
    case 'J':
    case 'S':
    case 'B':
      return String(value);
    case 'C':
      return String.fromCharCode(value & 0xffff);
    case 'Z':
      return value === 0 ? 'false' : 'true';
    default: // null, or the bits of a float
      return undefined;
  }
}

function asText(value: Value): Value {
  if (typeof value !== 'object') return typeof value === 'string' ? value : undefined;
  return value.kind === 'items' || value.kind === 'blank' ? undefined : value;
}

const SPECIFIER = /%(?:(\d{1,2})\$)?([-#+ 0,(<]{0,6})\d{0,6}(?:\.\d{1,6})?([a-zA-Z%])/g;

/** Pieces of `String.format` (java.util.Formatter). */
function formatPieces(pattern: string, items: readonly Value[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let next = 0;
  for (const match of pattern.matchAll(SPECIFIER)) {
    const [whole, position, flags, conversion] = match;
    pieces.push(pattern.slice(from, match.index));
    from = match.index + whole.length;
    if (conversion === '%' || conversion === 'n') {
      pieces.push(conversion === '%' ? '%' : '\n');
      continue;
    }
    const item = items[position === undefined ? next++ : Number(position) - 1];
    if (whole.length === 2 + (position === undefined ? 0 : position.length + 1) && conversion === 's' && flags === '') {
      pieces.push(...piecesOf(item));
    } else pieces.push(undefined);
  }
  pieces.push(pattern.slice(from));
  return pieces;
}

/** `new URL(spec)`, `(base, spec)`, `(protocol, host, file)` and `(protocol, host, port, file)`. */
function urlOf(
  { args, parameters, at }: Invoke,
  finish: (pieces: readonly Piece[], at: number) => Value,
  finished: (text: Text) => void,
): Value {
  const [, first, second, third, fourth] = args;
  if (parameters.length === 1) return asText(first);
  if (parameters[0] === 'Ljava/net/URL;') {
    if (typeof second !== 'string') return undefined;
    if (typeof first === 'string') {
      if (!URL.canParse(second, first)) return undefined;
      const resolved = new URL(second, first).href;
      finished({ kind: 'text', pieces: [resolved], at });
      return resolved;
    }
    const base = piecesOf(first);
    const last = base.at(-1);
    const joins = typeof last === 'string' && last.endsWith('/') && !second.startsWith('/') && !second.includes(':');
    return joins ? finish([...base, second], at) : undefined;
  }
  const file = parameters.length === 3 ? third : fourth;
  const port = parameters.length === 4 && third !== -1 ? [':', ...textual(third, parameters[2] ?? '')] : [];
  return finish([...piecesOf(first), '://', ...piecesOf(second), ...port, ...piecesOf(file)], at);
}
