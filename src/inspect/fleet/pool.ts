/** Threads that read packages. One that hangs or runs out of memory loses its package, never the run. */
import { Worker } from 'node:worker_threads';
import { type FleetResult, type FleetSettings, type FleetTask, inspectOne } from './inspect-one.ts';

/** Reads one package at a time. */
export interface Reader {
  read(task: FleetTask, signal: AbortSignal): Promise<FleetResult>;
  close(): Promise<void>;
}

export interface ReaderOptions {
  settings: FleetSettings;
  /** The compiled `worker.js`; none: packages are read in this thread, one after the other. */
  worker?: URL;
  /** Longest time for one package, in milliseconds. */
  timeout: number;
  /** Heap of one thread, in MiB. */
  heap: number;
}

export function createReader(options: ReaderOptions): Reader {
  const { worker: url, settings } = options;
  if (url === undefined) return { read: (task, signal) => inspectOne(task, settings, signal), close: async () => {} };
  return threadReader(options, url);
}

function threadReader({ settings, timeout, heap }: ReaderOptions, url: URL): Reader {
  let thread: Worker | undefined;

  function start(): Worker {
    const made = new Worker(url, { workerData: settings, resourceLimits: { maxOldGenerationSizeMb: heap } });
    // between two packages nobody else listens: what ends then is replaced, and ends no run
    const forget = () => {
      if (thread === made) thread = undefined;
    };
    return made.on('error', forget).on('exit', forget);
  }

  async function close(): Promise<void> {
    const running = thread;
    thread = undefined;
    await running?.terminate();
  }

  return {
    close,
    read(task, signal) {
      thread ??= start();
      const at = thread;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          void close();
          end({ path: task.path, error: { code: 'FLEET_TIMEOUT', message: `not read within ${timeout / 1000} s` } });
        }, timeout);
        const onAbort = () => {
          void close();
          settle();
          reject(signal.reason);
        };
        const onError = (error: Error & { code?: string }) => {
          const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
          const message = memory ? `needs more than ${heap} MiB` : error.message;
          end({ path: task.path, error: { code: memory ? 'FLEET_MEMORY' : 'E_INTERNAL', message } });
        };
        const onExit = () => onError(new Error('the reading thread ended'));
        function settle(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          at.off('message', end).off('error', onError).off('exit', onExit);
        }
        function end(result: FleetResult): void {
          settle();
          resolve(result);
        }
        signal.addEventListener('abort', onAbort, { once: true });
        at.once('message', end).once('error', onError).once('exit', onExit);
        at.postMessage(task);
      });
    },
  };
}
