import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'mongod.conf',
    text: '# mongod.conf\nstorage:\n  dbPath: /var/lib/mongodb\nsystemLog:\n  destination: file\n  quiet: true\nnet:\n  port: 27017\n  bindIp: 0.0.0.0 # all\n  tls:\n    mode: preferTLS\n    disabledProtocols: none\nsecurity:\n  authorization: disabled\nsetParameter: {enableLocalhostAuthBypass: 1, ttlMonitorEnabled: false}\n',
    pointed: [
      ['audit/mongodb-log-quiet', 'true'],
      ['audit/mongodb-listens-everywhere', '0.0.0.0'],
      ['audit/mongodb-tls-optional', 'preferTLS'],
      ['audit/mongodb-old-tls', 'none'],
      ['audit/mongodb-authorization-off', 'disabled'],
      ['audit/mongodb-expired-documents-stay', 'false'],
      ['audit/mongodb-first-user-from-the-machine', '1'],
    ],
  },
  {
    format: 'mongod.conf',
    text: '# old\ndbpath=/var/lib/mongodb\nlogpath = /var/log/mongodb/mongod.log\nbind_ip = 0.0.0.0 # all\nnoauth = true\nrest\nsetParameter = enableLocalhostAuthBypass=1\nsetParameter = ttlMonitorEnabled=1\n',
    pointed: [
      ['audit/mongodb-without-tls', 'bind_ip = 0.0.0.0'],
      ['audit/mongodb-listens-everywhere', '0.0.0.0'],
      ['audit/mongodb-authorization-off', 'true'],
      ['audit/mongodb-http-interface', 'rest'],
      ['audit/mongodb-first-user-from-the-machine', 'enableLocalhostAuthBypass=1'],
    ],
  },
];
