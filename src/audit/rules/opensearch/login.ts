/** Rules for opensearch.yml on the security plugin's login and administration; those shared with Elasticsearch are in `search/`. */

import { reachedFrom, severityOf } from '../../containers/exposure.ts';
import { removeLines, replaceValue } from '../../formats/settings/edit.ts';
import { opensearchSecurity, pluginSetting } from '../../formats/settings/search.ts';
import { type AuditRule, defineRule } from '../../model.ts';
import { exposure } from '../search/product.ts';

export const OPENSEARCH_REFERENCES = {
  settings: 'https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/security-settings/',
  disable: 'https://docs.opensearch.org/latest/security/configuration/disable-enable-security/',
  practices: 'https://docs.opensearch.org/latest/security/configuration/best-practices/',
  tls: 'https://docs.opensearch.org/latest/security/configuration/tls/',
  audit: 'https://docs.opensearch.org/latest/security/audit-logs/index/',
  source:
    'https://github.com/opensearch-project/security/blob/2.19.1.0/src/main/java/org/opensearch/security/OpenSearchSecurityPlugin.java',
} as const;

/** Lines that make an example one of this product. */
const SAMPLE = 'cluster.name: shop\nplugins.security.ssl.http.enabled: true\n';

export const securityDisabled = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-security-disabled',
  aliases: ['OS-AUTH-001'],
  format: 'opensearch.yml',
  title: 'The security plugin of OpenSearch is switched off',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with the security plugin 2.19.1.0: with plugins.security.disabled true searches are answered without a login, with false or without the setting they get 401 (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'With `plugins.security.disabled: true` OpenSearch asks nobody who they are and speaks plain HTTP: whoever reaches port 9200 lists the indices, reads every document and deletes them.',
  remediation:
    'Remove the setting or set it to `false`, with node certificates in place (`plugins.security.ssl.transport.*`), and give the API its own user with a narrow role.',
  references: [OPENSEARCH_REFERENCES.disable, OPENSEARCH_REFERENCES.settings],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'cluster.name: shop\nplugins.security.disabled: true\n',
      'cluster.name: shop\nplugins:\n  security:\n    disabled: "true"\n',
      'cluster.name: shop\nopendistro_security.disabled: true\n',
    ],
    good: [
      `${SAMPLE}plugins.security.disabled: false\n`,
      '=== compose.yml\nservices:\n  os:\n    image: opensearchproject/opensearch:2.19.1\n    environment: ["plugins.security.disabled=false"]\n    volumes: ["./opensearch.yml:/usr/share/opensearch/config/opensearch.yml"]\n=== opensearch.yml\ncluster.name: shop\nplugins.security.disabled: true\n',
    ],
  },
  *check({ document }, { runtimes, unknown }) {
    const security = opensearchSecurity(document, runtimes);
    if (security.state === 'unknown') unknown('plugins.security.disabled', security.reason);
    if (security.state === 'absent') {
      unknown('plugins.security', 'not set; whether the security plugin is installed at all is not known');
    }
    if (security.state !== 'off' || security.by.state !== 'set' || security.by.setting === null) return;
    const { setting } = security.by;
    const reach = exposure(document, runtimes);
    const contained = runtimes.length > 0;
    const bound = {
      public: ', and the node listens on open addresses',
      network: ', and the node listens on a network address',
      loopback: '; the node listens on loopback only',
      none: '',
    };
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: 'true',
      expected: 'false, with certificates',
      message: `The security plugin of OpenSearch is off${contained ? `, ${reachedFrom(reach)}` : bound[reach]}.`,
      severity: contained ? severityOf(reach) : reach === 'loopback' ? 'high' : 'critical',
      fix: replaceValue(setting, 'false', {
        title: 'Switch the security plugin of OpenSearch on',
        blastRadius:
          'Every client without credentials is refused, an app that talks to the store directly among them. The node does not start without node certificates (plugins.security.ssl.transport.*); set up users first.',
        needsConfirmation: true,
      }),
    };
  },
});

type Named = Pick<AuditRule, 'id' | 'aliases' | 'title' | 'severity' | 'topic' | 'verified' | 'description' | 'cwe'>;

/** A switch of the plugin that must not be on. @param removal whom it cuts off to remove it; null: a person decides */
function switchedOn(
  name: string,
  rule: Named & { remediation: string; message: string },
  removal: string | null,
): AuditRule<'opensearch.yml'> {
  const { message, ...details } = rule;
  return defineRule<'opensearch.yml'>({
    ...details,
    format: 'opensearch.yml',
    owner: 'it',
    references: [OPENSEARCH_REFERENCES.settings, OPENSEARCH_REFERENCES.source],
    examples: {
      bad: [
        `${SAMPLE}plugins.security.${name}: true\n`,
        `cluster.name: shop\nopendistro_security.ssl.http.enabled: true\nopendistro_security.${name}: true\n`,
      ],
      good: [`${SAMPLE}plugins.security.${name}: false\n`, SAMPLE],
    },
    *check({ source, document }) {
      const setting = pluginSetting(document, name);
      if (setting?.values[0]?.toLowerCase() !== 'true') return;
      const title = `Switch ${setting.key} off`;
      yield {
        pointer: setting.key,
        span: setting.span,
        actual: 'true',
        expected: 'false',
        message,
        // Whether a security index is there already, no file tells: without one the node would stay shut.
        fix:
          removal === null
            ? null
            : removeLines(source, document, setting, { title, blastRadius: removal, needsConfirmation: false }),
      };
    },
  });
}

export const defaultInit = switchedOn(
  'allow_default_init_securityindex',
  {
    id: 'audit/opensearch-users-from-files',
    aliases: ['OS-AUTH-002'],
    title: 'OpenSearch fills its users from the shipped files by itself',
    severity: 'low',
    topic: 'authentication',
    verified: {
      by: 'server',
      how: 'opensearch 2.19.1 with plugin 2.19.1.0 started with the setting and an empty data folder loads config/opensearch-security: admin/admin and the other sample users log in; without it the node answers 503 until securityadmin.sh is run (test/servers/audit-settings-opensearch.test.ts)',
    },
    description:
      'With `plugins.security.allow_default_init_securityindex: true` a node that finds no security index – the first start, but also after its loss – creates one from the files in `config/opensearch-security`, the sample users with published passwords among them when nobody changed those.',
    remediation:
      'Set it to `false` after the first start and load changes with `securityadmin.sh`; make sure `internal_users.yml` holds no sample user.',
    cwe: ['CWE-1188'],
    message: 'A node without a security index takes its users from the files beside it.',
  },
  null,
);

export const securityConfigWritable = switchedOn(
  'unsupported.restapi.allow_securityconfig_modification',
  {
    id: 'audit/opensearch-login-rules-changed-by-api',
    aliases: ['OS-AUTH-003'],
    title: 'OpenSearch lets its login rules be changed through the API',
    severity: 'high',
    topic: 'authorization',
    verified: {
      by: 'server',
      how: 'opensearch 2.19.1 with plugin 2.19.1.0: with the setting and restapi.roles_enabled an all_access user switches anonymous access on with one PATCH of /_plugins/_security/api/securityconfig; without it the request is refused with 403 (test/servers/audit-settings-opensearch.test.ts)',
    },
    description:
      'The setting is marked unsupported by its makers: with it a stolen password of an account that may use the security API changes how everybody logs in, for example switches anonymous access on, without the administrator’s certificate.',
    remediation:
      'Remove the setting and change `config.yml` with `securityadmin.sh` and the administrator’s certificate.',
    cwe: ['CWE-269'],
    message: 'Whoever may use the security API can change how everybody logs in.',
  },
  'Tools that change the login configuration through the API are refused; securityadmin.sh still works.',
);

/** Parts of distinguished names that the demonstration certificates have. */
const DEMO_FILES = /(?:^|\/)(?:esnode(?:-key)?|kirk(?:-key)?)\.pem$/i;
const DEMO_ADMIN = /^CN=kirk,\s*OU=client,\s*O=client,/i;

export const demoCertificates = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-demo-certificates',
  aliases: ['OS-TLS-002', 'OS-TLS-003'],
  format: 'opensearch.yml',
  title: 'OpenSearch uses the demonstration certificates that everybody has',
  severity: 'critical',
  owner: 'it',
  topic: 'secrets',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 after install_demo_configuration.sh: the published kirk.pem and kirk-key.pem read /_plugins/_security/api/internalusers without a password; with allow_unsafe_democertificates false the node refuses to start with those files (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'The demonstration configuration brings `kirk.pem`, `esnode.pem` and their private keys, the same in every download. Whoever reaches the port logs in with the administrator’s published certificate and needs no password at all; nodes can be impersonated as well.',
  remediation:
    'Make your own certificate authority, node certificates and administrator certificate, put their paths and `plugins.security.authcz.admin_dn` here, delete the demonstration files, and set `plugins.security.allow_unsafe_democertificates: false`.',
  references: [OPENSEARCH_REFERENCES.practices, OPENSEARCH_REFERENCES.source],
  cwe: ['CWE-321', 'CWE-1392'],
  examples: {
    bad: [
      `${SAMPLE}plugins.security.allow_unsafe_democertificates: true\n`,
      `${SAMPLE}plugins.security.authcz.admin_dn:\n  - CN=kirk,OU=client,O=client,L=test, C=de\n`,
      `${SAMPLE}plugins.security.ssl.http.pemcert_filepath: esnode.pem\n`,
    ],
    good: [
      `${SAMPLE}plugins.security.allow_unsafe_democertificates: false\nplugins.security.authcz.admin_dn: ["CN=admin,O=Example"]\nplugins.security.ssl.http.pemcert_filepath: node.pem\n`,
    ],
  },
  *check({ document }) {
    const admin = pluginSetting(document, 'authcz.admin_dn');
    // One finding is enough: the switch where it stands, else the administrator, else the first file.
    const files = [...document.settings.values()].find(
      ({ key, values }) =>
        /security\.ssl\.(?:http|transport)\.pem\w+_filepath$/.test(key) &&
        values.some((value) => DEMO_FILES.test(value)),
    );
    const allowed = pluginSetting(document, 'allow_unsafe_democertificates');
    // A distinguished name has commas, at which lists are split.
    const isDemoAdmin = admin !== undefined && DEMO_ADMIN.test(admin.values.join(','));
    const at = allowed?.values[0]?.toLowerCase() === 'true' ? allowed : isDemoAdmin ? admin : files;
    if (!at) return;
    const trusted = isDemoAdmin || files !== undefined;
    yield {
      pointer: at.key,
      span: at.span,
      actual: at === allowed ? 'true' : at === admin ? 'the demonstration administrator' : at.values.join(', '),
      expected: 'certificates of your own',
      message: trusted
        ? 'The administrator’s or the node’s certificate is the published demonstration one.'
        : 'The published demonstration certificates are allowed.',
      severity: trusted ? 'critical' : 'high',
    };
  },
});

export const anyNode = defineRule<'opensearch.yml'>({
  id: 'audit/opensearch-any-node-may-join',
  aliases: ['OS-AUTH-004'],
  format: 'opensearch.yml',
  title: 'Every certificate of the authority counts as a node of OpenSearch',
  severity: 'high',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/security-settings/ – nodes_dn lists the names of the other nodes and supports wildcards; a name that matches is trusted as a node. opensearch 2.19.1 accepts "*" at its start',
  },
  description:
    '`plugins.security.nodes_dn: "*"` trusts every certificate that the configured authority signed as a node. A certificate made for a client then reads and writes all indices past every role.',
  remediation: 'List the distinguished names of the node certificates, or a pattern that only they match.',
  references: [OPENSEARCH_REFERENCES.settings],
  cwe: ['CWE-295'],
  examples: {
    bad: [`${SAMPLE}plugins.security.nodes_dn: ["*"]\n`, `${SAMPLE}plugins.security.nodes_dn:\n  - 'CN=*'\n`],
    good: [
      `${SAMPLE}plugins.security.nodes_dn: ["CN=node1.example.org"]\n`,
      `${SAMPLE}plugins.security.nodes_dn:\n  - 'CN=*.nodes.example.org,OU=node'\n`,
    ],
  },
  *check({ document }) {
    const setting = pluginSetting(document, 'nodes_dn');
    if (!setting?.values.some((value) => /^(?:CN=)?\*$|^\/?\.\*\/?$/i.test(value))) return;
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: setting.values.join(', '),
      expected: 'names of the nodes',
      message: 'Every certificate that the authority signed is trusted as a node.',
    };
  },
});
