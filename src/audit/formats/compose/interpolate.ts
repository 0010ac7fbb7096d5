/**
 * Compose interpolation: `$NAME`, `${NAME}`, `${NAME:-default}` (unset or empty), `${NAME-default}` (unset),
 * `${NAME:?error}`, `${NAME?error}`, `${NAME:+alternative}`, `${NAME+alternative}`, `$$` for a dollar sign; defaults nest.
 * https://docs.docker.com/reference/compose-file/interpolation/
 */
import type { Span } from '../../source.ts';

export interface Interpolated {
  /** The text with what is known put in; unknown variables are left out. */
  text: string;
  /** False when a variable has no value that can be known from the files. */
  known: boolean;
  /** `literal`: no variable. `default`: a fallback written in the file. `file`: from `.env`. */
  source: 'literal' | 'default' | 'file' | 'unknown';
  /** Where the one default text stands that makes the whole value, relative to the raw text. */
  defaultSpan: Span | null;
}

const MAX_NESTING = 10;
/** Longer texts are not looked into: no port, image or password is that long. */
const MAX_LENGTH = 16_384;

export function interpolate(raw: string, variables: ReadonlyMap<string, string>, depth = 0): Interpolated {
  if (!raw.includes('$')) return { text: raw, known: true, source: 'literal', defaultSpan: null };
  if (raw.length > MAX_LENGTH) return { text: raw, known: false, source: 'unknown', defaultSpan: null };
  const result: Interpolated = { text: '', known: true, source: 'literal', defaultSpan: null };
  const parts: string[] = [];
  let plain = 0;
  for (let at = 0; at < raw.length; ) {
    const dollar = raw.indexOf('$', at);
    if (dollar < 0) {
      parts.push(raw.slice(at));
      plain += raw.length - at;
      break;
    }
    parts.push(raw.slice(at, dollar));
    plain += dollar - at;
    if (raw[dollar + 1] === '$') {
      parts.push('$');
      plain += 1;
      at = dollar + 2;
      continue;
    }
    const variable = readVariable(raw, dollar);
    if (!variable) {
      parts.push('$');
      plain += 1;
      at = dollar + 1;
      continue;
    }
    at = variable.end;
    const value = variables.get(variable.name);
    const { operator, operand, operandStart } = variable;
    const usable = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.endsWith('+')) {
      parts.push(usable ? interpolate(operand, variables, depth + 1).text : '');
      mark(result, value === undefined ? 'unknown' : 'file');
    } else if (usable) {
      parts.push(value);
      mark(result, 'file');
    } else if (operator.endsWith('-')) {
      const inner = depth >= MAX_NESTING ? null : interpolate(operand, variables, depth + 1);
      parts.push(inner?.text ?? '');
      mark(result, inner?.known ? 'default' : 'unknown');
      const whole = dollar === 0 && variable.end === raw.length && inner?.source === 'literal';
      result.defaultSpan = whole ? { start: operandStart, end: operandStart + operand.length } : null;
    } else {
      mark(result, 'unknown');
    }
  }
  result.text = parts.join('');
  if (plain > 0) result.defaultSpan = null;
  return result;
}

function mark(result: Interpolated, source: Interpolated['source']): void {
  if (source === 'unknown') result.known = false;
  if (result.source !== 'unknown') result.source = source;
}

interface Variable {
  name: string;
  operator: string;
  operand: string;
  operandStart: number;
  end: number;
}

const BRACED = /\$\{([a-z_]\w*)(:?[-?+])?/iy;
const BARE = /\$([a-z_]\w*)/iy;

function readVariable(raw: string, at: number): Variable | null {
  BARE.lastIndex = at;
  const bare = BARE.exec(raw);
  if (bare) return { name: bare[1] ?? '', operator: '', operand: '', operandStart: 0, end: at + bare[0].length };
  BRACED.lastIndex = at;
  const braced = BRACED.exec(raw);
  if (!braced) return null;
  const operandStart = at + braced[0].length;
  let open = 1;
  for (let end = operandStart; end < raw.length; end += 1) {
    if (raw[end] === '{' && raw[end - 1] === '$') open += 1;
    else if (raw[end] === '}') open -= 1;
    if (open > 0) continue;
    const operator = braced[2] ?? '';
    if (operator === '' && end > operandStart) return null;
    return { name: braced[1] ?? '', operator, operand: raw.slice(operandStart, end), operandStart, end: end + 1 };
  }
  return null;
}

/** Splits at a separator that stands outside `${…}` and `[…]`, with the offset of each part. */
export function splitOutside(raw: string, separator: string): { text: string; start: number }[] {
  const parts: { text: string; start: number }[] = [];
  let open = 0;
  let start = 0;
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw[at];
    if ((character === '{' && raw[at - 1] === '$') || character === '[') open += 1;
    else if ((character === '}' || character === ']') && open > 0) open -= 1;
    else if (character === separator && open === 0) {
      parts.push({ text: raw.slice(start, at), start });
      start = at + 1;
    }
  }
  parts.push({ text: raw.slice(start), start });
  return parts;
}
