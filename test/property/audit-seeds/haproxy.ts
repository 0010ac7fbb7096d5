import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'haproxy',
    text: `global
    log /dev/log local0
    stats socket ipv4@*:9999 level admin
    ssl-default-bind-options ssl-min-ver TLSv1.0 no-tls-tickets
userlist team
    user app insecure-password changeit-example-value
defaults
    mode http
    timeout client 30s
frontend search
    bind *:80
    acl blocked path_beg "/_cluster admin" # not for them
    default_backend es
backend es
    server es1 10.0.0.5:9200 ssl verify none check
listen redis
    bind :6379
    mode tcp
    server r1 10.0.0.6:6379
`,
    pointed: [
      ['audit/haproxy-runtime-api-on-network', 'stats socket ipv4@*:9999 level admin'],
      ['audit/haproxy-old-tls', 'TLSv1.0'],
      ['audit/haproxy-password-in-file', 'changeit-example-value'],
      ['audit/haproxy-no-log', 'frontend search'],
      ['audit/haproxy-store-without-login', 'bind *:80'],
      ['audit/haproxy-store-over-plain-http', 'bind *:80'],
      ['audit/haproxy-backend-certificate-not-verified', 'verify none'],
      ['audit/haproxy-no-log', 'listen redis'],
      ['audit/haproxy-store-port-open', 'bind :6379'],
    ],
  },
];
