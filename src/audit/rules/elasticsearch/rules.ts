/** Rules for elasticsearch.yml on its security features; those shared with OpenSearch are in `search/`. */

import { reachedFrom, severityOf } from '../../containers/exposure.ts';
import { majorOf } from '../../containers/image.ts';
import { addLine, removeLines, replaceValue } from '../../formats/settings/edit.ts';
import { elasticsearchSecurity } from '../../formats/settings/search.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { exposure, firstSetting } from '../search/product.ts';

const SECURITY = 'xpack.security.enabled';

/** Settings that came with 7.0. */
const SINCE_7 = ['cluster.initial_master_nodes', 'discovery.seed_hosts', 'discovery.seed_providers'];

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
  topic: 'authentication',
  verified: {
    by: 'server',
    how: 'elasticsearch 8.19.3 with the setting false answers searches and writes without a login, with true it answers 401; elasticsearch 7.17.28 without the setting answers as well (test/servers/audit-settings-elasticsearch.test.ts, test/servers/elasticsearch.test.ts)',
  },
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
    const security = elasticsearchSecurity(document, context.runtimes);
    if (security.state === 'absent')
      context.unknown(
        SECURITY,
        'not set; the default depends on the version, which is not known: on since 8.0, off before',
      );
    if (security.state === 'unknown') context.unknown(SECURITY, security.reason);
    // What a container's own declaration decides is judged there.
    if (security.state !== 'off' || (security.by.state === 'set' && security.by.setting === null)) return;
    const setting = security.by.state === 'set' ? security.by.setting : null;
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
      fix: setting
        ? replaceValue(setting, 'true', SECURITY_ON)
        : addLine(source, document, SECURITY, 'true', SECURITY_ON),
    };
  },
});

export const anonymousRole = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-anonymous-role',
  aliases: ['ES-AUTH-002'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch gives a role to everybody',
  severity: 'high',
  owner: 'it',
  topic: 'authorization',
  verified: {
    by: 'server',
    how: 'elasticsearch 8.19.3 with anonymous.roles superuser answers /_security/user without credentials; without the setting it answers 401 (test/servers/audit-settings-elasticsearch.test.ts)',
  },
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
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: setting.values.join(', '),
      expected: 'not set',
      message: `Requests without credentials get ${superuser ? 'the superuser role' : `the role ${setting.values.join(', ')}`}.`,
      severity: superuser ? 'critical' : 'high',
      fix: removeLines(source, document, setting, {
        title: 'Take the roles of anonymous requests away',
        blastRadius: 'Clients without credentials, health checks among them, are refused.',
        needsConfirmation: true,
      }),
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
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://www.elastic.co/guide/en/elasticsearch/reference/6.0/breaking-6.0.0-xes.html – a bootstrap check of 6.0 demands accept_default_password false; default passwords (“changeme”) were in 5.x, and 7.17.28 started with true refuses them (test/servers/audit-settings-elasticsearch.test.ts)',
  },
  description:
    'In 5.x `xpack.security.authc.accept_default_password: true` keeps the published default password of the built-in users valid.',
  remediation:
    'Change the passwords of the built-in users, then set it to `false`; upgrade: 6.0 removed default passwords.',
  references: ['https://www.elastic.co/guide/en/elasticsearch/reference/5.5/security-settings.html'],
  cwe: ['CWE-1392', 'CWE-798'],
  examples: {
    bad: ['cluster.name: shop\nxpack.security.authc.accept_default_password: true\n'],
    good: [
      'cluster.name: shop\nxpack.security.authc.accept_default_password: false\n',
      'cluster.name: shop\ncluster.initial_master_nodes: [a]\nxpack.security.authc.accept_default_password: true\n',
    ],
  },
  *check({ document }, { runtimes }) {
    const setting = document.settings.get('xpack.security.authc.accept_default_password');
    if (setting?.values[0] !== 'true') return;
    const majors = runtimes.map(({ declared }) => majorOf(declared.version));
    // Later versions have no default passwords; the line is often carried along.
    if (SINCE_7.some((key) => document.settings.has(key))) return;
    if (majors.length > 0 && majors.every((major) => major !== null && major > 5)) return;
    const known = majors.includes(5);
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'true',
      expected: 'false',
      message: `The published default password of the built-in users is accepted${known ? '' : ', if this is Elasticsearch 5'}.`,
      severity: known ? 'critical' : 'medium',
      confidence: known ? 'firm' : 'tentative',
      fix: replaceValue(setting, 'false', {
        title: 'Refuse the default password',
        blastRadius: 'Clients that still use the default password are refused; change it first.',
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
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://www.elastic.co/guide/en/elasticsearch/reference/5.3/modules-scripting-security.html – enabling inline scripts of languages without a sandbox lets whoever sends a request run code',
  },
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
  *check({ document }) {
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
        fix: replaceValue(setting, safe, {
          title: 'Refuse scripts in requests',
          blastRadius: 'Searches that carry a script fail; move the scripts to files.',
          needsConfirmation: true,
        }),
      };
    }
  },
});

export const auditLogOff = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-audit-log-off',
  aliases: ['ES-LOG-001'],
  format: 'elasticsearch.yml',
  title: 'Elasticsearch keeps no record of who logged in and what was refused',
  severity: 'low',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'server',
    how: 'elasticsearch 8.19.3 with xpack.security.audit.enabled true opens <cluster>_audit.json, and says that a basic licence does not permit writing it (test/servers/audit-settings-elasticsearch.test.ts)',
  },
  description:
    'With `xpack.security.audit.enabled: false` a stolen password leaves no trace: nobody can tell afterwards which accounts were used, from where, and which indices were read. The feature needs a paid licence, so absence of the setting is not reported.',
  remediation:
    'Set `xpack.security.audit.enabled: true` and ship `<cluster>_audit.json` to a place the node cannot change.',
  references: ['https://www.elastic.co/guide/en/elasticsearch/reference/8.19/auditing-settings.html'],
  cwe: ['CWE-778'],
  examples: {
    bad: ['xpack.security.enabled: true\nxpack.security.audit.enabled: false\n'],
    good: ['xpack.security.enabled: true\nxpack.security.audit.enabled: true\n', 'xpack.security.enabled: true\n'],
  },
  *check({ document }) {
    const setting = document.settings.get('xpack.security.audit.enabled');
    if (setting?.values[0]?.toLowerCase() !== 'false') return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true',
      message: 'Logins and refused requests are not recorded.',
      fix: replaceValue(setting, 'true', {
        title: 'Record logins and refused requests',
        blastRadius:
          'Nobody is cut off; the log takes disk space, and without a Gold licence or above nothing is written.',
        needsConfirmation: true,
      }),
    };
  },
});
