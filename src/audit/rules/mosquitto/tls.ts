/** mosquitto.conf: encryption on the way, also of bridges. */
import ipaddr from 'ipaddr.js';
import { type Bridge, isEncrypted } from '../../formats/mosquitto/listeners.ts';
import { defineRule, type Hit, type ReadFile, type RuleContext } from '../../model.ts';
import { isCommittedSecret } from '../committed.ts';
import { hidden } from '../passwords.ts';
import { at, inEachView, MAN, placeOf, STARTED } from './view.ts';

const TLS = 'https://mosquitto.org/man/mosquitto-tls-7.html';

function* inClear(file: ReadFile<'mosquitto.conf'>, context: RuleContext, websockets: boolean): Generator<Hit> {
  yield* inEachView(file, context, function* (view) {
    for (const listener of view.broker.listeners) {
      const reach = view.reach(listener);
      // Containers of one host talk over a bridge that nobody else is on.
      if (!reach.open || reach.near || listener.websockets !== websockets || isEncrypted(listener)) continue;
      const place = placeOf(view, listener);
      if (!place) continue;
      if (!view.document.complete && listener.name === 'default') {
        context.unknown('certfile', 'an included file may set it');
        continue;
      }
      yield {
        pointer: `${listener.name}.certfile`,
        ...at(place),
        actual: 'no certfile and keyfile',
        expected: websockets ? 'wss, with certfile and keyfile' : 'listener 8883 with certfile and keyfile',
        message: `${websockets ? 'The websockets listener' : 'The broker'} on port ${listener.port} ${reach.where} and speaks in clear.`,
      };
    }
  });
}

export const withoutTls = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-without-tls',
  format: 'mosquitto.conf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'The MQTT broker talks without encryption over the network',
  severity: 'medium',
  owner: 'it',
  description:
    'MQTT sends the name and password in its first packet. On a listener without `certfile` and `keyfile` everybody on the way, such as the operator of a Wi-Fi, reads them and every message.',
  remediation:
    'Write `listener 8883` with `certfile`, `keyfile` and `tls_version tlsv1.2`, use `mqtts://` in the clients, and remove the clear listener or keep it on `127.0.0.1`.',
  references: [MAN, TLS],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'listener 1883\nallow_anonymous false\nacl_file /a\n',
      'listener 8883\ncertfile /c\nkeyfile /k\nlistener 1883 10.0.0.5\nallow_anonymous false\n',
    ],
    good: [
      'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\nacl_file /a\n',
      'listener 8883\npsk_hint shop\npsk_file /p\nallow_anonymous false\nacl_file /a\n',
      'listener 1883 127.0.0.1\nallow_anonymous false\nacl_file /a\n',
    ],
  },
  check: (file, context) => inClear(file, context, false),
});

export const websocketsWithoutTls = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-websockets-without-tls',
  format: 'mosquitto.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://mosquitto.org/man/mosquitto-conf-5.html – a listener of protocol websockets is encrypted by certfile and keyfile as any other',
  },
  title: 'MQTT over websockets without encryption',
  severity: 'medium',
  owner: 'it',
  description:
    'A `protocol websockets` listener without a certificate speaks `ws://`: names, passwords and messages cross the network readable. A reverse proxy that speaks TLS protects only who comes through it, while the port itself stays open.',
  remediation:
    'Give the listener `certfile` and `keyfile` (`wss://`), or bind it to `127.0.0.1` where a reverse proxy of the same machine ends TLS.',
  references: [MAN, TLS],
  cwe: ['CWE-319'],
  examples: {
    bad: ['listener 9001\nprotocol websockets\nallow_anonymous false\nacl_file /a\n'],
    good: [
      'listener 9001\nprotocol websockets\ncertfile /c\nkeyfile /k\nallow_anonymous false\nacl_file /a\n',
      'listener 9001 127.0.0.1\nprotocol websockets\nallow_anonymous false\nacl_file /a\n',
    ],
  },
  check: (file, context) => inClear(file, context, true),
});

export const oldTls = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-old-tls',
  format: 'mosquitto.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://mosquitto.org/man/mosquitto-conf-5.html – tls_version is the lowest version that is accepted (the only one before 2.0)',
  },
  title: 'The MQTT broker accepts TLS versions that are broken',
  severity: 'medium',
  owner: 'it',
  description: 'TLS 1.0 and 1.1 are deprecated (RFC 8996).',
  remediation: 'Set `tls_version tlsv1.2` (bridges: `bridge_tls_version tlsv1.2`), or remove the line.',
  references: [MAN, 'https://www.rfc-editor.org/rfc/rfc8996'],
  cwe: ['CWE-326'],
  examples: {
    bad: ['listener 8883\ncertfile /c\nkeyfile /k\ntls_version tlsv1.1\nallow_anonymous false\n'],
    good: ['listener 8883\ncertfile /c\nkeyfile /k\ntls_version tlsv1.2\nallow_anonymous false\n'],
  },
  *check({ document }) {
    let count = 0;
    for (const directive of document.directives) {
      const { name, value } = directive;
      if ((name !== 'tls_version' && name !== 'bridge_tls_version') || !/^tlsv1(?:\.[01])?$/i.test(value)) continue;
      count += 1;
      yield {
        pointer: count > 1 ? `${name}[${count}]` : name,
        ...at(directive),
        actual: value,
        expected: 'tlsv1.2',
        message: 'Deprecated versions of TLS are accepted.',
        fix: {
          edits: [{ ...directive.span, text: 'tlsv1.2' }],
          title: 'Accept TLS 1.2 and later only',
          blastRadius: 'Clients from before 2014 may no longer connect.',
          needsConfirmation: false,
        },
      };
    }
  },
});

export const bridgeInClear = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-bridge-without-tls',
  format: 'mosquitto.conf',
  topic: 'encryption-in-transit',
  verified: { by: 'server', how: STARTED },
  title: 'A bridge sends MQTT messages without encryption',
  severity: 'medium',
  owner: 'it',
  description:
    'A `connection` without `bridge_cafile`, `bridge_capath` or `bridge_psk` connects in clear: its name, password and every message of its topics cross the network readable.',
  remediation:
    'Set `bridge_cafile` (or `bridge_tls_use_os_certs true`) and the port of the other broker’s TLS listener, usually 8883.',
  references: [MAN],
  cwe: ['CWE-319'],
  examples: {
    bad: [
      'connection cloud\naddress mqtt.example.com:1883\ntopic # out\nallow_anonymous false\npersistence true\nlistener 1883 127.0.0.1\n',
    ],
    good: [
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\ntopic # out\npersistence true\nlistener 1883 127.0.0.1\n',
      'connection local\naddress 127.0.0.1:1884\ntopic # out\npersistence true\nlistener 1883 127.0.0.1\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      for (const bridge of broker.bridges) {
        const address = bridge.last('address') ?? bridge.last('addresses');
        if (!address || isLocal(address.value) || speaksTls(bridge)) continue;
        const name = hostOf(address.value);
        yield {
          pointer: `connection[${bridge.name}].address`,
          ...at(address),
          actual: 'no bridge_cafile',
          expected: 'bridge_cafile, and a port with TLS',
          message: 'This bridge connects to the other broker in clear.',
          // A name without a dot is a container or a machine of the own network.
          severity: name.includes('.') || name.includes(':') ? 'medium' : 'low',
        };
      }
    });
  },
});

function speaksTls(bridge: Bridge): boolean {
  const on = ['bridge_cafile', 'bridge_capath', 'bridge_psk', 'bridge_certfile'];
  return on.some((name) => bridge.last(name)) || bridge.last('bridge_tls_use_os_certs')?.value === 'true';
}

function hostOf(address: string): string {
  const [first = ''] = address.trim().split(/[ \t]+/, 1);
  return first.replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '');
}

function isLocal(address: string): boolean {
  const host = hostOf(address);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
}

export const bridgeUnchecked = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-bridge-certificate-not-checked',
  format: 'mosquitto.conf',
  topic: 'encryption-in-transit',
  verified: {
    by: 'source',
    how: 'https://mosquitto.org/man/mosquitto-conf-5.html – bridge_insecure true does not verify the host name in the certificate; anybody with a certificate of the authority may stand in',
  },
  title: 'A bridge does not check the certificate of the other broker',
  severity: 'medium',
  owner: 'it',
  description:
    'With `bridge_insecure true` the name in the other side’s certificate is not compared: somebody on the way with any certificate of that authority reads and changes what the bridge carries.',
  remediation: 'Remove `bridge_insecure`, and connect to the name that stands in the certificate.',
  references: [MAN],
  cwe: ['CWE-295'],
  examples: {
    bad: [
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\nbridge_insecure true\ntopic # out\nlistener 1883 127.0.0.1\n',
    ],
    good: [
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\nbridge_insecure false\ntopic # out\nlistener 1883 127.0.0.1\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      for (const bridge of broker.bridges) {
        const directive = bridge.last('bridge_insecure');
        if (directive?.value !== 'true') continue;
        yield {
          pointer: `connection[${bridge.name}].bridge_insecure`,
          ...at(directive),
          actual: 'true',
          expected: 'false',
          message: 'This bridge does not compare the name in the other broker’s certificate.',
          fix: {
            edits: [{ ...directive.span, text: 'false' }],
            title: 'Check the certificate of the other broker',
            blastRadius: 'The bridge no longer connects if the certificate has another name.',
            needsConfirmation: true,
          },
        };
      }
    });
  },
});

export const bridgePassword = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-bridge-password-in-file',
  format: 'mosquitto.conf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://mosquitto.org/man/mosquitto-conf-5.html – remote_password and bridge_psk stand in clear in the file; who reads it has them',
  },
  title: 'The password of a bridge stands in a file of the project',
  severity: 'medium',
  owner: 'developer',
  description:
    'Everybody who reads the repository, an image or a backup of it logs in to the other broker as this bridge does, and the password stays in the history after it was removed.',
  remediation:
    'Set a new password at the other broker, and keep the `connection` in a file outside version control that `include_dir` reads; or use a client certificate (`bridge_certfile`, `bridge_keyfile`).',
  references: [MAN],
  cwe: ['CWE-798', 'CWE-256'],
  examples: {
    bad: [
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\nremote_username shop\nremote_password a-long-example-value-not-used\ntopic # out\nlistener 1883 127.0.0.1\n',
    ],
    good: [
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\nremote_username shop\nremote_password ${BRIDGE_PASSWORD}\ntopic # out\nlistener 1883 127.0.0.1\n',
      'connection cloud\naddress mqtt.example.com:8883\nbridge_cafile /a\nbridge_certfile /c\nbridge_keyfile /k\ntopic # out\nlistener 1883 127.0.0.1\n',
    ],
  },
  *check(file, context) {
    yield* inEachView(file, context, function* ({ broker }) {
      for (const bridge of broker.bridges) {
        for (const name of ['remote_password', 'password', 'bridge_psk']) {
          const directive = bridge.last(name);
          if (!directive || !isSecret((directive.source ?? file.source).path, directive.value)) continue;
          yield {
            pointer: `connection[${bridge.name}].${name}`,
            ...at(directive),
            actual: hidden(directive.value),
            expected: 'a file outside version control',
            message: 'What this bridge logs in with stands in this file.',
          };
        }
      }
    });
  },
});

/** Of a bridge's password a well-known one is no better. */
function isSecret(path: string, value: string): boolean {
  return isCommittedSecret(path, value) || isCommittedSecret(path, `${value}.`);
}
