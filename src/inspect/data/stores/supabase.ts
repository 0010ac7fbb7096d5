/** Supabase and Nhost: PostgreSQL behind a REST or GraphQL API, guarded by row-level policies. */
import { Buffer } from 'node:buffer';
import { readJwt } from '../../formats/jwt.ts';
import type { StoreFamily } from './store-family.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A key of an invented project, signed by nobody. */
const key = (claims: object) => `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'c2lnbmF0dXJl'.repeat(3)}`;

export const supabase: StoreFamily = {
  name: 'supabase',
  kinds: {
    supabase: {
      holds: 'records',
      reach: 'with the anon key of the package: every table without row-level security, and public buckets',
    },
    nhost: {
      holds: 'records',
      reach: 'what the role `public` may read over GraphQL, and public files',
    },
  },
  hosts: [
    {
      kind: 'supabase',
      domains: ['supabase.co', 'supabase.in', 'supabase.net'],
      host: /^(?:db\.)?([a-z]{20})\.(?:functions\.|storage\.)?supabase\.(?:co|in|net)$/,
      source: 'https://supabase.com/docs/guides/api',
      examples: {
        is: {
          'https://abcdefghijklmnopqrst.supabase.co/rest/v1': 'abcdefghijklmnopqrst',
          'https://abcdefghijklmnopqrst.functions.supabase.co/hello': 'abcdefghijklmnopqrst',
          'postgresql://db.abcdefghijklmnopqrst.supabase.co:5432/postgres': 'abcdefghijklmnopqrst',
        },
        not: ['https://api.supabase.com/', 'https://status.supabase.co/', 'https://your-project.supabase.co/'],
      },
    },
    {
      kind: 'nhost',
      domains: ['nhost.run', 'nhost.app'],
      host: /^([a-z0-9]{20})\.(?:[a-z]{1,12}\.)?[a-z0-9-]{4,20}\.nhost\.run$/,
      source: 'https://docs.nhost.io/',
      examples: {
        is: { 'https://abcdefghijklmnopqrst.graphql.eu-central-1.nhost.run/v1': 'abcdefghijklmnopqrst' },
        not: ['https://local.graphql.nhost.run/v1', 'https://nhost.run/'],
      },
    },
  ],
  values: [
    {
      // the keys of a project are tokens that name it
      kind: 'supabase',
      mark: { start: 'eyJ' },
      value: /^(eyJ[\w-]{10,400}\.eyJ[\w-]{10,1000}\.[\w-]{20,400})$/,
      read: ([, token]) => {
        const ref = token === undefined ? undefined : readJwt(token)?.claims.ref;
        if (typeof ref !== 'string' || !/^[a-z]{20}$/.test(ref)) return undefined;
        return { id: ref, url: `https://${ref}.supabase.co`, host: `${ref}.supabase.co` };
      },
      source: 'https://supabase.com/docs/guides/api/api-keys',
      examples: {
        is: { [key({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'anon' })]: 'abcdefghijklmnopqrst' },
        not: [key({ iss: 'supabase', role: 'anon' }), key({ ref: 'refs/heads/main' }), 'eyJhbGciOiJIUzI1NiJ9'],
      },
    },
  ],
};
