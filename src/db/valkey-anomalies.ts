/** Trails and holds of the detection of slow theft, in the Valkey or Redis that several gateways share. */
import { createHash } from 'node:crypto';
import { type AnomalyStore, type Hold, STRICTEST_FIRST } from '../guard/anomalies/index.ts';

interface Script {
  readonly text: string;
  readonly digest: string;
}

/** Items of one trail that are kept. */
const MAX_ITEMS = 10_000;

function script(text: string): Script {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
`;

/** KEYS: trail. ARGV: window (ms), then items. */
const ADD = script(`${NOW}
local window = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window * 1000))
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[at]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -${MAX_ITEMS + 1})
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { redis.call('ZCARD', KEYS[1]) }`);

/** KEYS: held, of one action. ARGV: rule, life (ms). */
const HOLD = script(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return { 0 }`);

/** KEYS: held, of each action, the strictest first. */
const HELD = script(`
for at = 1, #KEYS do
  local rule, left = redis.call('GET', KEYS[at]), redis.call('PTTL', KEYS[at])
  if rule and left > 0 then return { at - 1, tonumber(rule), left } end
end
return { -1, 0, 0 }`);

const RELEASE = script(`return { redis.call('DEL', KEYS[1]) }`);

/**
 * @param run runs a script in one atomic step
 * @param names begins every key
 */
export function createValkeyAnomalies(
  run: (script: Script, keys: string[], args: string[]) => Promise<number[]>,
  names: string,
): AnomalyStore {
  const heldBy = (who: string, action: Hold['action']) => `${names}held:${action}:${who}`;
  return {
    async add(key, who, items, windowMs) {
      const [count = 0] = await run(ADD, [`${names}trail:${who} ${key}`], [String(Math.ceil(windowMs)), ...items]);
      return count;
    },
    async hold(who, { action, rule, leftMs }) {
      await run(HOLD, [heldBy(who, action)], [String(rule), String(Math.max(1, Math.ceil(leftMs)))]);
    },
    async held(who) {
      const keys = STRICTEST_FIRST.map((action) => heldBy(who, action));
      const [at = -1, rule = 0, leftMs = 0] = await run(HELD, keys, []);
      const action = STRICTEST_FIRST[at];
      return action === undefined || leftMs <= 0 ? null : { action, rule, leftMs };
    },
    async release(who) {
      await run(RELEASE, [heldBy(who, 'step-up')], []);
    },
  };
}
