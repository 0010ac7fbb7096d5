import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { PosternError } from '../../core/errors.ts';

/** Random access to the bytes of an archive: a file on disk, or an archive inside another, already inflated. */
export interface ByteSource {
  readonly size: number;
  /**
   * Bytes from `position`; fewer than `length` at the end of the source, none beyond it. The result may be a view that
   * the next call overwrites.
   */
  read(position: number, length: number): Buffer;
  /** The same, but nothing overwrites them. */
  take(position: number, length: number): Buffer;
  close(): void;
}

export function bufferSource(bytes: Buffer): ByteSource {
  function read(position: number, length: number): Buffer {
    return position < 0 ? Buffer.alloc(0) : bytes.subarray(position, position + Math.max(0, length));
  }
  return {
    size: bytes.length,
    read,
    take: read,
    close: () => {},
  };
}

/** A part of another source: an archive that is stored in an archive as it is. */
export function partSource(source: ByteSource, start: number, size: number): ByteSource {
  function within(method: 'read' | 'take', position: number, length: number): Buffer {
    if (position < 0 || position >= size) return Buffer.alloc(0);
    return source[method](start + position, Math.min(length, size - position));
  }
  return {
    size,
    read: (position, length) => within('read', position, length),
    take: (position, length) => within('take', position, length),
    close: () => {},
  };
}

/** Small reads are served from one window, so that a thousand small entries do not cost a thousand system calls. */
const WINDOW = 1 << 18;
/** A file up to this size is read at once, and nothing of it is copied or read again (for its hash). */
const WHOLE = 48 << 20;

/**
 * @param whole largest file that is held in memory; a larger one is read piece by piece
 * @throws PosternError E_INPUT_NOT_FOUND when the file cannot be opened or is not a regular file
 */
export function fileSource(path: string, whole = WHOLE): ByteSource {
  let fd: number;
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw new PosternError('E_INPUT_NOT_FOUND', `cannot open ${path}`, { at: { path }, cause });
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw new PosternError('E_INPUT_NOT_FOUND', `${path} is not a file`, { at: { path } });
  }
  if (stat.size <= whole) {
    try {
      return bufferSource(readFully(fd, Buffer.allocUnsafeSlow(stat.size), 0));
    } finally {
      closeSync(fd);
    }
  }
  const window = Buffer.allocUnsafe(Math.min(WINDOW, stat.size));
  let windowStart = 0;
  let windowLength = 0;

  function take(position: number, length: number): Buffer {
    const wanted = Math.min(length, stat.size - position);
    if (wanted <= 0 || position < 0) return Buffer.alloc(0);
    return readFully(fd, Buffer.allocUnsafe(wanted), position);
  }

  return {
    size: stat.size,
    take,
    read(position, length) {
      const wanted = Math.min(length, stat.size - position);
      if (wanted <= 0 || position < 0) return Buffer.alloc(0);
      if (wanted > window.length / 2) return take(position, wanted);
      if (position < windowStart || position + wanted > windowStart + windowLength) {
        windowStart = position;
        windowLength = readFully(fd, window, position).length;
      }
      return window.subarray(position - windowStart, Math.min(windowLength, position - windowStart + wanted));
    },
    close: () => closeSync(fd),
  };
}

function readFully(fd: number, target: Buffer, position: number): Buffer {
  let done = 0;
  while (done < target.length) {
    const got = readSync(fd, target, done, target.length - done, position + done);
    if (got === 0) break;
    done += got;
  }
  return target.subarray(0, done);
}
