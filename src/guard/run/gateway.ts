/** One process of the gateway: what a policy names is put together, started, replaced at a reload, and drained at the end. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import { loadOrCreateSigningKey } from '../../crypto/signing-key.ts';
import { type Authenticator, createAuthenticator, type ReplayStore } from '../authn/index.ts';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import type { Sealer } from '../contract/store.ts';
import { createFileWitness, createJournal, type Journal, type Witness } from '../journal/index.ts';
import { createLimits, createMemoryStore, type LimitStore, shareOfCalls, shareOfRole } from '../limits/index.ts';
import { createListener, type Listener } from '../listener/index.ts';
import { createGuard } from '../pipeline/handle.ts';
import type { Snapshot } from '../pipeline/snapshot.ts';
import { anyObserved, buildAccess, buildObservedAccess, limitsFor, type Policy, watchPolicy } from '../policy/index.ts';
import type { RoleLimits } from '../policy/limits-config.ts';
import { createSealer, loadSealKeys } from '../seal/index.ts';
import { createElasticsearchStore } from '../stores/elasticsearch/index.ts';
import { type LiveCatalogue, watchCatalogue } from './catalogue.ts';
import { createPseudonyms, createTokens, loadSecretKey } from './keys.ts';
import { createMetrics, type GuardMetrics } from './metrics.ts';
import { type BoundStore, bindStore } from './stores.ts';

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
  /** Wraps the handling of a request (traces). */
  readonly around?: (handle: Handle) => Handle;
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
    device: policy.limits.device && shareOfCalls(policy.limits.device, counted),
  };
  const limits = createLimits(calls, limitStore, {
    key: limitsKey,
    onEvent: (event) => {
      if (event.kind === 'budget') log('warn', `a principal has spent its budget of documents (${event.principal})`);
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
    await Promise.allSettled([journal.close(), limits.close()]);
    throw error;
  });

  interface Built {
    readonly policy: Policy;
    readonly snapshot: Snapshot;
    readonly bound: ReadonlyMap<string, BoundStore>;
    readonly catalogue: LiveCatalogue | undefined;
  }

  /** Everything that a policy decides by. What did not change is taken over from the one before. */
  async function build(next: Policy, before?: Built): Promise<Built> {
    for (const role of next.roles) share(role.limits);
    const bound = new Map<string, BoundStore>();
    const fresh: BoundStore[] = [];
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
      const front = bound.values().next().value;
      if (front === undefined) throw new PosternError('E_GUARD', 'the policy names no upstream');
      const authenticator = createAuthenticator(next.identity, {
        roles: next.roles,
        log: (message) => log('warn', message),
        ...(options.replay && { replay: options.replay }),
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
      };
      return { policy: next, snapshot, bound, catalogue };
    } catch (error) {
      for (const one of fresh) one.upstream.close();
      throw error;
    }
  }

  const retired = new Set<() => void>();

  function retire(old: Built): void {
    // What the next policy did not take over, no later one will.
    const dropped = [...old.bound].flatMap(([name, one]) => (built.bound.get(name) === one ? [] : [one.upstream]));
    const end = () => {
      clearTimeout(timer);
      retired.delete(end);
      old.catalogue?.close();
      old.snapshot.authenticator.close();
      for (const upstream of dropped) upstream.close();
    };
    // A request may ask its store several times in turn.
    const longest = Math.max(...[...old.policy.upstreams.values()].map(({ timeout }) => timeout));
    const timer = setTimeout(end, Math.max(OLD_PARTS_MS, 4 * longest));
    timer.unref();
    retired.add(end);
  }

  const guard = createGuard({
    snapshot: () => built.snapshot,
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
    const fixed = ['listeners', 'admin', 'journal', 'limits', 'keys', 'workers'] as const;
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
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
    // On a full disk its last checkpoint has no place; the rest is ended all the same.
    await journal.close().catch((error: unknown) => log('error', `the journal has no last checkpoint: ${safe(error)}`));
    sealer.close();
    for (const end of [...retired]) end();
    built.catalogue?.close();
    built.snapshot.authenticator.close();
    for (const { upstream } of built.bound.values()) upstream.close();
    await limits.close();
  }

  return {
    listeners,
    metrics,
    notReady() {
      if (!journal.healthy) return 'the journal cannot be written';
      if (!limits.ready()) return 'the store of the limits cannot be reached';
      if (!built.snapshot.authenticator.ready()) return 'the keys of an issuer are not known yet';
      return undefined;
    },
    reload: () => watching.reload(),
    close: stop,
  };
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
