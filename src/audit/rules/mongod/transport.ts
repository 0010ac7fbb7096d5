/** Rules for mongod.conf on TLS. */
import { firstOf, listening } from '../../formats/mongod/effective.ts';
import type { MongodDocument } from '../../formats/mongod/read.ts';
import { defineRule } from '../../model.ts';
import { exposure, firstPlace, MONGODB_REFERENCES, setTo } from './shared.ts';

const TLS_REFERENCE = 'https://www.mongodb.com/docs/manual/tutorial/configure-ssl/';
const BASE = 'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\nnet:\n  bindIp: 10.0.0.5\n';

function modeOf(document: MongodDocument) {
  return firstOf(document, 'net.tls.mode', 'net.ssl.mode');
}

export const tlsOff = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-without-tls',
  aliases: ['MG-TLS-001'],
  format: 'mongod.conf',
  title: 'Connections to MongoDB are not encrypted',
  severity: 'medium',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.tls.mode – disabled unless set: the server does not use TLS',
  },
  cis: ['CIS MongoDB 7 4.3'],
  description:
    'Without `net.tls.mode: requireTLS` documents cross the network readable, and whoever stands between can change requests. Passwords are not sent in clear (SCRAM), but what they protect is.',
  remediation:
    'Set `net.tls.mode: requireTLS` with `certificateKeyFile` and `CAFile`; use `preferTLS` while clients change over.',
  references: [TLS_REFERENCE, MONGODB_REFERENCES.options],
  cwe: ['CWE-319'],
  examples: {
    bad: [BASE, `${BASE}  tls:\n    mode: disabled\n`],
    good: [
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/mongodb.pem\n`,
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 127.0.0.1\nsecurity:\n  authorization: enabled\n',
    ],
  },
  *check({ document }, { runtimes }) {
    const mode = modeOf(document);
    if (mode?.variable || (mode && mode.values[0]?.toLowerCase() !== 'disabled')) return;
    if (!mode && !document.complete) return;
    const commanded = runtimes.some(({ service }) =>
      [...(service.entrypoint?.words ?? []), ...(service.command?.words ?? [])].some((word) =>
        /^--(?:tls|ssl)/.test(word),
      ),
    );
    const { on } = listening(document);
    const reach = exposure(document, runtimes);
    if (commanded || (runtimes.length === 0 && (on === 'loopback' || on === 'unknown')) || reach === 'loopback') return;
    // Between containers of one host nobody else stands on the way.
    if (runtimes.length > 0 && reach === 'none') return;
    yield {
      pointer: mode?.key ?? 'net.tls.mode',
      span: mode?.span ?? firstPlace(document, 'net.tls.mode'),
      actual: mode ? 'disabled' : 'not set; off',
      expected: 'requireTLS, with a certificate',
      message: 'Connections from other machines are not encrypted.',
      severity: reach === 'public' ? 'high' : 'medium',
    };
  },
});

export const tlsOptional = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-tls-optional',
  aliases: ['MG-TLS-002'],
  format: 'mongod.conf',
  title: 'MongoDB also takes connections that are not encrypted',
  severity: 'medium',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.tls.mode – allowTLS and preferTLS accept both TLS and plain incoming connections',
  },
  cis: ['CIS MongoDB 7 4.3'],
  description:
    '`allowTLS` and `preferTLS` are meant for a change-over: a client that does not ask for TLS is served in clear, and whoever stands between can make it so.',
  remediation: 'Set `requireTLS` when all clients and members use TLS.',
  references: [TLS_REFERENCE],
  cwe: ['CWE-319', 'CWE-757'],
  examples: {
    bad: [
      `${BASE}  tls:\n    mode: preferTLS\n    certificateKeyFile: /etc/ssl/mongodb.pem\n`,
      `${BASE}  ssl:\n    mode: allowSSL\n    PEMKeyFile: /etc/ssl/mongodb.pem\n`,
    ],
    good: [`${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/mongodb.pem\n`],
  },
  *check({ source, document }) {
    const mode = modeOf(document);
    const value = mode?.values[0] ?? '';
    if (!mode || !/^(?:allow|prefer)(?:TLS|SSL)$/i.test(value)) return;
    const required = /SSL$/i.test(value) ? 'requireSSL' : 'requireTLS';
    yield {
      pointer: mode.key,
      span: mode.span,
      actual: value,
      expected: required,
      message: 'Connections without TLS are accepted.',
      fix: setTo(
        source,
        document,
        mode,
        { path: [], value: required, option: `${required === 'requireSSL' ? 'sslMode' : 'tlsMode'} = ${required}` },
        {
          title: 'Require TLS',
          blastRadius: 'Clients and members that do not use TLS are refused.',
          needsConfirmation: true,
        },
      ),
    };
  },
});

export const invalidCertificates = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-certificate-not-verified',
  aliases: ['MG-TLS-003'],
  format: 'mongod.conf',
  title: 'MongoDB accepts invalid certificates',
  severity: 'high',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.tls.allowInvalidCertificates – bypasses the check of certificates on other servers and allows invalid ones to connect; with X.509 login they still only encrypt',
  },
  description:
    'With `allowInvalidCertificates: true` a member connects to whoever answers in another member’s place; `allowInvalidHostnames: true` accepts a certificate of any other machine.',
  remediation:
    'Give every member a certificate with its name from your own authority (`CAFile`), and remove the lines.',
  references: [TLS_REFERENCE, MONGODB_REFERENCES.options],
  cwe: ['CWE-295'],
  examples: {
    bad: [
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n    allowInvalidCertificates: true\n`,
      `${BASE}  ssl:\n    mode: requireSSL\n    PEMKeyFile: /etc/ssl/m.pem\n    allowInvalidHostnames: true\n`,
    ],
    good: [
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n    allowInvalidCertificates: false\n`,
    ],
  },
  *check({ source, document }) {
    for (const setting of document.settings.values()) {
      const name = /^net\.(?:tls|ssl)\.(allowInvalidCertificates|allowInvalidHostnames)$/.exec(setting.key)?.[1];
      if (name === undefined || setting.values[0]?.toLowerCase() !== 'true') continue;
      const option = `${setting.key.startsWith('net.tls') ? 'tls' : 'ssl'}${name.slice(0, 1).toUpperCase()}${name.slice(1)} = false`;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: 'true',
        expected: 'false',
        message:
          name === 'allowInvalidCertificates'
            ? 'Any certificate is accepted from other servers.'
            : 'Certificates of other machines are accepted.',
        severity: name === 'allowInvalidCertificates' ? 'high' : 'medium',
        fix: setTo(
          source,
          document,
          setting,
          { path: [], value: 'false', option },
          {
            title: 'Check certificates',
            blastRadius: 'Members and clients whose certificate is not valid, or not for their name, are refused.',
            needsConfirmation: true,
          },
        ),
      };
    }
  },
});

export const oldProtocols = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-old-tls',
  aliases: ['MG-TLS-004'],
  format: 'mongod.conf',
  title: 'MongoDB allows old versions of TLS',
  severity: 'low',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.tls.disabledProtocols – members disable TLS 1.0 by default where 1.1 is available; none keeps 1.0 on, and a list replaces the default',
  },
  cis: ['CIS MongoDB 7 4.2'],
  description:
    '`disabledProtocols: none` switches TLS 1.0 back on; a list without `TLS1_0` and `TLS1_1` leaves those on, which are broken and forbidden by PCI DSS.',
  remediation: 'Set `disabledProtocols: TLS1_0,TLS1_1`.',
  references: [MONGODB_REFERENCES.options],
  cwe: ['CWE-326'],
  examples: {
    bad: [
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n    disabledProtocols: none\n`,
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n    disabledProtocols: TLS1_0\n`,
    ],
    good: [
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n    disabledProtocols: TLS1_0,TLS1_1\n`,
      `${BASE}  tls:\n    mode: requireTLS\n    certificateKeyFile: /etc/ssl/m.pem\n`,
    ],
  },
  *check({ source, document }) {
    const setting = firstOf(document, 'net.tls.disabledProtocols', 'net.ssl.disabledProtocols');
    const names = (setting?.values ?? []).flatMap((value) => value.split(',')).map((name) => name.trim().toUpperCase());
    if (!setting || setting.variable || (names.includes('TLS1_0') && names.includes('TLS1_1'))) return;
    const none = names.includes('NONE');
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: names.join(', '),
      expected: 'TLS1_0,TLS1_1',
      message: none ? 'Every old version of TLS is allowed.' : 'TLS 1.0 or 1.1 is allowed.',
      severity: none ? 'medium' : 'low',
      fix: setTo(
        source,
        document,
        setting,
        {
          path: [],
          value: 'TLS1_0,TLS1_1',
          option: `${setting.key.startsWith('net.tls') ? 'tls' : 'ssl'}DisabledProtocols = TLS1_0,TLS1_1`,
        },
        {
          title: 'Refuse TLS 1.0 and 1.1',
          blastRadius: 'Drivers and systems from before about 2014 cannot connect.',
          needsConfirmation: false,
        },
      ),
    };
  },
});
