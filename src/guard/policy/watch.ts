/**
 * Hot reload. A policy takes effect whole or not at all: the file is read when it has stopped changing, compiled, and
 * only then handed over; what cannot be compiled leaves the old policy in force and says why.
 *
 * Files are compared by what `stat` says, behind symbolic links (Kubernetes swaps those), so an event of the file system
 * is only a hint to look, and a slow look-around makes up for file systems that send none.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import { textHash } from './compile.ts';
import { parsePolicy, readPolicyText } from './parse.ts';
import type { Policy } from './policy.ts';

export interface WatchHandlers {
  /**
   * A new policy, and the files that changed. Called too when only a referenced file did (keys, revocations). The next
   * policy comes when this one has been taken: two reloads never overtake each other.
   */
  onChange(policy: Policy, changed: readonly string[]): void | Promise<void>;
  /** The old policy stays in force. */
  onError(error: PosternError): void;
}

export interface WatchOptions {
  /** The policy in force, so that its referenced files are watched from the beginning. */
  readonly current?: Policy;
  /** Files beside those of `Policy.files`, e.g. certificates of listeners. */
  readonly alsoFiles?: (policy: Policy) => readonly string[];
  /** How long a file must have stayed the same before it is read, ms. */
  readonly settle?: number;
  /** How often to look without being told, ms. */
  readonly interval?: number;
}

export interface PolicyWatch {
  /** Reads the policy now, changed or not (SIGHUP). Resolves when it is in force or was refused. */
  reload(): Promise<void>;
  close(): void;
}

/** @param path absolute */
export function watchPolicy(path: string, handlers: WatchHandlers, options: WatchOptions = {}): PolicyWatch {
  const { settle = 250, interval = 5000 } = options;
  let files = filesOf(path, options.current, options);
  let seen: ReadonlyMap<string, string> | undefined;
  let watchers: FSWatcher[] = [];
  let closed = false;
  let last: Promise<void> = Promise.resolve();
  let hinted = false;

  /** One look at a time. A hint that comes while another one waits adds nothing; a request to read is never dropped. */
  function look(force: boolean): Promise<void> {
    if (closed || (hinted && !force)) return last;
    if (!force) hinted = true;
    const run = () => {
      if (!force) hinted = false;
      return closed ? undefined : settledLook(force);
    };
    last = last.then(run, run);
    return last;
  }

  async function settledLook(force: boolean): Promise<void> {
    let now = await fingerprints(files);
    if (seen === undefined) {
      seen = now;
      // The file may have changed between the reading of the policy in force and this first look.
      if (!force && options.current !== undefined) return await replaceIfOther(options.current);
      if (!force) return;
    }
    if (!force && changedFiles(seen, now).length === 0) return;
    // A file that is being written is left alone until it rests; one that never rests is read after ten tries.
    for (let tries = 0; tries < 10 && !closed; tries++) {
      await wait(settle);
      const later = await fingerprints(files);
      const rests = changedFiles(now, later).length === 0;
      now = later;
      if (rests) break;
    }
    if (closed) return;
    const changed = changedFiles(seen, now);
    seen = now;
    await replace(changed);
  }

  async function replaceIfOther(current: Policy): Promise<void> {
    const text = await readPolicyText(path).catch(() => undefined);
    if (text === undefined || textHash(text) !== current.hash) await replace([path]);
  }

  async function replace(changed: readonly string[]): Promise<void> {
    let policy: Policy;
    try {
      const text = await readPolicyText(path);
      if (!text.endsWith('\n')) {
        throw new PosternError('E_POLICY_INVALID', 'the file does not end with a line break: it looks half-written', {
          at: { path, line: text.split('\n').length, column: 1 },
          hint: 'Write the file whole, best beside the old one, and rename it.',
        });
      }
      policy = parsePolicy(path, text);
    } catch (error) {
      handlers.onError(asPosternError(error));
      return;
    }
    files = filesOf(path, policy, options);
    // What was seen before the file was read stays: a change since then is a change.
    const known = seen ?? new Map<string, string>();
    seen = new Map(
      [...(await fingerprints(files.filter((file) => !known.has(file)))), ...known].filter(([file]) =>
        files.includes(file),
      ),
    );
    watchFolders();
    try {
      await handlers.onChange(policy, changed);
    } catch (error) {
      handlers.onError(asPosternError(error));
    }
  }

  function watchFolders(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
    const names = new Set(files.map((file) => basename(file)));
    for (const folder of new Set(files.map((file) => dirname(file)))) {
      try {
        const watcher = watch(folder, { persistent: false }, (_event, name) => {
          // Kubernetes swaps a link whose name begins with two dots.
          if (name === null || names.has(name) || name.startsWith('..')) void look(false);
        });
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // A folder that is not there yet: the look-around finds it.
      }
    }
  }

  watchFolders();
  void look(false);
  const timer = setInterval(() => void look(false), interval);
  timer.unref();
  return {
    reload: () => look(true),
    close() {
      closed = true;
      clearInterval(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function filesOf(path: string, policy: Policy | undefined, options: WatchOptions): readonly string[] {
  if (!policy) return [path];
  return [...new Set([path, ...policy.files, ...(options.alsoFiles?.(policy) ?? [])])];
}

async function fingerprints(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const entries = files.map(async (file): Promise<[string, string]> => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return [file, found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : 'absent'];
  });
  return new Map(await Promise.all(entries));
}

function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].filter(([file, print]) => before.get(file) !== print).map(([file]) => file);
}

function asPosternError(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  return new PosternError('E_INTERNAL', 'the policy could not be read', { cause: error });
}
