/**
 * Strings of Go and Rust: one after the other without a separator, each length only in the code that uses it. So where a
 * URL ends cannot be told. Its host can, when a slash follows: what comes behind that is left open.
 */
import type { Range } from './data-ranges.ts';

const SCHEMES = ['https', 'http', 'wss', 'ws', 'mqtts', 'mqtt', 'amqps', 'amqp', 'ftp'];
const HOST = /^[a-z0-9.-]{1,253}(?::\d{1,5})?\//i;
/** Named by the standard libraries and their error messages. */
const LANGUAGE = /^(?:go\.dev|golang\.org|pkg\.go\.dev|docs\.rs|(?:doc|www)\.rust-lang\.org)\//;
/** More than any program holds. */
const MOST = 20_000;

/** @returns how many hosts were told, and how many addresses were left out because nothing says where their host ends */
export function readJoinedUrls(
  bytes: Buffer,
  { start, end }: Range,
  emit: (text: string, offset: number) => void,
): { told: number; open: number } {
  const range = bytes.subarray(start, end);
  const result = { told: 0, open: 0 };
  for (let at = range.indexOf('://'); at >= 0 && result.told + result.open < MOST; at = range.indexOf('://', at + 3)) {
    const before = range.toString('latin1', Math.max(0, at - 5), at);
    const scheme = SCHEMES.find((one) => before.endsWith(one));
    if (scheme === undefined) continue;
    const host = HOST.exec(range.toString('latin1', at + 3, at + 264))?.[0];
    if (host === undefined) {
      // `://` alone and patterns are no address
      if (/[a-z0-9]/i.test(range.toString('latin1', at + 3, at + 4))) result.open++;
      continue;
    }
    if (LANGUAGE.test(host)) continue;
    result.told++;
    emit(`${scheme}://${host}{}`, start + at - scheme.length);
  }
  return result;
}
