/** Rules on how one logs in to OpenSearch: config.yml and internal_users.yml of the security plugin. */
import { listed, namedEntries, type OpensearchSecurityDocument } from '../../formats/opensearch-security/read.ts';
import { replaceValue } from '../../formats/settings/edit.ts';
import { child, type Entry, entryOf, type MapNode, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule, type RuleContext } from '../../model.ts';

export const SECURITY_REFERENCES = {
  configuration: 'https://docs.opensearch.org/latest/security/configuration/configuration/',
  yaml: 'https://docs.opensearch.org/latest/security/configuration/yaml/',
  anonymous: 'https://docs.opensearch.org/latest/security/access-control/anonymous-authentication/',
  proxy: 'https://docs.opensearch.org/latest/security/authentication-backends/proxy/',
  ldap: 'https://docs.opensearch.org/latest/security/authentication-backends/ldap/',
  practices: 'https://docs.opensearch.org/latest/security/configuration/best-practices/',
  users: 'https://github.com/opensearch-project/security/blob/2.19.1.0/config/internal_users.yml',
} as const;

export const CONFIG = '_meta:\n  type: "config"\n  config_version: 2\n';
export const USERS = '_meta:\n  type: "internalusers"\n  config_version: 2\n';
const BASIC =
  '        http_enabled: true\n        http_authenticator:\n          type: basic\n        authentication_backend:\n';

function dynamic({ kind, root }: OpensearchSecurityDocument): YamlNode | null {
  return kind === 'config' ? child(child(root, 'config'), 'dynamic') : null;
}

function isTrue(node: YamlNode | null): boolean {
  return textOf(node)?.toLowerCase() === 'true';
}

interface Domain {
  name: string;
  /** `authc` or `authz`. */
  section: string;
  entry: Entry;
  value: MapNode;
}

/** Login and role domains that are in use. */
function domains(document: OpensearchSecurityDocument): Domain[] {
  return ['authc', 'authz'].flatMap((section) => {
    const all = child(dynamic(document), section);
    return (all?.kind === 'map' ? all.entries : []).flatMap((entry) =>
      entry.value?.kind === 'map' && textOf(child(entry.value, 'http_enabled'))?.toLowerCase() !== 'false'
        ? [{ name: entry.key, section, entry, value: entry.value }]
        : [],
    );
  });
}

function authenticatorOf(domain: Domain): string | null {
  return textOf(child(child(domain.value, 'http_authenticator'), 'type'));
}

const ANONYMOUS_ROLE = /^opendistro_security_anonymous(?:_backendrole)?$/;

/** A role other than the one of one's own index is mapped to requests without credentials. */
function anonymousHasRoles(context: RuleContext): boolean {
  return context
    .beside('opensearch-security')
    .filter(({ document }) => document.kind === 'rolesmapping')
    .some(({ document }) =>
      namedEntries(document).some(
        ({ name, value }) =>
          name !== 'own_index' &&
          [...listed(child(value, 'backend_roles')), ...listed(child(value, 'users'))].some(
            ({ text }) => ANONYMOUS_ROLE.test(text) || text === '*',
          ),
      ),
    );
}

export const anonymousAccess = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-anonymous-access',
  aliases: ['OSS-AUTH-001'],
  format: 'opensearch-security',
  title: 'OpenSearch lets requests without a login in',
  severity: 'high',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0: with anonymous_auth_enabled true a request without credentials is answered as opendistro_security_anonymous, with false it gets 401 (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'With `anonymous_auth_enabled: true` a request without credentials becomes the user `opendistro_security_anonymous`, which has every role that is mapped to its backend role or to `*`.',
  remediation: 'Set `anonymous_auth_enabled: false`, and give health checks an account of their own.',
  references: [SECURITY_REFERENCES.anonymous],
  cwe: ['CWE-306'],
  examples: {
    bad: [`${CONFIG}config:\n  dynamic:\n    http:\n      anonymous_auth_enabled: true\n`],
    good: [`${CONFIG}config:\n  dynamic:\n    http:\n      anonymous_auth_enabled: false\n`],
  },
  *check({ document }, context) {
    const node = child(child(dynamic(document), 'http'), 'anonymous_auth_enabled');
    if (node?.kind !== 'scalar' || !isTrue(node)) return;
    const mapped = anonymousHasRoles(context);
    yield {
      pointer: 'config.dynamic.http.anonymous_auth_enabled',
      span: node.span,
      actual: 'true',
      expected: 'false',
      message: `Requests without credentials are let in${mapped ? ', and a role is mapped to them' : ''}.`,
      severity: mapped ? 'critical' : 'high',
      fix: replaceValue(node, 'false', {
        title: 'Refuse requests without credentials',
        blastRadius: 'Clients without a login, health checks among them, are refused. Load it with securityadmin.sh.',
        needsConfirmation: true,
      }),
    };
  },
});

export const anyPassword = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-password-not-checked',
  format: 'opensearch-security',
  title: 'OpenSearch takes any password',
  severity: 'high',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0: with type basic and backend noop the name admin with a made-up password is logged in as admin, with the roles that are mapped to that name; with backend intern it gets 401 (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'A login domain that reads name and password (`http_authenticator: basic`) and hands them to the backend `noop` checks nothing: whoever writes a name is that user, with every role that is mapped to the name or to `*`.',
  remediation: 'Use the backend `intern` (or `ldap`) for `basic`. `noop` belongs to tokens and certificates only.',
  references: [SECURITY_REFERENCES.configuration],
  cwe: ['CWE-287'],
  examples: {
    bad: [`${CONFIG}config:\n  dynamic:\n    authc:\n      basic:\n${BASIC}          type: noop\n`],
    good: [
      `${CONFIG}config:\n  dynamic:\n    authc:\n      basic:\n${BASIC}          type: intern\n`,
      `${CONFIG}config:\n  dynamic:\n    authc:\n      basic:\n${BASIC.replace('http_enabled: true', 'http_enabled: false')}          type: noop\n`,
    ],
  },
  *check({ document }) {
    for (const domain of domains(document)) {
      const backend = child(child(domain.value, 'authentication_backend'), 'type');
      if (authenticatorOf(domain) !== 'basic' || backend?.kind !== 'scalar' || backend.text !== 'noop') continue;
      yield {
        pointer: `config.dynamic.authc.${domain.name}.authentication_backend.type`,
        span: backend.span,
        actual: 'noop',
        expected: 'intern or ldap',
        message: 'Names and passwords are read and not checked.',
        fix: replaceValue(backend, 'intern', {
          title: 'Check passwords against the internal users',
          blastRadius: 'Everybody who is not in internal_users.yml, or has another password there, is refused.',
          needsConfirmation: true,
        }),
      };
    }
  },
});

export const anyProxy = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-any-proxy-trusted',
  aliases: ['OSS-AUTH-002'],
  format: 'opensearch-security',
  title: 'OpenSearch believes every machine that calls itself a proxy',
  severity: 'high',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://github.com/opensearch-project/security/blob/2.19.1.0/src/main/java/org/opensearch/security/http/RemoteIpDetector.java – a request whose sender matches internalProxies counts as coming through the proxy; HTTPProxyAuthenticator then takes name and roles from its headers',
  },
  description:
    'With `internalProxies: ".*"` the name and roles that a trusted proxy would set are taken from anybody’s request headers: `x-proxy-user: admin` is a login.',
  remediation:
    'Write the proxies’ addresses as an anchored pattern, e.g. `10\\.0\\.0\\.5|10\\.0\\.0\\.6`, and let only them reach port 9200.',
  references: [SECURITY_REFERENCES.proxy],
  cwe: ['CWE-290'],
  examples: {
    bad: [
      `${CONFIG}config:\n  dynamic:\n    http:\n      xff:\n        enabled: true\n        internalProxies: ".*"\n`,
    ],
    good: [
      `${CONFIG}config:\n  dynamic:\n    http:\n      xff:\n        enabled: true\n        internalProxies: '10\\.0\\.0\\.5'\n`,
      `${CONFIG}config:\n  dynamic:\n    http:\n      xff:\n        enabled: false\n        internalProxies: ".*"\n`,
    ],
  },
  *check({ document }) {
    const xff = child(child(dynamic(document), 'http'), 'xff');
    const proxies = child(xff, 'internalProxies');
    if (!isTrue(child(xff, 'enabled')) || proxies?.kind !== 'scalar') return;
    if (!/^\^?(?:\.[*+]|\(\.[*+]\))\$?$/.test(proxies.text)) return;
    const login = domains(document).some((domain) => /^(?:extended-)?proxy$/.test(authenticatorOf(domain) ?? ''));
    yield {
      pointer: 'config.dynamic.http.xff.internalProxies',
      span: proxies.span,
      actual: proxies.text,
      expected: 'an anchored list of addresses',
      message: login
        ? 'Anybody may say in a header who they are.'
        : 'Anybody may say in a header from which address they come.',
      severity: login ? 'critical' : 'medium',
    };
  },
});

const PLACEHOLDER_KEY = /^base64 encoded HMAC key or public (?:RSA\/ECDSA )?(?:pem )?key/i;

export const sampleTokenKey = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-sample-token-key',
  aliases: ['OSS-AUTH-003'],
  format: 'opensearch-security',
  title: 'OpenSearch checks tokens with the sample key',
  severity: 'high',
  owner: 'developer',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://github.com/opensearch-project/security/blob/2.19.1.0/config/config.yml – the shipped jwt_auth_domain has the sentence “base64 encoded HMAC key or public RSA/ECDSA pem key” as its signing_key',
  },
  description:
    'The token domain is switched on with the sentence that the shipped file has in place of a key. Tokens of the real issuer fail, and where the plugin takes the sentence as a key everybody can make tokens.',
  remediation:
    'Put the issuer’s public key there (or use `openid` with its discovery address), or switch the domain off.',
  references: [SECURITY_REFERENCES.configuration],
  cwe: ['CWE-321'],
  examples: {
    bad: [
      `${CONFIG}config:\n  dynamic:\n    authc:\n      jwt:\n        http_enabled: true\n        http_authenticator:\n          type: jwt\n          config:\n            signing_key: "base64 encoded HMAC key or public RSA/ECDSA pem key"\n`,
    ],
    good: [
      `${CONFIG}config:\n  dynamic:\n    authc:\n      jwt:\n        http_enabled: false\n        http_authenticator:\n          type: jwt\n          config:\n            signing_key: "base64 encoded HMAC key or public RSA/ECDSA pem key"\n`,
    ],
  },
  *check({ document }) {
    for (const domain of domains(document)) {
      const key = entryOf(child(child(domain.value, 'http_authenticator'), 'config'), 'signing_key');
      if (!key?.value || !PLACEHOLDER_KEY.test(textOf(key.value) ?? '')) continue;
      yield {
        pointer: `config.dynamic.authc.${domain.name}.http_authenticator.config.signing_key`,
        span: key.value.span,
        actual: 'the sentence of the sample file',
        expected: 'the public key of the issuer',
        message: 'The key for tokens is the one of the sample file.',
      };
    }
  },
});

export const ldapWithoutTls = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-ldap-without-tls',
  aliases: ['OSS-AUTH-004'],
  format: 'opensearch-security',
  title: 'OpenSearch sends passwords to the directory in clear',
  severity: 'high',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://docs.opensearch.org/latest/security/authentication-backends/ldap/ – enable_ssl is LDAP over SSL, enable_start_tls upgrades the connection; both are false unless set, and the bind then goes over plain LDAP',
  },
  description:
    'Without `enable_ssl` or `enable_start_tls` the password of everybody who logs in, and that of the `bind_dn`, crosses the network readable, and whoever stands between can answer in the directory’s place.',
  remediation:
    'Set `enable_ssl: true` with the directory’s port for TLS (636) in `hosts`, or `enable_start_tls: true`.',
  references: [SECURITY_REFERENCES.ldap],
  cwe: ['CWE-319', 'CWE-523'],
  examples: {
    bad: [
      `${CONFIG}config:\n  dynamic:\n    authc:\n      ldap:\n${BASIC}          type: ldap\n          config:\n            enable_ssl: false\n            hosts: [ldap.example.org:389]\n`,
      `${CONFIG}config:\n  dynamic:\n    authz:\n      groups:\n        http_enabled: true\n        authorization_backend:\n          type: ldap\n          config:\n            hosts: [ldap.example.org:389]\n`,
    ],
    good: [
      `${CONFIG}config:\n  dynamic:\n    authc:\n      ldap:\n${BASIC}          type: ldap\n          config:\n            enable_ssl: true\n            hosts: [ldap.example.org:636]\n`,
      `${CONFIG}config:\n  dynamic:\n    authc:\n      ldap:\n${BASIC}          type: ldap\n          config:\n            enable_ssl: false\n            hosts: ["localhost:8389"]\n`,
    ],
  },
  *check({ document }) {
    for (const domain of domains(document)) {
      const name = domain.section === 'authc' ? 'authentication_backend' : 'authorization_backend';
      const backend = child(domain.value, name);
      const config = child(backend, 'config');
      if (textOf(child(backend, 'type')) !== 'ldap' || config === null) continue;
      if (isTrue(child(config, 'enable_ssl')) || isTrue(child(config, 'enable_start_tls'))) continue;
      const hosts = listed(child(config, 'hosts')).map(({ text }) => text);
      if (hosts.length > 0 && hosts.every((host) => /^(?:localhost|127\.|\[?::1)/.test(host))) continue;
      const at = entryOf(config, 'enable_ssl');
      yield {
        pointer: `config.dynamic.${domain.section}.${domain.name}.${name}.config.enable_ssl`,
        span: at?.value?.span ?? domain.entry.keySpan,
        actual: at ? (textOf(at.value) ?? 'empty') : 'not set; off',
        expected: 'true, or enable_start_tls: true',
        message: 'Passwords go to the directory in clear.',
      };
    }
  },
});

/** Hashes of the sample users in the plugin's own internal_users.yml; each password is its user's name. */
const DEMO_HASHES = new Set([
  '$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG',
  '$2y$12$TRwAAJgnNo67w3rVUz4FIeLx9Dy/llB79zf9I15CKJ9vkM4ZzAd3.',
  '$2a$12$4AcgAt3xwOWadA5s5blL6ev39OXDNhmOesEoo33eZtrq2N0YrU3H.',
  '$2a$12$JJSXNfTowz7Uu5ttXfeYpeYE0arACvcwlPBStB1F.MI7f0U9Z4DGC',
  '$2a$12$u1ShR4l4uBS3Uv59Pa2y5.1uQuZBrZtmNfqB3iM/.jL0XoV9sghS2',
  '$2a$12$ae4ycwzwvLtZxwZ82RmiEunBbIPiAmGZduBAjKN0TXdwQFtCwARz2',
  '$2y$12$DpwmetHKwgYnorbgdvORCenv4NAK8cPUg8AI6pxLCuWf/ALc0.v7W',
]);

export const demoPasswords = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-demo-password',
  aliases: ['OSS-AUTH-005'],
  format: 'opensearch-security',
  title: 'A sample user of OpenSearch keeps its published password',
  severity: 'critical',
  owner: 'it',
  topic: 'secrets',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with the shipped internal_users.yml: admin, anomalyadmin, kibanaserver, kibanaro, logstash, readall and snapshotrestore log in with their own name as password (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'The hash is the one in the plugin’s own sample file; the password behind it is the user’s name and is the first that everybody tries. `admin` may do everything, `readall` reads everything.',
  remediation:
    'Delete sample users that nobody uses. For the others run `plugins/opensearch-security/tools/hash.sh` (it asks for the password), put the hash here, and load the file with `securityadmin.sh`.',
  references: [SECURITY_REFERENCES.practices, SECURITY_REFERENCES.users],
  cwe: ['CWE-1392', 'CWE-798'],
  examples: {
    bad: [`${USERS}admin:\n  hash: "$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"\n  reserved: true\n`],
    good: [`${USERS}admin:\n  hash: "$2y$12$MADE.UP.TEXT.OF.AN.EXAMPLE"\n  reserved: true\n`],
  },
  *check({ document }) {
    if (document.kind !== 'internalusers') return;
    for (const { name, value } of namedEntries(document)) {
      const hash = child(value, 'hash');
      if (hash === null || !DEMO_HASHES.has(textOf(hash) ?? '')) continue;
      const administrator = listed(child(value, 'backend_roles')).some(({ text }) => text === 'admin');
      yield {
        pointer: `${name}.hash`,
        span: hash.span,
        actual: 'the hash of the sample file',
        expected: 'the hash of a password of your own',
        message: `The user ${name} has the published password of the sample file.`,
        severity: administrator || name === 'admin' ? 'critical' : 'high',
      };
    }
  },
});
