/**
 * Patterns for written values. JavaScript's regular expressions backtrack, and the value comes from a client: only
 * patterns whose repetitions hold neither a repetition nor an alternative are taken, over values of bounded length, so
 * that no value costs exponential time.
 */
import type { Path, Problems } from './problems.ts';

const MAX_LENGTH = 512;
const MAX_REPETITIONS = 3;

/** @returns a pattern for the whole value; undefined when a problem was added */
export function compilePattern(
  source: string,
  maxLength: number | undefined,
  path: Path,
  problems: Problems,
): RegExp | undefined {
  if (maxLength === undefined || maxLength > MAX_LENGTH) {
    problems.add(
      path,
      `a pattern needs a maxLength of at most ${MAX_LENGTH}`,
      `Add \`maxLength: ${MAX_LENGTH}\` or less.`,
    );
    return undefined;
  }
  const bare = source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let compiled: RegExp;
  try {
    compiled = new RegExp(`^(?:${bare})$`, 'u');
  } catch {
    problems.add(path, 'is not a regular expression', 'Write one of JavaScript’s `u` mode, in single quotes.');
    return undefined;
  }
  if (isCheap(bare)) return compiled;
  problems.add(
    path,
    'could take very long on some values',
    `Use at most ${MAX_REPETITIONS} open repetitions (*, +, {n,}), none of them around another one, an alternative (|) or a look-around, and no back-reference.`,
  );
  return undefined;
}

function isCheap(source: string): boolean {
  /** For each open group: whether it holds an open repetition or an alternative. */
  const groups: boolean[] = [false];
  let repetitions = 0;
  let closedHolds = false;
  let afterGroup = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') {
      if (/[1-9k]/.test(source[at + 1] ?? '')) return false;
      at++;
      afterGroup = false;
    } else if (char === '[') {
      at = classEnd(source, at);
      afterGroup = false;
    } else if (char === '(') {
      if (/^\(\?(?:=|!|<=|<!)/.test(source.slice(at, at + 4))) return false;
      groups.push(false);
      if (source.startsWith('(?:', at)) at += 2;
      afterGroup = false;
    } else if (char === ')') {
      closedHolds = groups.pop() ?? false;
      if (closedHolds && groups.length > 0) groups[groups.length - 1] = true;
      afterGroup = true;
    } else if (char === '|') {
      groups[groups.length - 1] = true;
      afterGroup = false;
    } else if (char === '*' || char === '+' || char === '{') {
      const [, low, comma, high] = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at)) ?? [];
      const single = char === '{' && comma === '' && Number(low) <= 64;
      if (afterGroup && closedHolds) return false;
      if (!single && (char !== '{' || high === '' || Number(high) > 64)) {
        if (++repetitions > MAX_REPETITIONS) return false;
      }
      if (!single) groups[groups.length - 1] = true;
      if (char === '{') at = source.indexOf('}', at);
    } else if (char !== '?') {
      afterGroup = false;
    }
  }
  return true;
}

function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}
