/** Redis: an ACL file with one user for the app and the default user off, and TLS. Redis 6.2 and later, Valkey. */
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface RedisOptions {
  /** `data` are prefixes of keys: `session:`, `cart:`. */
  account: AppAccount;
  /** Folder of redis.conf; `/etc/redis`. */
  folder?: string;
  /** What clients connect to; 6379. */
  port?: number;
  /** False where Redis listens on loopback or a socket only. */
  tls?: boolean;
}

/** With the default user off somebody else must see the log, save and load. */
const ADMINISTRATOR = 'administrator';

/**
 * The secured variant of a Redis server.
 *
 * @throws RangeError for names that are not plain
 */
export function secureRedis({ account, folder = '/etc/redis', port = 6379, tls = true }: RedisOptions): SecuredVariant {
  assertPlainName('account', account.name);
  for (const prefix of account.data) assertPlainName('key prefix', prefix, ':.{}');
  if (account.data.length === 0) throw new RangeError('key prefix: name at least one');
  if (account.name === 'default') throw new RangeError('account: default is the user of who does not log in');
  if (account.name === ADMINISTRATOR) throw new RangeError(`account: ${ADMINISTRATOR} is the one that administers`);
  assertPlainName('folder', folder.replace(/^\//, ''), '/.');
  const { name } = account;
  const keys = account.data.map((prefix) => `~${prefix}*`).join(' ');
  const commands = account.may === 'write' ? '+@read +@write +@transaction' : '+@read';
  // SCAN, RANDOMKEY and DBSIZE tell about keys beyond the patterns.
  const rules = `resetchannels ${keys} -@all ${commands} +@connection -@dangerous -@admin -scan -randomkey -dbsize`;
  const acl = `${folder}/users.acl`;
  const secret = `${folder}/${name}.password`;
  const adminSecret = `${folder}/${ADMINISTRATOR}.password`;
  const client = `redis-cli${tls ? ` --tls --cacert ${folder}/tls/ca.crt` : ''} -p ${port}`;
  const encryption = [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${folder}/tls/server.crt`,
    `tls-key-file ${folder}/tls/server.key`,
    `tls-ca-cert-file ${folder}/tls/ca.crt`,
    'tls-auth-clients optional',
    'tls-replication yes',
  ];
  return {
    files: [
      {
        path: acl,
        text: `user default off\nuser ${name} on ${rules}\nuser ${ADMINISTRATOR} on ~* &* +@all\n`,
        mode: 0o640,
        how: 'create',
      },
      {
        path: `${folder}/redis.conf`,
        text: [
          `# An ACL file makes requirepass count for nothing.`,
          `aclfile ${acl}`,
          'acl-pubsub-default resetchannels',
          ...(tls ? encryption : []),
          '',
        ].join('\n'),
        mode: 0o640,
        how: 'append',
      },
    ],
    steps: [
      ...(tls
        ? [
            {
              title: 'Put a certificate in place',
              command: `install -d -m 0750 -o root -g redis ${folder}/tls && install -m 0640 -o root -g redis server.crt server.key ca.crt ${folder}/tls/`,
              why: 'The three files are of your own authority. Redis does not start with tls-port and without a certificate that it can read.',
            },
          ]
        : []),
      {
        title: 'Make the password',
        command: `(umask 077 && openssl rand -hex 32 > ${secret})`,
        why: 'It stands in a file that only its owner reads, and in no command line, history or repository.',
      },
      {
        title: 'Give the user its password',
        command: `sed -i "s/^user ${name} on /&#$(tr -d '\\n' < ${secret} | sha256sum | cut -d' ' -f1) /" ${acl}`,
        why: 'The ACL file holds the SHA-256 of the password. Until then nobody can log in as this user.',
      },
      {
        title: 'Make the password of the administrator, and give it',
        command: `(umask 077 && openssl rand -hex 32 > ${adminSecret}) && sed -i "s/^user ${ADMINISTRATOR} on /&#$(tr -d '\\n' < ${adminSecret} | sha256sum | cut -d' ' -f1) /" ${acl}`,
        why: 'The user of everybody is off, so that one has to be there that administers. It is for people, not for the app.',
      },
      {
        title: 'Let Redis read the file',
        command: `chown redis:redis ${acl} && chmod 0640 ${acl}`,
        why: 'Redis does not start when it cannot read its ACL file, and writes it on `ACL SAVE`.',
      },
      {
        title: 'Hand the password to the app',
        command: `cat ${secret} | your-secret-store put redis/${name}`,
        why: 'Replace `your-secret-store` by what the back end reads its secrets from; then remove the file.',
      },
      {
        title: 'Restart Redis',
        command: 'systemctl restart redis-server',
        why: 'aclfile is read at the start; later changes of the file need `ACL LOAD` only.',
      },
      {
        title: 'See what the app is refused',
        command: `${client} --user ${ADMINISTRATOR} --askpass ACL LOG`,
        why: 'A command that the app needs and was not given shows up there. Give it alone: `+command`.',
      },
    ],
    proof: [
      { title: 'A stranger is refused', command: `${client} ping`, answers: 'NOAUTH Authentication required.' },
      {
        title: 'The app’s user cannot administer',
        command: `${client} --user ${name} --askpass CONFIG GET dir`,
        answers: 'NOPERM',
      },
      {
        title: 'The app reads its own keys',
        command: `${client} --user ${name} --askpass EXISTS ${account.data[0] ?? ''}example`,
        answers: '0 or 1',
      },
      {
        title: 'The app reads no other',
        command: `${client} --user ${name} --askpass EXISTS postern-no-such-key`,
        answers: 'NOPERM',
      },
    ],
  };
}
