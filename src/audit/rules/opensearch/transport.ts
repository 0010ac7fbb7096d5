/** Rules for opensearch.yml on TLS, the audit log and retention. */
import { addLine, replaceValue } from '../../formats/settings/edit.ts';
import { pluginKey, pluginSetting } from '../../formats/settings/search.ts';
import { defineRule } from '../../model.ts';
import { exposure, firstSetting } from '../search/product.ts';
import { OPENSEARCH_REFERENCES } from './login.ts';

const TLS = 'cluster.name: shop\nplugins.security.ssl.http.enabled: true\n';
const PLAIN =
  'cluster.name: shop\nplugins.security.ssl.transport.pemcert_filepath: node.pem\nplugins.security.audit.type: log4j\n';

export const httpWithoutTls = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-http-without-tls',
  aliases: ['OS-TLS-001'],
  format: 'opensearch.yml',
  title: 'The OpenSearch HTTP API is not encrypted',
  severity: 'high',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with the security plugin and without plugins.security.ssl.http.enabled takes passwords over plain HTTP; with true and a certificate it speaks TLS only (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'Without `plugins.security.ssl.http.enabled: true` passwords and documents cross the network in clear, even with the security plugin on.',
  remediation:
    'Set `plugins.security.ssl.http.enabled: true` with `pemcert_filepath`, `pemkey_filepath` and `pemtrustedcas_filepath` below `plugins.security.ssl.http`.',
  references: [OPENSEARCH_REFERENCES.tls],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'cluster.name: shop\nnetwork.host: 10.0.0.5\nplugins.security.ssl.http.enabled: false\nplugins.security.ssl.http.pemcert_filepath: node.pem\nplugins.security.ssl.http.pemkey_filepath: node-key.pem\n',
      PLAIN,
    ],
    good: [TLS, 'cluster.name: shop\nplugins.index_state_management.enabled: true\n'],
  },
  *check({ source, document }, { runtimes }) {
    const setting = pluginSetting(document, 'ssl.http.enabled');
    if (setting?.variable || setting?.values[0]?.toLowerCase() === 'true') return;
    if (!setting && !document.complete) return;
    const configured = [...document.settings.keys()].some((key) =>
      /^(?:plugins\.security|opendistro_security)\.(?!disabled$)/.test(key),
    );
    if (!setting && !configured) return;
    // The image installs its demonstration certificates, which switch TLS on, where a file has none of the plugin's.
    const reach = exposure(document, runtimes);
    const ready = ['pemcert_filepath', 'keystore_filepath'].some((name) => pluginSetting(document, `ssl.http.${name}`));
    const fix = {
      title: 'Encrypt the HTTP API',
      blastRadius:
        'Clients must change to https:// and trust the certificate; those that speak plain HTTP are cut off.',
      needsConfirmation: true,
    };
    yield {
      pointer: pluginKey(document, 'ssl.http.enabled'),
      span: setting?.span ?? firstSetting(document),
      actual: setting ? (setting.values[0] ?? 'empty') : 'not set; off',
      expected: 'true, with a certificate',
      message: `The HTTP API of OpenSearch is not encrypted${ready ? ', though its certificate is configured' : ''}.`,
      severity: reach === 'public' || reach === 'network' ? 'high' : 'medium',
      fix: !ready
        ? null
        : setting
          ? replaceValue(setting, 'true', fix)
          : addLine(source, document, pluginKey(document, 'ssl.http.enabled'), 'true', fix),
    };
  },
});

export const hostnameUnchecked = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-node-names-not-checked',
  aliases: ['OS-TLS-004'],
  format: 'opensearch.yml',
  title: 'OpenSearch nodes do not check whose certificate they see',
  severity: 'low',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://docs.opensearch.org/latest/security/configuration/tls/ – enforce_hostname_verification is true by default and compares the name in the certificate with the host of the connection',
  },
  description:
    'With `enforce_hostname_verification: false` a node’s stolen certificate works from any machine. `nodes_dn` still decides which certificates are nodes at all.',
  remediation: 'Put the nodes’ names into their certificates (subjectAltName) and set it to `true`.',
  references: [OPENSEARCH_REFERENCES.tls],
  cwe: ['CWE-297'],
  examples: {
    bad: [`${TLS}plugins.security.ssl.transport.enforce_hostname_verification: false\n`],
    good: [`${TLS}plugins.security.ssl.transport.enforce_hostname_verification: true\n`, TLS],
  },
  *check({ document }) {
    const name = 'ssl.transport.enforce_hostname_verification';
    const setting =
      pluginSetting(document, name) ?? document.settings.get('transport.ssl.enforce_hostname_verification');
    if (setting?.values[0]?.toLowerCase() !== 'false') return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true',
      message: 'Nodes accept each other’s certificates from any machine.',
      fix: replaceValue(setting, 'true', {
        title: 'Check the names in node certificates',
        blastRadius: 'Nodes whose certificate does not hold the name they are reached by cannot join.',
        needsConfirmation: true,
      }),
    };
  },
});

export const noAuditSink = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-audit-log-off',
  aliases: ['OS-LOG-001'],
  format: 'opensearch.yml',
  title: 'OpenSearch keeps no record of who logged in and what was refused',
  severity: 'low',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0: a refused login leaves an entry in security-auditlog-* with audit.type internal_opensearch, and nothing at all without the setting (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'Without `plugins.security.audit.type` events have nowhere to go: a stolen password leaves no trace, and nobody can tell afterwards which indices were read.',
  remediation:
    'Set `plugins.security.audit.type: internal_opensearch`, or `log4j`/`external_opensearch`/`webhook` to keep the record away from the cluster; give the index `security-auditlog-*` a deletion policy.',
  references: [OPENSEARCH_REFERENCES.audit],
  cwe: ['CWE-778'],
  examples: {
    bad: [
      'cluster.name: shop\nplugins.security.ssl.http.enabled: true\nplugins.security.ssl.http.pemcert_filepath: node.pem\n',
      `${TLS}plugins.security.audit.type: noop\n`,
    ],
    good: [
      `${TLS}plugins.security.ssl.http.pemcert_filepath: node.pem\nplugins.security.audit.type: internal_opensearch\n`,
      'cluster.name: shop\nplugins.security.disabled: true\n',
    ],
  },
  *check({ source, document }) {
    const setting = pluginSetting(document, 'audit.type');
    const [value] = setting?.values ?? [];
    if (setting && value !== undefined && value.toLowerCase() !== 'noop') return;
    // Judged where the file sets the plugin up: certificates stand there.
    const certificates = [...document.settings.keys()].some((key) =>
      /^(?:plugins\.security|opendistro_security)\.ssl\.\w+\.(?:pemcert|keystore)_filepath$/.test(key),
    );
    const routes = pluginSetting(document, 'audit.routes.default.endpoints') !== undefined;
    if (!setting && (!certificates || !document.complete || routes)) return;
    const key = pluginKey(document, 'audit.type');
    const fix = {
      title: 'Record logins and refused requests in the cluster',
      blastRadius: 'Nobody is cut off; the index security-auditlog-* grows until a policy deletes old ones.',
      needsConfirmation: true,
    };
    const sink = key.startsWith('plugins.') ? 'internal_opensearch' : 'internal_elasticsearch';
    yield {
      pointer: key,
      span: setting?.span ?? firstSetting(document),
      actual: value ?? 'not set; nothing is stored',
      expected: 'internal_opensearch, or another sink',
      message: 'Logins and refused requests are not recorded.',
      fix: setting ? replaceValue(setting, sink, fix) : addLine(source, document, key, sink, fix),
    };
  },
});

export const retentionOff = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-retention-policies-off',
  format: 'opensearch.yml',
  title: 'The deletion policies of OpenSearch do not run',
  severity: 'medium',
  owner: 'it',
  topic: 'retention',
  verified: {
    by: 'source',
    how: 'https://docs.opensearch.org/latest/im-plugin/ism/settings/ – plugins.index_state_management.enabled specifies whether index state management is on; the default is true',
  },
  description:
    'With `plugins.index_state_management.enabled: false` no policy is carried out: indices that were to be deleted after some days stay, and with them the data of people who left the app long ago.',
  remediation: 'Set it to `true`, and give every index with personal data a policy with a `delete` state.',
  references: ['https://docs.opensearch.org/latest/im-plugin/ism/settings/'],
  cwe: ['CWE-459'],
  examples: {
    bad: ['cluster.name: shop\nplugins.index_state_management.enabled: false\n'],
    good: ['cluster.name: shop\nplugins.index_state_management.enabled: true\n', TLS],
  },
  *check({ document: { settings } }) {
    const keys = ['plugins.index_state_management.enabled', 'opendistro.index_state_management.enabled'];
    const setting = keys.map((key) => settings.get(key)).find((found) => found !== undefined);
    if (setting?.values[0]?.toLowerCase() !== 'false') return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'false',
      expected: 'true',
      message: 'Policies that delete old indices are not carried out.',
      fix: replaceValue(setting, 'true', {
        title: 'Carry out index policies',
        blastRadius: 'Policies that are attached to indices run again and delete what is due.',
        needsConfirmation: true,
      }),
    };
  },
});
