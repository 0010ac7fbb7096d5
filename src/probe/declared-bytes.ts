/** A dialogue in bytes declared once, request by request: enforced below the plug-in, shown by `--dry-run`, listed in the docs. */
import { type AllowList, allowParsed } from '../net/allow-list.ts';

export interface DeclaredBytes {
  /** The request in words and what it is for. */
  readonly why: string;
  /** The exact bytes, or an example where chance or an answer decides. */
  readonly bytes: Uint8Array | string;
  /** Where the bytes vary: matched whole against the request as latin1 text. */
  readonly matches?: RegExp;
  /** Where a pattern cannot tell: judges the request; pure, must not throw. */
  readonly permits?: (bytes: Buffer) => boolean;
}

/** An allow-list of declared requests; where neither `matches` nor `permits` is given the bytes must be exactly those. */
export function allowDeclared(requests: readonly DeclaredBytes[]): AllowList {
  const judges = requests.map(({ bytes, matches, permits }) => {
    if (permits !== undefined) return permits;
    if (matches === undefined) {
      const exact = bytesOf(bytes);
      return (sent: Buffer) => sent.equals(exact);
    }
    const anchored = new RegExp(`^(?:${matches.source})$`, matches.flags.replace('g', ''));
    return (sent: Buffer) => anchored.test(sent.toString('latin1'));
  });
  return allowParsed(
    requests.map(({ why }) => why),
    (bytes) => {
      const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return judges.some((permits) => permits(sent));
    },
    requests.map(({ why, bytes }) => ({ why, bytes: bytesOf(bytes) })),
  );
}

function bytesOf(bytes: Uint8Array | string): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
}
