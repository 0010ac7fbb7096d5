/** Replies of FTP's control connection (RFC 959 section 4.2): `ddd text`, or `ddd-text` … `ddd text`. */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';
import { objectPattern } from '../../patterns.ts';

const LONGEST_LINE = 8_192;
const MOST_LINES = 2_000;

export interface FtpReply {
  code: number;
  /** Without the code where a line has it. */
  lines: string[];
}

/** @throws PosternError `E_PROBE_IO` */
export async function readReply(connection: Connection): Promise<FtpReply> {
  // Three digits are waited for before a line is: other protocols may never send one.
  const digits = (await connection.read(4)).toString('latin1');
  const code = /^([1-5]\d\d)[ -]$/.exec(digits)?.[1];
  if (code === undefined) throw malformed('FTP', 'no reply code');
  const lines = [await readLine(connection)];
  if (digits[3] === ' ') return { code: Number(code), lines };
  while (lines.length < MOST_LINES) {
    const line = await readLine(connection);
    if (line.startsWith(`${code} `)) return { code: Number(code), lines: [...lines, line.slice(4)] };
    lines.push(line.startsWith(`${code}-`) ? line.slice(4) : line);
  }
  throw malformed('FTP', 'an endless reply');
}

async function readLine(connection: Connection): Promise<string> {
  return (await connection.readUntil('\n', LONGEST_LINE)).toString('utf8').replace(/\r?\n$/, '');
}

export interface Listing {
  files: number;
  folders: number;
  bytes: number;
  patterns: string[];
}

/** Lines as `ls -l` prints them; names become patterns at once. */
export function parseListing(lines: readonly string[]): Listing {
  const listing: Listing = { files: 0, folders: 0, bytes: 0, patterns: [] };
  const patterns = new Set<string>();
  for (const line of lines) {
    const words = line.trimStart().split(/\s+/, 9);
    const mode = words[0] ?? '';
    if (!/^[-dl][-rwxsStT]{9}[.+@]?$/.test(mode) || words.length < 9) continue;
    const name = line.slice(line.indexOf(words[8] ?? '', line.indexOf(words[7] ?? '')));
    if (name === '.' || name === '..') continue;
    if (mode.startsWith('d')) listing.folders++;
    else {
      listing.files++;
      const size = Number(words[4]);
      if (Number.isSafeInteger(size) && size > 0) listing.bytes += size;
    }
    if (patterns.size < 20) patterns.add(objectPattern(name));
  }
  listing.patterns = [...patterns].sort();
  return listing;
}

/** The `perm` fact of an MLST reply (RFC 3659 section 7.5.5), lower case; undefined without one. */
export function permissionsOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const fact = /(?:^ ?|;)perm=([a-z]{0,16});/i.exec(line.slice(0, 1_024))?.[1];
    if (fact !== undefined) return fact.toLowerCase();
  }
  return undefined;
}
