/** Rules for elasticsearch.yml on TLS. */
import { majorOf } from '../../containers/image.ts';
import { replaceValue } from '../../formats/settings/edit.ts';
import { defineRule } from '../../model.ts';
import { REFERENCES } from '../references.ts';
import { exposure, firstSetting } from '../search/product.ts';

export const httpWithoutTls = defineRule<'elasticsearch.yml'>({
  id: 'audit/elasticsearch-http-without-tls',
  aliases: ['ES-TLS-001'],
  format: 'elasticsearch.yml',
  title: 'The Elasticsearch HTTP API is not encrypted',
  severity: 'high',
  owner: 'it',
  topic: 'encryption-in-transit',
  verified: {
    by: 'server',
    how: 'elasticsearch 8.19.3 with xpack.security.enabled true and without http.ssl answers in plain HTTP; with http.ssl.enabled true and a certificate it speaks TLS only (test/servers/audit-settings-elasticsearch.test.ts)',
  },
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
      'xpack.security.enabled: true\nxpack.security.http.ssl.enabled: false\nxpack.security.http.ssl.certificate: node.crt\n',
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
    const ready = ['keystore.path', 'certificate'].some((name) =>
      document.settings.has(`xpack.security.http.ssl.${name}`),
    );
    const reach = exposure(document, context.runtimes);
    yield {
      pointer: 'xpack.security.http.ssl.enabled',
      span: at?.span ?? firstSetting(document),
      actual: setting ? (setting.values[0] ?? 'empty') : 'not set; off',
      expected: 'true, with a certificate',
      message: 'The HTTP API of Elasticsearch is not encrypted.',
      severity: reach === 'public' || reach === 'network' ? 'high' : 'medium',
      fix:
        setting && ready
          ? replaceValue(setting, 'true', {
              title: 'Encrypt the HTTP API',
              blastRadius:
                'Clients must change to https:// and trust the certificate; those that speak plain HTTP are cut off.',
              needsConfirmation: true,
            })
          : null,
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
  topic: 'encryption-in-transit',
  verified: {
    by: 'server',
    how: 'elasticsearch 8.19.3 with xpack.security.transport.ssl.enabled false starts as a single node or on loopback and speaks plain on its transport port; bound to a network address with security on it refuses to start (bootstrap check) (test/servers/audit-settings-elasticsearch.test.ts)',
  },
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
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://www.elastic.co/guide/en/elasticsearch/reference/8.19/security-settings.html#ssl-tls-settings – verification_mode none makes no check of the certificate and disables many of the benefits of TLS',
  },
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
