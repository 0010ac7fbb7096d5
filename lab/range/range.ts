/** The practice range: a folder of files, and the servers that run from them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PosternError } from '../../src/core/errors.ts';
import { chooseAddresses, type RangeAddresses, USUAL, whyNotFree } from './addresses.ts';
import { APP_FILE } from './app.ts';
import { listenOn, readDeployment } from './deployment.ts';
import { planServices, type ServicePlan } from './plans.ts';
import { prepareRange } from './prepare.ts';
import { type RunningServer, ServiceSkipped } from './service.ts';

export interface RangeService {
  /** Its name in the compose file. */
  name: ServicePlan['name'];
  product: string;
  state: 'running' | 'skipped';
  /** Why it was skipped. */
  reason?: string;
  /** Where it listens: the outside first, when it is published there. */
  addresses: string[];
  port: number;
}

export interface Range {
  readonly dir: string;
  readonly configPath: string;
  readonly appPath: string;
  readonly addresses: RangeAddresses;
  /** As of the last start. */
  readonly services: readonly RangeService[];
  /** Stops every service and starts it from the files as they are now. */
  restart(): Promise<void>;
  /** Idempotent. The servers and their data go; so does the folder, unless the caller named it. */
  stop(): Promise<void>;
}

export interface RangeOptions {
  log?(line: string): void;
  /** Another pair of loopback addresses, so that several ranges can run at once (tests). */
  addresses?: RangeAddresses;
  /** Only these services; all by default. */
  only?: readonly ServicePlan['name'][];
}

/**
 * Starts the range in `dir` (a new temporary folder by default). A service that cannot start is skipped with a reason.
 * @throws PosternError E_LAB when the folder is not a range's, or its compose file does not parse
 */
export async function startRange(dir?: string, options: RangeOptions = {}): Promise<Range> {
  const log = options.log ?? (() => {});
  const folder = dir === undefined ? await mkdtemp(join(tmpdir(), 'postern-range-')) : resolve(dir);
  const addresses = options.addresses ?? (await chooseAddresses());
  if (!options.addresses && addresses.outside !== USUAL.outside) {
    log(
      `There is no ${USUAL.outside} here: ${addresses.outside} plays the outside and ${addresses.inside} the inside.`,
    );
  }
  const plans = planServices(folder, await prepareRange(folder, addresses));
  const planned = plans.services.filter(({ name }) => options.only?.includes(name) ?? true);
  let running: RunningServer[] = [];
  let services: RangeService[] = [];
  let stopped = false;

  async function start(plan: ServicePlan): Promise<RangeService> {
    const { name, product, port } = plan;
    try {
      const listen = await addressesFor(folder, plan, addresses);
      const server = await listen.start({ listen: listen.addresses, port });
      running.push(server);
      return { name, product, port, state: 'running', addresses: listen.addresses };
    } catch (error) {
      if (!(error instanceof ServiceSkipped)) throw error;
      return { name, product, port, state: 'skipped', reason: error.message, addresses: [] };
    }
  }

  async function startAll(): Promise<void> {
    await readDeployment(folder); // A broken compose file is the operator's mistake, not a skipped service.
    const results = await Promise.allSettled(planned.map(start));
    services = results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    for (const service of services) log(describeService(service));
  }

  async function stopAll(): Promise<void> {
    const leaving = running;
    running = [];
    await Promise.all(leaving.map((server) => server.stop()));
  }

  // One change at a time: a restart may be asked for from elsewhere while another is under way.
  let last: Promise<void> = Promise.resolve();
  function inTurn(change: () => Promise<void>): Promise<void> {
    const turn = last.then(change);
    last = turn.catch(() => {});
    return turn;
  }

  const stop = () =>
    inTurn(async () => {
      if (stopped) return;
      stopped = true;
      await stopAll();
      await plans.remove();
      if (dir === undefined) await rm(folder, { recursive: true, force: true });
    });

  const restart = () =>
    inTurn(async () => {
      if (stopped) throw new PosternError('E_LAB', 'The range was stopped.');
      await stopAll();
      await startAll();
    });

  try {
    await startAll();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    dir: folder,
    configPath: join(folder, 'postern.yaml'),
    appPath: join(folder, APP_FILE),
    addresses,
    get services() {
      return services;
    },
    restart,
    stop,
  };
}

/** What compose file and service file together let a service listen on, once every such port is known to be free. */
async function addressesFor(dir: string, plan: ServicePlan, addresses: RangeAddresses) {
  const publication = (await readDeployment(dir)).publicationOf(plan.name, plan.port);
  if (publication === undefined) throw new ServiceSkipped('the compose file no longer has this service');
  const { beyondLoopback, start } = await plan.read();
  const listen = listenOn(publication, beyondLoopback, addresses);
  if (listen.length === 0) throw new ServiceSkipped('the compose file no longer publishes its port');
  for (const address of listen) {
    const reason = await whyNotFree(address, plan.port);
    if (reason !== undefined) throw new ServiceSkipped(reason);
  }
  return { addresses: listen, start };
}

export function describeService(service: RangeService): string {
  const head = `${service.product} (${service.name})`;
  if (service.state === 'skipped') return `${head}: skipped, ${service.reason}`;
  return `${head}: on ${service.addresses.join(' and ')}, port ${service.port}`;
}
