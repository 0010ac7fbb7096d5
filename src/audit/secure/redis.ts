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
  assertPlainName('folder', folder.replace(/^\//, ''), '/.');
  const { name } = account;
  const keys = account.data.map((prefix) => `~${prefix}*`).join(' ');
  const commands = account.may === 'write' ? '+@read +@write +@transaction' : '+@read';
  // SCAN, RANDOMKEY and DBSIZE tell about keys beyond the patterns.
  const rules = `resetchannels ${keys} -@all ${commands} +@connection -@dangerous -@admin -scan -randomkey -dbsize`;
  const acl = `${folder}/users.acl`;
  const secret = `${folder}/${name}.password`;
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
      { path: acl, text: `user default off\nuser ${name} on ${rules}\n`, mode: 0o640, how: 'create' },
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
              command: `install -d -m 750 -o root -g redis ${folder}/tls && ls ${folder}/tls/server.crt ${folder}/tls/server.key ${folder}/tls/ca.crt`,
              why: 'Redis does not start with tls-port and without a certificate that it can read.',
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
        command: `${client} --user ${name} --askpass ACL WHOAMI && ${client} ACL LOG`,
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
    ],
  };
}
