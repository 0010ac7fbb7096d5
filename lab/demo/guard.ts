/** The guard's part of the story: the real command in front of the range's search service, and who gets what from it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { bypassAttempts } from '../../src/check/verify/through/attempts.ts';
import { PosternError } from '../../src/core/errors.ts';
import { CUSTOMER_TOKEN } from '../guard/issuer.ts';
import { packageRoot } from '../package-root.ts';

/** As guard/guard.yaml of the template says. */
export const GUARD_PORT = 9280;
const START_MS = 20_000;
const READY_MS = 5_000;
const STOP_MS = 10_000;

export interface RunningGuard {
  stop(): Promise<void>;
}

/** Starts `postern guard run` in the range's folder; resolves when it listens. */
export async function startGuard(dir: string, signal: AbortSignal, policy = 'guard/guard.yaml'): Promise<RunningGuard> {
  const command = [join(packageRoot(), 'bin', 'postern.js'), 'guard', 'run', policy, '--grace', '2'];
  const child = spawn(process.execPath, command, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const running = { stop: () => stop(child, ended) };
  try {
    await listening(child, signal);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function listening(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    let said = '';
    const fail = (why: string) =>
      failed(
        new PosternError('E_LAB', `postern guard run ${why}.`, { hint: said.trim().slice(-600) || 'It said nothing.' }),
      );
    const timer = setTimeout(() => fail('did not begin to listen'), START_MS);
    const onAbort = () => fail('was stopped');
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      fail(`could not be started (${error.name})`);
    });
    child.once('close', (code) => {
      settle();
      fail(`ended with exit code ${code}`);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 65_536) said += text;
      if (!said.includes('"msg":"listening on ')) return;
      settle();
      done();
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}

/** What the customer asks: two of all orders, as the shop's app would. */
const ORDERS = '/orders/_search?size=2&sort=order_id';
/** Ways around a filter that are told by name; the others are counted. */
const TOLD = ['encoded _all', 'global aggregation', 'terms look-up'];

const orderSchema = z.object({
  order_id: z.number(),
  customer_id: z.number(),
  status: z.string(),
  total: z.number(),
  currency: z.string(),
  phone: z.string(),
});
const ordersSchema = z.object({
  hits: z.object({
    total: z.object({ value: z.number() }),
    hits: z.array(z.object({ _source: orderSchema })).min(1),
  }),
});

const countedSchema = z.object({ hits: z.object({ total: z.object({ value: z.number() }) }) });

/** The customer's own orders, as they come out of the guard. */
export async function ordersOf(
  host: string,
  dir: string,
): Promise<{ customer: number; total: number; lines: string[] }> {
  const { status, json } = await whenReady(host, { path: ORDERS }, await customerToken(dir));
  const answer = ordersSchema.safeParse(json);
  const [first] = answer.success ? answer.data.hits.hits : [];
  if (!answer.success || first === undefined) {
    throw new PosternError('E_LAB', `The guard answered the customer's own request with ${status}.`, {
      hint: 'guard/guard.yaml and guard/journal/decisions.jsonl of the range say why.',
    });
  }
  const { hits, total } = answer.data.hits;
  return {
    customer: first._source.customer_id,
    total: total.value,
    lines: [
      `GET ${ORDERS}   Authorization: Bearer …`,
      `${status}  ${total.value} orders in all`,
      ...hits.map(
        ({ _source: { order_id, customer_id, status: state, total: sum, currency, phone } }) =>
          `     order ${order_id} of customer ${customer_id}: ${state}, ${sum.toFixed(2)} ${currency}, phone ${phone}`,
      ),
    ],
  };
}

export async function strangersAnswer(host: string): Promise<string> {
  const { status, json } = await ask(host, { path: ORDERS });
  const told = z.object({ error: z.object({ type: z.string() }) }).safeParse(json);
  return `${status}  ${told.success ? told.data.error.type : ''}`;
}

/**
 * The requests that `verify` makes with the customer's token: how many were refused, and how many were answered with no
 * more than the customer's own orders.
 */
export async function askAround(
  host: string,
  dir: string,
  own: number,
): Promise<{ tried: number; refused: number; narrowed: number; lines: string[] }> {
  const token = await customerToken(dir);
  const attempts = bypassAttempts('orders');
  const lines: string[] = [];
  let refused = 0;
  let narrowed = 0;
  for (const attempt of attempts) {
    const { status, json } = await ask(host, attempt, token);
    const isRefused = status >= 400 && status < 500;
    const counted = countedSchema.safeParse(json);
    const found = counted.success ? counted.data.hits.total.value : undefined;
    const isNarrowed = !isRefused && found !== undefined && found <= own;
    if (isRefused) refused++;
    if (isNarrowed) narrowed++;
    if ((isRefused || isNarrowed) && !TOLD.includes(attempt.name)) continue;
    const what = found === undefined ? '' : `: ${found} orders${isNarrowed ? ', the own ones' : ''}`;
    lines.push(`${status}  ${attempt.describes}${what}`);
  }
  lines.push('     …');
  return { tried: attempts.length, refused, narrowed, lines };
}

interface GuardAnswer {
  status: number;
  json: unknown;
}

/** The guard listens before it has read the issuer's keys, and says 503 to tokens until then. */
async function whenReady(host: string, request: { path: string }, token: string): Promise<GuardAnswer> {
  const until = performance.now() + READY_MS;
  for (;;) {
    const answer = await ask(host, request, token);
    if (answer.status !== 503 || performance.now() > until) return answer;
    await sleep(50);
  }
}

/** One request as a client would send it, to the byte. */
function ask(
  host: string,
  { path, body }: { path: string; body?: string | undefined },
  token?: string,
): Promise<GuardAnswer> {
  return new Promise((done, failed) => {
    const sent = request(
      {
        host,
        port: GUARD_PORT,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', failed);
        answer.once('end', () =>
          done({ status: answer.statusCode ?? 0, json: parsed(Buffer.concat(chunks).toString('utf8')) }),
        );
      },
    );
    sent.once('error', failed);
    sent.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function customerToken(dir: string): Promise<string> {
  return (await readFile(join(dir, CUSTOMER_TOKEN), 'utf8')).trim();
}

/** Takes the `#` from `guardedBy` in the range's postern.yaml, and returns the lines that count now. */
export async function nameGuard(configPath: string): Promise<string[]> {
  const lines = (await readFile(configPath, 'utf8')).split('\n');
  const from = lines.findIndex((line) => /^\s*#\s*guardedBy:/.test(line));
  if (from < 0) return [];
  const behind = lines.findIndex((line, position) => position > from && !/^\s*#\s{3,}\S/.test(line));
  const named = lines.slice(from, behind).map((line) => line.replace(/^(\s*)# /, '$1'));
  lines.splice(from, named.length, ...named);
  await writeFile(configPath, lines.join('\n'));
  return named;
}
