import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'supabase-config',
    text: 'project_id = "app" # ö\n\n[api]\nschemas = ["public", "graphql_public"]\n\n[db.network_restrictions]\nenabled = true\nallowed_cidrs = ["0.0.0.0/0"]\n\n[db.ssl_enforcement]\nenabled = false\n\n[auth]\nenable_anonymous_sign_ins = true\nminimum_password_length = 6\nadditional_redirect_urls = ["https://a.example.com", "https://**"]\njwt_expiry = 3600\n\n[auth.email]\nenable_confirmations = false\n\n[auth.external.github]\nsecret = \'changeit-example\'\n\n[functions.mail]\nverify_jwt = false\n\n[remotes.production]\nproject_id = "abc"\nauth = { jwt_expiry = 604800 }\n',
    pointed: [
      ['audit/supabase-database-open-to-every-network', '"0.0.0.0/0"'],
      ['audit/supabase-database-tls-not-enforced', 'false'],
      ['audit/supabase-anonymous-sign-in', 'true'],
      ['audit/supabase-short-passwords', '6'],
      ['audit/supabase-redirect-anywhere', '"https://**"'],
      ['audit/supabase-email-not-confirmed', 'false'],
      ['audit/supabase-secret-in-config', "'changeit-example'"],
      ['audit/supabase-function-without-login', 'false'],
      ['audit/supabase-long-sessions', '604800'],
    ],
  },
];
