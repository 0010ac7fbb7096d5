/**
 * Elasticsearch 8 with its own means: security and TLS on, a role that reaches the app's indices and nothing else, and a
 * user that has only that role.
 * https://www.elastic.co/guide/en/elasticsearch/reference/8.19/configuring-stack-security.html
 */
import { makeCertificates } from './certificates.ts';
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

/** Privileges on indices: https://www.elastic.co/guide/en/elasticsearch/reference/8.19/security-privileges.html */
const PRIVILEGES = { read: ['read'], write: ['read', 'index', 'delete'] } as const;

const ADMIN = 'curl --fail-with-body -sS --cacert /etc/elasticsearch/certs/http_ca.crt -u elastic';
const URL = 'https://localhost:9200';

/**
 * @param account `data` are names of indices or patterns such as `shop-*`
 * @throws RangeError when a name is not plain
 */
export function secureElasticsearch(account: AppAccount): SecuredVariant {
  assertPlainName('account', account.name);
  for (const index of account.data) assertPlainName('index', index, '.*');
  if (account.data.length === 0 || account.data.includes('*')) throw new RangeError('indices: name what the app needs');
  const role = `${account.name}-role`;
  const body = { indices: [{ names: account.data, privileges: PRIVILEGES[account.may] }] };
  const [first = ''] = account.data;
  const example = first.replaceAll('*', 'example');
  return {
    files: [
      {
        path: '/etc/elasticsearch/elasticsearch.yml',
        how: 'append',
        mode: 0o660,
        text: [
          'xpack.security.enabled: true',
          'xpack.security.http.ssl.enabled: true',
          'xpack.security.http.ssl.key: certs/node-key.pem',
          'xpack.security.http.ssl.certificate: certs/node.pem',
          'xpack.security.http.ssl.certificate_authorities: ["certs/http_ca.crt"]',
          'xpack.security.transport.ssl.enabled: true',
          'xpack.security.transport.ssl.verification_mode: certificate',
          'xpack.security.transport.ssl.key: certs/node-key.pem',
          'xpack.security.transport.ssl.certificate: certs/node.pem',
          'xpack.security.transport.ssl.certificate_authorities: ["certs/http_ca.crt"]',
          'action.destructive_requires_name: true',
          '',
        ].join('\n'),
      },
      { path: `${role}.json`, how: 'create', mode: 0o644, text: `${JSON.stringify(body, null, 2)}\n` },
    ],
    steps: [
      {
        title: 'Make the certificates',
        command: makeCertificates('elasticsearch', ['node']),
        why: 'Nodes prove to each other who they are, and clients can check the server. Keep ca-key.pem elsewhere. A first start of 8.x from a package makes all of this by itself: then leave its lines on TLS as they are, leave out the ones written here, and pass over the next step.',
      },
      {
        title: 'Put the certificates in place',
        command:
          'install -d -m 0750 -o root -g elasticsearch /etc/elasticsearch/certs && install -m 0640 -o root -g elasticsearch node.pem node-key.pem /etc/elasticsearch/certs/ && install -m 0640 -o root -g elasticsearch ca.pem /etc/elasticsearch/certs/http_ca.crt',
        why: 'The node does not start without a key that it can read.',
      },
      {
        title: 'Write the settings and restart',
        command: 'systemctl restart elasticsearch',
        why: 'Settings of security are read at the start only. A line that is there already must be changed, not repeated: the node refuses a key that stands twice.',
      },
      {
        title: 'Set the password of the administrator',
        command: `/usr/share/elasticsearch/bin/elasticsearch-reset-password --url ${URL} -u elastic -i`,
        why: 'The tool asks for it; nothing is printed or kept in the history of the shell.',
      },
      {
        title: 'Make the role of the app',
        command: `${ADMIN} -X PUT ${URL}/_security/role/${role} -H 'Content-Type: application/json' --data-binary @${role}.json`,
        why: `It may ${account.may === 'read' ? 'read' : 'read, write and delete documents of'} its own indices and nothing else; no privilege on the cluster.`,
      },
      {
        title: 'Make the user of the app',
        command: `(umask 077 && IFS= read -rsp 'Password of the app: ' PASSWORD && printf '{"password":"%s","roles":["${role}"]}' "$PASSWORD" > user.json && ${ADMIN} -X PUT ${URL}/_security/user/${account.name} -H 'Content-Type: application/json' --data-binary @user.json; code=$?; rm -f user.json; exit $code)`,
        why: 'The password is typed in (letters and digits), goes through a file that only you read, and is never an argument that other users of the machine see. Hand it to the back end as a secret of its runtime.',
      },
    ],
    proof: [
      {
        title: 'Without a login nothing is answered',
        command: `curl -sk -o /dev/null -w '%{http_code}' ${URL}/_search`,
        answers: '401',
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
        command: `curl -sk -o /dev/null -w '%{http_code}' -u ${account.name} ${URL}/_security/user`,
        answers: '403',
      },
    ],
  };
}
