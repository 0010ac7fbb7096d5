/** Libraries that carry their version in a string of their code: what they send as user agent. */
import type { FoundLibrary, FoundString } from '../source.ts';

/** `okhttp/4.9.0` (okhttp3/internal/Version.java, Util.userAgent). */
const USER_AGENT = /^okhttp\/(\d{1,3}\.\d{1,3}\.\d{1,3}(?:-[A-Za-z]{1,10}\d{0,3}(?:\.\d{1,3})?)?)$/;

export function libraryInString({ text, entry }: FoundString): FoundLibrary | undefined {
  if (text.length > 40 || !text.startsWith('okhttp/')) return undefined;
  const version = USER_AGENT.exec(text)?.[1];
  if (version === undefined) return undefined;
  const group = version.startsWith('2.') ? 'com.squareup.okhttp' : 'com.squareup.okhttp3';
  return { ecosystem: 'maven', name: `${group}:okhttp`, version, entry };
}
