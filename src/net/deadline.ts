import { PosternError } from '../core/errors.ts';

/** A point in time that everything in one dialogue shares. */
export interface Deadline {
  /** Milliseconds left; never negative. */
  left(): number;
  /** Aborts when the caller gives up. */
  readonly signal?: AbortSignal;
}

export function deadlineIn(ms: number, signal?: AbortSignal): Deadline {
  const end = performance.now() + ms;
  return { left: () => Math.max(0, end - performance.now()), ...(signal === undefined ? {} : { signal }) };
}

/** The earlier of a deadline and `ms` from now. */
export function within(deadline: Deadline, ms: number): Deadline {
  const end = performance.now() + ms;
  return { ...deadline, left: () => Math.min(deadline.left(), Math.max(0, end - performance.now())) };
}

/**
 * Settles as `work` does, or rejects with `E_PROBE_IO` when the deadline passes; `onLate` then ends what is under way.
 * An abort in between is the caller's to carry out: it closes the sockets, which ends `work`.
 * @param doing what is waited for, for the message: `the TLS handshake`
 */
export function before<T>(
  deadline: Deadline,
  doing: string,
  work: Promise<T>,
  onLate: () => void = () => {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      onLate();
      reject(new PosternError('E_PROBE_IO', `The deadline passed during ${doing}.`));
    }, deadline.left());
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
