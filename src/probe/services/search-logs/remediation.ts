/** Five log servers that the catalogue lists together. */
export const remediation = {
  developer: 'Log no personal value and no token; send the app’s logs through your own API.',
  it: 'Loki: it has no login of its own – put it behind a proxy that asks for one and sets `X-Scope-OrgID` itself (`auth_enabled: true` only separates tenants). Seq: switch authentication on in Settings. Splunk: a licence with logins, `allowRemoteLogin` off, `sslVersions` set. Graylog and Sentry: keep their logins, close sign-up (`auth.allow-registration`). Bind each to a private address and close 3100, 5341, 8089 and 9000 in the firewall.',
  security: 'Logs carry addresses, tokens and errors with data in them: treat them as read, and rotate what they show.',
} as const;
