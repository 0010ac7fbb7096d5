import { createReadStream } from 'node:fs';
import { type ErrorCode, PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';

/** Deeper than any document of ours. `JSON.parse` needs fifty bytes of memory for each byte of `[[[[…`. */
const DEEPEST = 100;

/**
 * A file that a person named, or a pipe such as `/dev/stdin`, bounded in bytes.
 *
 * @throws PosternError `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT`
 */
export async function readBounded(path: string, most: number = LIMITS.reportBytes): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
      length += (part as Buffer).length;
      if (length > most) break;
      parts.push(part as Buffer);
    }
  } catch (cause) {
    throw new PosternError('E_INPUT_NOT_FOUND', `${path} cannot be read`, { cause });
  }
  if (length > most) throw new PosternError('E_INPUT_LIMIT', `${path} is larger than ${most} bytes`);
  return Buffer.concat(parts);
}

/**
 * A JSON document, with its bytes.
 *
 * @param invalid the code for text that is not JSON
 * @param hint what to do about it; without one, what the code says
 */
export async function readJson(
  path: string,
  invalid: ErrorCode,
  hint?: string,
): Promise<{ value: unknown; bytes: Buffer }> {
  const bytes = await readBounded(path);
  const options = hint === undefined ? {} : { hint };
  if (depthOf(bytes) > DEEPEST) {
    throw new PosternError(invalid, `${path} is nested deeper than ${DEEPEST} levels`, options);
  }
  try {
    return { value: JSON.parse(bytes.toString('utf8')), bytes };
  } catch (cause) {
    throw new PosternError(invalid, `${path} is not JSON`, { ...options, cause });
  }
}

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_MAP, CLOSE_LIST, CLOSE_MAP] = Buffer.from('"\\[{]}');

/** How deep lists and maps stand in one another; text in quotes does not count. */
function depthOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length && deepest <= DEEPEST; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPEN_LIST || byte === OPEN_MAP) deepest = Math.max(deepest, ++depth);
    else if (byte === CLOSE_LIST || byte === CLOSE_MAP) depth--;
  }
  return deepest;
}
