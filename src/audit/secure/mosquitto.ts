/** Mosquitto: one account with its own topics, a password file that holds a hash, and TLS. Mosquitto 2.0 and later. */
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface MosquittoOptions {
  /** `data` are topics as an ACL file has them: `orders/#`, `deliveries/+/position`. */
  account: AppAccount;
  /** Folder of mosquitto.conf; `/etc/mosquitto`. */
  folder?: string;
  /** Of the new listener, with TLS; 8883. */
  port?: number;
  /** Of the listener that speaks in clear today; 1883. It stays for programs of the same machine. */
  clearPort?: number;
}

/**
 * The secured variant of a Mosquitto broker.
 *
 * @throws RangeError for names that are not plain, and for topics that are all topics
 */
export function secureMosquitto({
  account: { name, data, may },
  folder = '/etc/mosquitto',
  port = 8883,
  clearPort = 1883,
}: MosquittoOptions): SecuredVariant {
  assertPlainName('account', name);
  if (data.length === 0) throw new RangeError('topic: name at least one');
  for (const topic of data) {
    assertPlainName('topic', topic, '/+#.');
    if (!/[A-Za-z0-9]/.test(topic.split('/')[0] ?? '')) throw new RangeError('topic: begin with a name, not + or #');
    const levels = topic.split('/');
    const stray = levels.some(
      (level, at) => /[+#]/.test(level) && (level.length > 1 || (level === '#' && at + 1 < levels.length)),
    );
    if (stray) throw new RangeError('topic: + is a whole level, and # the last one');
  }
  assertPlainName('folder', folder.replace(/^\//, ''), '/.');
  const secret = `${folder}/${name}.password`;
  const conf = `${folder}/mosquitto.conf`;
  const client = `mosquitto_sub -h HOST -p ${port} --cafile ${folder}/certs/ca.crt`;
  return {
    files: [
      {
        path: `${folder}/acl`,
        text: `user ${name}\n${data.map((topic) => `topic ${may === 'write' ? 'readwrite' : 'read'} ${topic}\n`).join('')}`,
        mode: 0o640,
        how: 'create',
      },
      {
        path: conf,
        text: [
          `listener ${port}`,
          `certfile ${folder}/certs/server.crt`,
          `keyfile ${folder}/certs/server.key`,
          'tls_version tlsv1.2',
          'allow_anonymous false',
          `password_file ${folder}/passwd`,
          `acl_file ${folder}/acl`,
          '',
        ].join('\n'),
        mode: 0o640,
        how: 'append',
      },
    ],
    steps: [
      {
        title: 'Put a certificate in place',
        command: `install -d -m 750 -o root -g mosquitto ${folder}/certs && ls ${folder}/certs/server.crt ${folder}/certs/server.key ${folder}/certs/ca.crt`,
        why: 'Mosquitto does not open the listener without a certificate that it can read.',
      },
      {
        title: 'Make the password',
        command: `(umask 077 && openssl rand -hex 32 > ${secret})`,
        why: 'It stands in a file that only its owner reads, and in no command line, history or repository.',
      },
      {
        title: 'Give the account its password',
        command: `(umask 077 && { printf '%s:' ${name}; cat ${secret}; } > ${folder}/passwd && mosquitto_passwd -U ${folder}/passwd)`,
        why: 'The password file holds the hash alone afterwards. Until then the broker refuses the account.',
      },
      {
        title: 'Let the broker read it',
        command: `chown mosquitto: ${folder}/passwd && chown root:mosquitto ${folder}/acl`,
        why: 'Mosquitto gives the rights of root up before it reads these files again.',
      },
      {
        title: 'Keep the clear listener on this machine',
        command: `sed -i -E 's/^listener ${clearPort}( 0\\.0\\.0\\.0)?[[:space:]]*$/listener ${clearPort} 127.0.0.1/' ${conf}`,
        why: 'Names and passwords cross the network readable on it. Remove the listener once nothing uses it.',
      },
      {
        title: 'Hand the password to the app’s back end',
        command: `cat ${secret} | your-secret-store put mqtt/${name}`,
        why: 'Replace `your-secret-store` by what the back end reads its secrets from; then remove the file.',
      },
      {
        title: 'Restart Mosquitto',
        command: 'systemctl restart mosquitto',
        why: 'Listeners are read at the start only; accounts and topics are read again with `systemctl reload mosquitto`. A `password_file` or `acl_file` that the file had already must go: the broker refuses two.',
      },
    ],
    proof: [
      {
        title: 'A stranger is refused',
        command: `${client} -t '#' -W 5`,
        answers: 'Connection error: Connection Refused: not authorised.',
      },
      {
        title: 'Nothing speaks in clear beyond this machine',
        command: `ss -ltn | grep ':${clearPort} '`,
        answers: `127.0.0.1:${clearPort} alone, or nothing`,
      },
    ],
  };
}
