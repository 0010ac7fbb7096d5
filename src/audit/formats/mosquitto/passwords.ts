/**
 * The password file of Mosquitto: `name:$7$iterations$salt$hash` (PBKDF2 with SHA-512, since 2.0) or
 * `name:$6$salt$hash` (SHA-512, once). A password in clear is what `mosquitto_passwd -U` turns into a hash; before that
 * the broker refuses the account. https://mosquitto.org/man/mosquitto_passwd-1.html
 */
import { linesOf, type Source, type Span } from '../../source.ts';

export interface PasswordEntry {
  name: string;
  nameSpan: Span;
  value: string;
  valueSpan: Span;
  hashed: boolean;
}

export interface PasswordFile {
  source: Source;
  entries: readonly PasswordEntry[];
}

const MAX_ENTRIES = 20_000;

export function readPasswords(source: Source): PasswordFile {
  const entries: PasswordEntry[] = [];
  for (const line of linesOf(source.text)) {
    if (entries.length >= MAX_ENTRIES) break;
    const text = line.text.trimEnd();
    const colon = text.indexOf(':');
    if (text.startsWith('#') || colon <= 0 || colon + 1 >= text.length) continue;
    const value = text.slice(colon + 1);
    entries.push({
      name: text.slice(0, colon),
      nameSpan: { start: line.start, end: line.start + colon },
      value,
      valueSpan: { start: line.start + colon + 1, end: line.start + text.length },
      hashed: /^\$\w{1,20}\$/.test(value.slice(0, 40)),
    });
  }
  return { source, entries };
}
