/**
 * OpenSearch with its security plugin: TLS, a role that reaches the app's indices and nothing else, and a user that has
 * only that role.
 * https://docs.opensearch.org/latest/security/configuration/yaml/
 */
import { makeCertificates } from './certificates.ts';
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

/** Action groups of the plugin: https://docs.opensearch.org/latest/security/access-control/default-action-groups/ */
const ACTIONS = { read: ['read'], write: ['crud'] } as const;
const FOLDER = '/etc/opensearch/opensearch-security';
const TOOLS = '/usr/share/opensearch/plugins/opensearch-security/tools';
const URL = 'https://localhost:9200';
/** Stands where the hash goes; the plugin refuses it as a login. */
const HASH_PLACEHOLDER = 'REPLACE_WITH_THE_OUTPUT_OF_HASH_SH';

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/**
 * @param account `data` are names of indices or patterns such as `shop-*`
 * @throws RangeError when a name is not plain
 */
export function secureOpensearch(account: AppAccount): SecuredVariant {
  assertPlainName('account', account.name);
  for (const index of account.data) assertPlainName('index', index, '.*');
  if (account.data.length === 0 || account.data.includes('*')) throw new RangeError('indices: name what the app needs');
  const role = `${account.name}_role`;
  const bulk = account.may === 'write' ? '"indices:data/write/bulk"' : '';
  const [first = ''] = account.data;
  const example = first.replaceAll('*', 'example');
  return {
    files: [
      {
        path: '/etc/opensearch/opensearch.yml',
        how: 'append',
        mode: 0o660,
        text: [
          'plugins.security.disabled: false',
          'plugins.security.ssl.transport.pemcert_filepath: node.pem',
          'plugins.security.ssl.transport.pemkey_filepath: node-key.pem',
          'plugins.security.ssl.transport.pemtrustedcas_filepath: ca.pem',
          'plugins.security.ssl.http.enabled: true',
          'plugins.security.ssl.http.pemcert_filepath: node.pem',
          'plugins.security.ssl.http.pemkey_filepath: node-key.pem',
          'plugins.security.ssl.http.pemtrustedcas_filepath: ca.pem',
          'plugins.security.allow_unsafe_democertificates: false',
          'plugins.security.authcz.admin_dn: ["CN=opensearch-admin"]',
          'plugins.security.nodes_dn: ["CN=opensearch-node"]',
          'plugins.security.audit.type: internal_opensearch',
          'action.destructive_requires_name: true',
          '',
        ].join('\n'),
      },
      {
        path: `${FOLDER}/roles.yml`,
        how: 'append',
        mode: 0o600,
        text: `${role}:\n  cluster_permissions: [${bulk}]\n  index_permissions:\n    - index_patterns: [${list(account.data)}]\n      allowed_actions: [${list(ACTIONS[account.may])}]\n`,
      },
      {
        path: `${FOLDER}/roles_mapping.yml`,
        how: 'append',
        mode: 0o600,
        text: `${role}:\n  users: ["${account.name}"]\n`,
      },
      {
        path: `${FOLDER}/internal_users.yml`,
        how: 'append',
        mode: 0o600,
        text: `${account.name}:\n  hash: "${HASH_PLACEHOLDER}"\n  description: "The back end of the app"\n`,
      },
    ],
    steps: [
      {
        title: 'Make the certificates',
        command: makeCertificates('opensearch', ['node', 'admin']),
        why: 'Your own authority instead of the demonstration certificates that everybody has. Keep ca-key.pem elsewhere, and admin-key.pem where only administrators read it.',
      },
      {
        title: 'Put the certificates in place',
        command:
          'install -m 0640 -o root -g opensearch ca.pem node.pem node-key.pem /etc/opensearch/ && chown opensearch:opensearch /etc/opensearch/opensearch-security/*.yml',
        why: 'The node does not start without a key that it can read.',
      },
      {
        title: 'Hash the password of the app',
        command: `bash ${TOOLS}/hash.sh`,
        why: `It asks for the password, so that it is no argument and in no history. Put the hash in place of ${HASH_PLACEHOLDER}, and hand the password to the back end as a secret of its runtime. Do the same for the users that are to stay, and delete the sample ones.`,
      },
      {
        title: 'Restart',
        command: 'systemctl restart opensearch',
        why: 'opensearch.yml is read at the start only. A line that is there already must be changed, not repeated.',
      },
      {
        title: 'Load users and roles',
        command: `bash ${TOOLS}/securityadmin.sh -h localhost -p 9200 -cd ${FOLDER} -icl -nhnv -cacert ca.pem -cert admin.pem -key admin-key.pem`,
        why: 'A running cluster keeps users and roles in an index; a changed file alone does nothing.',
      },
    ],
    proof: [
      {
        title: 'Without a login nothing is answered',
        command: `curl -sk -o /dev/null -w '%{http_code}' ${URL}/_search`,
        answers: '401',
      },
      {
        title: 'The app has its role and no other',
        command: `curl -sk -u ${account.name} ${URL}/_plugins/_security/authinfo`,
        answers: `"roles":["${role}"] (and own_index where that is mapped to everybody)`,
      },
      {
        title: 'The app reads its own index',
        command: `curl -sk -o /dev/null -w '%{http_code}' -u ${account.name} ${URL}/${example}/_search`,
        answers: '200 (404 while the index does not exist)',
      },
      {
        title: 'The app reads no other',
        command: `curl -sk -o /dev/null -w '%{http_code}' -u ${account.name} ${URL}/postern-no-such-index/_search`,
        answers: '403',
      },
      {
        title: 'The app administers nothing',
        command: `curl -sk -o /dev/null -w '%{http_code}' -u ${account.name} ${URL}/_cat/indices`,
        answers: '403',
      },
    ],
  };
}
