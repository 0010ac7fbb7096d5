/** wrk, and what it says. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A wrk script: every request carries the next line of `file` (a token, or a token and a proof), and `body` as a POST. In a
 * body, NNNNNNN is the number of the request, seven digits.
 *
 * @param pause milliseconds between two requests of one connection, on average (0 to twice as many), for a fixed rate
 */
export function script(
  folder,
  name,
  { file = null, dpop = false, basic = null, method = 'POST', body = '', pause = null },
) {
  const path = join(folder, `${name}.lua`);
  writeFileSync(
    path,
    `
local lines = {}
${file === null ? '' : `for line in io.lines(${JSON.stringify(file)}) do lines[#lines + 1] = line end`}
local body = ${method === 'GET' ? 'nil' : JSON.stringify(body)}
local n = 0
${pause === null ? '' : `function delay() return math.random(0, ${2 * pause}) end`}
function request()
  local headers = { ["content-type"] = "application/json"${basic === null ? '' : `, ["authorization"] = "Basic ${Buffer.from(basic).toString('base64')}"`} }
  if #lines > 0 then
    n = n + 1
    local line = lines[(n - 1) % #lines + 1]
    ${dpop ? 'local token, proof = line:match("^(%S+) (%S+)$"); headers["authorization"] = "DPoP " .. token; headers["dpop"] = proof' : 'headers["authorization"] = "Bearer " .. line'}
  end
  return wrk.format("${method}", nil, headers, ${body.includes('NNNNNNN') ? 'body:gsub("NNNNNNN", string.format("%07d", n % 10000000))' : 'body'})
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, n))
end
`,
  );
  return path;
}

/** @returns requests per second, latencies in ms, what failed, and CPU of `pids` in µs per request */
export function wrk(url, { script: path, connections = 64, seconds = 10, pids = [], core = null }) {
  const before = cpu(pids);
  const args = argumentsOf(url, { path, connections, seconds });
  const run =
    core === null
      ? spawnSync('wrk', args, { encoding: 'utf8' })
      : spawnSync('taskset', ['-c', core, 'wrk', ...args], { encoding: 'utf8' });
  const used = cpu(pids) - before;
  const { requests, ...result } = read(run);
  return { ...result, cpu: (used * 1e6) / requests };
}

/** As `wrk`, while this process goes on; without CPU, with the number of requests. */
export async function wrkBeside(url, { script: path, connections = 64, seconds = 10 }) {
  const child = spawn('wrk', argumentsOf(url, { path, connections, seconds }), { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (said[name] += chunk));
  await once(child, 'close');
  return read(said);
}

const argumentsOf = (url, { path, connections, seconds }) => [
  ...['-t1', '--timeout', '10s', `-c${connections}`, `-d${seconds}s`, '-s', path, url],
];

function read({ stdout, stderr }) {
  const match = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(stdout);
  if (!match) throw new Error(`wrk said: ${stdout}${stderr}`);
  const [requests, micros, p50, p99, status, io] = match.slice(1).map(Number);
  const [rate, seconds] = [requests / (micros / 1e6), micros / 1e6];
  return { requests, seconds, rate, p50: p50 / 1000, p99: p99 / 1000, refused: status, failed: io };
}

/** Seconds of CPU that the processes have used, with all their threads. */
export function cpu(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}

/** A process and those that it started. */
export function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => family(Number(child))))];
}

/** Resident memory in MiB. */
export function memory(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
