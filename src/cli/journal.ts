/**
 * The journal of all that probes sent: one line per request, in a file of mode 0600. A line says when, to whom and how
 * much, the request as a template, and the SHA-256 of its bytes (of an HTTP request: of its method, path and body): enough
 * to prove what was and was not sent, without a name or value that an answer brought.
 */
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { PosternError } from '../core/errors.ts';
import type { PlannedRequest, Sent } from '../net/index.ts';

export interface Journal {
  /** Never throws: a full disk is told once, at `close`. */
  write(sent: Sent): void;
  /** @throws PosternError `E_OUTPUT` when something could not be written */
  close(): void;
}

/**
 * @param planned every request that any probe may send: their literal parts are shown, all else is `*`
 * @throws PosternError `E_OUTPUT` when the file cannot be opened
 */
export function openJournal(path: string, planned: readonly PlannedRequest[], now: () => Date): Journal {
  const shown = templates(planned);
  let failure: unknown;
  let fd: number;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fd = openSync(path, 'a', 0o600);
    chmodSync(path, 0o600);
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `the journal ${path} cannot be written`, {
      hint: 'Name another file with --journal, or leave it out with --no-journal.',
      cause,
    });
  }
  return {
    write({ host, address, port, sent, control }) {
      if (failure !== undefined) return;
      const bytes = typeof sent === 'string' ? Buffer.from(sent, 'utf8') : Buffer.from(sent);
      const line = {
        at: now().toISOString(),
        host,
        address,
        port,
        request: control ? 'the owner’s own login (positive control)' : shown(sent, bytes),
        bytes: bytes.length,
        // A login's hash would let its password be guessed.
        ...(control ? {} : { sha256: createHash('sha256').update(bytes).digest('hex') }),
      };
      try {
        writeSync(fd, `${JSON.stringify(line)}\n`);
      } catch (error) {
        failure = error;
      }
    },
    close() {
      closeSync(fd);
      if (failure !== undefined) {
        throw new PosternError('E_OUTPUT', `the journal ${path} is not complete: writing failed`, { cause: failure });
      }
    },
  };
}

/** Words of requests that are ours and not an answer's. */
function templates(planned: readonly PlannedRequest[]): (sent: Sent['sent'], bytes: Buffer) => string {
  const literals = new Set<string>();
  const known = new Map<string, Set<string>>();
  for (const one of planned) {
    if ('bytes' in one) {
      // Services ask the same for different reasons, and bytes do not tell which one it was.
      const bytes = Buffer.from(one.bytes).toString('latin1');
      const reasons = known.get(bytes) ?? new Set<string>();
      known.set(bytes, reasons.add(one.why));
    } else for (const part of one.http.path.split(/[/?&]/)) if (!/<[A-Za-z]+>/.test(part)) literals.add(part);
  }
  return (sent, bytes) => {
    if (typeof sent !== 'string') {
      const reasons = known.get(bytes.toString('latin1'));
      return reasons === undefined ? 'a request that chance or an answer shaped' : [...reasons].join('; or: ');
    }
    const [head = '', ...body] = sent.split('\n\n');
    const space = head.indexOf(' ');
    const path = head.slice(space + 1).replace(/[^/?&]+/g, (part) => (literals.has(part) ? part : '*'));
    return `${head.slice(0, space)} ${path}${body.length > 0 ? ` with a body of ${Buffer.byteLength(body.join('\n\n'))} bytes` : ''}`;
  };
}
