import type { DecisionCase } from './load.ts';
import type { UpstreamText } from './run.ts';

export interface Difference {
  /** `status`, `body of request 1`, … */
  readonly what: string;
  /** One line, or several for bodies. */
  readonly expected: string;
  readonly actual: string;
}

type Expected = Exclude<NonNullable<DecisionCase['expect']['upstream']>, readonly unknown[]>;

/** Differences between what should reach the store and what would. */
export function compareRequests(expected: readonly Expected[], actual: readonly UpstreamText[]): readonly Difference[] {
  if (expected.length !== actual.length) {
    const show = (requests: readonly { method?: string | undefined; path?: string | undefined }[]) =>
      requests.map(({ method, path }) => `${method ?? 'any'} ${path ?? 'path'}`).join('\n') || 'none';
    return [{ what: 'requests to the store', expected: show(expected), actual: show(actual) }];
  }
  return expected.flatMap((one, index) => {
    const other = actual[index];
    return other ? compareRequest(one, other, expected.length > 1 ? ` of request ${index + 1}` : '') : [];
  });
}

function compareRequest(expected: Expected, actual: UpstreamText, which: string): Difference[] {
  const differences: Difference[] = [];
  const check = (what: string, wanted: string | undefined, found: string) => {
    if (wanted !== undefined && wanted !== found) {
      differences.push({ what: `${what}${which}`, expected: wanted, actual: found });
    }
  };
  check('method', expected.method, actual.method);
  check('path', expected.path, actual.path);
  if (expected.lines) check('lines', expected.lines.map(pretty).join('\n'), prettyLines(actual.body));
  else if (typeof expected.body === 'string') check('body', expected.body, actual.body ?? 'none');
  else if (expected.body === null) check('body', 'none', actual.body ?? 'none');
  else if (expected.body !== undefined) check('body', pretty(expected.body), prettyText(actual.body));
  return differences;
}

function prettyLines(text: string | null): string {
  return (text ?? '').split('\n').filter(Boolean).map(prettyText).join('\n');
}

function prettyText(text: string | null): string {
  if (text === null) return 'none';
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

/** One value a line, keys in order of the alphabet: a diff shows what differs and nothing else. */
function pretty(value: unknown): string {
  return JSON.stringify(value, sortedKeys, 2);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
