import { open, readFile, unlink } from 'node:fs/promises';
import { PosternError } from '../../core/errors.ts';

/**
 * Keeps a second process from writing the same journal: two writers would tear each other's chain.
 *
 * The file names the process by its id and its start time, so that an id that was given out again is not taken for the
 * one that was killed. For processes of one machine that see one another; containers get a folder each.
 *
 * @returns what removes the lock
 * @throws PosternError `E_OUTPUT`
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const own = `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(own).finally(() => file.close());
      return () => unlink(path).catch(() => {});
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    }
    const [pid = '', start = ''] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    if (await lives(Number(pid), start)) {
      throw new PosternError('E_OUTPUT', `the journal is being written by process ${pid} (${path})`, {
        hint: 'Give each gateway a journal of its own, or stop the other one.',
      });
    }
    await unlink(path).catch(() => {});
  }
  throw new PosternError('E_OUTPUT', `the lock ${path} cannot be taken`);
}

async function lives(pid: number, start: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another account.
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EPERM') return false;
  }
  const now = await startOf(pid);
  return now === undefined ? pid !== process.pid : now === start;
}

/** Start time in clock ticks since boot (proc_pid_stat(5), field 22); undefined where there is no /proc. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}
