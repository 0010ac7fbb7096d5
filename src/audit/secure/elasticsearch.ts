/**
 * Elasticsearch 8 with its own means: security and TLS on, a role that reaches the app's indices and nothing else, and a
 * user that has only that role.
 * https://www.elastic.co/guide/en/elasticsearch/reference/8.19/configuring-stack-security.html
 */
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
          'xpack.security.http.ssl.keystore.path: certs/http.p12',
          'xpack.security.transport.ssl.enabled: true',
          'xpack.security.transport.ssl.verification_mode: certificate',
          'xpack.security.transport.ssl.keystore.path: certs/transport.p12',
          'xpack.security.transport.ssl.truststore.path: certs/transport.p12',
          'action.destructive_requires_name: true',
          '',
        ].join('\n'),
      },
      { path: `${role}.json`, how: 'create', mode: 0o644, text: `${JSON.stringify(body, null, 2)}\n` },
    ],
    steps: [
      {
        title: 'Make the certificates',
        command:
          '/usr/share/elasticsearch/bin/elasticsearch-certutil ca && /usr/share/elasticsearch/bin/elasticsearch-certutil cert --ca elastic-stack-ca.p12 && /usr/share/elasticsearch/bin/elasticsearch-certutil http',
        why: 'Nodes prove to each other who they are, and clients can check the server. The tools ask for the passwords of the stores; a first start of 8.x from a package makes all of this by itself: then leave the lines on TLS as they are.',
      },
      {
        title: 'Put the passwords of the stores into the keystore of the node',
        command:
          '/usr/share/elasticsearch/bin/elasticsearch-keystore add xpack.security.http.ssl.keystore.secure_password && /usr/share/elasticsearch/bin/elasticsearch-keystore add xpack.security.transport.ssl.keystore.secure_password && /usr/share/elasticsearch/bin/elasticsearch-keystore add xpack.security.transport.ssl.truststore.secure_password',
        why: 'So that no password stands in elasticsearch.yml. The tool asks for each.',
      },
      {
        title: 'Write the settings and restart',
        command: 'systemctl restart elasticsearch',
        why: 'Settings of security are read at the start only. A line that is there already must be changed, not repeated: the node refuses a key that stands twice.',
      },
      {
        title: 'Set the password of the administrator',
        command: '/usr/share/elasticsearch/bin/elasticsearch-reset-password -u elastic -i',
        why: 'The tool asks for it; nothing is printed or kept in the history of the shell.',
      },
      {
        title: 'Make the role of the app',
        command: `${ADMIN} -X PUT ${URL}/_security/role/${role} -H 'Content-Type: application/json' --data-binary @${role}.json`,
        why: `It may ${account.may === 'read' ? 'read' : 'read, write and delete documents of'} its own indices and nothing else; no privilege on the cluster.`,
      },
      {
        title: 'Make the user of the app',
        command: `umask 077 && IFS= read -rs PASSWORD && printf '{"password":"%s","roles":["${role}"]}' "$PASSWORD" > user.json && ${ADMIN} -X PUT ${URL}/_security/user/${account.name} -H 'Content-Type: application/json' --data-binary @user.json; rm -f user.json; unset PASSWORD`,
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
        command: `curl -sk -o /dev/null -w '%{http_code}' -u ${account.name} ${URL}/_security/user`,
        answers: '403',
      },
    ],
  };
}
