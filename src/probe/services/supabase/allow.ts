import { allowRequests, type RequestTemplate } from '../../../net/request-templates.ts';

/** Identifiers of SQL that need no encoding; others are told as not asked. */
export const TABLE = /[A-Za-z_]\w{0,62}/;

/** PostgREST itself, and behind Supabase's gateway. */
export const PREFIXES = ['', '/rest/v1'] as const;
export type Prefix = (typeof PREFIXES)[number];

export const ONE_ROW = '?select=*&limit=1';
export const FEW_ROWS = '?select=*&limit=5';
export const COUNTED = { prefer: 'count=estimated' } as const;

const KEY = { apikey: '<anonKey>' };

/** With and without the anonymous key that the gateway wants. */
function either(templates: readonly RequestTemplate[]): RequestTemplate[] {
  return templates.flatMap((one) => [one, { ...one, headers: { ...KEY, ...one.headers } }]);
}

const PLACEHOLDERS = { anonKey: 'identifier', table: { pattern: TABLE, example: 'profiles' } } as const;

export const supabaseAllow = allowRequests(
  PREFIXES.flatMap((prefix) =>
    either([
      { path: `${prefix}/`, why: 'product, version, and the tables and columns that strangers are shown' },
      { path: `${prefix}/<nonce>${ONE_ROW}`, why: 'the control request: a table that does not exist, which must fail' },
      {
        method: 'HEAD',
        path: `${prefix}/<table>${ONE_ROW}`,
        headers: COUNTED,
        why: 'how many rows of a table a stranger sees; no row is sent',
      },
    ]),
  ),
  PLACEHOLDERS,
);

export const supabaseSampling = allowRequests(
  PREFIXES.flatMap((prefix) =>
    either([{ path: `${prefix}/<table>${FEW_ROWS}`, why: 'up to five rows, for the kind of their values' }]),
  ),
  PLACEHOLDERS,
);
