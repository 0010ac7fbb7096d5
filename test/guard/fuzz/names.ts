/** The names and values that requests are made of. */
import type { Random } from './random.ts';

export const USABLE = ['name', 'city', 'age', 'tenant'] as const;
export const EXACT = ['city', 'age', 'tenant'] as const;
export const KEYWORDS = ['city', 'tenant'] as const;
export const MASKED = ['email', 'ip'] as const;
/** Denied, or not listed: for the principal they do not exist. */
export const DENIED = [
  ...['phone', 'phone.keyword', 'ssn', 'salary', 'notes', 'notes.private', 'notes.*', 'all_text', 'reviews.secret'],
  ...['reviews', 'name.keyword', 'joined', 'tel', 'attrs.x', 'vec', 'nosuch', '_id', '_index', '_source', '_seq_no'],
  ...['_ignored', '_field_names', '_tier', '_routing', '*', 'ph*', 's?n', 'email^3', 'Name', 'name ', 'na\u0000me'],
  ...['__proto__', 'constructor', '', '.', 'name.', '.name', 'ｎame', 'profiles.name'],
] as const;
export const FORBIDDEN_FIELDS: readonly string[] = [...MASKED, ...DENIED];

export const OTHER_INDICES = [
  ...['orders', 'profiles-archive', '.ds-logs-app-2026.11.22-000001', 'logs-app', '.kibana', '.security-7', 'people'],
  ...['me', 'canaryidx-1', 'canaryidx-2', 'canaryidx*', 'nosuch', 'profiles,orders', 'orders,profiles', '*,-profiles'],
  ...['-profiles', '.*', '*:*', 'remote:profiles', '<profiles-{now/d}>', 'profiles::failures', 'profiles::data'],
  ...[
    'PROFILES',
    ' profiles',
    'profiles ',
    '_profiles',
    'profiles*archive',
    '_all,orders',
    'pro+files',
    'profiles/orders',
  ],
] as const;
/** What means `profiles` for the principals. */
export const SAME_INDEX = [
  'profiles',
  'profiles',
  'profiles',
  'prof*',
  '*',
  '_all',
  'profiles,profiles',
  '*files',
] as const;

const CITIES = ['Lyon', 'Oslo', 'Porto', 'Turin', 'lyon', 'CANARY-DOC-city-1', 'x'] as const;
const WORDS = ['person', 'example', 'person 1', 'Person 4 Example', '7', 'canary', 'doc', 'x y z', 'EXAMPLE'] as const;
const ODD = [
  ...['', ' ', '\u0000', 'ü', 'é', '𝕏😀', '\u202e', "'", '"', '\\', '*', '?', '/', '${claims.tenant}', '{{x}}', '\n'],
  ...[
    't1"}},{"match_all":{"x":"',
    'null',
    'true',
    '0',
    '-1',
    '1e400',
    '🏳️‍🌈',
    'a'.repeat(300),
    '%',
    '<em>',
    '__proto__',
  ],
] as const;

export function oddText(random: Random): string {
  return random.pick(ODD);
}

export function valueFor(random: Random, field: string): unknown {
  if (random.chance(0.06)) return oddText(random);
  if (field === 'age')
    return random.weighted<unknown>([
      [8, 20 + random.int(16)],
      [1, '25'],
      [1, random.int(200)],
    ]);
  if (field === 'tenant') return random.pick(['t1', 't2', 't1 ', 'T1', 't']);
  if (field === 'city') return random.pick(CITIES);
  return random.pick(WORDS);
}

/** Documents that are visible, hidden in one world, hidden in both, or nowhere. */
export function documentId(random: Random): string {
  return random.weighted([
    [12, `v${1 + random.int(12)}`],
    [5, `h${1 + random.int(12)}`],
    [2, `new${random.int(4)}`],
    [
      1,
      random.pick([
        'nosuch',
        '1',
        '_search',
        'V1',
        'v01',
        'ü',
        'a b',
        'a/b',
        '..',
        'v1,v2',
        '*',
        'x'.repeat(513),
        '%2F',
      ]),
    ],
  ]);
}

/** In a path, as clients write it. */
export function encodedId(random: Random): string {
  return encodeURIComponent(documentId(random)).replace(/\./g, '%2E');
}
