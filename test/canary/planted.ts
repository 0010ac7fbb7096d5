/**
 * Values that must never leave: made up, each unmistakable, and found again in whatever form an output could carry them.
 * They are assembled at run time, so that no scanner mistakes this file for a leak.
 */
import { createHash } from 'node:crypto';

export interface Planted {
  what: string;
  /** What no output may hold, whole or in part. */
  secret: string;
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Random-looking text of a length, the same in every run. */
export function noise(seed: string, length: number, alphabet = ALPHABET): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash('sha256').update(`${seed} ${block}`).digest())
      text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}

/** A mask shows at most this many characters of a secret. */
const SHOWN = 4;
/** Any run of this many further characters is a leak; shorter ones occur by chance. */
const PIECE = 8;

/**
 * Where an output gives a planted value away: in clear, in any letter case, percent-encoded, as base64 at every
 * alignment, in hexadecimal, and in pieces (what is left when a mask stops at a delimiter).
 *
 * @returns each leak with what stands around it
 */
export function leaksIn(output: string, planted: readonly Planted[]): string[] {
  const text = output.toLowerCase();
  return planted.flatMap(({ what, secret }) => {
    const form = formsOf(secret).find((one) => text.includes(one.toLowerCase()));
    if (form === undefined) return [];
    const at = text.indexOf(form.toLowerCase());
    return [`${what}: …${output.slice(Math.max(0, at - 40), at + form.length + 10).replaceAll('\n', ' ')}…`];
  });
}

function formsOf(secret: string): string[] {
  const hidden = secret.slice(SHOWN);
  const windows = Array.from({ length: Math.max(1, hidden.length - PIECE + 1) }, (_, at) =>
    hidden.slice(at, at + PIECE),
  );
  const bytes = Buffer.from(secret);
  const encoded = [0, 1, 2].flatMap((shift) => {
    const whole = bytes.subarray(shift, bytes.length - ((bytes.length - shift) % 3)).toString('base64');
    return whole.length >= PIECE ? [whole, whole.replaceAll('+', '-').replaceAll('/', '_')] : [];
  });
  return [...windows, encodeURIComponent(hidden), Buffer.from(hidden).toString('hex'), ...encoded];
}
