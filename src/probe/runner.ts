/** Asks every port of every address of every target, within bounds, and streams what each one told. */
import { setMaxListeners } from 'node:events';
import { PosternError } from '../core/errors.ts';
import {
  createDialer,
  type Dialed,
  type Dialer,
  deadlineIn,
  isLoopbackText,
  type NetworkTarget,
  type PinnedAddress,
} from '../net/index.ts';
import { asFailure, type PortRun } from './runner-dialogue.ts';
import { type ExplicitPlans, type PortPlan, type ProbeTarget, planPorts } from './runner-plan.ts';
import { askPort, type PortOutcome } from './runner-port.ts';
import { type AddressReach, knockOnUnused, type PortState, stateOf } from './runner-reach.ts';
import { Stream } from './runner-stream.ts';
import { acceptsEverything } from './runner-suspicion.ts';
import type { ProbeContext, ProbeResult, ProbeService, ValueSink } from './service.ts';

export interface ProbeRunOptions {
  services: readonly ProbeService[];
  /** One is made when none is given. */
  dialer?: Dialer;
  /** One login with an empty password outside loopback as well; on loopback it is always tried. */
  emptyPassword?: boolean;
  /** Which fields tell people apart (`classify` knows), so that stores can be asked how many there are. */
  subjectFields?: ProbeContext['subjectFields'];
  /** Where up to five values per field go, in memory; left out: no value is asked for. */
  values?: ValueSink;
  /** Headers that sign an account of the owner in, for HTTP services over private links. */
  signedIn?: Readonly<Record<string, string>>;
  /** Milliseconds for one service's dialogue on one port. */
  deadlineMs?: number;
  /** Addresses asked at once. */
  concurrency?: number;
  /** Knocks on unused ports of each address, too, and tells what became of them: whether something filters there. */
  onReach?: (reach: AddressReach) => void;
  /** True for a port that an earlier run asked already: it is left out. */
  isAsked?: (target: ProbeTarget, address: string, port: number) => boolean;
  /** A target is done: all its results were given. */
  onDone?: (target: ProbeTarget) => void;
  /** How many ports there are to ask: at the start of a list as if each host had one address, then as it turns out. */
  onPlanned?: (ports: number) => void;
  now?: () => Date;
  signal?: AbortSignal;
}

interface Settings {
  services: readonly ProbeService[];
  dialer: Dialer;
  emptyPassword: boolean;
  deadlineMs: number;
  now: () => Date;
  signal?: AbortSignal;
  onReach: ((reach: AddressReach) => void) | undefined;
  isAsked: ProbeRunOptions['isAsked'];
  /** Told of a host that has more or fewer ports to ask than was planned. */
  more(ports: number): void;
  shared: Pick<PortRun, 'subjectFields' | 'values' | 'signedIn'>;
}

/** Fewer than the dialer has sockets, so that a host's second one is there when it is needed. */
const AT_ONCE = 720;

type Emit = (result: ProbeResult) => void;

/**
 * Results come as they are known, not in the order of the targets. Targets may be a stream: they are planned one by one,
 * and as many as are asked at once are held. A host that fails is a result too; only the caller's
 * mistakes are thrown.
 *
 * @throws PosternError `E_USAGE` for a service that does not exist
 */
export async function* runProbe(
  targets: readonly ProbeTarget[] | AsyncIterable<ProbeTarget>,
  options: ProbeRunOptions,
): AsyncGenerator<ProbeResult, void, undefined> {
  let planned = 0;
  const settings: Settings = {
    services: options.services,
    dialer: options.dialer ?? createDialer(),
    emptyPassword: options.emptyPassword ?? false,
    deadlineMs: options.deadlineMs ?? 8_000,
    now: options.now ?? (() => new Date()),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onReach: options.onReach,
    isAsked: options.isAsked,
    more: (ports) => {
      planned += ports;
      if (ports !== 0) options.onPlanned?.(planned);
    },
    shared: {
      ...(options.subjectFields === undefined ? {} : { subjectFields: options.subjectFields }),
      ...(options.values === undefined ? {} : { values: options.values }),
      ...(options.signedIn === undefined ? {} : { signedIn: options.signedIn }),
    },
  };
  // Every dialogue listens for the abort; that many listeners are no leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const explicit: ExplicitPlans = new Map();
  // What the user got wrong in a list is said before anything is sent.
  const listed = isList(targets) ? targets : undefined;
  for (const asked of listed ?? []) planned += planPorts(asked, settings.services, explicit).length;
  options.onPlanned?.(planned);
  const stream = new Stream<ProbeResult>();
  const queue = isList(targets) ? targets.values() : targets[Symbol.asyncIterator]();
  const work = async () => {
    for (;;) {
      if (settings.signal?.aborted) return;
      const { done, value: asked } = await queue.next();
      if (done) return;
      const plans = planPorts(asked, settings.services, explicit);
      if (listed === undefined) settings.more(plans.length);
      await askTarget(asked, plans, settings, (result) => stream.push(result));
      if (!settings.signal?.aborted) options.onDone?.(asked);
    }
  };
  const most = options.concurrency ?? AT_ONCE;
  const workers = Array.from({ length: Math.min(most, listed?.length ?? most) }, work);
  Promise.all(workers).then(
    () => stream.end(),
    (error: unknown) => stream.fail(error),
  );
  yield* stream;
}

function isList(targets: readonly ProbeTarget[] | AsyncIterable<ProbeTarget>): targets is readonly ProbeTarget[] {
  return Array.isArray(targets);
}

async function askTarget(
  asked: ProbeTarget,
  plans: readonly PortPlan[],
  settings: Settings,
  emit: Emit,
): Promise<void> {
  const { target, label } = asked;
  const start = performance.now();
  const nothing = (address: string | null, reason: string) =>
    emit({
      ...resultBase(label, target, address, null, start),
      service: asked.service ?? target.managedService ?? 'unknown',
      verdict: 'inconclusive',
      datasets: [],
      exchanges: [],
      reason,
      notTested: ['everything: nothing was sent'],
    });
  try {
    const { addresses, refused } = await settings.dialer.resolve(target);
    settings.more((addresses.length - 1) * plans.length);
    for (const { address, error } of refused) nothing(address, error.message);
    if (addresses.length === 0 && refused.length === 0) nothing(null, `The name ${target.host} has no address.`);
    for (const at of addresses) await askAddress(asked, at, plans, settings, emit);
  } catch (error) {
    if (error instanceof PosternError && error.code === 'E_PROBE_IO') nothing(null, error.message);
    else throw error;
  }
}

/** Two ports are knocked on at once; dialogues with one host run one at a time. */
async function askAddress(
  asked: ProbeTarget,
  at: PinnedAddress,
  plans: readonly PortPlan[],
  settings: Settings,
  emit: Emit,
): Promise<void> {
  const { dialer, deadlineMs, signal } = settings;
  const { target, label } = asked;
  const fresh = () => deadlineIn(deadlineMs, signal);
  let everything: Promise<boolean> | undefined;
  const limits = {
    deadlineMs,
    ...(signal === undefined ? {} : { signal }),
    acceptsEverything: () => (everything ??= acceptsEverything(dialer, target, at, fresh())),
  };
  const later: { plan: PortPlan; start: number }[] = [];
  let talking = false;
  const states: Record<PortState, number> = { accept: 0, reset: 0, filtered: 0 };

  async function talk(plan: PortPlan, start: number, socket: PortRun['socket']): Promise<void> {
    const run: PortRun = {
      dialer,
      target,
      at,
      port: plan.port,
      options: {
        emptyPassword: settings.emptyPassword || isLoopbackText(at.address),
        buckets: target.buckets,
        datasets: target.datasets,
        identifiers: target.identifiers,
      },
      ...settings.shared,
      now: settings.now,
      tls: false,
      tlsTried: false,
      root: undefined,
      socket,
    };
    for (const outcome of await askPort(run, plan, limits)) {
      emit({ ...resultBase(label, target, at.address, plan.port, start), ...outcome });
    }
  }

  async function knock(plan: PortPlan): Promise<void> {
    const start = performance.now();
    const dialed = await dialer.dial(target, at, plan.port, fresh()).catch(asFailure);
    const state = stateOf(dialed);
    if (state !== undefined) states[state]++;
    if (dialed instanceof PosternError || dialed.state !== 'open') {
      emit({ ...resultBase(label, target, at.address, plan.port, start), ...shut(plan, dialed) });
    } else if (talking) {
      // Its socket would take the second place that the dialogue under way may need.
      dialed.socket.destroy();
      later.push({ plan, start });
    } else {
      talking = true;
      await talk(plan, start, dialed.socket);
      talking = false;
    }
  }

  const queue = plans.values();
  const worker = async () => {
    for (const plan of queue) {
      if (signal?.aborted) return;
      if (settings.isAsked?.(asked, at.address, plan.port)) continue;
      await knock(plan);
    }
  };
  await Promise.all([worker(), worker()]);
  for (const { plan, start } of later) await talk(plan, start, undefined);
  if (settings.onReach === undefined || signal?.aborted) return;
  const unused = await knockOnUnused(dialer, target, at, fresh());
  settings.onReach({ host: target.host, address: at.address, family: at.family, unused, ports: states });
}

function shut(plan: PortPlan, dialed: PosternError | Exclude<Dialed, { state: 'open' }>): PortOutcome {
  const base = { service: plan.expected[0]?.id ?? 'unknown', datasets: [], exchanges: [] };
  if (dialed instanceof PosternError) {
    return { ...base, verdict: 'inconclusive', reason: dialed.message, notTested: ['what a stranger gets here'] };
  }
  if (dialed.state === 'refused') {
    return { ...base, verdict: 'refused', reason: 'the host refuses connections on this port', notTested: [] };
  }
  if (dialed.state === 'filtered') {
    return { ...base, verdict: 'filtered', reason: `no connection in two attempts: ${dialed.reason}`, notTested: [] };
  }
  return {
    ...base,
    verdict: 'inconclusive',
    reason: `this machine has no way to the address: ${dialed.reason}`,
    notTested: ['what a stranger gets here'],
  };
}

function resultBase(
  label: string,
  target: NetworkTarget,
  address: string | null,
  port: number | null,
  start: number,
): Pick<ProbeResult, 'target' | 'host' | 'project' | 'address' | 'port' | 'elapsedMs'> {
  const elapsedMs = Math.round((performance.now() - start) * 10) / 10;
  const project = target.project === undefined ? {} : { project: target.project };
  return { target: label, host: target.host, ...project, address, port, elapsedMs };
}
