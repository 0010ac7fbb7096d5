import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'mosquitto.conf',
    text: '# c\nlistener 1883\nallow_anonymous true\nuser root\nlog_type none\nconnection_messages false\ninclude_dir /x\n',
    pointed: [
      ['audit/mosquitto-without-tls', '1883'],
      ['audit/mosquitto-anonymous-clients', 'true'],
      ['audit/mosquitto-runs-as-root', 'root'],
      ['audit/mosquitto-logging-off', 'none'],
      ['audit/mosquitto-logging-off', 'false'],
    ],
  },
  {
    format: 'mosquitto.conf',
    text: 'per_listener_settings true\nlistener 8883 10.0.0.5\ncertfile /c\nkeyfile /k\ntls_version tlsv1.1\nallow_anonymous true\nrequire_certificate true\nlistener 9001\nprotocol websockets\nallow_anonymous false\npassword_file /p\nconnection cloud\naddress mqtt.example.com:1883\nremote_password a-long-example-value-not-used\nbridge_insecure true\ntopic # both 0\n',
    pointed: [
      ['audit/mosquitto-no-acl', '8883 10.0.0.5'],
      ['audit/mosquitto-old-tls', 'tlsv1.1'],
      ['audit/mosquitto-certificates-without-names', 'true'],
      ['audit/mosquitto-websockets-without-tls', '9001'],
      ['audit/mosquitto-no-acl', '/p'],
      ['audit/mosquitto-bridge-without-tls', 'mqtt.example.com:1883'],
      ['audit/mosquitto-bridge-password-in-file', 'a-long-example-value-not-used'],
      ['audit/mosquitto-bridge-certificate-not-checked', 'true'],
    ],
  },
];
