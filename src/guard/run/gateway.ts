/** One process of the gateway: what a policy names is put together, started, replaced at a reload, and drained at the end. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateSigningKey } from '../../crypto/signing-key.ts';
import { type Alarm, type AnomalyStore, createAnomalies, createMemoryAnomalies } from '../anomalies/index.ts';
import { createApi, createMemoryIdempotency, type IdempotencyStore } from '../api/index.ts';
import { type Authenticator, createAuthenticator, createMemoryReplayStore, type ReplayStore } from '../authn/index.ts';
import type { DeviceStore } from '../contract/device.ts';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import type { ResourceStore } from '../contract/resource.ts';
import type { Sealer, Upstream } from '../contract/store.ts';
import type { VaultStore } from '../contract/vault.ts';
import { describeApi, PAGE_POLICY, renderPage, schemesOf } from '../describe/index.ts';
import { createFileWitness, createJournal, type Journal, type Witness } from '../journal/index.ts';
import {
  createLimits,
  createMemoryStore,
  type LimitStore,
  shareOfCalls,
  shareOfRole,
  smallShareOfRole,
} from '../limits/index.ts';
import { createListener, type Listener } from '../listener/index.ts';
import { createGuard } from '../pipeline/handle.ts';
import type { Snapshot } from '../pipeline/snapshot.ts';
import type { AnomaliesConfig, DeviceRequirement } from '../policy/devices-config.ts';
import { anyObserved, buildAccess, buildObservedAccess, limitsFor, type Policy, watchPolicy } from '../policy/index.ts';
import { NO_LIMITS, type RoleLimits } from '../policy/limits-config.ts';
import type { ApiConfig } from '../policy/resources-config.ts';
import type { SqlUpstreamConfig } from '../policy/upstream-config.ts';
import { createSealer, loadSealKeys } from '../seal/index.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { type LiveCatalogue, watchCatalogue } from './catalogue.ts';
import { watchData } from './data-watch.ts';
import { openDevices } from './devices.ts';
import { createPseudonyms, createTokens, loadSecretKey } from './keys.ts';
import { createMetrics, type GuardMetrics } from './metrics.ts';
import { type OpenDatabase, openResourceDatabase, resourceStores } from './resources.ts';
import { type BoundStore, bindStore } from './stores.ts';
import { openVault } from './vault.ts';

export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface GatewayOptions {
  /** Of how many processes this is which; from 0. */
  readonly worker: { readonly index: number; readonly count: number };
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  /** Where limits are counted, when the policy names a shared store. */
  readonly limitStore?: LimitStore;
  /** Where used DPoP proofs are remembered, when several processes share a port. */
  readonly replay?: ReplayStore;
  /** Sends checkpoints to the policy's witness URL. */
  readonly witness?: Witness;
  /** Where the vault's and the devices' rows are; needed where the policy has either. Closed with the gateway. */
  readonly data?: GatewayData;
  /** Keys of creations, when several processes answer. */
  readonly idempotency?: IdempotencyStore;
  /** Trails of the detection of slow theft, when several processes answer. */
  readonly anomalyStore?: AnomalyStore;
  /** Tells the policy's webhook. */
  readonly onAlarm?: (alarm: Alarm) => void;
  /** Wraps the handling of a request (traces). */
  readonly around?: (handle: Handle) => Handle;
}

export interface GatewayData {
  readonly vault: VaultStore;
  readonly devices: DeviceStore;
  close(): Promise<void>;
}

type Handle = (request: RawRequest) => ReturnType<ReturnType<typeof createGuard>['handle']>;

export interface Gateway {
  readonly listeners: readonly Listener[];
  readonly metrics: GuardMetrics;
  /** Undefined when it answers; otherwise what is missing. */
  notReady(): string | undefined;
  /** Reads the policy again now. */
  reload(): Promise<void>;
  /** Lets running requests finish, for at most the grace (ms). */
  close(graceMs: number): Promise<void>;
}

/** How long keys may take that are asked for before the first request. Where they take longer, tokens get 503 until then. */
const KEYS_MS = 2_000;
const SEAL_CHECK_MS = 15 * 60_000;
/** A replaced store's connections stay for the requests that began with them. */
const OLD_PARTS_MS = 60_000;

/** @throws PosternError `E_GUARD`, `E_KEY`, `E_POLICY_INVALID` */
export async function startGateway(policy: Policy, options: GatewayOptions): Promise<Gateway> {
  const { log, worker } = options;
  const store = createElasticsearchStore();
  const [limitsKey, maskKey, sealer] = await Promise.all([
    loadSecretKey(policy.keys.limits),
    loadSecretKey(policy.keys.mask),
    keepSealer(policy.keys.seal, log),
  ]);
  const journal = await openJournal(policy, options);
  const counted = policy.limits.store.kind === 'memory' && worker.count > 1 ? worker.count : 1;
  const limitStore = options.limitStore ?? createMemoryStore();
  const calls = {
    ...policy.limits,
    peer: policy.limits.peer && shareOfCalls(policy.limits.peer, counted),
    device: policy.limits.device && shareOfRole(policy.limits.device, counted),
    version: policy.limits.version && smallShareOfRole({ ...NO_LIMITS, ...policy.limits.version }, counted),
  };
  const limits = createLimits(calls, limitStore, {
    key: limitsKey,
    onEvent: (event) => {
      if (event.kind !== 'budget') return;
      metrics.onBudget(event.scope);
      log('warn', `the budget of documents of a ${event.scope} is spent (${event.principal})`);
    },
  });
  const listeners: Listener[] = [];
  const metrics = createMetrics({
    connections: () => listeners.reduce((sum, listener) => sum + listener.connections, 0),
    journalHealthy: () => journal.healthy,
    journalPending: () => journal.state().pending,
  });
  const token = createTokens(maskKey);
  const pseudonyms = createPseudonyms(limitsKey);
  const replay = options.replay ?? createMemoryReplayStore();
  const idempotency = options.idempotency ?? createMemoryIdempotency();
  const { vault, device, probe, trouble } = await openData().catch(async (error: unknown) => {
    sealer.close();
    await Promise.allSettled([journal.close(), limits.close(), options.data?.close()]);
    throw error;
  });
  const dataWatch =
    (vault !== null || device !== null) && options.data
      ? watchData({
          devices: options.data.devices,
          probe,
          trouble,
          onTrouble: (why) => log('warn', why === null ? 'the vault has no trouble any more' : `the vault: ${why}`),
          onChange: (missing) =>
            missing === undefined
              ? log('info', 'what the vault and the devices need is there again')
              : log('error', missing),
        })
      : null;
  const shared = new WeakMap<RoleLimits, RoleLimits>();

  function share(roleLimits: RoleLimits): RoleLimits {
    if (counted === 1) return roleLimits;
    let part = shared.get(roleLimits);
    if (part === undefined) {
      part = shareOfRole(roleLimits, counted);
      shared.set(roleLimits, part);
    }
    return part;
  }

  let built = await build(policy).catch(async (error: unknown) => {
    sealer.close();
    dataWatch?.close();
    await Promise.allSettled([journal.close(), limits.close(), vault?.close(), device?.devices.close()]);
    await options.data?.close().catch(() => undefined);
    throw error;
  });

  /** What is kept for longer than a policy is in force. */
  async function openData() {
    const { data } = options;
    if ((policy.vault !== null || policy.devices !== null) && data === undefined)
      throw new PosternError('E_GUARD', 'the policy has a vault or devices, and no store for their rows was opened');
    const name = `${hostname()}:${process.pid}`;
    const opened = policy.vault && data ? await openVault(policy.vault, data.vault, options.env, name) : null;
    const told = (message: string) => log('warn', message);
    const parts = { store: data?.devices, replay, pseudonyms, env: options.env, log: told };
    const found =
      policy.devices && parts.store
        ? await openDevices(policy.devices, { ...parts, store: parts.store }).catch(async (error: unknown) => {
            await opened?.vault.close();
            throw error;
          })
        : null;
    const { vault: made = null, probe: asks = null, trouble: tells = null } = opened ?? {};
    return { vault: made, device: found, probe: asks, trouble: tells };
  }

  interface Built {
    readonly policy: Policy;
    readonly snapshot: Snapshot;
    readonly bound: ReadonlyMap<string, BoundStore>;
    readonly databases: ReadonlyMap<string, OpenDatabase>;
    readonly catalogue: LiveCatalogue | undefined;
  }

  /** Everything that a policy decides by. What did not change is taken over from the one before. */
  async function build(next: Policy, before?: Built): Promise<Built> {
    for (const role of next.roles) share(role.limits);
    const bound = new Map<string, BoundStore>();
    const databases = new Map<string, OpenDatabase>();
    const fresh: BoundStore[] = [];
    const freshDatabases: OpenDatabase[] = [];
    async function openFresh(name: string, config: SqlUpstreamConfig): Promise<OpenDatabase> {
      const database = await openResourceDatabase(config, options.env);
      freshDatabases.push(database);
      log('info', `upstream ${name} is opened`);
      return database;
    }
    try {
      for (const [name, config] of next.upstreams) {
        const kept = before?.bound.get(name);
        if (kept && JSON.stringify(before?.policy.upstreams.get(name)) === JSON.stringify(config)) {
          bound.set(name, kept);
          continue;
        }
        const made = await bindStore(config, store, options.env);
        fresh.push(made);
        bound.set(name, made);
      }
      for (const [name, config] of next.databases) {
        const kept = before?.databases.get(name);
        const same = JSON.stringify(before?.policy.databases.get(name)) === JSON.stringify(config);
        databases.set(name, kept && same ? kept : await openFresh(name, config));
      }
      const front = bound.values().next().value ?? { store, upstream: NO_STORE, dialect: NO_STORE_DIALECT };
      const api = next.api && createApiOf(next, next.api, resourceStores(bound, databases));
      const authenticator = createAuthenticator(next.identity, {
        roles: next.roles,
        log: (message) => log('warn', message),
        replay,
        ...(device && { devices: device.devices.tokens }),
        ...(device?.nonceKey && { nonceKey: device.nonceKey }),
        ...(before && { previous: before.snapshot.authenticator }),
      });
      const patterns = next.roles.some((role) => role.rules.some((rule) => rule.patterns.length > 0));
      const catalogue = patterns
        ? watchCatalogue(bound, (name) => log('warn', `upstream ${name} does not say which indices it has`))
        : undefined;
      await known(authenticator);
      const snapshot: Snapshot = {
        authenticator,
        stores: bound,
        front,
        sealer: sealer.current,
        token,
        access: (principal, now) => buildAccess(next, principal, now, catalogue),
        observed: (principal, now) =>
          anyObserved(next, principal, now) ? buildObservedAccess(next, principal, now, catalogue) : undefined,
        limitsOf: (principal) => share(limitsFor(next, principal.roles)),
        api,
        devices: device?.devices ?? null,
        requirementOf: requirementsOf(next, counted),
      };
      return { policy: next, snapshot, bound, databases, catalogue };
    } catch (error) {
      for (const one of fresh) one.upstream.close();
      await Promise.allSettled(freshDatabases.map((one) => one.close()));
      throw error;
    }
  }

  function createApiOf(next: Policy, config: ApiConfig, stores: ReadonlyMap<string, ResourceStore>) {
    const server = next.listeners[0]?.publicUrl;
    const schemes = new Set([...schemesOf(next.identity), ...(device ? (['dpop'] as const) : [])]);
    const described = { schemes: [...schemes], ...(server && { server }) };
    const documentOf = (version: string) => describeApi(config, version, described);
    return createApi({
      config,
      stores,
      vault,
      sealer: sealer.current,
      token,
      idempotency,
      describe: {
        openapi: (version) => JSON.stringify(documentOf(version), null, 2),
        page: (version) => renderPage(documentOf(version)),
        pagePolicy: `${PAGE_POLICY}; frame-ancestors 'none'`,
      },
      now: Date.now,
      onUnreadable: (resource, values) => metrics.onUnreadable(resource, values),
    });
  }

  const retired = new Set<() => void>();

  function retire(old: Built): void {
    // What the next policy did not take over, no later one will.
    const dropped = [...old.bound].flatMap(([name, one]) => (built.bound.get(name) === one ? [] : [one.upstream]));
    const closed = [...old.databases].flatMap(([name, one]) => (built.databases.get(name) === one ? [] : [one]));
    const end = () => {
      clearTimeout(timer);
      retired.delete(end);
      old.catalogue?.close();
      old.snapshot.authenticator.close();
      for (const upstream of dropped) upstream.close();
      for (const database of closed) void database.close().catch(() => undefined);
    };
    // A request may ask its store several times in turn.
    const asked = [...old.policy.upstreams.values(), ...old.policy.databases.values()];
    const longest = Math.max(...asked.map(({ timeout }) => timeout));
    const timer = setTimeout(end, Math.max(OLD_PARTS_MS, 4 * longest));
    timer.unref();
    retired.add(end);
  }

  const anomalies =
    policy.anomalies &&
    createAnomalies(dividedAnomalies(policy.anomalies, counted), options.anomalyStore ?? createMemoryAnomalies(), {
      onAlarm(alarm) {
        metrics.onAlarm(alarm.kind, alarm.action);
        log('warn', `${alarm.kind} of ${alarm.source} by a principal (${alarm.principal}): ${alarm.action}`);
        options.onAlarm?.(alarm);
      },
      onFailure: (error) => log('error', `the detection of slow theft failed: ${safe(error)}`),
    });
  const guard = createGuard({
    snapshot: () => built.snapshot,
    anomalies,
    budgets: calls,
    journal,
    limits,
    pseudonyms,
    journalFailure: policy.journal.onFailure,
    onDecision: metrics.onDecision,
    onFailure: (what, error) => {
      // The journal says once that it cannot be written, not at every request.
      if (error instanceof Refusal) return;
      log('error', `${what}${error instanceof Error ? ` (${error.name}: ${safe(error)})` : ''}`);
    },
  });
  const handle = options.around ? options.around(guard.handle) : guard.handle;
  const watching = watchPolicy(
    policy.path,
    {
      async onChange(next, changed) {
        await replace(next, changed).catch((error: unknown) => {
          metrics.onReload(false);
          log('error', `the policy was not replaced, the old one stays in force: ${safe(error)}`);
        });
      },
      onError(error) {
        metrics.onReload(false);
        log('error', `the policy was not replaced, the old one stays in force: ${placeOf(error)}${error.message}`);
      },
    },
    { current: policy, alsoFiles: certificatesOf },
  );

  async function replace(next: Policy, changed: readonly string[]): Promise<void> {
    const old = built;
    built = await build(next, old);
    retire(old);
    if (changed.some((file) => certificatesOf(policy).includes(file))) reloadCertificates();
    metrics.onReload(true);
    log('info', `policy ${next.hash.slice(0, 12)} is in force`);
    const fixed = [
      'listeners',
      'admin',
      'journal',
      'limits',
      'keys',
      'workers',
      'data',
      'vault',
      'devices',
      'anomalies',
    ] as const;
    const later = fixed.filter((part) => JSON.stringify(next[part]) !== JSON.stringify(policy[part]));
    if (later.length > 0) log('warn', `takes effect at the next start: ${later.join(', ')}`);
  }

  /** Certificates are no part of the policy: bad ones leave the new policy in force, and the old ones with it. */
  function reloadCertificates(): void {
    for (const listener of listeners) {
      try {
        listener.reloadTls();
      } catch (error) {
        log('error', `certificates stay as they were: ${error instanceof Error ? error.message : 'unknown'}`);
      }
    }
  }

  try {
    for (const config of policy.listeners) {
      const listener = createListener(config, handle, {
        insecure: config.tls === null,
        onMalformed: metrics.onMalformed,
        onCertificates: (error) =>
          log(
            error ? 'error' : 'info',
            error ? `certificates stay as they were: ${error.message}` : 'certificates were read again',
          ),
      });
      await listener.listen().catch((cause: unknown) => {
        const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
        throw new PosternError('E_GUARD', `cannot listen on ${config.host}:${config.port} (${why})`, { cause });
      });
      listeners.push(listener);
    }
  } catch (error) {
    await stop(0);
    throw error;
  }

  async function stop(graceMs: number): Promise<void> {
    watching.close();
    dataWatch?.close();
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
    // On a full disk its last checkpoint has no place; the rest is ended all the same.
    await journal.close().catch((error: unknown) => log('error', `the journal has no last checkpoint: ${safe(error)}`));
    sealer.close();
    for (const end of [...retired]) end();
    built.catalogue?.close();
    built.snapshot.authenticator.close();
    for (const { upstream } of built.bound.values()) upstream.close();
    await Promise.allSettled([
      ...[...built.databases.values()].map((one) => one.close()),
      vault?.close(),
      device?.devices.close(),
    ]);
    await options.data?.close();
    await limits.close();
  }

  return {
    listeners,
    metrics,
    notReady() {
      if (!journal.healthy) return 'the journal cannot be written';
      if (!limits.ready()) return 'the store of the limits cannot be reached';
      const missing = dataWatch?.missing();
      if (missing !== undefined) return missing;
      if (vault?.ready() === false) return 'the keys of the vault cannot be read';
      if (!built.snapshot.authenticator.ready()) return 'the keys of an issuer are not known yet';
      return undefined;
    },
    reload: () => watching.reload(),
    close: stop,
  };
}

/** Of a policy that has databases only: the search API is there, and nothing is in it. */
const NO_STORE: Upstream = { send: () => Promise.reject(new Refusal('absent', 'the policy names no search store')) };
const NO_STORE_DIALECT = 'elasticsearch-8';

function requirementsOf({ roles }: Policy, workers: number): (role: string | null) => DeviceRequirement | null {
  const requirements = new Map(
    roles.map(({ name, device }) => [
      name,
      device && {
        ...device,
        legacy: device.legacy.map((one) => ({ ...one, limits: smallShareOfRole(one.limits, workers) })),
      },
    ]),
  );
  return (role) => (role === null ? null : (requirements.get(role) ?? null));
}

function dividedAnomalies(config: AnomaliesConfig, workers: number): AnomaliesConfig {
  const rules = config.rules.map((rule) => ({
    ...rule,
    limits: rule.limits && smallShareOfRole({ ...NO_LIMITS, ...rule.limits }, workers),
  }));
  return { ...config, rules };
}

/** A token that comes with the first request is not to meet keys that are still being read. */
function known(authenticator: Authenticator): Promise<unknown> {
  return Promise.race([authenticator.refresh(), wait(KEYS_MS, undefined, { ref: false })]);
}

/** A sealer whose keys are looked at from time to time; sealed ids outlive a reload and a restart. */
async function keepSealer(path: string, log: Log): Promise<{ current: Sealer; close(): void }> {
  let sealer = createSealer(await loadSealKeys(path));
  const timer = setInterval(() => {
    loadSealKeys(path).then(
      (keys) => {
        sealer = createSealer(keys);
      },
      () => log('error', 'the seal keys could not be read again; the old ones stay'),
    );
  }, SEAL_CHECK_MS);
  timer.unref();
  return {
    current: { seal: (content) => sealer.seal(content), open: (text, kind) => sealer.open(text, kind) },
    close: () => clearInterval(timer),
  };
}

async function openJournal(policy: Policy, options: GatewayOptions): Promise<Journal> {
  const { journal } = policy;
  const { index, count } = options.worker;
  await mkdir(dirname(journal.file), { recursive: true, mode: 0o700 }).catch(() => undefined);
  const witness =
    journal.witness === null
      ? null
      : journal.witness.kind === 'file'
        ? createFileWitness(journal.witness.path)
        : (options.witness ?? null);
  return createJournal({
    file: journal.file,
    key: await loadOrCreateSigningKey(policy.keys.journal),
    durability: journal.durability,
    checkpointEvery: journal.checkpointEvery,
    rotateBytes: journal.rotateBytes,
    witness,
    ...(count > 1 && { worker: String(index) }),
    onEvent: (event) => {
      if (event.kind === 'torn-tail')
        options.log('warn', `the journal ended inside a line (${event.bytes} bytes): a process had died`);
      if (event.kind === 'unreadable')
        options.log('warn', `what stood in the journal's place is no journal; it was set aside as ${event.file}`);
      if (event.kind === 'rotated')
        options.log('info', `the journal goes on in a new file (${event.segment} finished)`);
      if (event.kind === 'failed') options.log('error', `the journal cannot be written: ${event.reason}`);
      if (event.kind === 'recovered') options.log('info', 'the journal can be written again');
      if (event.kind === 'witness-failed')
        options.log('warn', `the witness did not take a checkpoint: ${event.reason}`);
    },
  });
}

function certificatesOf(policy: Policy): readonly string[] {
  return policy.listeners.flatMap(({ tls }) =>
    tls === null ? [] : [tls.certificate, tls.key, ...(tls.clientCa === null ? [] : [tls.clientCa])],
  );
}

function placeOf({ at }: PosternError): string {
  return at === undefined ? '' : `${at.path}:${at.line ?? 1}:${at.column ?? 1}: `;
}

/** Messages of our own errors hold no values; of others only the kind is told. */
function safe(error: unknown): string {
  if (error instanceof PosternError) return `${placeOf(error)}${error.message}`;
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
