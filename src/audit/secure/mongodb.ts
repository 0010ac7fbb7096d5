/**
 * MongoDB with its own means: access control and TLS on, a role that reaches the app's collections and nothing else, and
 * a user that has only that role.
 * https://www.mongodb.com/docs/manual/tutorial/enable-authentication/
 */
import { type AppAccount, assertPlainName, type SecuredVariant } from './model.ts';

export interface MongodbOptions extends AppAccount {
  /** The database of the app; `data` are its collections. */
  database: string;
}

/** Actions on a collection: https://www.mongodb.com/docs/manual/reference/privilege-actions/ */
const ACTIONS = { read: ['find'], write: ['find', 'insert', 'update', 'remove'] } as const;

/** @throws RangeError when a name is not plain */
export function secureMongodb(options: MongodbOptions): SecuredVariant {
  assertPlainName('account', options.name);
  assertPlainName('database', options.database);
  for (const collection of options.data) assertPlainName('collection', collection, '.');
  if (options.data.length === 0) throw new RangeError('collections: name what the app needs');
  const role = `${options.name}-role`;
  const { database } = options;
  const privileges = options.data.map((collection) => ({
    resource: { db: database, collection },
    actions: ACTIONS[options.may],
  }));
  const [first = ''] = options.data;
  const script = [
    `db = db.getSiblingDB(${JSON.stringify(database)});`,
    `db.createRole({ role: ${JSON.stringify(role)}, roles: [], privileges: ${JSON.stringify(privileges, null, 2)} });`,
    'db.createUser({',
    `  user: ${JSON.stringify(options.name)},`,
    '  pwd: passwordPrompt(),',
    `  roles: [{ role: ${JSON.stringify(role)}, db: ${JSON.stringify(database)} }],`,
    "  mechanisms: ['SCRAM-SHA-256'],",
    '});',
    '',
  ].join('\n');
  const login = `mongosh --tls --tlsCAFile /etc/ssl/mongodb/ca.pem -u ${options.name} --authenticationDatabase ${database} ${database}`;
  return {
    files: [
      {
        path: '/etc/mongod.conf',
        how: 'append',
        mode: 0o644,
        text: [
          'net:',
          '  bindIp: 127.0.0.1 # and the private address that the application uses',
          '  tls:',
          '    mode: requireTLS',
          '    certificateKeyFile: /etc/ssl/mongodb/node.pem',
          '    CAFile: /etc/ssl/mongodb/ca.pem',
          '    allowConnectionsWithoutCertificates: true',
          '    disabledProtocols: TLS1_0,TLS1_1',
          'security:',
          '  authorization: enabled',
          '',
        ].join('\n'),
      },
      { path: `${role}.js`, how: 'create', mode: 0o644, text: script },
    ],
    steps: [
      {
        title: 'Make the administrator, on the machine itself',
        command: `mongosh --host 127.0.0.1 admin --eval 'db.createUser({user: "admin", pwd: passwordPrompt(), roles: ["userAdminAnyDatabase", "clusterMonitor"]})'`,
        why: 'Before access control is on, or as the first user after it: then only a connection from the machine may do it. The shell asks for the password.',
      },
      {
        title: 'Make the role and the user of the app',
        command: `mongosh --host 127.0.0.1 -u admin --authenticationDatabase admin admin ${role}.js`,
        why: `It may ${options.may === 'read' ? 'read' : 'read and write'} its own collections and nothing else. The shell asks for both passwords; hand the app’s to the back end as a secret of its runtime.`,
      },
      {
        title: 'Put the certificate in place',
        command: 'install -o mongodb -g mongodb -m 0400 node.pem /etc/ssl/mongodb/node.pem',
        why: 'One file with certificate and key, of your own authority (ca.pem beside it), readable by mongod only.',
      },
      {
        title: 'Write the settings and restart',
        command: 'systemctl restart mongod',
        why: 'A section that is there already must be completed, not repeated. A member of a replica set needs security.keyFile as well, or it does not start.',
      },
    ],
    proof: [
      {
        title: 'Without a login nothing is answered',
        command: `mongosh --tls --tlsCAFile /etc/ssl/mongodb/ca.pem --quiet --eval 'db.adminCommand({listDatabases: 1})'`,
        answers: 'requires authentication',
      },
      {
        title: 'The app reads its own collection',
        command: `${login} --quiet --eval 'db.getCollection("${first}").findOne() === null || "read"'`,
        answers: 'true or read',
      },
      {
        title: 'The app reads no other',
        command: `${login} --quiet --eval 'db.getCollection("postern_no_such_collection").findOne()'`,
        answers: 'not authorized',
      },
    ],
  };
}
