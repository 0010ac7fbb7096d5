/** Rules on accounts: how one gets one, and how it is protected. */
import type { ConfigEntry } from '../../formats/supabase-config/read.ts';
import { type AuditRule, defineRule, type Fix } from '../../model.ts';

export const CONFIG_REFERENCE = 'https://supabase.com/docs/guides/local-development/cli/config';

const shared = {
  format: 'supabase-config',
  owner: 'developer',
  references: [CONFIG_REFERENCE, 'https://supabase.com/docs/guides/auth/general-configuration'],
} as const;

export function set(entry: ConfigEntry, text: string, rest: Omit<Fix, 'edits'>): Fix {
  return { ...rest, edits: [{ ...entry.span, text }] };
}

export function where({ pointer }: ConfigEntry): string {
  return pointer.startsWith('remotes.') ? ` in the hosted project ${pointer.split('.')[1] ?? ''}` : '';
}

const HEAD = 'project_id = "app"\n\n[auth]\n';

export const accountRules: readonly AuditRule<'supabase-config'>[] = [
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-short-passwords',
    aliases: ['SB-CFG-003'],
    title: 'Short passwords are accepted',
    severity: 'medium',
    topic: 'authentication',
    description: 'Passwords of six characters are guessed, and stand in every list; the sign-in address is public.',
    remediation:
      'Set `minimum_password_length = 10` or more, and `password_requirements`; existing passwords stay as they are.',
    references: [CONFIG_REFERENCE, 'https://supabase.com/docs/guides/auth/password-security'],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/auth/password-security – a minimum below 8 is not recommended; the template of supabase init sets 6',
    },
    cwe: ['CWE-521'],
    examples: {
      bad: [`${HEAD}minimum_password_length = 6\n`],
      good: [`${HEAD}minimum_password_length = 10\n`, `${HEAD}# minimum_password_length = 6\n`],
    },
    *check({ document }) {
      for (const entry of document.all('auth.minimum_password_length')) {
        if (typeof entry.value !== 'number' || entry.value >= 8) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: String(entry.value),
          expected: '10 or more',
          message: `Passwords of ${entry.value} characters are accepted${where(entry)}.`,
          fix: set(entry, '10', {
            title: 'Ask for passwords of 10 characters',
            blastRadius: 'New and changed passwords only; who has a shorter one keeps it.',
            needsConfirmation: false,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-email-not-confirmed',
    title: 'Addresses of new accounts are not confirmed',
    severity: 'low',
    topic: 'authentication',
    description:
      'Whoever signs up with the address of somebody else is let in at once: policies that look at the address or its domain trust it, and accounts are made by the thousand.',
    remediation: 'Set `enable_confirmations = true` in `[auth.email]`, with a mail server of your own.',
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/auth/general-configuration – without "Confirm email" users need not confirm their address before they sign in',
    },
    cwe: ['CWE-287'],
    examples: {
      bad: [`${HEAD}[auth.email]\nenable_signup = true\nenable_confirmations = false\n`],
      good: [
        `${HEAD}[auth.email]\nenable_confirmations = true\n`,
        `${HEAD}[auth.email]\nenable_signup = false\nenable_confirmations = false\n`,
      ],
    },
    *check({ document }) {
      const closed = ['auth.enable_signup', 'auth.email.enable_signup'].some((name) =>
        document.all(name).some(({ value }) => value === false),
      );
      for (const entry of document.all('auth.email.enable_confirmations')) {
        if (entry.value !== false || closed) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: 'false',
          expected: 'true',
          message: `New accounts are let in before their address is confirmed${where(entry)}.`,
          fix: set(entry, 'true', {
            title: 'Confirm the address of new accounts',
            blastRadius: 'Nobody signs in before the mail is answered: sending mail must work first.',
            needsConfirmation: true,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-anonymous-sign-in',
    aliases: ['SB-CFG-004'],
    title: 'One signs in without an account',
    severity: 'low',
    topic: 'authentication',
    description:
      'Anonymous users have the role `authenticated`: every policy that only asks for an account lets in whoever calls once, without even an address.',
    remediation:
      "Switch it off where the app does not use it; else add `(select (auth.jwt() ->> 'is_anonymous')::boolean) is false` to policies as a restrictive one, and a captcha.",
    references: [CONFIG_REFERENCE, 'https://supabase.com/docs/guides/auth/auth-anonymous'],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/auth/auth-anonymous – anonymous users take the role authenticated like all others; policies tell them by the claim is_anonymous',
    },
    cwe: ['CWE-287'],
    examples: {
      bad: [
        `${HEAD}enable_anonymous_sign_ins = true\n`,
        `${HEAD}enable_anonymous_sign_ins = false\n[remotes.production.auth]\nenable_anonymous_sign_ins = true\n`,
      ],
      good: [`${HEAD}enable_anonymous_sign_ins = false\n`, `${HEAD}enabled = true\n`],
    },
    *check({ document }) {
      for (const entry of document.all('auth.enable_anonymous_sign_ins')) {
        if (entry.value !== true) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: 'true',
          expected: 'false, or policies that ask for is_anonymous',
          message: `Whoever calls gets the role authenticated without an account${where(entry)}.`,
          fix: set(entry, 'false', {
            title: 'Switch anonymous sign-in off',
            blastRadius: 'Apps that let people begin without an account cannot sign them in any more.',
            needsConfirmation: true,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-long-sessions',
    title: 'Stolen tokens work for long',
    severity: 'low',
    topic: 'authentication',
    description:
      'An access token is valid until it runs out, whatever happens to its account; without rotation a stolen refresh token works beside the real one.',
    remediation: 'Set `jwt_expiry = 3600` and `enable_refresh_token_rotation = true`.',
    references: [CONFIG_REFERENCE, 'https://supabase.com/docs/guides/auth/sessions'],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/local-development/cli/config – auth.jwt_expiry defaults to 3600 seconds, enable_refresh_token_rotation to true',
    },
    cwe: ['CWE-613'],
    examples: {
      bad: [`${HEAD}jwt_expiry = 604800\n`, `${HEAD}enable_refresh_token_rotation = false\n`],
      good: [`${HEAD}jwt_expiry = 3600\nenable_refresh_token_rotation = true\n`],
    },
    *check({ document }) {
      for (const entry of [...document.all('auth.jwt_expiry'), ...document.all('auth.enable_refresh_token_rotation')]) {
        const long = typeof entry.value === 'number' && entry.value > 86_400;
        if (!long && entry.value !== false) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: String(entry.value),
          expected: long ? '3600' : 'true',
          message: long
            ? `Access tokens are valid for ${entry.value} seconds${where(entry)}.`
            : `A stolen refresh token works beside the real one${where(entry)}.`,
          fix: set(entry, long ? '3600' : 'true', {
            title: long ? 'Let access tokens run out after an hour' : 'Rotate refresh tokens',
            blastRadius: 'Clients that do not refresh their tokens sign in again.',
            needsConfirmation: true,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-redirect-anywhere',
    title: 'After sign-in one is sent to any address',
    severity: 'medium',
    topic: 'authentication',
    description:
      'A wildcard for the host lets an attacker put their own address into a sign-in link: the mail is real, and the session arrives at the attacker.',
    remediation:
      'Name the exact addresses; a wildcard belongs into a path, or before the domain of previews that are your own.',
    references: ['https://supabase.com/docs/guides/auth/redirect-urls', CONFIG_REFERENCE],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/auth/redirect-urls – * and ** match any characters; exact addresses are recommended for production',
    },
    cwe: ['CWE-601'],
    examples: {
      bad: [
        `${HEAD}additional_redirect_urls = ["https://app.example.com", "https://**"]\n`,
        `${HEAD}additional_redirect_urls = ["*"]\n`,
      ],
      good: [
        `${HEAD}additional_redirect_urls = ["https://app.example.com/**", "http://localhost:3000", "myapp://login"]\n`,
        `${HEAD}additional_redirect_urls = ["https://*-team.vercel.app/**"]\n`,
        `${HEAD}additional_redirect_urls = ["http://localhost:3000/**", "exp://192.168.0.2:*/**"]\n`,
      ],
    },
    *check({ document }) {
      for (const entry of document.all('auth.additional_redirect_urls')) {
        for (const { text, span } of entry.items ?? []) {
          // Nothing but wildcards where the host stands, or a whole shared domain.
          const host = /^(?:(?:https?|\*{1,2}):\/\/)?([^/:]*)/.exec(text)?.[1] ?? '';
          if (
            !/^\*[*.]*$/.test(host) &&
            !/^\*{1,2}\.(?:com|net|org|io|app|dev|vercel\.app|netlify\.app|github\.io)$/.test(host)
          )
            continue;
          yield {
            pointer: `${entry.pointer} ${text}`,
            span,
            actual: text,
            expected: 'an exact address',
            message: `Sign-in links may lead to any host${where(entry)}.`,
          };
        }
      }
    },
  }),
];
