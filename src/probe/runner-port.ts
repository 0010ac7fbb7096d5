/** One port of one address: the expected services, then the identification ladder, then the doubts. */
import type { Socket } from 'node:net';
import { isExposed, type Verdict } from '../core/verdict.ts';
import { allowHttp } from '../net/allow-list.ts';
import type { HttpAnswer } from '../net/connection.ts';
import { deadlineIn, isLoopbackText } from '../net/index.ts';
import { fieldType } from './names.ts';
import { isMalformed, parseVersion, unidentified } from './observations.ts';
import { type DialogueOutcome, type PortRun, runDialogue } from './runner-dialogue.ts';
import type { PortPlan } from './runner-plan.ts';
import { findContradiction } from './runner-suspicion.ts';
import type { Observation, ObservedDataset, ProbeResult, ProbeService } from './service.ts';

/** What a port's dialogues concluded; the runner adds target and time. */
export type PortOutcome = Omit<ProbeResult, 'target' | 'host' | 'project' | 'address' | 'port' | 'elapsedMs'>;

export interface PortLimits {
  /** For one dialogue, milliseconds. */
  deadlineMs: number;
  signal?: AbortSignal;
  /** True when the host accepts on any port; asked at most once per address. */
  acceptsEverything: () => Promise<boolean>;
}

/** On the ladder a peer that does not know the protocol must not cost a whole deadline. Milliseconds. */
const LADDER_PATIENCE = { loopback: 1_000, network: 2_500 };
const GREETING_PATIENCE = { loopback: 150, network: 1_000 };

interface Tried {
  service: ProbeService;
  outcome: DialogueOutcome;
}

/** One outcome, or several where a web server has more on its paths than the product that it is. */
export async function askPort(run: PortRun, plan: PortPlan, limits: PortLimits): Promise<PortOutcome[]> {
  const tried: Tried[] = [];
  // What Redis is asked on the ladder anyway.
  if (plan.ladder.some(({ id }) => id === 'redis')) {
    run.speaksInClear = async (deadline) => (await findContradiction(run, 'http', deadline)) === 'Redis';
  }
  const alone = { ...plan, expected: plan.named ? plan.expected : plan.expected.filter((one) => !one.beside) };
  // A server that waits for its client would cost a whole deadline of silence.
  const mixed = !plan.named && new Set(plan.expected.map(({ serverSpeaksFirst }) => serverSpeaksFirst)).size > 1;
  const found = (await askExpected(run, alone, mixed, limits, tried)) ?? (await climb(run, alone, limits, tried));
  run.socket?.destroy();
  run.socket = undefined;
  // A store on its own port has no web site around it; an unknown web server may.
  const beside =
    plan.named || (found !== undefined && !isWebPort(run.port, plan)) ? [] : await askBeside(run, plan, limits, tried);
  if (found !== undefined) return [await doubted(run, found, limits), ...beside];
  const outcome = await unsure(plan, tried, limits);
  // "Nothing known stands here" is not said where something was found on its paths.
  return beside.length > 0 && outcome.verdict === 'unidentified' ? beside : [outcome, ...beside];
}

function isWebPort(port: number, plan: PortPlan): boolean {
  return plan.expected.some((service) => service.beside && service.ports.some((own) => own.port === port));
}

/** What lies on the paths of a web server, whichever it is. */
async function askBeside(run: PortRun, plan: PortPlan, limits: PortLimits, tried: Tried[]): Promise<PortOutcome[]> {
  const services = [...plan.expected, ...plan.ladder].filter((one) => one.beside);
  if (services.length === 0) return [];
  const web = await hearRoot(run, limits, tried);
  const outcomes: PortOutcome[] = [];
  for (const service of web === undefined ? [] : services) {
    if (service.recognise?.(web as HttpAnswer) === 'no') continue;
    const found = await ask(run, service, limits, limits.deadlineMs, []);
    if (found !== undefined) outcomes.push(await doubted(run, found, limits));
  }
  return outcomes;
}

/** Asked once where several web services may stand, or something beside what the port is. */
export const rootOnly: ProbeService = {
  id: 'http',
  title: 'HTTP',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 443, tls: 'first' }],
  allow: {
    ...allowHttp(['GET / – what the port is'], [/\//]),
    planned: [{ why: 'what the port is', http: { method: 'GET', path: '/', headers: {} } }],
  },
  remediation: { developer: '', it: '', security: '' },
  references: [],
  tested: [],
  probe: async (context) => {
    await (await context.http()).get('/');
    return unidentified('a service that is known here');
  },
};

/** The port's answer to `GET /`, asked once; undefined when it speaks no HTTP. */
async function hearRoot(run: PortRun, limits: PortLimits, tried: Tried[]): Promise<HttpAnswer | undefined> {
  const refused = tried.some(({ service, outcome }) => service.transport === 'http' && outcome.failure !== undefined);
  if (run.root === undefined && !refused) {
    const near = isLoopbackText(run.at.address) ? 'loopback' : 'network';
    const patience = Math.min(limits.deadlineMs, LADDER_PATIENCE[near]);
    const outcome = await runDialogue(run, rootOnly, deadlineIn(limits.deadlineMs, limits.signal), patience);
    tried.push({ service: rootOnly, outcome });
  }
  return run.root;
}

async function askExpected(
  run: PortRun,
  plan: PortPlan,
  mixed: boolean,
  limits: PortLimits,
  tried: Tried[],
): Promise<Tried | undefined> {
  const near = isLoopbackText(run.at.address) ? 'loopback' : 'network';
  const greeting = mixed ? await hearGreeting(run, limits, GREETING_PATIENCE[near]) : undefined;
  const expected = mixed ? plan.expected.filter((service) => mayGreet(service, greeting)) : plan.expected;
  for (const service of await likeliest(run, expected, limits, tried)) {
    if (skipsHttp(service, tried)) continue;
    const patience = plan.ladder.length > 0 ? Math.min(limits.deadlineMs, 4_000) : limits.deadlineMs;
    const found = await ask(run, service, limits, patience, tried);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function climb(run: PortRun, plan: PortPlan, limits: PortLimits, tried: Tried[]): Promise<Tried | undefined> {
  if (plan.ladder.length === 0) return undefined;
  const near = isLoopbackText(run.at.address) ? 'loopback' : 'network';
  const greeting = run.tls ? undefined : await hearGreeting(run, limits, GREETING_PATIENCE[near]);
  const steps = plan.ladder.filter((service) => !service.beside && mayGreet(service, greeting));
  const web = steps.filter(({ transport }) => transport === 'http');
  const likely = await likeliest(run, web, limits, tried, true);
  for (const service of [...likely, ...steps.filter(({ transport }) => transport !== 'http')]) {
    if (skipsHttp(service, tried)) continue;
    const found = await ask(run, service, limits, Math.min(limits.deadlineMs, LADDER_PATIENCE[near]), tried);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Who speaks first is none of those that wait for their client, and the other way round. */
function mayGreet(service: ProbeService, greeting: Buffer | undefined): boolean {
  if (service.serverSpeaksFirst !== (greeting !== undefined)) return false;
  return greeting === undefined || (service.recogniseGreeting?.(greeting) ?? true);
}

/**
 * The services in the order in which `GET /` makes them likely, asked once where several HTTP services may stand there.
 * @param strangers leaves out those that say that it is not them: the port is none of theirs
 */
async function likeliest(
  run: PortRun,
  services: readonly ProbeService[],
  limits: PortLimits,
  tried: Tried[],
  strangers = false,
): Promise<readonly ProbeService[]> {
  const several = services.filter(({ transport }) => transport === 'http').length > 1;
  if (!several || !services.some(({ recognise }) => recognise !== undefined)) return services;
  const root = await hearRoot(run, limits, tried);
  if (root === undefined) return services.filter(({ transport }) => transport !== 'http' || !strangers);
  const rank = { sure: 0, possible: 1, no: 2 };
  const ranked = services.map((service) => ({ service, rank: rank[service.recognise?.(root) ?? 'possible'] }));
  return ranked
    .filter((one) => !strangers || one.rank < rank.no)
    .sort((a, b) => a.rank - b.rank)
    .map(({ service }) => service);
}

/** The sure identification, if this service makes one. */
async function ask(
  run: PortRun,
  service: ProbeService,
  limits: PortLimits,
  patience: number,
  tried: Tried[],
): Promise<Tried | undefined> {
  if (limits.signal?.aborted) return undefined;
  const outcome = await runDialogue(run, service, deadlineIn(limits.deadlineMs, limits.signal), patience);
  const one = { service, outcome };
  tried.push(one);
  return outcome.observation?.identified && !outcome.observation.tentative ? one : undefined;
}

/** After one HTTP service got no HTTP, the others would get none either. */
function skipsHttp(service: ProbeService, tried: readonly Tried[]): boolean {
  if (service.transport !== 'http') return false;
  return tried.some(({ service: other, outcome }) => other.transport === 'http' && outcome.failure !== undefined);
}

/** What the server sends on its own; undefined when it waits. The socket is kept, unread, for the next dialogue. */
async function hearGreeting(run: PortRun, limits: PortLimits, patience: number): Promise<Buffer | undefined> {
  try {
    run.socket ??= await dialAgain(run, limits);
  } catch {
    return undefined;
  }
  const socket = run.socket;
  if (socket === undefined) return undefined;
  const spoke = await new Promise<boolean>((resolve) => {
    const settle = (spoke: boolean) => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('close', onClose);
      resolve(spoke);
    };
    const onReadable = () => settle(socket.readableLength > 0);
    const onClose = () => settle(false);
    const timer = setTimeout(settle, patience, false);
    socket.on('readable', onReadable).on('close', onClose);
  });
  if (!spoke) return undefined;
  const bytes: unknown = socket.read();
  if (!Buffer.isBuffer(bytes)) return undefined;
  socket.unshift(bytes);
  return Buffer.from(bytes);
}

async function dialAgain(run: PortRun, limits: PortLimits): Promise<Socket | undefined> {
  const dialed = await run.dialer.dial(run.target, run.at, run.port, deadlineIn(limits.deadlineMs, limits.signal));
  return dialed.state === 'open' ? dialed.socket : undefined;
}

async function doubted(run: PortRun, found: Tried, limits: PortLimits): Promise<PortOutcome> {
  const { service, outcome } = found;
  const observation = outcome.observation as Observation;
  const told = fromObservation(service.id, observation, outcome);
  if (!isExposed(observation.verdict)) return told;
  const other = await findContradiction(run, service.id, deadlineIn(limits.deadlineMs, limits.signal));
  if (other !== undefined) {
    return doubt(told, `the port answers as ${service.title} and as ${other}: no real server does both`);
  }
  if (await limits.acceptsEverything()) {
    return doubt(told, 'the host accepts connections on random ports too, as honeypots and proxies do');
  }
  return told;
}

function fromObservation(service: string, observation: Observation, outcome: DialogueOutcome): PortOutcome {
  // Whatever a service made of it: what is not shaped like a version does not leave.
  const version = parseVersion(observation.version);
  return {
    service,
    ...(observation.product === undefined ? {} : { product: observation.product }),
    ...(version === undefined ? {} : { version }),
    verdict: observation.verdict,
    ...(observation.documents === undefined ? {} : { documents: observation.documents }),
    ...(observation.bytes === undefined ? {} : { bytes: observation.bytes }),
    datasets: observation.datasets.map(withTypes),
    exchanges: outcome.exchanges,
    reason: observation.reason,
    notTested: observation.notTested,
  };
}

/** Types are words of the store's; one that is not may be somebody's, and is left out. */
function withTypes({ fieldTypes, ...dataset }: ObservedDataset): ObservedDataset {
  if (fieldTypes === undefined) return dataset;
  const types = Object.entries(fieldTypes).filter(([, type]) => fieldType(type) !== undefined);
  return types.length === 0 ? dataset : { ...dataset, fieldTypes: Object.fromEntries(types) };
}

/** What was seen stays as evidence; what it would have meant is taken back. */
function doubt(told: PortOutcome, why: string): PortOutcome {
  const { documents: _documents, bytes: _bytes, ...rest } = told;
  return { ...rest, verdict: 'inconclusive', datasets: [], reason: why, notTested: ['what a stranger gets here'] };
}

/** No service was sure. */
async function unsure(plan: PortPlan, tried: readonly Tried[], limits: PortLimits): Promise<PortOutcome> {
  const tentative = tried.find((one) => one.outcome.observation?.identified);
  const expected = plan.expected[0]?.id ?? 'unknown';
  if (tentative?.outcome.observation !== undefined) {
    return fromObservation(expected, tentative.outcome.observation, tentative.outcome);
  }
  const exchanges = tried.flatMap((one) => one.outcome.exchanges).slice(0, 64);
  const conclude = (service: string, verdict: Verdict, reason: string): PortOutcome => ({
    service,
    verdict,
    datasets: [],
    exchanges,
    reason,
    notTested: verdict === 'inconclusive' ? ['what a stranger gets here'] : [],
  });
  if (tried.length === 0) return conclude(expected, 'inconclusive', 'nothing was asked before the run was stopped');
  if (await limits.acceptsEverything()) {
    return conclude(
      expected,
      'inconclusive',
      'the host accepts connections on random ports too, so an open port means nothing',
    );
  }
  const broken = tried.find(({ outcome }) => outcome.failure !== undefined && !spokeOtherwise(outcome));
  const otherwise = tried.some(({ outcome }) => outcome.observation !== undefined || spokeOtherwise(outcome));
  const asked = plan.ladder.length > 0 && otherwise ? undefined : broken;
  if (asked?.outcome.failure !== undefined) {
    const { message } = asked.outcome.failure;
    const silent = tried.every((one) => !one.outcome.signs.spoke);
    return conclude(
      expected,
      'inconclusive',
      silent ? `the port accepts connections and answers nothing: ${message}` : `the answer broke off: ${message}`,
    );
  }
  const names = plan.named ? (tried[0]?.service.title ?? expected) : 'a service that is known here';
  return conclude(plan.named ? expected : 'unknown', 'unidentified', `the port does not speak ${names}`);
}

/** The peer answered, in another language. */
function spokeOtherwise({ failure, signs }: DialogueOutcome): boolean {
  return failure !== undefined && signs.spoke && (signs.notHttp || isMalformed(failure));
}
