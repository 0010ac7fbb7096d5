/**
 * Index expressions, resolved against the principal's grants only (B001–B033): the store is never asked what a name
 * means, and is sent concrete names.
 */
import type { Access, Grant, GrantedOperation } from '../../contract/grant.ts';
import { Refusal } from '../../contract/refusal.ts';

/** Members of one list; more is no request of a person. */
const MEMBERS = 64;

/** The stores read a request line of 4 KiB; the rest of it is ours. */
const NAMES_LENGTH = 3072;
const SEPARATOR = '%2C';

/**
 * @param expression what stood where the index stands; undefined where nothing stood, which means all
 * @returns ≥ 1 grants, all of one rule and one upstream, in the order asked for
 * @throws Refusal `malformed_index` for what is no name or wildcard; `forbidden` for what is absent or not granted, alike
 */
export function resolveIndices(expression: string | undefined, operation: GrantedOperation, access: Access): Grant[] {
  const grants = new Map<string, Grant>();
  for (const member of membersOf(expression)) {
    if (member === '_all' || member.includes('*')) {
      const matching = access.all(operation).filter(({ index }) => matchesWildcard(member, index));
      if (matching.length === 0) throw forbidden();
      for (const grant of matching) if (!grants.has(grant.index)) grants.set(grant.index, grant);
    } else {
      const grant = access.find(member, operation);
      if (grant === undefined) throw forbidden();
      if (!grants.has(grant.index)) grants.set(grant.index, grant);
    }
  }
  const list = [...grants.values()];
  const [first] = list;
  let length = 0;
  for (const { index, rule, upstream } of list) {
    if (rule !== first?.rule || upstream !== first.upstream)
      throw new Refusal('forbidden', 'indices: of several rules');
    length += index.length + SEPARATOR.length;
  }
  if (length > NAMES_LENGTH) throw new Refusal('too_costly', 'indices: more than one request can name');
  return list;
}

/** One concrete name or alias, as single-document operations want it. @throws Refusal */
export function resolveIndex(name: string, operation: GrantedOperation, access: Access): Grant {
  if (!isIndexName(name)) throw malformed();
  const grant = access.find(name, operation);
  if (grant === undefined) throw forbidden();
  return grant;
}

/** That the same rule grants a further operation on every index: a scroll is a search that may go on. @throws Refusal `forbidden` */
export function requireAlso(grants: readonly Grant[], operation: GrantedOperation, access: Access): void {
  for (const grant of grants) if (access.find(grant.index, operation)?.hash !== grant.hash) throw forbidden();
}

function membersOf(expression: string | undefined): readonly string[] {
  if (expression === undefined) return ['_all'];
  if (expression.length > 4096) throw malformed();
  const members = expression.split(',');
  if (members.length > MEMBERS) throw malformed();
  for (const member of members) if (member !== '_all' && !isExpression(member)) throw malformed();
  return members;
}

/**
 * Lower-case letters, digits, `.`, `_`, `-`, not beginning with `_` or `-`: narrower than the stores' own rules, and
 * without `<` (date math), `:` (remote clusters, selectors), `,`, `%`, `+`, `*`.
 */
export function isIndexName(name: string): boolean {
  return isExpression(name) && !name.includes('*');
}

function isExpression(name: string): boolean {
  const length = name.length;
  if (length === 0 || length > 255 || name === '.' || name === '..') return false;
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    const plain = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 46 || code === 42;
    if (!plain && (i === 0 || (code !== 95 && code !== 45))) return false;
  }
  return true;
}

/** Hidden names answer only to an expression that says its dot, as in the stores. */
function matchesWildcard(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  return pattern === '_all' || matchesGlob(pattern, name);
}

/** `*` means any characters. Two positions and no recursion: at most |pattern| × |text| steps. */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function forbidden(): Refusal {
  return new Refusal('forbidden', 'indices: absent or not granted');
}

function malformed(): Refusal {
  return new Refusal('malformed_index', 'indices: not a name or wildcard');
}
