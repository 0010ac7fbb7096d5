/**
 * Keys of creations, over all gateways:
 *
 *   <prefix>{guard}:idempotency:<key>   hash   f: fingerprint, u: when a running one is given up (µs; none: it is done)
 *
 * Made or taken over, marked and forgotten in one step each, by the server's clock.
 */
import type { IdempotencyStore } from '../guard/api/index.ts';
import { CLOCK, type RunScript, script } from './valkey-script.ts';

/** How long a creation that never ended keeps its key, ms: as long as in memory. */
const LEASE_MS = 60_000;
const ANSWERS = ['new', 'same', 'different', 'running'] as const;

/** @param names begins every key */
export function createValkeyIdempotency(run: RunScript, names: string, leaseMs = LEASE_MS): IdempotencyStore {
  const keyOf = (key: string) => `${names}idempotency:${key}`;
  return {
    async begin(key, fingerprint, expiresAt) {
      const life = Math.max(1, Math.ceil(expiresAt - Date.now()));
      const [answer = 3] = await run(BEGIN, [keyOf(key)], [fingerprint, String(leaseMs * 1000), String(life)]);
      return ANSWERS[answer] ?? 'running';
    },
    async done(key) {
      await run(DONE, [keyOf(key)], []);
    },
    async abandon(key) {
      await run(ABANDON, [keyOf(key)], []);
    },
  };
}

/** KEYS: the key. ARGV: fingerprint, lease (µs), life (ms). Answers with the place in `ANSWERS`. */
const BEGIN = script(`${CLOCK}
local known = redis.call('HMGET', KEYS[1], 'f', 'u')
if known[1] then
  if not known[2] then
    if known[1] == ARGV[1] then return { 1 } end
    return { 2 }
  end
  if tonumber(known[2]) > now then return { 3 } end
end
redis.call('HSET', KEYS[1], 'f', ARGV[1], 'u', print(now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { 0 }`);

const DONE = script(`redis.call('HDEL', KEYS[1], 'u') return { 0 }`);

const ABANDON = script(`
if redis.call('HEXISTS', KEYS[1], 'u') == 1 then redis.call('DEL', KEYS[1]) end
return { 0 }`);
