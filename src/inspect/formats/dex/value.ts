/**
 * What is known of a register: a constant, a text put together of pieces, or an object whose pieces are being collected.
 * Values never change; a call that changes an object puts a new value into every register that holds it.
 */

/** A parameter of the method that is looked at, counted in its arguments (the receiver is 0 where there is one). */
export interface Param {
  kind: 'param';
  index: number;
}

/** A piece of a text: known, a parameter, or unknown (undefined). */
export type Piece = string | Param | undefined;

/** A text of which at least one piece is not a constant of one place. */
export interface Text {
  kind: 'text';
  pieces: readonly Piece[];
  /** Where it was finished, in code units. */
  at: number;
}

/** Pieces in reverse, shared by all states of a builder. */
export interface Link {
  before: Link | undefined;
  piece: Piece;
  depth: number;
}

/** A StringBuilder or StringBuffer. */
export interface Builder {
  kind: 'builder';
  id: number;
  last: Link | undefined;
}

/** An android.net.Uri.Builder or okhttp3.HttpUrl.Builder. */
export interface UriBuilder {
  kind: 'uri';
  id: number;
  scheme: Piece;
  authority: readonly Piece[];
  path: readonly Piece[];
  query: readonly Piece[];
}

/** An array of objects with what is known of its elements. */
export interface Items {
  kind: 'items';
  id: number;
  items: readonly Value[];
}

/** The bytes of an array literal, as hex. */
export interface Bytes {
  kind: 'bytes';
  id: number;
  hex: string;
}

/** A new object that its constructor will make a text of: java.net.URL, String. */
export interface Blank {
  kind: 'blank';
  id: number;
}

export type Value = undefined | string | number | Param | Text | Builder | UriBuilder | Items | Bytes | Blank;
export type Mutable = Builder | UriBuilder | Items | Bytes | Blank;

/** Most pieces and characters of one text: beyond, the rest is unknown. */
const MOST_PIECES = 48;
const MOST_CHARACTERS = 8192;

export function isMutable(value: Value): value is Mutable {
  if (typeof value !== 'object') return false;
  return value.kind !== 'param' && value.kind !== 'text';
}

/** The pieces of a value as text. Numbers are not text: 0 may be null, false or a character. */
export function piecesOf(value: Value): readonly Piece[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object') return [undefined];
  switch (value.kind) {
    case 'param':
      return [value];
    case 'text':
      return value.pieces;
    case 'builder':
      return linked(value.last);
    case 'uri':
      return uriPieces(value);
    default:
      return [undefined];
  }
}

export function append(builder: Builder, pieces: readonly Piece[]): Builder {
  let { last } = builder;
  for (const piece of pieces) {
    if ((last?.depth ?? 0) >= MOST_PIECES) break;
    // what lies beyond the limit is one unknown piece
    last = {
      before: last,
      piece: (last?.depth ?? 0) === MOST_PIECES - 1 ? undefined : piece,
      depth: (last?.depth ?? 0) + 1,
    };
  }
  return { kind: 'builder', id: builder.id, last };
}

function linked(last: Link | undefined): Piece[] {
  const pieces: Piece[] = [];
  for (let link = last; link !== undefined; link = link.before) pieces.push(link.piece);
  return pieces.reverse();
}

/** Joins neighbours: constants with constants, unknown with unknown. */
export function normalise(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  let characters = 0;
  for (const piece of pieces) {
    const last = joined.length - 1;
    if (piece === '') continue;
    characters += typeof piece === 'string' ? piece.length : 0;
    if (characters > MOST_CHARACTERS) {
      joined.push(undefined);
      break;
    }
    if (typeof piece === 'string' && typeof joined[last] === 'string') joined[last] += piece;
    else if (piece !== undefined || joined.length === 0 || joined[last] !== undefined) joined.push(piece);
    if (joined.length > MOST_PIECES) break;
  }
  return joined;
}

/** A text of pieces: a plain constant where all are known. */
export function textOf(pieces: readonly Piece[], at: number): Value {
  const joined = normalise(pieces);
  if (joined.length === 0) return pieces.length === 0 || pieces.every((piece) => piece === '') ? '' : undefined;
  if (joined.length === 1 && (typeof joined[0] !== 'string' || pieces.length === 1)) return joined[0];
  return { kind: 'text', pieces, at };
}

export function uriPieces({ scheme, authority, path, query }: UriBuilder): Piece[] {
  const pieces: Piece[] = [];
  if (scheme !== undefined || authority.length > 0)
    pieces.push(scheme, scheme === undefined ? '//' : '://', ...authority);
  if (scheme === undefined && authority.length > 0) pieces.splice(0, 2, undefined, '://');
  pieces.push(...path);
  if (query.length > 0) pieces.push('?', ...query);
  return pieces;
}

/** The value without parameters of a method that is left behind. */
export function settled(value: Value): Value {
  if (typeof value !== 'object') return value;
  if (value.kind === 'bytes') return value;
  if (value.kind !== 'text') return undefined;
  return { ...value, pieces: value.pieces.map((piece) => (typeof piece === 'object' ? undefined : piece)) };
}

/** The value with the caller's arguments in place of parameters. */
export function substituted(value: Value, args: readonly Value[]): Value {
  if (typeof value !== 'object') return value;
  if (value.kind === 'param') return args[value.index];
  if (value.kind === 'text') {
    const pieces = value.pieces.flatMap((piece) => (typeof piece === 'object' ? piecesOf(args[piece.index]) : [piece]));
    return textOf(pieces, value.at);
  }
  return value.kind === 'bytes' ? value : undefined;
}

export function hasParam(value: Value): boolean {
  if (typeof value !== 'object') return false;
  return value.kind === 'param' || (value.kind === 'text' && value.pieces.some((piece) => typeof piece === 'object'));
}

/** Text of the pieces with `{}` for what is not known. */
export function render(pieces: readonly Piece[]): string {
  let text = '';
  let unknown = false;
  for (const piece of pieces) {
    if (piece === '') continue;
    if (typeof piece === 'string') {
      text += piece;
      unknown = false;
    } else if (!unknown) {
      text += '{}';
      unknown = true;
    }
  }
  return text;
}

/** What holds on both of two ways that meet. */
export function meet(a: Value, b: Value): Value {
  if (a === b) return a;
  if (typeof a !== 'object' || typeof b !== 'object' || a.kind !== b.kind) return undefined;
  if (a.kind === 'builder' && b.kind === 'builder' && a.id === b.id) return meetBuilders(a, b);
  if (a.kind === 'param' && b.kind === 'param' && a.index === b.index) return a;
  return undefined;
}

/** One builder, appended to on one way or both: the pieces before them, then something unknown. */
function meetBuilders(a: Builder, b: Builder): Builder {
  let left = a.last;
  let right = b.last;
  while (left !== right) {
    if ((left?.depth ?? 0) >= (right?.depth ?? 0)) left = left?.before;
    else right = right?.before;
  }
  return append({ kind: 'builder', id: a.id, last: left }, [undefined]);
}
