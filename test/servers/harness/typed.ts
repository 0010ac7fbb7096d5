/** Runs a command as a person does who sits at a terminal: in a pseudo-terminal, typing answers when they are asked for. */
import { spawn } from 'node:child_process';
import { findProgram } from './require-server.ts';

/** Python's `pty` is everywhere where the servers are; Node has none. Reads the task on its standard input. */
const DRIVER = `
import fcntl, json, os, pty, select, struct, sys, termios, time
task = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.chdir(task["cwd"])
    os.execvp("bash", ["bash", "-c", task["command"]])
# As large as people have it: on one of no lines every answer goes to a pager.
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
seen, at, limit, answers = "", 0, time.time() + task["within"], task["answers"]
while True:
    if time.time() > limit:
        os.kill(child, 9)
        seen += "\\n[out of time]"
        break
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk.decode("utf-8", "replace")
    if answers and answers[0][0] in seen[at:]:
        at = len(seen)
        # Some ask first and switch the echo off then, throwing away what was typed before.
        time.sleep(0.2)
        os.write(terminal, (answers.pop(0)[1] + "\\n").encode())
status = os.waitpid(child, 0)[1]
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "shown": seen, "left": len(answers)}))
`;

export interface Typed {
  code: number;
  /** What stood on the terminal. */
  shown: string;
}

export interface TypedOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Part of each question, and what is typed then. */
  answers?: readonly (readonly [question: string, answer: string])[];
  /** Seconds; 40 by default. */
  within?: number;
}

/** Python 3, or undefined with a loud line (an error with POSTERN_REQUIRE_SERVERS=1). */
export function requireTerminal(): string | undefined {
  const python = findProgram(['python3']);
  if (python === undefined && process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error('python3 is not installed');
  if (python === undefined) console.warn('SKIPPED real-server tests: python3 is not installed (for a pseudo-terminal)');
  return python;
}

/** @throws Error when a question never came */
export async function typed(command: string, options: TypedOptions): Promise<Typed> {
  const child = spawn(findProgram(['python3']) ?? '', ['-c', DRIVER], {
    env: { ...process.env, TERM: 'dumb', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { cwd, answers = [], within = 40 } = options;
  child.stdin.end(JSON.stringify({ command, cwd, answers, within }));
  let printed = '';
  for await (const chunk of child.stdout) printed += String(chunk);
  const { left, ...result } = JSON.parse(printed) as Typed & { left: number };
  if (left > 0) throw new Error(`${left} questions were not asked by ${command}: ${result.shown}`);
  return result;
}
