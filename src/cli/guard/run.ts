import cluster, { type Worker } from 'node:cluster';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readSecret } from '../../config/secret.ts';
import { PosternError } from '../../core/errors.ts';
import type { Policy } from '../../guard/policy/index.ts';
import type { Gateway, GatewayOptions, Log } from '../../guard/run/gateway.ts';
import type { Io } from '../io.ts';
import { openData } from './data.ts';
import { loadNamedPolicy } from './load.ts';

interface RunOptions {
  grace: string;
  traces: boolean;
  workers?: string;
}

const SLOT = 'POSTERN_GUARD_SLOT';
const RESTART_MS = 1_000;

export function guardRun(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('run')
    .description('stand in front of the stores that a policy names')
    .argument('[policy]', 'the policy file', 'guard.yaml')
    .option('--workers <number>', "processes that share the port (default: the policy's `workers`)")
    .option('--grace <seconds>', 'how long running requests may take to finish at the end', '30')
    .option('--traces', 'give OpenTelemetry a span for each request; needs an SDK, loaded with `node --import`', false)
    .addHelpText(
      'after',
      `
The policy is read again when it changes, and on SIGHUP. A policy that is not valid is told and left; the old one stays.
SIGTERM and Ctrl-C end it: running requests are finished first.

Examples:
  $ postern guard run guard.yaml
  $ postern guard run guard.yaml --workers 4
  $ curl http://127.0.0.1:9464/readyz          with \`admin: { address: 127.0.0.1:9464 }\` in the policy`,
    )
    .action(async (file: string, options: RunOptions) => {
      try {
        const policy = await loadNamedPolicy(io, file);
        const log = await createLog(io);
        const count = workersOf(options, policy);
        if (count > 1 && cluster.isPrimary) exit(await runPrimary(policy, count, graceOf(options), log));
        else exit(await runProcess(policy, count, options, log, io));
      } finally {
        // A worker lives as long as its channel to the first process, also one that could not start. It ends at once when the
        // channel does, so what went wrong is told before.
        if (cluster.isWorker) setImmediate(() => process.connected && process.disconnect());
      }
    });
}

/** One process that answers: the only one, or one of several. */
async function runProcess(policy: Policy, count: number, options: RunOptions, log: Log, io: Io): Promise<number> {
  const { startGateway } = await import('../../guard/run/gateway.ts');
  const alone = count === 1;
  const shared = await sharedState(policy, alone, io, log);
  const gateway = await startGateway(policy, {
    worker: { index: Number(process.env[SLOT] ?? 0), count },
    log,
    env: io.env,
    ...shared,
    ...(options.traces && { around: (await import('../../guard/run/traces.ts')).traced }),
  });
  const admin = alone ? await startAdminFor(policy, gateway) : undefined;
  if (!alone) (await import('../../guard/run/cluster-metrics.ts')).reportToPrimary(gateway);
  for (const listener of gateway.listeners) {
    const address = listener.address();
    if (address !== null) log('info', `listening on ${address.host}:${address.port}`);
  }
  const onHangup = () => void gateway.reload();
  process.on('SIGHUP', onHangup);
  await ended();
  log('info', 'finishing what is running');
  process.removeListener('SIGHUP', onHangup);
  await admin?.close();
  await gateway.close(graceOf(options));
  return 0;
}

/** Keeps the workers running, and holds what they share: metrics and used proofs. */
async function runPrimary(policy: Policy, count: number, graceMs: number, log: Log): Promise<number> {
  const [{ startAdmin }, { clusterMetrics, readyWorkers }, { answerReplays }] = await Promise.all([
    import('../../guard/run/admin.ts'),
    import('../../guard/run/cluster-metrics.ts'),
    import('../../guard/run/replay-link.ts'),
  ]);
  const answer = answerReplays();
  const workers = new Map<number, Worker>();
  const ready = readyWorkers();
  // Workers take connections from the system by themselves. Handed over by this process, those that are on their way to a
  // worker while it dies would hang for ever, and stay open here.
  if (process.platform !== 'win32') cluster.schedulingPolicy = cluster.SCHED_NONE;
  let ending = false;
  let started = false;
  let giveUp: (code: number) => void = () => undefined;
  const failed = new Promise<number>((resolve) => {
    giveUp = resolve;
  });
  const start = (slot: number) => {
    const worker = cluster.fork({ [SLOT]: String(slot) });
    workers.set(slot, worker);
    answer(worker);
    ready.watch(worker);
    worker.once('listening', () => {
      started = true;
    });
    worker.once('exit', (code, signal) => {
      workers.delete(slot);
      if (ending) return;
      // Where none has ever listened, the reason is not one that passes by itself, and it was said.
      if (!started && signal === null) return giveUp(2);
      log('error', `worker ${slot} ended (${signal ?? code}); another one is started`);
      setTimeout(() => {
        if (!ending) start(slot);
      }, RESTART_MS);
    });
  };
  // Before the workers, which would go on without it where it cannot be had.
  const admin =
    policy.admin === null
      ? undefined
      : await startAdmin({ ...policy.admin, metrics: clusterMetrics, notReady: () => ready.missing(count) });
  for (let slot = 0; slot < count; slot++) start(slot);
  const onHangup = () => {
    for (const worker of workers.values()) worker.process.kill('SIGHUP');
  };
  process.on('SIGHUP', onHangup);
  const code = await Promise.race([ended().then(() => 0), failed]);
  ending = true;
  const gone = [...workers.values()].map((worker) => new Promise((done) => worker.once('exit', done)));
  for (const worker of workers.values()) worker.process.kill('SIGTERM');
  const late = setTimeout(() => {
    for (const worker of workers.values()) worker.process.kill('SIGKILL');
  }, graceMs + 5_000);
  await Promise.all(gone);
  clearTimeout(late);
  await admin?.close();
  return code;
}

async function startAdminFor(policy: Policy, gateway: Gateway) {
  if (policy.admin === null) return undefined;
  const { startAdmin } = await import('../../guard/run/admin.ts');
  return startAdmin({
    ...policy.admin,
    metrics: () => gateway.metrics.registry.metrics(),
    notReady: gateway.notReady,
  });
}

type Shared = Pick<
  GatewayOptions,
  'limitStore' | 'replay' | 'witness' | 'data' | 'idempotency' | 'anomalyStore' | 'onAlarm'
>;

/** What the policy wants to be kept outside of this process, through adapters that the gateway itself knows nothing of. */
async function sharedState(policy: Policy, alone: boolean, io: Io, log: Log): Promise<Shared> {
  const shared: { -readonly [K in keyof Shared]: Shared[K] } = {};
  if (!alone) shared.replay = (await import('../../guard/run/replay-link.ts')).askReplays(process);
  const { store } = policy.limits;
  if (store.kind === 'valkey') {
    const { createValkeyState } = await import('../../db/valkey.ts');
    const state = createValkeyState({
      url: store.url,
      username: store.username,
      password: store.password === null ? null : await readSecret(store.password, io.env),
      ca: store.ca === null ? null : await readFile(store.ca, 'utf8'),
      prefix: store.prefix,
      onEvent: ({ kind, reason }) =>
        log(
          kind === 'up' ? 'info' : 'error',
          `the store of the limits is ${kind}${reason === undefined ? '' : ` (${reason})`}`,
        ),
    });
    shared.limitStore = state.limits;
    shared.replay = state.replay;
    shared.anomalyStore = state.anomalies;
    shared.idempotency = state.idempotency;
  }
  if (policy.vault !== null || policy.devices !== null) shared.data = await openData(policy, io.env);
  if (policy.anomalies?.webhook) {
    const { url, secret } = policy.anomalies.webhook;
    const { createWebhook } = await import('../../db/webhook.ts');
    const webhook = createWebhook(url, {
      secret: secret === null ? null : await readSecret(secret, io.env),
      onFailure: (reason) => log('error', `the webhook did not take an alarm (${reason})`),
    });
    shared.onAlarm = (alarm) => webhook.tell({ ...alarm });
  }
  const { witness } = policy.journal;
  if (witness?.kind === 'url') {
    const [{ createHttpWitness }, { jsonSender }] = await Promise.all([
      import('../../guard/journal/index.ts'),
      import('../../db/post.ts'),
    ]);
    shared.witness = createHttpWitness(jsonSender(witness.url, 'the witness of the journal'));
  }
  return shared;
}

function ended(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGTERM', () => done());
    process.once('SIGINT', () => done());
  });
}

function workersOf(options: RunOptions, policy: Policy): number {
  if (options.workers === undefined) return policy.workers;
  const count = Number(options.workers);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new PosternError('E_USAGE', '--workers: a whole number from 1 to 256 is needed');
}

function graceOf({ grace }: RunOptions): number {
  const seconds = Number(grace);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 3600) return seconds * 1000;
  throw new PosternError('E_USAGE', '--grace: seconds from 0 to 3600 are needed');
}

/** JSON lines on stderr, for whoever gathers logs. */
async function createLog(io: Io): Promise<Log> {
  const { default: pino } = await import('pino');
  const log = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, io.stderr);
  return (level, message) => log[level](message);
}
