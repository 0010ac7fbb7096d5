/**
 * Runs one server for the range and outlives neither it nor the range. The range holds the other end of stdin:
 *   "stop\n"      asks the server to shut down in order;
 *   end of stdin  means that the range is gone, however it went: the server is ended at once and `remove` is deleted.
 * Plain JavaScript, because it is started as a program of its own. Argument: JSON
 *   { command, args, cwd, uid?, gid?, remove }
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const GRACE_MS = 1_500;

const task = JSON.parse(process.argv[2] ?? '{}');
const child = spawn(task.command, task.args, {
  cwd: task.cwd,
  uid: task.uid,
  gid: task.gid,
  stdio: ['ignore', 'ignore', 'inherit'],
  windowsHide: true,
});

let abandoned = false;
let commands = '';

// Ctrl-C reaches the whole group of the terminal; the range decides what happens then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
// Nobody reads any more once the range is gone.
process.stderr.on('error', () => {});

/** PostgreSQL: SIGINT is a fast shutdown, SIGQUIT an immediate one. Elsewhere any signal ends the process. */
function end(signal) {
  child.kill(process.platform === 'win32' ? 'SIGTERM' : signal);
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  commands += text;
  if (commands.includes('stop\n')) {
    commands = '';
    end('SIGINT');
  }
});
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  abandoned = true;
  end('SIGQUIT');
});

child.on('error', (error) => {
  process.stderr.write(`FATAL:  ${error.message}\n`);
  process.exitCode = 127;
  process.stdin.destroy();
});
child.on('exit', (code) => {
  if (abandoned && task.remove) rmSync(task.remove, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code ?? 1);
});
