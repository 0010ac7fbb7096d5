/** Rules for mongod.conf on who gets in and from where. */
import { reachedFrom, severityOf } from '../../containers/exposure.ts';
import { accessControl, isRouter, listening, mongodSetting } from '../../formats/mongod/effective.ts';
import { defineRule } from '../../model.ts';
import { exposure, firstPlace, MONGODB_REFERENCES, setTo } from './shared.ts';

export const authorizationOff = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-authorization-off',
  aliases: ['MG-AUTH-001', 'MG-NET-002'],
  format: 'mongod.conf',
  title: 'MongoDB does not ask for a login',
  severity: 'critical',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-security.authorization – disabled is the default; a user can access any database and perform any action. keyFile implies it',
  },
  cis: ['CIS MongoDB 7 2.1'],
  description:
    'Without `security.authorization: enabled` (or a key file, which implies it) whoever reaches the port lists the databases, reads and changes every document and drops collections. Open MongoDB servers are found by scanners within hours and held to ransom.',
  remediation:
    'Create an administrator and a user for the application while it listens on loopback only, then set `security.authorization: enabled`. A replica set needs `security.keyFile` as well, or it does not start.',
  references: [MONGODB_REFERENCES.enable, MONGODB_REFERENCES.options, MONGODB_REFERENCES.checklist],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'storage:\n  dbPath: /var/lib/mongodb\nnet:\n  port: 27017\n  bindIp: 0.0.0.0\n',
      'storage:\n  dbPath: /var/lib/mongodb\nnet:\n  bindIp: 127.0.0.1\nsecurity:\n  authorization: disabled\n',
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 10.0.0.5\nsecurity:\n  javascriptEnabled: false\n',
      'dbpath=/var/lib/mongodb\nlogpath=/var/log/mongodb/mongod.log\nbind_ip = 10.0.0.5\nnoauth = true\n',
    ],
    good: [
      'storage:\n  dbPath: /var/lib/mongodb\nnet:\n  bindIp: 10.0.0.5\nsecurity:\n  authorization: "enabled"\n',
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 0.0.0.0\nsecurity:\n  keyFile: /etc/mongodb.key\n',
      'dbpath=/var/lib/mongodb\nlogpath=/var/log/mongod.log\nbind_ip = 10.0.0.5\nauth = true\n',
      '=== compose.yml\nservices:\n  db:\n    image: mongo:7.0\n    command: ["--config", "/etc/mongod.conf"]\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: admin\n      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/mongo\n    volumes: ["./mongod.conf:/etc/mongod.conf"]\n=== mongod.conf\nstorage:\n  dbPath: /data/db\nnet:\n  bindIp: 0.0.0.0\n',
    ],
  },
  *check({ source, document }, { runtimes, unknown }) {
    const access = accessControl(document, runtimes);
    if (isRouter(document)) {
      if (access.state !== 'on') unknown('security.keyFile', 'a router (mongos) asks for a login when its shards do');
      return;
    }
    if (access.state === 'unknown') unknown('security.authorization', access.reason);
    if (access.state !== 'off' || access.by === 'container') return;
    const { setting } = access;
    const reach = exposure(document, runtimes);
    const contained = runtimes.length > 0;
    const bound = {
      public: ', and it listens on every address',
      network: ', and it listens on a network address',
      loopback: '; it listens on loopback only',
      none: '',
    };
    const replicated = document.settings.has('replication.replSetName');
    yield {
      pointer: 'security.authorization',
      span: setting?.span ?? firstPlace(document, 'security.authorization'),
      actual: setting ? 'disabled' : 'not set; off in every version',
      expected: 'enabled',
      message: `MongoDB asks for no login${contained ? `, ${reachedFrom(reach)}` : bound[reach]}.`,
      severity: contained
        ? severityOf(reach)
        : ({ public: 'critical', network: 'high', loopback: 'medium', none: 'medium' }[reach] as
            | 'critical'
            | 'high'
            | 'medium'),
      // A member of a replica set refuses to start with it unless there is a key file.
      fix: replicated
        ? null
        : setTo(
            source,
            document,
            setting,
            { path: ['security', 'authorization'], value: 'enabled', option: 'auth = true' },
            {
              title: 'Make MongoDB ask for a login',
              blastRadius:
                'Every client without a user and password is refused. Create the users first; as long as there is none, only a connection from the machine itself may create the first.',
              needsConfirmation: true,
            },
          ),
    };
  },
});

export const listensEverywhere = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-listens-everywhere',
  aliases: ['MG-NET-001'],
  format: 'mongod.conf',
  title: 'MongoDB listens on every interface',
  severity: 'high',
  owner: 'it',
  topic: 'network-exposure',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.bindIp – localhost by default since 3.6; 0.0.0.0, ::, * and bindIpAll bind all addresses, and the manual asks for access control and a firewall first',
  },
  description:
    'With `bindIp: 0.0.0.0` (or `::`, `*`, `bindIpAll: true`) MongoDB answers on every address of the machine, the public ones too.',
  remediation: 'Set `net.bindIp: 127.0.0.1` and add the one private address that the application uses.',
  references: [MONGODB_REFERENCES.options, MONGODB_REFERENCES.checklist],
  cwe: ['CWE-1327'],
  examples: {
    bad: [
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 0.0.0.0\nsecurity:\n  authorization: enabled\n',
      'storage:\n  dbPath: /data\nnet:\n  bindIpAll: true\nsecurity:\n  authorization: enabled\n',
      'dbpath=/data\nlogpath=/var/log/m.log\nbind_ip = 0.0.0.0\nauth = true\n',
    ],
    good: [
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 127.0.0.1,10.0.0.5\nsecurity:\n  authorization: enabled\n',
      'storage:\n  dbPath: /data\nsecurity:\n  authorization: enabled\n',
    ],
  },
  *check({ source, document }, { runtimes, unknown }) {
    // In a container listening everywhere is how other containers reach it; the published port is judged instead.
    if (runtimes.length > 0) return;
    const { on, addresses, setting } = listening(document);
    if (on === 'unknown') unknown('net.bindIp', 'its value comes from a variable or another file');
    if (on !== 'everywhere' || setting === null) return;
    const open = accessControl(document, runtimes).state === 'off';
    const fix = {
      title: 'Let MongoDB listen on loopback only',
      blastRadius: 'Clients and members on other machines can no longer connect; add the private address they use.',
      needsConfirmation: true,
    };
    const all = setting.key === 'net.bindIpAll';
    yield {
      pointer: setting.key,
      span: setting.span,
      actual: all ? 'bindIpAll: true' : addresses.join(', '),
      expected: '127.0.0.1 and named private addresses',
      message: `MongoDB listens on every address of the machine${open ? ' and asks for no login' : ''}.`,
      severity: open ? 'high' : 'medium',
      fix: all
        ? setTo(source, document, setting, { path: [], value: 'false', option: 'bind_ip = 127.0.0.1' }, fix)
        : setTo(source, document, setting, { path: [], value: '127.0.0.1', option: 'bind_ip = 127.0.0.1' }, fix),
    };
  },
});

export const membersUnchecked = defineRule<'mongod.conf'>({
  id: 'audit/mongodb-members-without-login',
  aliases: ['MG-AUTH-002'],
  format: 'mongod.conf',
  title: 'Members of the MongoDB replica set do not prove who they are',
  severity: 'high',
  owner: 'it',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://www.mongodb.com/docs/manual/core/security-internal-authentication/ – members authenticate to each other with key files or X.509; without it a replica set has no access control either, because enabling internal authentication also enables access control',
  },
  description:
    'A replica set without `security.keyFile` or X.509 between its members cannot have access control at all, and any machine that reaches them can join the conversation and copy everything.',
  remediation:
    'Make a key (`openssl rand -base64 756`), put it on every member readable by mongod only (mode 0400), and set `security.keyFile`; add members one by one with `security.transitionToAuth` for the change-over, and remove that afterwards.',
  references: [MONGODB_REFERENCES.keyFile],
  cwe: ['CWE-306'],
  examples: {
    bad: ['storage:\n  dbPath: /data\nnet:\n  bindIp: 10.0.0.5\nreplication:\n  replSetName: rs0\n'],
    good: [
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 10.0.0.5\nreplication:\n  replSetName: rs0\nsecurity:\n  keyFile: /etc/mongodb.key\n',
      'storage:\n  dbPath: /data\nnet:\n  bindIp: 127.0.0.1\nreplication:\n  replSetName: rs0\n',
    ],
  },
  *check({ document }, { runtimes }) {
    const set = document.settings.get('replication.replSetName');
    const keyFile = mongodSetting(document, runtimes, 'security.keyFile');
    const mode = mongodSetting(document, runtimes, 'security.clusterAuthMode');
    if (!set || keyFile.state !== 'absent' || (mode.state !== 'absent' && mode.state !== 'set')) return;
    if (mode.state === 'set' && mode.values[0]?.toLowerCase() !== 'keyfile') return;
    // A set of one member on loopback is how developers get transactions.
    if (exposure(document, runtimes) === 'loopback' && runtimes.length === 0) return;
    yield {
      pointer: 'security.keyFile',
      span: set.span,
      actual: 'not set',
      expected: 'a key file, or clusterAuthMode x509',
      message: 'Members of the replica set do not prove to each other who they are.',
      severity: runtimes.length > 0 ? 'medium' : 'high',
    };
  },
});
