/** Rules on the database's network, functions and secrets. */

import { withoutRemote } from '../../formats/supabase-config/read.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { isWellKnown } from '../passwords.ts';
import { CONFIG_REFERENCE, set, where } from './accounts.ts';

const shared = { format: 'supabase-config' } as const;
const HEAD = 'project_id = "app"\n\n[db]\nport = 54322\n';

export const platformRules: readonly AuditRule<'supabase-config'>[] = [
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-database-open-to-every-network',
    aliases: ['SB-CFG-001'],
    title: 'The database is reached from every network',
    severity: 'low',
    owner: 'it',
    topic: 'network-exposure',
    description:
      'The hosted database has a public address. Without restrictions everybody may try passwords there; an app does not need that, it goes through the API.',
    remediation:
      'Set `enabled = true` in `[db.network_restrictions]`, and `allowed_cidrs` to the networks of your servers and of those who administer it.',
    references: ['https://supabase.com/docs/guides/platform/network-restrictions', CONFIG_REFERENCE],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/platform/network-restrictions – by default every address may connect to the database; restrictions do not hold for the HTTP APIs',
    },
    cwe: ['CWE-284'],
    examples: {
      bad: [
        `${HEAD}[db.network_restrictions]\nenabled = false\nallowed_cidrs = ["0.0.0.0/0"]\n`,
        `${HEAD}[db.network_restrictions]\nenabled = true\nallowed_cidrs = ["0.0.0.0/0"]\nallowed_cidrs_v6 = ["::/0"]\n`,
      ],
      good: [
        `${HEAD}[db.network_restrictions]\nenabled = true\nallowed_cidrs = ["203.0.113.0/24"]\nallowed_cidrs_v6 = []\n`,
        HEAD,
      ],
    },
    *check({ document }) {
      const off = document.all('db.network_restrictions.enabled').filter(({ value }) => value === false);
      for (const entry of off) {
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: 'false',
          expected: 'true, with allowed_cidrs',
          message: `Every network reaches the port of the database${where(entry)}.`,
        };
      }
      if (off.length > 0) return;
      for (const name of ['allowed_cidrs', 'allowed_cidrs_v6']) {
        for (const entry of document.all(`db.network_restrictions.${name}`)) {
          const every = entry.items?.find(({ text }) => text === '0.0.0.0/0' || text === '::/0');
          if (every === undefined) continue;
          yield {
            pointer: entry.pointer,
            span: every.span,
            actual: every.text,
            expected: 'the networks that need it',
            message: `Every network reaches the port of the database${where(entry)}.`,
          };
        }
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-database-tls-not-enforced',
    aliases: ['SB-CFG-002'],
    title: 'The database takes connections without TLS',
    severity: 'medium',
    owner: 'it',
    topic: 'encryption-in-transit',
    description: 'A client that does not ask for TLS sends data in clear over the internet.',
    remediation: 'Set `enabled = true` in `[db.ssl_enforcement]`.',
    references: ['https://supabase.com/docs/guides/platform/ssl-enforcement', CONFIG_REFERENCE],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/platform/ssl-enforcement – connections without SSL are supported by default; enforcement refuses them',
    },
    cwe: ['CWE-319'],
    examples: {
      bad: [`${HEAD}[db.ssl_enforcement]\nenabled = false\n`],
      good: [`${HEAD}[db.ssl_enforcement]\nenabled = true\n`, `${HEAD}# [db.ssl_enforcement]\n# enabled = false\n`],
    },
    *check({ document }) {
      for (const entry of document.all('db.ssl_enforcement.enabled')) {
        if (entry.value !== false) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: 'false',
          expected: 'true',
          message: `The database takes connections without TLS${where(entry)}.`,
          fix: set(entry, 'true', {
            title: 'Enforce TLS for the database',
            blastRadius: 'Clients that connect without TLS are refused, and the database restarts once.',
            needsConfirmation: true,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-function-without-login',
    title: 'An edge function is called without a login',
    severity: 'low',
    owner: 'developer',
    topic: 'authentication',
    description:
      'With `verify_jwt = false` everybody calls the function. That is right for web hooks that check a signature; any other function then does for strangers what it does, often with the service key.',
    remediation: 'Remove the line or set it to true, or check a signature or token inside the function.',
    references: ['https://supabase.com/docs/guides/functions/auth', CONFIG_REFERENCE],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/local-development/cli/config – functions.NAME.verify_jwt defaults to true; without it the function is public',
    },
    cwe: ['CWE-306'],
    examples: {
      bad: [`${HEAD}[functions.send-mail]\nverify_jwt = false\n`],
      good: [
        `${HEAD}[functions.send-mail]\nverify_jwt = true\n`,
        `${HEAD}[functions.stripe-webhook]\nverify_jwt = false\n`,
      ],
    },
    *check({ document }) {
      for (const entry of document.entries) {
        const name = /^functions\.(.+)\.verify_jwt$/.exec(withoutRemote(entry.pointer))?.[1];
        // Web hooks come without a login, and check a signature.
        if (name === undefined || entry.value !== false || /hook|callback|cron|public/i.test(name)) continue;
        yield {
          pointer: entry.pointer,
          span: entry.span,
          actual: 'false',
          expected: 'true, or a check of its own',
          message: `Everybody calls the function ${name}${where(entry)}.`,
          fix: set(entry, 'true', {
            title: `Ask for a login before ${name}`,
            blastRadius: 'Callers without a token of the project are refused: web hooks, schedules, links in mails.',
            needsConfirmation: true,
          }),
        };
      }
    },
  }),
  defineRule<'supabase-config'>({
    ...shared,
    id: 'audit/supabase-secret-in-config',
    title: 'A secret stands in config.toml',
    severity: 'high',
    owner: 'developer',
    topic: 'secrets',
    description:
      'The file is committed: whoever reads the repository sends mail and messages at your expense, or signs in as your application.',
    remediation:
      'Put it into the environment and write `env(NAME)`; change the one that stood here, its history stays.',
    references: ['https://supabase.com/docs/guides/local-development/managing-config', CONFIG_REFERENCE],
    verified: {
      by: 'source',
      how: 'https://supabase.com/docs/guides/local-development/managing-config – secrets are referenced with env() and kept out of version control',
    },
    cwe: ['CWE-798'],
    examples: {
      bad: [
        `${HEAD}[auth.external.github]\nenabled = true\nsecret = "changeit-example"\n`,
        `${HEAD}[auth.email.smtp]\npass = "changeit-example"\n`,
      ],
      good: [
        `${HEAD}[auth.external.github]\nsecret = "env(GITHUB_SECRET)"\n`,
        `${HEAD}[auth.external.github]\nsecret = ""\n`,
        `${HEAD}[auth.external.github]\nsecret = "your-github-secret"\n`,
      ],
    },
    *check({ document }) {
      for (const { pointer, value, span } of document.entries) {
        const name = withoutRemote(pointer);
        if (
          typeof value !== 'string' ||
          !/^(?:auth|db|storage|edge_runtime|functions)\..*(?:^|[._])(?:secrets?|pass|password|auth_token|api_key|api_secret|access_key_secret|jwt_secret|service_role_key)(?:\.\w+)?$/.test(
            name,
          )
        )
          continue;
        if (value === '' || /env\(|^\$|^<|\byour[-_ ]|^x{3,}|_here$|placeholder|^encrypted:/i.test(value)) continue;
        yield {
          pointer,
          span,
          actual: `a literal of ${value.length} characters`,
          expected: 'env(NAME)',
          message: `A secret stands in ${pointer}.`,
          severity: isWellKnown(value) ? 'low' : 'high',
        };
      }
    },
  }),
];
