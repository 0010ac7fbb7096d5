/** Rules for mongod.conf on old interfaces, scripts, logs, encryption at rest and deletion. */
import { firstOf } from '../../formats/mongod/effective.ts';
import type { MongodDocument } from '../../formats/mongod/read.ts';
import { type AuditRule, defineRule, type Hit } from '../../model.ts';
import { firstPlace, MONGODB_REFERENCES, setTo } from './shared.ts';

const BASE = 'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\n';

type Named = Omit<AuditRule<'mongod.conf'>, 'format' | 'check' | 'examples' | 'aliases'> & {
  aliases?: readonly string[];
};

/** A setting that must not have a value, and the value it must have. */
function mustNotBe(
  keys: readonly string[],
  unsafe: RegExp,
  rule: Named & { message: string; change: { value: string; option: string }; blastRadius: string; confirm: boolean },
  examples: { bad: readonly string[]; good: readonly string[] },
): AuditRule<'mongod.conf'> {
  const { message, change, blastRadius, confirm, ...details } = rule;
  return defineRule<'mongod.conf'>({
    ...details,
    format: 'mongod.conf',
    examples,
    *check({ source, document }): Iterable<Hit> {
      for (const key of keys) {
        const setting = document.settings.get(key);
        const [value] = setting?.values ?? [];
        if (!setting || value === undefined || !unsafe.test(value)) continue;
        const fix = { title: details.title, blastRadius, needsConfirmation: confirm };
        yield {
          pointer: key,
          span: setting.span,
          actual: value,
          expected: change.value,
          message,
          fix: setTo(
            source,
            document,
            setting,
            { path: [], ...change },
            { ...fix, title: `Set ${key} to ${change.value}` },
          ),
        };
      }
    },
  });
}

export const httpInterface = mustNotBe(
  ['net.http.enabled', 'net.http.RESTInterfaceEnabled', 'net.http.JSONPEnabled'],
  /^true$/i,
  {
    id: 'audit/mongodb-http-interface',
    aliases: ['MG-NET-003'],
    title: 'MongoDB opens its old HTTP interface',
    severity: 'high',
    owner: 'it',
    topic: 'network-exposure',
    verified: {
      by: 'source',
      how: 'https://www.mongodb.com/docs/v3.6/core/security-mongodb-configuration/ – 3.6 removes the HTTP interface and the REST API, deprecated since 3.2; https://www.mongodb.com/docs/v3.0/core/security-mongodb-configuration/ – it listens on the port plus 1000, shows operational data and logs, and is not recommended for production',
    },
    description:
      'Before 3.6 `net.http` opened a status page, and with `RESTInterfaceEnabled` simple access to the data, on port 28017. A version that has it gets no fixes any more.',
    remediation: 'Remove `net.http`, and upgrade: 3.6 and later do not know it and do not start with it.',
    references: ['https://www.mongodb.com/docs/manual/release-notes/3.6-compatibility/'],
    cwe: ['CWE-306', 'CWE-749'],
    message: 'The old HTTP interface is switched on.',
    change: { value: 'false', option: 'nohttpinterface = true' },
    blastRadius: 'Tools that read the status page or the REST interface stop working.',
    confirm: false,
  },
  {
    bad: [
      `${BASE}net:\n  http:\n    enabled: true\n    RESTInterfaceEnabled: true\n`,
      'dbpath=/data\nlogpath=/l\nauth=true\nbind_ip=127.0.0.1\nrest = true\n',
    ],
    good: [`${BASE}net:\n  http:\n    enabled: false\n`, BASE],
  },
);

export const scripts = mustNotBe(
  ['security.javascriptEnabled'],
  /^true$/i,
  {
    id: 'audit/mongodb-server-side-scripts',
    aliases: ['MG-JS-001'],
    title: 'MongoDB runs JavaScript that clients send',
    severity: 'info',
    owner: 'developer',
    topic: 'hardening',
    verified: {
      by: 'source',
      how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-security.javascriptEnabled – true by default; false forbids $where, mapReduce, $function and $accumulator',
    },
    description:
      '`$where`, `$function` and `mapReduce` run JavaScript inside the server: an injection into a query then runs code over every document, not only a comparison. It is the default; the finding says that this file asks for it.',
    remediation: 'Set `security.javascriptEnabled: false` when no query of the application uses these operators.',
    references: [MONGODB_REFERENCES.options, MONGODB_REFERENCES.checklist],
    cwe: ['CWE-94'],
    message: 'Queries may carry JavaScript.',
    change: { value: 'false', option: 'noscripting = true' },
    blastRadius: 'Queries with $where, $function, $accumulator or mapReduce fail.',
    confirm: true,
  },
  { bad: [`${BASE}  javascriptEnabled: true\n`], good: [`${BASE}  javascriptEnabled: false\n`, BASE] },
);

export const quietLog = mustNotBe(
  ['systemLog.quiet'],
  /^true$/i,
  {
    id: 'audit/mongodb-log-quiet',
    aliases: ['MG-LOG-002'],
    title: 'MongoDB leaves connections out of its log',
    severity: 'low',
    owner: 'it',
    topic: 'logging',
    verified: {
      by: 'source',
      how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-systemLog.quiet – limits output: accepted and closed connections and more are not written; not recommended for production',
    },
    description: 'With `systemLog.quiet: true` nobody can tell afterwards from where somebody connected.',
    remediation: 'Set `systemLog.quiet: false`, or remove the line.',
    references: [MONGODB_REFERENCES.options],
    cwe: ['CWE-778'],
    message: 'Connections are not written to the log.',
    change: { value: 'false', option: 'quiet = false' },
    blastRadius: 'Nobody is cut off; the log grows.',
    confirm: false,
  },
  { bad: [`${BASE}systemLog:\n  quiet: true\n`], good: [`${BASE}systemLog:\n  quiet: false\n`, BASE] },
);

export const ttlOff = mustNotBe(
  ['setParameter.ttlMonitorEnabled'],
  /^(?:false|0)$/i,
  {
    id: 'audit/mongodb-expired-documents-stay',
    title: 'MongoDB does not delete documents that have expired',
    severity: 'medium',
    owner: 'it',
    topic: 'retention',
    verified: {
      by: 'source',
      how: 'https://www.mongodb.com/docs/manual/reference/parameters/#mongodb-parameter-param.ttlMonitorEnabled – true by default; false stops the worker that deletes documents of collections with a TTL index',
    },
    description:
      'With `ttlMonitorEnabled: false` TTL indexes delete nothing: sessions, codes and whatever else was to disappear by itself stays, with the data of people who left the app.',
    remediation: 'Remove the parameter or set it to `true`.',
    references: [MONGODB_REFERENCES.parameters, 'https://www.mongodb.com/docs/manual/core/index-ttl/'],
    cwe: ['CWE-459'],
    message: 'Documents whose time is over are not deleted.',
    change: { value: 'true', option: 'setParameter = ttlMonitorEnabled=true' },
    blastRadius: 'Documents whose time is over are deleted within minutes of the restart, all that piled up at once.',
    confirm: true,
  },
  {
    bad: [`${BASE}setParameter:\n  ttlMonitorEnabled: false\n`],
    good: [`${BASE}setParameter:\n  ttlMonitorEnabled: true\n`, BASE],
  },
);

/** Settings that only the Enterprise edition (and Percona's server) knows: without one, nothing of theirs is missing. */
const ENTERPRISE =
  /^(?:auditLog\.|snmp\.|security\.(?:enableEncryption|encryptionKeyFile|encryptionCipherMode|kmip\.|ldap\.|sasl\.|vault\.|redactClientLogData))/;

function isEnterprise({ settings }: MongodDocument): boolean {
  return [...settings.keys()].some((key) => ENTERPRISE.test(key));
}

const ENTERPRISE_BASE = `${BASE}  ldap:\n    servers: ldap.example.org\n`;

export const auditLog = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-audit-log-off',
  aliases: ['MG-LOG-001'],
  format: 'mongod.conf',
  title: 'MongoDB Enterprise keeps no record of who did what',
  severity: 'low',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/core/auditing/ – in Enterprise and Atlas only; off unless auditLog.destination is set',
  },
  cis: ['CIS MongoDB 7 5.1'],
  description:
    'The file uses features of the Enterprise edition, which can record logins and changes, and does not switch that on. The Community edition has no such log; there nothing is reported.',
  remediation: 'Set `auditLog.destination: file` with `format: JSON` and a `path`, or `syslog`.',
  references: ['https://www.mongodb.com/docs/manual/core/auditing/'],
  cwe: ['CWE-778'],
  examples: {
    bad: [ENTERPRISE_BASE],
    good: [`${ENTERPRISE_BASE}auditLog:\n  destination: syslog\n`, BASE],
  },
  *check({ document }) {
    if (!isEnterprise(document) || !document.complete || document.settings.has('auditLog.destination')) return;
    yield {
      pointer: 'auditLog.destination',
      span: firstPlace(document, 'auditLog'),
      actual: 'not set; off',
      expected: 'file or syslog',
      message: 'Logins and changes are not recorded.',
    };
  },
});

export const atRest = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-not-encrypted-at-rest',
  aliases: ['MG-ENC-001'],
  format: 'mongod.conf',
  title: 'MongoDB Enterprise does not encrypt its files',
  severity: 'low',
  owner: 'it',
  topic: 'encryption-at-rest',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/core/security-encryption-at-rest/ – the encrypted storage engine is part of Enterprise and off unless security.enableEncryption is true',
  },
  description:
    'A copied disk, snapshot or backup holds every document in clear. The finding is about files that use Enterprise features; the Community edition cannot encrypt by itself, and whether its disk is encrypted no mongod.conf tells.',
  remediation:
    'Set `security.enableEncryption: true` with `kmip` (a key server), or encrypt the volume (LUKS, EBS, disk encryption of the provider) and keep that on record.',
  references: ['https://www.mongodb.com/docs/manual/core/security-encryption-at-rest/'],
  cwe: ['CWE-311'],
  examples: {
    bad: [`${BASE}  enableEncryption: false\n`, ENTERPRISE_BASE],
    good: [`${BASE}  enableEncryption: true\n  kmip:\n    serverName: keys.example.org\n`, BASE],
  },
  *check({ document }) {
    const setting = document.settings.get('security.enableEncryption');
    const vault = [...document.settings.keys()].some((key) => key.startsWith('security.vault.'));
    if (!isEnterprise(document) || !document.complete || vault || setting?.values[0]?.toLowerCase() === 'true') return;
    yield {
      pointer: 'security.enableEncryption',
      span: setting?.span ?? firstPlace(document, 'security'),
      actual: setting?.values[0] ?? 'not set; off',
      expected: 'true, or an encrypted volume',
      message: 'The data files are not encrypted by MongoDB.',
    };
  },
});

export const clientDataLogged = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-data-in-the-log',
  aliases: ['MG-LOG-003'],
  format: 'mongod.conf',
  title: 'MongoDB writes values of queries to its log',
  severity: 'low',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-security.redactClientLogData – Enterprise: redacts messages that may hold documents before they are written; false by default',
  },
  description:
    'Slow queries and errors are written with their values: e-mail addresses, phone numbers and tokens reach the log, its collector and everybody who reads there. High verbosity and the profiler write every query. Redaction is part of the Enterprise edition.',
  remediation:
    'Enterprise: `security.redactClientLogData: true`. Else keep `systemLog.verbosity` at 0 and guard the log.',
  references: ['https://www.mongodb.com/docs/manual/administration/monitoring/'],
  cwe: ['CWE-532'],
  examples: {
    bad: [ENTERPRISE_BASE, `${BASE}systemLog:\n  verbosity: 3\n`],
    good: [`${ENTERPRISE_BASE}  redactClientLogData: true\n`, BASE, `${BASE}systemLog:\n  verbosity: 0\n`],
  },
  *check({ document }) {
    if (document.settings.get('security.redactClientLogData')?.values[0]?.toLowerCase() === 'true') return;
    const verbosity = firstOf(document, 'systemLog.verbosity', 'systemLog.component.query.verbosity');
    const loud = /^[2-5]$/.test(verbosity?.values[0] ?? '') ? verbosity : undefined;
    if (!loud && (!isEnterprise(document) || !document.complete)) return;
    yield {
      pointer: loud?.key ?? 'security.redactClientLogData',
      span: loud?.span ?? firstPlace(document, 'security'),
      actual: loud?.values[0] ?? 'not set; off',
      expected: loud ? '0' : 'true',
      message: 'Values of queries are written to the log.',
    };
  },
});
