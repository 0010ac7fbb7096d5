/**
 * The state that several gateways share, in a Valkey (7.2 or newer) or Redis (6.2 or newer).
 *
 *   <prefix>{guard}:rate:<scope>:<id>      string   when the bucket is full again, µs of the server's clock
 *   <prefix>{guard}:running:<scope>:<id>   zset     ticket → when it is given up, µs
 *   <prefix>{guard}:shown:<spender>        zset     hash of a document → when it was last shown, µs
 *   <prefix>{guard}:counted:<spender>:<n>  string   HyperLogLog of the documents shown in the n-th eighth of a window
 *   <prefix>{guard}:trail:<principal> <key>  zset   what it did under a rule → when, µs
 *   <prefix>{guard}:held:<action>:<principal>  string   rule whose action is held against it
 *   <prefix>{guard}:idempotency:<key>     hash     what a creation's key stands for: idempotency-valkey.ts
 *   <prefix>{guard}:proof:<hash>           string   a DPoP proof that was used
 *
 * Every key expires by itself. The braces keep all of them in one slot of a cluster, as the scripts need it. Scripts run
 * atomically and take the time from the server, so the clocks of the gateways do not matter.
 */
import { hash, randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import type { AnomalyStore } from '../guard/anomalies/index.ts';
import type { IdempotencyStore } from '../guard/api/index.ts';
import type { ReplayStore } from '../guard/authn/replay.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import type { Gate, LimitStore, Pass } from '../guard/limits/store.ts';
import { createValkeyIdempotency } from './idempotency-valkey.ts';
import { createValkeyAnomalies } from './valkey-anomalies.ts';
import { CLOCK, type Script, script } from './valkey-script.ts';

export interface ValkeyOptions {
  /** `redis://host:port/db` or `rediss://…` (TLS). */
  readonly url: string;
  readonly username?: string | null;
  readonly password?: string | null;
  /** Certificate authorities (PEM); the system's without it. */
  readonly ca?: string | null;
  /** Begins every key; `postern:` by default. */
  readonly prefix?: string;
  /** Milliseconds for an answer; 500 by default. */
  readonly timeout?: number;
  /** Milliseconds after which a request that nobody ended counts as over; above the longest request. 120,000 by default. */
  readonly ticketMs?: number;
  /** For the operator's log. `reason` is the system's or the server's error code. */
  readonly onEvent?: (event: { readonly kind: 'down' | 'up'; readonly reason?: string }) => void;
}

export interface ValkeyState {
  readonly limits: LimitStore;
  /** DPoP proofs that were used, over all gateways. */
  readonly replay: ReplayStore;
  /** Trails and holds of the detection of slow theft. */
  readonly anomalies: AnomalyStore;
  /** Keys of creations. */
  readonly idempotency: IdempotencyStore;
  ready(): boolean;
  /** Resolves when the server was reached for the first time. */
  readonly connected: Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects, and connects again whenever the connection is lost. Until then every call is refused as `unavailable`: at
 * once, nothing waits in a queue.
 */
export function createValkeyState(options: ValkeyOptions): ValkeyState {
  const timeout = options.timeout ?? 500;
  const secure = options.url.startsWith('rediss:');
  const client = createClient({
    url: options.url,
    ...(options.username ? { username: options.username } : {}),
    ...(options.password ? { password: options.password } : {}),
    socket: {
      connectTimeout: 5000,
      socketTimeout: 6000,
      reconnectStrategy: (tries: number) => Math.min(2000, 50 * 2 ** Math.min(tries, 6)),
      ...(secure ? { tls: true as const, ...(options.ca ? { ca: options.ca } : {}) } : {}),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    // A peer that vanished without a word is noticed by these two together.
    pingInterval: 2000,
  });
  let closed = false;
  let up = false;
  let hung = false;
  let told = false;
  client.on('ready', () => {
    up = true;
    hung = false;
    options.onEvent?.({ kind: 'up' });
  });
  client.on('error', (error: unknown) => {
    // Once for each time that it is away, however often it is tried again; also when it never was there.
    if (up || !told) options.onEvent?.({ kind: 'down', reason: codeOf(error) });
    told = true;
    up = false;
  });
  const connected = client.connect().then(() => undefined);
  connected.catch(() => {});

  const names = `${options.prefix ?? 'postern:'}{guard}:`;
  const ticketMs = options.ticketMs ?? 120_000;
  const ownTickets = randomBytes(9).toString('base64url');
  let tickets = 0;

  async function run(script: Script, keys: string[], args: string[]): Promise<number[]> {
    const call = { keys, arguments: args };
    const reply = await ask(async (late) => {
      try {
        return await client.evalSha(script.digest, call);
      } catch (error) {
        // A server that was started anew has forgotten its scripts.
        if (late() || !(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return await client.eval(script.text, call);
      }
    });
    if (!Array.isArray(reply)) throw new Refusal('unavailable', 'limits: the store gave another answer');
    return reply.map(Number);
  }

  /** A call has `timeout` for its answer; after one that had none, others are refused at once until an answer comes. */
  function ask<T>(command: (late: () => boolean) => Promise<T>): Promise<T> {
    if (hung) return Promise.reject(new Refusal('unavailable', 'limits: the store does not answer'));
    return new Promise((resolve, reject) => {
      let late = false;
      const patience = setTimeout(() => {
        late = true;
        hung = true;
        reject(new Refusal('unavailable', 'limits: the store does not answer'));
      }, timeout);
      command(() => late).then(
        (reply) => {
          hung = false;
          clearTimeout(patience);
          resolve(reply);
        },
        (cause: unknown) => {
          hung = false;
          clearTimeout(patience);
          reject(new Refusal('unavailable', `limits: the store cannot be asked (${codeOf(cause)})`, { cause }));
        },
      );
    });
  }

  function leave(keys: readonly string[], ticket: string): void {
    // Lost ones end by themselves.
    for (const key of keys) client.zRem(key, ticket).catch(() => {});
  }

  const limits: LimitStore = {
    async enter(gates: readonly Gate[]): Promise<Pass> {
      const ticket = `${ownTickets}${(tickets++).toString(36)}`;
      const keys: string[] = [];
      const args = [ticket, String(ticketMs * 1000)];
      const counted: string[] = [];
      for (const { scope, id, rate, concurrent } of gates) {
        const running = `${names}running:${scope}:${id}`;
        keys.push(`${names}rate:${scope}:${id}`, running);
        args.push(
          rate === null ? '0' : String(Math.max(1, Math.ceil(1_000_000 / rate.perSecond))),
          rate === null ? '0' : String(rate.burst),
          concurrent === null ? '0' : String(concurrent),
        );
        if (concurrent !== null) counted.push(running);
      }
      let reply: number[];
      try {
        reply = await run(ENTER, keys, args);
      } catch (error) {
        // It may have been counted, although its answer came too late.
        leave(counted, ticket);
        throw error;
      }
      const [wait = 0, closed = 0] = reply;
      if (wait > 0) return { waitMs: wait, closed: gates[closed - 1]?.scope ?? 'principal', leave: () => {} };
      let left = counted.length === 0;
      return {
        waitMs: 0,
        closed: null,
        leave() {
          if (!left) leave(counted, ticket);
          left = true;
        },
      };
    },
    async spend(spenders, documents) {
      const args: string[] = [];
      for (const { windowMs, count, counting } of spenders) {
        args.push(String(windowMs * 1000), String(count), counting === 'exact' ? '1' : '0');
      }
      const reply = await run(
        SPEND,
        spenders.map(({ id, counting }) => `${names}${counting === 'exact' ? 'shown' : 'counted'}:${id}`),
        [...args, ...documents],
      );
      const [waitMs = 1, closed = 1] = reply;
      return { waitMs, closed: waitMs === 0 ? null : (spenders[closed - 1] ?? spenders[0] ?? null) };
    },
    ready: () => up && !hung,
    close,
  };

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    up = false;
    // `close` waits for answers; a server that hangs gives none.
    const patience = setTimeout(() => client.destroy(), timeout);
    await client.close().catch(() => {});
    clearTimeout(patience);
  }

  return {
    limits,
    replay: {
      async seen(jkt, jti, expiresAt) {
        const left = Math.ceil(expiresAt - Date.now());
        if (left <= 0) return true;
        const key = `${names}proof:${hash('sha256', `${jkt}.${jti}`, 'base64url')}`;
        const reply = await ask(() =>
          client.set(key, '1', { condition: 'NX', expiration: { type: 'PX', value: left } }),
        );
        return reply === null;
      },
    },
    anomalies: createValkeyAnomalies(run, names),
    idempotency: createValkeyIdempotency(run, names),
    ready: () => up && !hung,
    connected,
    close,
  };
}

/** KEYS: rate and running of each gate. ARGV: ticket, its life, then interval (µs), burst and concurrent of each gate. */
const ENTER = script(`${CLOCK}
local wait, closed, full = 0, 0, {}
for gate = 1, #KEYS / 2 do
  local interval, burst, concurrent = tonumber(ARGV[gate * 3]), tonumber(ARGV[gate * 3 + 1]), tonumber(ARGV[gate * 3 + 2])
  if interval > 0 then
    local at = tonumber(redis.call('GET', KEYS[gate * 2 - 1]) or '0')
    local empty = now + interval * burst
    if at > empty then
      at = empty
      redis.call('SET', KEYS[gate * 2 - 1], print(at), 'PX', print(math.ceil(interval * burst / 1000)))
    end
    at = math.max(at, now)
    local over = at - now - interval * (burst - 1)
    if over > wait then wait, closed = over, gate end
    full[gate] = at + interval
  end
  if concurrent > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[gate * 2], '-inf', print(now))
    if redis.call('ZCARD', KEYS[gate * 2]) >= concurrent and wait < 1000000 then wait, closed = 1000000, gate end
  end
end
if wait > 0 then return { math.ceil(wait / 1000), closed } end
for gate = 1, #KEYS / 2 do
  if full[gate] then
    redis.call('SET', KEYS[gate * 2 - 1], print(full[gate]), 'PX', print(math.ceil((full[gate] - now) / 1000)))
  end
  if tonumber(ARGV[gate * 3 + 2]) > 0 then
    redis.call('ZADD', KEYS[gate * 2], print(now + ARGV[2]), ARGV[1])
    redis.call('PEXPIRE', KEYS[gate * 2], print(ARGV[2] / 1000))
  end
end
return { 0, 0 }`);

/**
 * KEYS: what each spender was shown. ARGV: window (µs), count and kind (1 exact, 0 estimate) of each, then documents.
 * Estimates are kept by eighths of the window under `<key>:<number of the eighth>`, in the slot of the key.
 */
const SPEND = script(`${CLOCK}
local first = #KEYS * 3 + 1
local documents, known = {}, {}
for i = first, #ARGV do
  if not known[ARGV[i]] then
    known[ARGV[i]] = true
    documents[#documents + 1] = ARGV[i]
  end
end
local function eighths(key, window)
  local step, names = math.max(1, math.floor(window / 8)), {}
  local last = math.floor(now / step)
  for i = last - 8, last do names[#names + 1] = key .. ':' .. print(i) end
  return names, step
end
local function add(key)
  for from = 1, #documents, 1000 do
    redis.call('PFADD', key, unpack(documents, from, math.min(from + 999, #documents)))
  end
end
for at = 1, #KEYS do
  local key, window, count = KEYS[at], tonumber(ARGV[at * 3 - 2]), tonumber(ARGV[at * 3 - 1])
  if ARGV[at * 3] == '1' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', print(now - window))
    local before, fresh = redis.call('ZCARD', key), 0
    for _, document in ipairs(documents) do
      if not redis.call('ZSCORE', key, document) then fresh = fresh + 1 end
    end
    if fresh > 0 and before + fresh > count then
      local excess = before + fresh - count
      if excess > before then return { math.ceil(window / 1000), at } end
      local last = redis.call('ZRANGE', key, excess - 1, excess - 1, 'WITHSCORES')
      return { math.max(1, math.ceil((tonumber(last[2]) + window - now) / 1000)), at }
    end
  else
    local names, step = eighths(key, window)
    local attempt = key .. ':attempt'
    redis.call('PFMERGE', attempt, unpack(names))
    local before = redis.call('PFCOUNT', attempt)
    add(attempt)
    local after = redis.call('PFCOUNT', attempt)
    redis.call('DEL', attempt)
    if after > before and after > count then return { math.ceil(step / 1000), at } end
  end
end
for at = 1, #KEYS do
  local key, window = KEYS[at], tonumber(ARGV[at * 3 - 2])
  if ARGV[at * 3] == '1' then
    for _, document in ipairs(documents) do redis.call('ZADD', key, print(now), document) end
    redis.call('PEXPIRE', key, print(math.ceil(window / 1000)))
  else
    local names, step = eighths(key, window)
    add(names[#names])
    redis.call('PEXPIRE', names[#names], print(math.ceil((window + 2 * step) / 1000)))
  end
end
return { 0, 0 }`);

/** Code or class, never a message: it may quote what was sent. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,20}(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}
