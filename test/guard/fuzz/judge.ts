/** The four oracles over one request in two worlds, and what no request may do besides. */
import type { Answer } from '../../../src/guard/contract/request.ts';
import type { DecisionEntry } from '../../../src/guard/journal/entry.ts';
import { GRAMMAR, principalOf, type SeenRequest, type Sent } from '../harness/fixture.ts';
import { comparable, leaked, outsideGrammar } from '../harness/oracles.ts';

export interface Violation {
  /** Canary, two worlds, upstream grammar, idempotence; `defect`: an error of the gateway's own. */
  oracle: 'O1' | 'O2' | 'O3' | 'O4' | 'defect';
  what: string;
}

/** One request in one world. */
export interface Told {
  answer: Answer;
  entry: DecisionEntry | undefined;
  /** What reached the store. */
  seen: readonly SeenRequest[];
}

/** Operations that look documents up before they are refused or done. */
const WRITES: ReadonlySet<string> = new Set(['index', 'create', 'update', 'delete', 'bulk']);

export function judge(sent: Sent, first: Told, second: Told): Violation[] {
  const found: Violation[] = [];
  for (const { answer } of sameText(first, second) ? [first] : [first, second]) {
    const canary = leaked(answer);
    if (canary !== undefined && leaked(withoutOwn(answer, sent, canary)) !== undefined)
      found.push({ oracle: 'O1', what: `${canary} in the answer` });
  }
  if (!sameAnswer(first, second)) {
    const [left, right] = [comparable(first.answer), comparable(second.answer)];
    if (left !== right) found.push({ oracle: 'O2', what: `${left.slice(0, 2000)}\n  ${right.slice(0, 2000)}` });
  }
  for (const { answer, entry, seen } of [first, second]) {
    if (answer.status >= 500)
      found.push({ oracle: 'defect', what: `${answer.status} ${entry?.code} ${entry?.detail}` });
    if (entry?.decision !== 'deny' || seen.length === 0) continue;
    const reads = seen.every(({ path }) => /\/_m?search(?:\?|$)|\/_mget(?:\?|$)/.test(path));
    // A scroll that the store has forgotten, or whose rule has changed, was asked for; that a document was changed or is
    // gone since it was looked up is the store's own word.
    const changed = entry.code === 'conflict' || (entry.code === 'absent' && entry.operation === 'update');
    const asked = WRITES.has(entry.operation ?? '') ? reads || changed : entry.operation === 'scroll';
    if (!asked && answer.status < 500)
      found.push({ oracle: 'O3', what: `refused, but reached ${JSON.stringify(seen)}` });
  }
  found.push(...grammarOf(sent, first.seen, second.seen));
  return found;
}

/** The answer without what the request itself said: its own guess comes back as the name of an absent index or id. */
function withoutOwn(answer: Answer, sent: Sent, canary: string): Answer {
  const said = `${sent.target}\n${typeof sent.body === 'string' ? sent.body : ''}`;
  const names = said.split(/["\s/?&=,]/).filter((name) => name.includes(canary));
  let body = Buffer.from(answer.body as Uint8Array).toString('utf8');
  for (const name of names) body = body.replaceAll(JSON.stringify(name), '""');
  return { ...answer, body };
}

function grammarOf(sent: Sent, first: readonly SeenRequest[], second: readonly SeenRequest[]): Violation[] {
  if (first.length + second.length === 0) return [];
  const { tenant } = principalOf(sent.as ?? '').claims;
  const grammar = { ...GRAMMAR, filter: { term: { tenant: { value: tenant } } }, writes: sent.as === 'W' };
  const known = new Set(first.map(({ method, path, body }) => `${method} ${path}\n${body}`));
  const others = second.filter(({ method, path, body }) => !known.has(`${method} ${path}\n${body}`));
  return [...first, ...others].flatMap((request): Violation[] => {
    const wrong = outsideGrammar(request, grammar);
    return wrong === undefined ? [] : [{ oracle: 'O3', what: `${wrong} in ${JSON.stringify(request)}` }];
  });
}

/** What was sent to the store as the principal would send it to the gateway; undefined where that says nothing. */
export function again(sent: Sent, { answer, seen }: Told): { request: SeenRequest; sent: Sent } | undefined {
  const [request] = seen;
  if (answer.status >= 300 || seen.length !== 1 || request === undefined) return undefined;
  if (!/\/_(?:m?search|count)(?:\?|$)/.test(request.path)) return undefined;
  const { method, path: target, body } = request;
  return {
    request,
    sent: { method, target, as: sent.as ?? 'A', ndjson: target.includes('_msearch'), ...(body !== null && { body }) },
  };
}

export function sameAgain(request: SeenRequest, { answer, seen }: Told): Violation | undefined {
  const [emitted] = seen;
  if (emitted === undefined && answer.status >= 400) return undefined;
  if (seen.length === 1 && emitted?.path === request.path && emitted.body === request.body) return undefined;
  return { oracle: 'O4', what: `${JSON.stringify(request)}\n  became ${JSON.stringify(seen)}` };
}

function sameText({ answer }: Told, { answer: other }: Told): boolean {
  return answer.body === other.body && Object.keys(answer.headers).length === Object.keys(other.headers).length;
}

/** Equal but for the request's id, without looking further. */
function sameAnswer({ answer }: Told, { answer: other }: Told): boolean {
  if (answer.status !== other.status || answer.body !== other.body) return false;
  const names = Object.keys(answer.headers);
  return (
    names.length === Object.keys(other.headers).length &&
    names.every((name) => name === 'x-request-id' || answer.headers[name] === other.headers[name])
  );
}
