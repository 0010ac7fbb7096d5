/** mosquitto.conf: the password file. */
import type { PasswordEntry, PasswordFile } from '../../formats/mosquitto/passwords.ts';
import { defineRule, type Hit, type ReadFile } from '../../model.ts';
import { isFilledInLater, isSampleFile } from '../committed.ts';
import { hidden } from '../passwords.ts';
import { MAN, STARTED } from './view.ts';

const PASSWD = 'https://mosquitto.org/man/mosquitto_passwd-1.html';
const CONF = 'listener 8883\ncertfile /c\nkeyfile /k\nallow_anonymous false\nacl_file /a\npassword_file passwd\n';
const HASH = `$7$101$${'A'.repeat(16)}$${'B'.repeat(86)}==`;

function* inEachFile(
  { document }: ReadFile<'mosquitto.conf'>,
  check: (passwords: PasswordFile) => Iterable<Hit>,
): Generator<Hit> {
  const seen = new Set<string>();
  for (const passwords of document.passwords.values()) {
    if (seen.has(passwords.source.path) || isSampleFile(passwords.source.path)) continue;
    seen.add(passwords.source.path);
    yield* check(passwords);
  }
}

export const passwordInClear = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-password-in-clear',
  format: 'mosquitto.conf',
  topic: 'secrets',
  verified: { by: 'server', how: STARTED },
  title: 'A password of the MQTT broker stands in clear in a file of the project',
  severity: 'high',
  owner: 'developer',
  description:
    'The password file waits to be hashed with `mosquitto_passwd -U`; as it stands in the project, everybody who reads the repository has the account. The broker itself refuses accounts that are not hashed.',
  remediation:
    'Set a new password, keep the file out of version control, and make it where the broker runs: `mosquitto_passwd -c FILE NAME`.',
  references: [MAN, PASSWD],
  cwe: ['CWE-256', 'CWE-312'],
  examples: {
    bad: [`=== mosquitto.conf\n${CONF}=== passwd\nshop:a-long-example-value-not-used\n`],
    good: [
      `=== mosquitto.conf\n${CONF}=== passwd\nshop:${HASH}\n`,
      `=== mosquitto.conf\n${CONF}=== passwd\nshop:\${MQTT_PASSWORD}\n`,
    ],
  },
  *check(file) {
    yield* inEachFile(file, function* ({ source, entries }) {
      const clear = entries.filter(({ hashed, value }) => !hashed && !isFilledInLater(value));
      for (const [index, { value, valueSpan }] of clear.slice(0, 50).entries())
        yield {
          pointer: `password_file[${index}]`,
          source,
          span: valueSpan,
          actual: hidden(value),
          expected: 'a hash, in a file outside version control',
          message: 'A password stands in clear in this file.',
        };
    });
  },
});

export const passwordsInProject = defineRule<'mosquitto.conf'>({
  id: 'audit/mosquitto-password-hashes-in-project',
  format: 'mosquitto.conf',
  topic: 'secrets',
  verified: {
    by: 'source',
    how: 'https://mosquitto.org/man/mosquitto_passwd-1.html – PBKDF2 with 101 iterations by default, and one round of SHA-512 before 2.0: guesses are cheap',
  },
  title: 'Password hashes of the MQTT broker stand in a file of the project',
  severity: 'low',
  owner: 'developer',
  description:
    'The hashes take about a hundred rounds (`$7$101$`) or one (`$6$`): who reads the repository tries many million passwords a second against them, without the broker noticing.',
  remediation:
    'Make the file where the broker runs, or from a secret store, and set new passwords of at least 20 random characters.',
  references: [PASSWD],
  cwe: ['CWE-916', 'CWE-522'],
  examples: {
    bad: [`=== mosquitto.conf\n${CONF}=== passwd\nshop:${HASH}\n`],
    good: [
      `=== mosquitto.conf\n${CONF}=== passwd\nshop:$7$600000$${'A'.repeat(16)}$${'B'.repeat(86)}==\n`,
      `=== mosquitto.conf\n${CONF}`,
    ],
  },
  *check(file) {
    yield* inEachFile(file, function* ({ source, entries }) {
      const cheap = entries.filter(isCheap);
      const [first] = cheap;
      if (!first) return;
      yield {
        pointer: 'password_file.hashes',
        source,
        span: first.valueSpan,
        actual: `${cheap.length} ${cheap.length === 1 ? 'hash' : 'hashes'} of few rounds`,
        expected: 'a file outside version control',
        message: 'Who reads this file guesses the passwords of the broker quickly.',
      };
    });
  },
});

/** OWASP asks for 210,000 rounds of PBKDF2 with SHA-512; a tenth is not cheap yet. */
function isCheap({ hashed, value }: PasswordEntry): boolean {
  if (!hashed) return false;
  const rounds = /^\$7\$(\d{1,9})\$/.exec(value)?.[1];
  return value.startsWith('$6$') || (rounds !== undefined && Number(rounds) < 20_000);
}
