/** Rules for elasticsearch.yml. */
import { majorOf } from '../../formats/compose/image.ts';
import type { Setting, SettingsDocument } from '../../formats/elasticsearch/read.ts';
import { defineRule, type Fix, type ReadFile, type RuleContext, type Runtime } from '../../model.ts';
import { type Source, type Span, wholeLines } from '../../source.ts';
import { variableOf } from '../compose/authentication.ts';
import { exposureOf, reachedFrom, severityOf } from '../compose/exposure.ts';
import { REFERENCES } from '../references.ts';

type Settings = ReadFile<'elasticsearch.yml'>;

const SECURITY = 'xpack.security.enabled';
const OPEN_ADDRESSES = ['0.0.0.0', '::', '::0', '0', '_site_', '_global_', '[::]'];

/** Security as this file and its containers decide it; `absent` and `unknown` are not the same as off. */
function securityOf(document: SettingsDocument, runtimes: readonly Runtime[]): 'on' | 'off' | 'absent' | 'unknown' {
  // In the images an environment variable overrides the file.
  const overrides = runtimes.map(({ service }) => variableOf(service, SECURITY, 'ES_SETTING_XPACK_SECURITY_ENABLED'));
  if (overrides.length > 0 && overrides.every((variable) => variable !== undefined)) {
    return overrides.some((variable) => variable?.value === 'false') ? 'off' : 'on';
  }
  const setting = document.settings.get(SECURITY);
  if (setting?.variable || (!setting && !document.complete)) return 'unknown';
  if (setting) return setting.values[0]?.toLowerCase() === 'false' ? 'off' : 'on';
  if (runtimes.length === 0) return 'absent';
  const majors = runtimes.map(({ declared }) => majorOf(declared.version));
  if (majors.some((major) => major === null)) return 'absent';
  return majors.every((major) => (major ?? 0) >= 8) ? 'on' : 'off';
}

function overridden(runtimes: readonly Runtime[]): boolean {
  const names = [SECURITY, 'ES_SETTING_XPACK_SECURITY_ENABLED'];
  return runtimes.length > 0 && runtimes.every(({ service }) => variableOf(service, ...names) !== undefined);
}

/** Who reaches the node: its containers' ports where it runs in containers, its own bind address otherwise. */
function exposure(document: SettingsDocument, runtimes: readonly Runtime[]): ReturnType<typeof exposureOf> {
  const levels = runtimes.map(({ declared }) => exposureOf(declared));
  if (levels.length === 0) {
    if (openAddress(document)) return 'public';
    const bound = boundTo(document)?.values ?? [];
    return bound.every((value) => /^(?:_local(?::ipv[46])?_|localhost|127(?:\.\d+){3}|::1)$/.test(value))
      ? 'loopback'
      : 'network';
  }
  return (['public', 'network', 'loopback'] as const).find((level) => levels.includes(level)) ?? 'none';
}

/** The setting that decides where the HTTP port listens; loopback without one. */
function boundTo(document: SettingsDocument): Setting | undefined {
  const keys = ['http.bind_host', 'http.host', 'network.bind_host', 'network.host'];
  return keys.map((key) => document.settings.get(key)).find((setting) => setting !== undefined);
}

/** That setting, when it names open addresses. */
function openAddress(document: SettingsDocument): Setting | undefined {
  const setting = boundTo(document);
  return setting?.values.some((value) => OPEN_ADDRESSES.includes(value)) ? setting : undefined;
}

/** Replaces a scalar's characters inside its quotes. */
function replace(setting: Setting, text: string, rest: Omit<Fix, 'edits'>): Fix | null {
  return setting.inner && { ...rest, edits: [{ ...setting.inner, text }] };
}

/** A new line at the end of a block mapping. */
function append(source: Source, line: string, rest: Omit<Fix, 'edits'>): Fix | null {
  if (/^\s*[{[]/.test(source.text) || /^(?:---|\.\.\.)[ \t]*\S*\s*$/m.test(source.text.slice(4))) return null;
  const at = source.text.length;
  const before = at === 0 || source.text.endsWith('\n') ? '' : source.eol;
  return { ...rest, edits: [{ start: at, end: at, text: `${before}${line}${source.eol}` }] };
}

/** The span of a whole file's first line, where a finding about absence is shown. */
function firstSetting(document: SettingsDocument): Span {
  return document.settings.values().next().value?.entry ?? { start: 0, end: 0 };
}

const SECURITY_ON = {
  title: 'Switch Elasticsearch security on',
  blastRadius:
    'Every client without credentials is refused, an app that talks to the store directly among them. Set passwords first (elasticsearch-setup-passwords before 8.0, elasticsearch-reset-password since); a cluster of several nodes also needs transport TLS, or it does not start.',
  needsConfirmation: true,
};

export const securityDisabled = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-security-disabled',
  aliases: ['ES-AUTH-001'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch security is switched off',
  severity: 'critical',
  owner: 'it',
  description:
    'With `xpack.security.enabled: false` – or without the setting before 8.0 – Elasticsearch asks nobody who they are: whoever reaches port 9200 lists the indices, reads every document and deletes them.',
  remediation: 'Set `xpack.security.enabled: true`, set passwords, and give the API its own user with a narrow role.',
  references: [REFERENCES.elasticsearchSecurity, REFERENCES.elasticsearchSecurity7],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'cluster.name: shop\nxpack.security.enabled: false\n',
      'cluster:\n  name: shop\nnetwork.host: _local_\nxpack:\n  security:\n    enabled: "false"\n',
    ],
    good: ['cluster.name: shop\nxpack.security.enabled: true\n', 'cluster.name: shop\nnetwork.host: _local_\n'],
  },
  *check({ source, document }, context) {
    const state = securityOf(document, context.runtimes);
    if (state === 'absent')
      context.unknown(
        SECURITY,
        'not set; the default depends on the version, which is not known: on since 8.0, off before',
      );
    if (state === 'unknown') context.unknown(SECURITY, 'its value comes from a variable or another file');
    if (state !== 'off' || overridden(context.runtimes)) return;
    const setting = document.settings.get(SECURITY);
    const reach = exposure(document, context.runtimes);
    const contained = context.runtimes.length > 0;
    const bound =
      reach === 'public'
        ? ', and the node listens on open addresses'
        : reach === 'network'
          ? ', and the node listens on a network address'
          : '; the node listens on loopback only';
    const where = contained ? `, ${reachedFrom(reach)}` : bound;
    yield {
      pointer: SECURITY,
      span: setting?.span ?? firstSetting(document),
      actual: setting
        ? 'false'
        : `not set; off by default in ${context.runtimes[0]?.declared.version ?? 'this version'}`,
      expected: 'true',
      message: `Elasticsearch security is off${where}.`,
      severity: contained ? severityOf(reach) : reach === 'loopback' ? 'high' : 'critical',
      fix: setting ? replace(setting, 'true', SECURITY_ON) : append(source, `${SECURITY}: true`, SECURITY_ON),
    };
  },
});

export const openWithoutLogin = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-open-without-login',
  aliases: ['ES-NET-001'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch listens on every interface without a login',
  severity: 'critical',
  owner: 'it',
  description:
    'An address such as `0.0.0.0`, `_site_` or `_global_` makes the node answer beyond the machine itself, while security is off. This is how most of the leaked clusters were found: by scanning for port 9200.',
  remediation:
    'Switch security on. Bind `_local_` unless other machines must reach the node, and then a private address.',
  references: [REFERENCES.elasticsearchNetwork, REFERENCES.elasticsearchSecurity],
  cwe: ['CWE-1327', 'CWE-306'],
  examples: {
    bad: ['cluster.name: shop\nnetwork.host: 0.0.0.0\nxpack.security.enabled: false\n'],
    good: [
      'cluster.name: shop\nnetwork.host: 0.0.0.0\nxpack.security.enabled: true\n',
      'cluster.name: shop\nnetwork.host: _local_\nxpack.security.enabled: false\n',
    ],
  },
  *check({ document }, context) {
    const address = openAddress(document);
    if (!address || securityOf(document, context.runtimes) !== 'off') return;
    const contained = context.runtimes.length > 0;
    const reach = exposure(document, context.runtimes);
    // In a container the published port decides who reaches it; binding loopback there would only break it.
    if (contained && reach !== 'public' && reach !== 'network') return;
    yield {
      pointer: address.key,
      span: address.span,
      actual: address.values.join(', '),
      expected: '_local_, or security on',
      message: `Elasticsearch listens on ${address.values.join(', ')} and asks for no login${contained ? `, ${reachedFrom(reach)}` : ''}.`,
      severity: contained ? severityOf(reach) : 'critical',
      fix: contained
        ? null
        : replace(address, '_local_', {
            title: 'Let Elasticsearch listen on loopback only',
            blastRadius: 'Clients and nodes on other machines can no longer connect.',
            needsConfirmation: true,
          }),
    };
  },
});

export const httpWithoutTls = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-http-without-tls',
  aliases: ['ES-TLS-001'],
  format: 'elasticsearch.yml',
  title: 'The Elasticsearch HTTP API is not encrypted',
  severity: 'high',
  owner: 'it',
  description:
    'Without `xpack.security.http.ssl.enabled: true` passwords and documents cross the network in clear. Since 8.0 a first start configures TLS by itself, but not when the file already holds security settings.',
  remediation:
    'Make a certificate (`elasticsearch-certutil http`) and set `xpack.security.http.ssl.enabled: true` with its keystore.',
  references: [
    'https://www.elastic.co/guide/en/elasticsearch/reference/current/security-basic-setup-https.html',
    REFERENCES.elasticsearchSecurity,
  ],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'xpack.security.enabled: true\nxpack.security.http.ssl.enabled: false\n',
      'cluster.name: shop\nnetwork.host: 10.0.0.5\nxpack.security.enabled: true\n',
    ],
    good: [
      'xpack.security.enabled: true\nxpack.security.http.ssl:\n  enabled: true\n  keystore.path: certs/http.p12\n',
      'cluster.name: shop\nhttp.port: 9200\n',
    ],
  },
  *check({ document }, context) {
    const setting = document.settings.get('xpack.security.http.ssl.enabled');
    if (setting?.variable || setting?.values[0] === 'true') return;
    const beside = [...document.settings.values()].find(({ key }) => key.startsWith('xpack.security.'));
    if (!setting && !document.complete) return;
    // Absence is judged where it means off: beside other security settings, or in a version before 8.0.
    const before8 = context.runtimes.some(({ declared }) => (majorOf(declared.version) ?? 8) < 8);
    const at = setting ?? beside;
    if (!at && !before8) return;
    const reach = exposure(document, context.runtimes);
    yield {
      pointer: 'xpack.security.http.ssl.enabled',
      span: at?.span ?? firstSetting(document),
      actual: setting ? (setting.values[0] ?? 'empty') : 'not set; off',
      expected: 'true, with a certificate',
      message: 'The HTTP API of Elasticsearch is not encrypted.',
      severity: reach === 'public' || reach === 'network' ? 'high' : 'medium',
    };
  },
});

export const transportWithoutTls = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-transport-without-tls',
  aliases: ['ES-TLS-002'],
  format: 'elasticsearch.yml',
  title: 'The traffic between Elasticsearch nodes is not encrypted',
  severity: 'high',
  owner: 'it',
  description:
    'With `xpack.security.transport.ssl.enabled: false` a machine on the same network can read the data that nodes exchange, or join the cluster as a node.',
  remediation:
    'Make node certificates (`elasticsearch-certutil cert`) and set `xpack.security.transport.ssl.enabled: true`.',
  references: ['https://www.elastic.co/guide/en/elasticsearch/reference/current/security-basic-setup.html'],
  cwe: ['CWE-319'],
  examples: {
    bad: ['xpack.security.enabled: true\nxpack.security.transport.ssl.enabled: false\n'],
    good: [
      'xpack.security.enabled: true\nxpack.security.transport.ssl.enabled: true\n',
      'xpack.security.enabled: true\n',
    ],
  },
  *check({ document }) {
    const setting = document.settings.get('xpack.security.transport.ssl.enabled');
    if (setting?.values[0] !== 'false') return;
    const single = document.settings.get('discovery.type')?.values[0] === 'single-node';
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true, with a certificate',
      message: 'The traffic between nodes is not encrypted, and nodes are not authenticated.',
      severity: single ? 'medium' : 'high',
    };
  },
});

export const certificateNotVerified = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-certificate-not-verified',
  aliases: ['ES-TLS-003'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch accepts every certificate',
  severity: 'high',
  owner: 'it',
  description:
    '`verification_mode: none` accepts any certificate, so whoever stands between two machines can read and change the traffic.',
  remediation:
    'Set `verification_mode: full` (`certificate` is enough for the transport layer) with the right certificate authority.',
  references: [REFERENCES.elasticsearchSecurity],
  cwe: ['CWE-295'],
  examples: {
    bad: ['xpack.security.enabled: true\nxpack.security.transport.ssl.verification_mode: none\n'],
    good: ['xpack.security.enabled: true\nxpack.security.transport.ssl.verification_mode: certificate\n'],
  },
  *check({ document }) {
    for (const setting of document.settings.values()) {
      if (!/^xpack\.security\.(?:http|transport)\.ssl\.verification_mode$/.test(setting.key)) continue;
      if (setting.values[0] !== 'none') continue;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: 'none',
        expected: 'full, or certificate on the transport layer',
        message: 'Elasticsearch accepts every certificate from its peers.',
      };
    }
  },
});

export const anonymousRole = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-anonymous-role',
  aliases: ['ES-AUTH-002'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch gives a role to everybody',
  severity: 'high',
  owner: 'it',
  description:
    'Roles under `xpack.security.authc.anonymous.roles` are what a request without credentials may do. With a role that reads data the login is there in name only; with `superuser` everything is open.',
  remediation: 'Remove `xpack.security.authc.anonymous`. Give health checks and Kibana users of their own.',
  references: ['https://www.elastic.co/docs/deploy-manage/users-roles/cluster-or-deployment-auth/anonymous-access'],
  cwe: ['CWE-306', 'CWE-862'],
  examples: {
    bad: ['xpack.security.enabled: true\nxpack.security.authc:\n  anonymous:\n    roles: superuser\n'],
    good: ['xpack.security.enabled: true\nxpack.security.authc.anonymous.roles: []\n'],
  },
  *check({ source, document }) {
    const setting = document.settings.get('xpack.security.authc.anonymous.roles');
    if (!setting || setting.values.length === 0) return;
    const superuser = setting.values.includes('superuser');
    const lines = wholeLines(source.text, setting.entry);
    // Only a dotted key at the start of its line can be cut without leaving an empty mapping behind.
    const whole = source.text.startsWith('xpack.security.authc.anonymous.roles', lines.start);
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: setting.values.join(', '),
      expected: 'not set',
      message: `Requests without credentials get ${superuser ? 'the superuser role' : `the role ${setting.values.join(', ')}`}.`,
      severity: superuser ? 'critical' : 'high',
      fix: whole
        ? {
            edits: [{ ...lines, text: '' }],
            title: 'Take the roles of anonymous requests away',
            blastRadius: 'Clients without credentials, health checks among them, are refused.',
            needsConfirmation: true,
          }
        : null,
    };
  },
});

export const defaultPassword = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-default-password-accepted',
  aliases: ['ES-AUTH-003'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch accepts the default password',
  severity: 'critical',
  owner: 'it',
  description:
    'In 5.x `xpack.security.authc.accept_default_password: true` keeps the published default password of the built-in users valid.',
  remediation:
    'Change the passwords of the built-in users, then set it to `false`; upgrade: 6.0 removed default passwords.',
  references: ['https://www.elastic.co/guide/en/elasticsearch/reference/5.5/security-settings.html'],
  cwe: ['CWE-1392', 'CWE-798'],
  examples: {
    bad: ['cluster.name: shop\nxpack.security.authc.accept_default_password: true\n'],
    good: ['cluster.name: shop\nxpack.security.authc.accept_default_password: false\n'],
  },
  *check({ document }) {
    const setting = document.settings.get('xpack.security.authc.accept_default_password');
    if (setting?.values[0] !== 'true') return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'true',
      expected: 'false',
      message: 'The published default password of the built-in users is accepted.',
      fix: replace(setting, 'false', {
        title: 'Refuse the default password',
        blastRadius: 'Clients that still use the default password are refused; change it first.',
        needsConfirmation: true,
      }),
    };
  },
});

export const corsWithCredentials = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-cors-any-origin-with-credentials',
  aliases: ['ES-CORS-002'],
  format: 'elasticsearch.yml',
  title: "Any web page may use its visitor's Elasticsearch login",
  severity: 'high',
  owner: 'developer',
  description:
    'With `http.cors.allow-credentials: true` and an origin of `*` or `/.*/`, a web page that an administrator visits can query the cluster with their login.',
  remediation: 'Name the origins in `http.cors.allow-origin`, or set `http.cors.allow-credentials: false`.',
  references: [REFERENCES.elasticsearchNetwork],
  cwe: ['CWE-942'],
  examples: {
    bad: [
      'cluster.name: shop\nnetwork.host: _local_\nhttp.cors.enabled: true\nhttp.cors.allow-origin: "*"\nhttp.cors.allow-credentials: true\n',
    ],
    good: [
      'cluster.name: shop\nnetwork.host: _local_\nhttp.cors.enabled: true\nhttp.cors.allow-origin: "https://admin.example.org"\nhttp.cors.allow-credentials: true\n',
    ],
  },
  *check({ document }) {
    const value = (key: string): string => document.settings.get(key)?.values.join(',') ?? '';
    const credentials = document.settings.get('http.cors.allow-credentials');
    if (value('http.cors.enabled') !== 'true' || credentials?.values[0] !== 'true') return;
    if (!/^(?:\*|\/\.\*\/|\/https?\??:\\?\/\\?\/\.\*\/)$/.test(value('http.cors.allow-origin'))) return;
    yield {
      pointer: credentials.key,
      span: credentials.span,
      actual: 'true, with every origin allowed',
      expected: 'false, or named origins',
      message: 'Every web origin may send requests with the login of its visitor.',
      fix: replace(credentials, 'false', {
        title: 'Take credentials out of cross-origin requests',
        blastRadius: 'Browser programs on other origins that send a login are refused.',
        needsConfirmation: true,
      }),
    };
  },
});

export const scriptsUnrestricted = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-inline-scripts',
  aliases: ['ES-SCRIPT-001'],
  format: 'elasticsearch.yml',
  title: 'Old Elasticsearch runs scripts that anybody sends',
  severity: 'critical',
  owner: 'it',
  description:
    '`script.disable_dynamic: false` (1.x) and `script.inline: true` (1.6 to 5.x) let whoever can search run scripts in languages without a sandbox (CVE-2014-3120, CVE-2015-1427): they run commands on the server.',
  remediation:
    'Set `script.inline: false` (or `script.disable_dynamic: true`) and upgrade: none of these versions gets fixes.',
  references: [
    'https://www.elastic.co/guide/en/elasticsearch/reference/5.3/modules-scripting-security.html',
    'https://nvd.nist.gov/vuln/detail/CVE-2014-3120',
    'https://nvd.nist.gov/vuln/detail/CVE-2015-1427',
  ],
  cwe: ['CWE-94'],
  examples: {
    bad: [
      'cluster.name: shop\nnetwork.host: _local_\nscript.inline: true\n',
      'cluster.name: shop\nnetwork.host: _local_\nscript.disable_dynamic: false\n',
    ],
    good: ['cluster.name: shop\nnetwork.host: _local_\nscript.inline: false\n'],
  },
  *check({ document }, _context: RuleContext) {
    for (const [key, unsafe, safe] of [
      ['script.inline', ['true', 'on'], 'false'],
      ['script.disable_dynamic', ['false'], 'true'],
    ] as const) {
      const setting = document.settings.get(key);
      const [value] = setting?.values ?? [];
      if (!setting || value === undefined || !unsafe.some((bad) => bad === value)) continue;
      yield {
        pointer: key,
        span: setting.span,
        actual: value,
        expected: safe,
        message: 'Whoever can search can run scripts without a sandbox on the server.',
        fix: replace(setting, safe, {
          title: 'Refuse scripts in requests',
          blastRadius: 'Searches that carry a script fail; move the scripts to files.',
          needsConfirmation: true,
        }),
      };
    }
  },
});

export const elasticsearchRules = [
  securityDisabled,
  openWithoutLogin,
  httpWithoutTls,
  transportWithoutTls,
  certificateNotVerified,
  anonymousRole,
  defaultPassword,
  corsWithCredentials,
  scriptsUnrestricted,
] as const satisfies readonly { format: Settings['format'] }[];
