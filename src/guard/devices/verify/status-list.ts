/**
 * The status list of attestation certificates, as Google publishes it at https://android.googleapis.com/attestation/status:
 *
 *   { "entries": { "<serial number, lower-case hexadecimal without leading zeros>": { "status": "REVOKED" | "SUSPENDED", … } } }
 *
 * The operator fetches it (`cron`, `curl`) and the gateway reads the file, again when that changes. What stands in it with any
 * status is not accepted. A file that cannot be read any more leaves the last list in force for `GRACE`; after that nothing is
 * accepted. A list that nobody has written for `OLD` is told of once: whatever fetched it may have stopped.
 */
import { readFileSync, statSync } from 'node:fs';
import { PosternError } from '../../../core/errors.ts';
import { Refusal } from '../../contract/refusal.ts';
import { prove, Unproven } from './unproven.ts';

export interface StatusList {
  /**
   * @param serial lower-case hexadecimal without leading zeros
   * @throws Refusal `unavailable` when the list cannot be known
   */
  isRevoked(serial: string, now: number): boolean;
}

const MAX_BYTES = 16 * 1024 * 1024;
const POLL = 10_000;
const GRACE = 60 * 60_000;
const DAY = 86_400_000;
const OLD = 7 * DAY;
const SERIAL = /^[0-9a-f]{1,42}$/;

/** @throws Unproven when it is not such a list */
export function readStatusList(bytes: Uint8Array): ReadonlySet<string> {
  const document = parsed(bytes);
  const entries = isRecord(document) ? document.entries : undefined;
  prove(isRecord(entries), 'status list: no entries');
  const serials = new Set<string>();
  for (const [serial, entry] of Object.entries(entries)) {
    prove(isRecord(entry) && typeof entry.status === 'string', 'status list: an entry without a status');
    const canonical = serial.toLowerCase().replace(/^0+(?=.)/, '');
    prove(SERIAL.test(canonical), 'status list: an entry that is no serial number');
    serials.add(canonical);
  }
  return serials;
}

/**
 * @param path absolute
 * @param opened ms since the epoch
 * @throws PosternError `E_CONFIG_INVALID` when the file cannot be read or understood at start
 */
export function openStatusList(path: string, log: (message: string) => void, opened: number): StatusList {
  let serials: ReadonlySet<string>;
  try {
    serials = load(path);
  } catch (error) {
    throw new PosternError('E_CONFIG_INVALID', `the status list of attestation keys cannot be used: ${reason(error)}`, {
      at: { path },
      hint: 'Fetch https://android.googleapis.com/attestation/status into it.',
    });
  }
  let version = versionOf(path);
  let askedAt = Number.NEGATIVE_INFINITY;
  let goodAt = Number.NEGATIVE_INFINITY;
  let toldOf: string | undefined;
  const tellAge = (now: number): void => {
    const age = now - modifiedAt(path, now);
    if (age <= OLD || toldOf === version) return;
    toldOf = version;
    log(
      `the status list of attestation keys was written ${Math.floor(age / DAY)} days ago: keys that were revoked since are believed`,
    );
  };
  tellAge(opened);
  const refresh = (now: number): void => {
    const current = versionOf(path);
    try {
      if (current !== version || goodAt !== askedAt) serials = load(path);
      version = current;
      goodAt = now;
      tellAge(now);
    } catch (error) {
      if (goodAt === askedAt) log(`the status list of attestation keys cannot be used any more: ${reason(error)}`);
    }
    askedAt = now;
  };
  return {
    isRevoked(serial, now) {
      if (now - askedAt >= POLL) {
        if (askedAt === Number.NEGATIVE_INFINITY) goodAt = askedAt = now;
        refresh(now);
      }
      if (now - goodAt > GRACE) throw new Refusal('unavailable', 'status list: it cannot be read');
      return serials.has(serial);
    },
  };
}

function load(path: string): ReadonlySet<string> {
  if (statSync(path).size > MAX_BYTES) throw new Unproven('too large');
  return readStatusList(readFileSync(path));
}

/** By the plain parser: the list is the operator's, and far longer than what a client may send. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new Unproven('status list: not JSON');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function versionOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    return 'none';
  }
}

/** Now, for a file that is not there: that is told of otherwise. */
function modifiedAt(path: string, now: number): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
}

function reason(error: unknown): string {
  if (error instanceof Unproven) return error.position;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
