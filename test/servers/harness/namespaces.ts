/** Network namespaces of Linux: two machines on one wire, without any machine. They end with the process that holds them. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { findProgram } from './require-server.ts';

const UNSHARE = findProgram(['unshare']) ?? 'unshare';
export const NSENTER = findProgram(['nsenter']) ?? 'nsenter';

export interface Machine {
  pid: number;
  /** Runs a program there and gives its output; throws with what it said when it fails. */
  run(program: string, args?: readonly string[], input?: string): string;
  stop(): void;
}

/** True where this test may make namespaces: as root, with the programs that set them up. */
export function namespacesAvailable(...programs: string[]): boolean {
  const missing = ['unshare', 'nsenter', 'ip', ...programs].filter((name) => findProgram([name]) === undefined);
  const refused = missing.length === 0 && spawnSync(UNSHARE, ['-nm', 'true']).status !== 0;
  if (missing.length === 0 && !refused) return true;
  const message = refused
    ? 'network namespaces need root'
    : `${missing.join(', ')} is not installed (bash test/servers/install.sh packet_filters)`;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1' && !refused) throw new Error(message);
  console.warn(`SKIPPED firewall tests: ${message}`);
  return false;
}

/** A network of its own with loopback alone, and mounts of its own. */
export async function machine(): Promise<Machine> {
  const holder = spawn(
    UNSHARE,
    ['-nm', '--propagation', 'private', 'sh', '-c', 'ip link set lo up && echo up && exec sleep 600'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const { pid } = holder;
  if (pid === undefined) throw new Error('unshare did not start');
  await new Promise<void>((done, fail) => {
    holder.stdout.once('data', () => done());
    holder.once('exit', () => fail(new Error('no namespace could be made')));
  });
  return {
    pid,
    run: (program, args = [], input = '') =>
      execFileSync(NSENTER, ['-t', String(pid), '-n', '-m', program, ...args], {
        input,
        encoding: 'utf8',
        timeout: 60_000,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
      }),
    stop: () => holder.kill('SIGKILL'),
  };
}

/** One wire between two machines, with these addresses at its ends. @param name of its end on the left */
export function wire(
  left: Machine,
  right: Machine,
  addresses: { left: readonly string[]; right: readonly string[] },
  name = 'eth0',
): void {
  left.run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(right.pid)]);
  for (const [end, own, device] of [
    [left, addresses.left, name],
    [right, addresses.right, 'eth0'],
  ] as const) {
    for (const address of own) {
      end.run('ip', ['addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : [])]);
    }
    end.run('ip', ['link', 'set', device, 'up']);
  }
}
