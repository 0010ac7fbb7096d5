import { describe, expect, it } from 'vitest';
import { secretForm } from './public-identifier.ts';

const token = (claims: object, header: object = { alg: 'HS256', typ: 'JWT' }) =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2lnbmF0dXJl`;

describe('the form of a secret', () => {
  it.each<[string, string, RegExp]>([
    ['the service role of Supabase', token({ iss: 'supabase', role: 'service_role' }), /role service_role/],
    ['a signed-in user', token({ sub: 'made-up', role: 'authenticated' }), /role authenticated/],
    ['a token that names no role', token({ sub: 'made-up' }), /of one account/],
    ['a token whose role is no text', token({ role: ['anon'] }), /of one account/],
    ['a token behind its scheme', `Bearer ${token({ role: 'service_role' })}`, /service_role/],
    ['a token with spaces around it', ` ${token({ role: 'service_role' })}\n`, /service_role/],
    ['an unsigned token', token({ role: 'service_role' }).replace(/\.[^.]*$/, ''), /service_role/],
    ['a token that is not JSON inside', 'eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.c2ln', /of one account/],
    ['an encrypted token', 'eyJhbGciOiJkaXIifQ..aXY.dGV4dA.dGFn', /of one account/],
    ['a new secret key of Supabase', 'sb_secret_madeup0123456789', /Supabase/],
    ['a personal token of Supabase', `sbp_${'0'.repeat(40)}`, /Supabase/],
    ['a secret key of Stripe', 'sk_live_madeup', /Stripe/],
    ['a private key', '-----BEGIN PRIVATE KEY-----', /private key/],
    ['a service account', '{"type":"service_account","private_key":"x"}', /service account/],
    ['an access token of Google', 'ya29.madeup', /Google/],
    ['a client secret of Google', 'GOCSPX-madeup', /Google/],
    ['an access key of AWS', 'AKIAIOSFODNN7EXAMPLE', /AWS/],
    ['a shared access signature', 'sv=2022-11-02&sp=rwl&se=2030-01-01&sig=made%2Bup', /shared access signature/],
    ['the same as a query', '?sig=made%2Bup&sp=r', /shared access signature/],
    ['an account key of Azure', `${'A'.repeat(86)}==`, /account key/],
    ['a connection string', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b', /connection string/],
    ['an API key of Appwrite', `standard_${'0a'.repeat(100)}`, /Appwrite/],
    ['an old API key of Appwrite', '0a'.repeat(128), /Appwrite/],
    ['a token of GitHub', 'ghu_madeup', /GitHub/],
    ['a token of Slack', 'xapp-1-madeup', /Slack/],
    ['an address with a password', 'postgres://app:made-up@db.example.org/x', /password/],
  ])('is that of %s', (_name, value, words) => {
    expect(secretForm(value)).toMatch(words);
  });

  it('never repeats what a role says beyond a word', () => {
    expect(secretForm(token({ role: 'jane@example.org '.repeat(9) }))).toBe(
      'a token of the role jane?example?org?jane?example?or',
    );
  });

  it.each<[string, string]>([
    ['the anonymous key of Supabase', token({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'anon' })],
    ['the publishable key of Supabase', 'sb_publishable_madeup0123456789'],
    ['the publishable key of Stripe', 'pk_live_madeup'],
    ['an API key of Firebase', `AIza${'0'.repeat(35)}`],
    ['the id of an app of Firebase', '1:100200300400:android:0a1b2c3d4e5f6a7b'],
    ['a search key of Algolia', '0a'.repeat(16)],
    ['the id of an application of Algolia', 'LATENCY123'],
    ['a project', 'bluemarket-shop'],
    ['a word that begins as tokens do', 'eyJustAName'],
    ['an address without a password', 'https://abc.supabase.co'],
  ])('is not that of %s', (_name, value) => {
    expect(secretForm(value)).toBeUndefined();
  });
});
