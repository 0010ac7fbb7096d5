/**
 * Regular expressions that an owner writes, run on values that a stranger may have written. Node's engine backtracks, so
 * only patterns are taken whose worst case is small: anchored at both ends, no group repeated that itself varies, no
 * look-around, no back-reference, and at most two open-ended repetitions (a value of 128 characters then costs at most
 * some 128² steps).
 */

/** Values longer than this are not matched. */
export const LONGEST_MATCHED = 128;
const LONGEST_PATTERN = 200;
const MOST_OPEN = 2;
const MOST_VARYING = 12;

/**
 * What is wrong with a pattern, as the end of a sentence; undefined when it may be run.
 *
 * @param pattern as in postern.yaml, without slashes and flags
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`;
  if (!pattern.startsWith('^') || !/(?<!\\)(?:\\\\)*\$$/.test(pattern)) return 'must begin with ^ and end with $';
  try {
    new RegExp(pattern, 'u');
  } catch {
    return 'is no regular expression (with the u flag)';
  }
  if (/\(\?(?!:)/.test(pattern)) return 'may have no look-around and no named group';
  if (/\\(?:[1-9]|k)/.test(pattern)) return 'may have no back-reference';
  return repetitionProblem(pattern);
}

/** Reads groups and quantifiers; a class counts as one character. */
function repetitionProblem(pattern: string): string | undefined {
  const groups: { varies: boolean }[] = [{ varies: false }];
  let closed: { varies: boolean } | undefined;
  let open = 0;
  let varying = 0;
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at];
    const group = groups.at(-1) ?? { varies: false };
    const quantifier = /^(?:[*+?]|\{(\d+)(,)?(\d*)\})\??/.exec(pattern.slice(at));
    if (quantifier && !(letter === '?' && pattern[at - 1] === '(')) {
      const [text, least, comma, most] = quantifier;
      const exact = least !== undefined && comma === undefined;
      const endless = text[0] === '*' || text[0] === '+' || (comma !== undefined && most === '');
      const times = Number(most === '' || most === undefined ? (least ?? '1') : most);
      if (times > 64) return 'may repeat nothing more than 64 times';
      if (closed?.varies === true && text[0] !== '?')
        return 'may not repeat a group that holds a repetition or a choice';
      if (!exact) {
        varying++;
        group.varies = true;
        if (endless || times - Number(least ?? 0) > 8) open++;
      }
      if (open > MOST_OPEN) return `may have at most ${MOST_OPEN} open-ended repetitions`;
      if (varying > MOST_VARYING) return `may have at most ${MOST_VARYING} repetitions`;
      at += text.length - 1;
      closed = undefined;
      continue;
    }
    closed = undefined;
    if (letter === '\\') at++;
    else if (letter === '[') at = endOfClass(pattern, at);
    else if (letter === '(') groups.push({ varies: false });
    else if (letter === '|') group.varies = true;
    else if (letter === ')') {
      closed = groups.pop();
      const outer = groups.at(-1);
      if (outer && closed?.varies === true) outer.varies = true;
    }
  }
  return undefined;
}

function endOfClass(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}
