/** mosquitto.conf: who gets in. */
import { anonymousLines } from '../../formats/mosquitto/acl.ts';
import { defineRule } from '../../model.ts';
import { at, inEachView, MAN, placeOf, STARTED } from './view.ts';

const AUTHENTICATION = 'https://mosquitto.org/documentation/authentication-methods/';

export const anonymousClients = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-anonymous-clients',
  format: 'mosquitto.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'The MQTT broker lets everybody in',
  severity: 'high',
  owner: 'it',
  description:
    'With `allow_anonymous true` on a listener that others reach, whoever connects subscribes to `#`, reads every message and every retained one, and publishes commands to every device and app.',
  remediation:
    'Make an account for each client or kind of client (`mosquitto_passwd -c /etc/mosquitto/passwd NAME`), name it with `password_file`, give it its topics in an `acl_file`, and set `allow_anonymous false`.',
  references: [MAN, AUTHENTICATION],
  cwe: ['CWE-306'],
  examples: {
    bad: [
      'listener 1883\nallow_anonymous true\n',
      'port 1883\nallow_anonymous true\nbind_address 0.0.0.0\n',
      'per_listener_settings true\nlistener 1883 127.0.0.1\nallow_anonymous true\nlistener 8883\nallow_anonymous true\n',
      '=== docker-compose.yml\nservices:\n  mq:\n    image: eclipse-mosquitto:1.6.15\n    ports: ["1883:1883"]\n    volumes: ["./mosquitto/config:/mosquitto/config"]\n=== mosquitto/config/mosquitto.conf\npersistence true\npersistence_location /mosquitto/data/\n',
    ],
    good: [
      'listener 1883\nallow_anonymous false\npassword_file /etc/mosquitto/passwd\nacl_file /etc/mosquitto/acl\n',
      'listener 1883 127.0.0.1\nallow_anonymous true\n',
      'listener 0 /run/mosquitto/mosquitto.sock\nallow_anonymous true\n',
      'per_listener_settings true\nlistener 1883 127.0.0.1\nallow_anonymous true\nlistener 8883\nallow_anonymous false\n',
      'per_listener_settings true\nallow_anonymous true\nlistener 1883\npassword_file /etc/mosquitto/passwd\n',
      'listener 8883\nallow_anonymous true\ncertfile /c\nkeyfile /k\ncafile /a\nrequire_certificate true\n',
      '=== docker-compose.yml\nservices:\n  mq:\n    image: eclipse-mosquitto:2.0.22\n    ports: ["1883:1883"]\n    volumes: ["./mosquitto/config:/mosquitto/config"]\n=== mosquitto/config/mosquitto.conf\nlistener 1883\npersistence true\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      for (const listener of view.broker.listeners) {
        const reach = view.reach(listener);
        // An opened default listener is another rule's: there `allow_anonymous` decides nothing.
        if (!reach.open || (view.broker.localOnly && view.major !== 1)) continue;
        const login = view.login(listener);
        if (login.state === 'unknown') context.unknown('allow_anonymous', login.reason);
        if (login.state !== 'open') continue;
        const setting = login.by;
        const place = setting ?? placeOf(view, listener);
        if (!place) continue;
        const aclFile = listener.last('acl_file');
        const acl = aclFile && view.document.acls.get(aclFile);
        const plugin = listener.last('plugin') ?? listener.last('auth_plugin');
        const nothing = acl !== undefined && anonymousLines(acl).length === 0;
        const limited = aclFile !== undefined || plugin !== undefined;
        const may = nothing
          ? 'the ACL file gives them no topic'
          : limited
            ? `what they may do is up to the ${aclFile ? 'ACL file' : 'plugin'}`
            : 'they read and write every topic';
        const full = reach.public ? 'critical' : 'high';
        yield {
          pointer:
            setting && view.broker.last('allow_anonymous') === setting
              ? 'allow_anonymous'
              : `${listener.name}.allow_anonymous`,
          ...at(place),
          actual: setting ? 'true' : 'not set; true before 2.0',
          expected: 'false',
          message: `Clients without a name are let in, and ${listener.name === 'default' ? 'the broker' : `port ${listener.port}`} ${reach.where}; ${may}.`,
          severity: nothing ? 'low' : limited || reach.near ? 'medium' : full,
          fix: setting && {
            edits: [{ ...setting.span, text: 'false' }],
            title: 'Refuse clients without a name',
            blastRadius: `Every client that sends no name and password is refused${listener.last('password_file') || plugin ? '' : '; without a password_file or plugin that is every client, so make the accounts first'}.`,
            needsConfirmation: true,
          },
        };
      }
    });
  },
});

export const openedDefault = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-default-listener-open',
  format: 'mosquitto.conf',
  topic: 'authentication',
  verified: { by: 'server', how: STARTED },
  title: 'A setting opens the default listener to everybody',
  severity: 'high',
  owner: 'it',
  description:
    'Without `listener`, Mosquitto 2 lets everybody in and waits on loopback only. A setting of a listener, such as `max_connections` or `certfile`, makes it wait on every address, and it still lets everybody in: `allow_anonymous false` has no effect then.',
  remediation: 'Write `listener 1883` (or `listener 8883` with TLS) before the settings of the listener.',
  references: [MAN, AUTHENTICATION],
  cwe: ['CWE-306', 'CWE-1188'],
  examples: {
    bad: ['max_connections 100\nallow_anonymous false\npassword_file /etc/mosquitto/passwd\npersistence true\n'].map(
      (text) =>
        `=== docker-compose.yml\nservices:\n  mq:\n    image: eclipse-mosquitto:2.0.11\n    ports: ["1883:1883"]\n    volumes: ["./mosquitto/config:/mosquitto/config"]\n=== mosquitto/config/mosquitto.conf\n${text}`,
    ),
    good: [
      '=== docker-compose.yml\nservices:\n  mq:\n    image: eclipse-mosquitto:2.0.11\n    ports: ["1883:1883"]\n    volumes: ["./mosquitto/config:/mosquitto/config"]\n=== mosquitto/config/mosquitto.conf\nlistener 1883\nmax_connections 100\nallow_anonymous false\npersistence true\n',
      'listener 1883\nmax_connections 100\nallow_anonymous false\nacl_file /a\n',
      '=== mosquitto.conf\nallow_anonymous false\npersistence true\nmax_connections -1\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* (view) {
      const [listener] = view.broker.listeners;
      if (!view.broker.localOnly || !listener?.directive || view.major === 1) return;
      const reach = view.reach(listener);
      const login = view.login(listener);
      if (!reach.open) return;
      if (login.state === 'unknown') context.unknown(listener.directive.name, login.reason);
      // With listeners' own settings the default one takes none of the program's.
      if (login.state !== 'open' || view.broker.last('per_listener_settings')?.value === 'true') return;
      yield {
        pointer: 'listener',
        ...at(listener.directive),
        actual: `${listener.directive.name} without a listener`,
        expected: 'listener 1883 before it',
        message: `${listener.directive.name} makes the broker wait on every address, where it lets everybody in; allow_anonymous has no effect without a listener.`,
        severity: reach.near ? 'medium' : reach.public ? 'critical' : 'high',
      };
    });
  },
});

export const sharedCertificate = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-certificates-without-names',
  format: 'mosquitto.conf',
  topic: 'authorization',
  verified: { by: 'server', how: STARTED },
  title: 'Clients with a certificate have no name at the MQTT broker',
  severity: 'low',
  owner: 'it',
  description:
    'With `require_certificate true` and `allow_anonymous true`, but without `use_identity_as_username`, all clients with a certificate are the same nameless one: no ACL tells one device from another, and each reads and writes what all may.',
  remediation:
    'Set `use_identity_as_username true`, and give each name its topics in the `acl_file` (`pattern … %u/…`).',
  references: [MAN],
  cwe: ['CWE-287', 'CWE-863'],
  examples: {
    bad: ['listener 8883\nallow_anonymous true\ncertfile /c\nkeyfile /k\ncafile /a\nrequire_certificate true\n'],
    good: [
      'listener 8883\nallow_anonymous true\ncertfile /c\nkeyfile /k\ncafile /a\nrequire_certificate true\nuse_identity_as_username true\nacl_file /x\n',
      'listener 8883\nallow_anonymous false\ncertfile /c\nkeyfile /k\ncafile /a\nrequire_certificate true\npassword_file /p\nacl_file /x\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      for (const listener of broker.listeners) {
        const required = listener.last('require_certificate');
        const anonymous = listener.last('allow_anonymous')?.value === 'true';
        const names = ['use_identity_as_username', 'use_subject_as_username'];
        if (required?.value !== 'true' || !anonymous) continue;
        if (names.some((name) => listener.last(name)?.value === 'true')) continue;
        yield {
          pointer: `${listener.name}.require_certificate`,
          ...at(required),
          actual: 'without use_identity_as_username',
          expected: 'use_identity_as_username true',
          message: 'Every client with a certificate is the same nameless one, whatever its certificate says.',
        };
      }
    });
  },
});
