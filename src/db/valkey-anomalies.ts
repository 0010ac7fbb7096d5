/** Trails and holds of the detection of slow theft, in the Valkey or Redis that several gateways share. */
import { createHash } from 'node:crypto';
import type { AnomalyStore, Hold } from '../guard/anomalies/index.ts';

interface Script {
  readonly text: string;
  readonly digest: string;
}

const ACTIONS = ['throttle', 'step-up', 'block'] as const satisfies readonly Hold['action'][];
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

/** KEYS: held. ARGV: number of the action, rule, life (ms). */
const HOLD = script(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
end
return { 0 }`);

/** KEYS: held. */
const HELD = script(`
local held = redis.call('GET', KEYS[1])
if not held then return { -1, 0, 0 } end
local action, rule = string.match(held, '^(%d+) (%d+)$')
return { tonumber(action), tonumber(rule), redis.call('PTTL', KEYS[1]) }`);

const RELEASE = script(`return { redis.call('DEL', KEYS[1]) }`);

/**
 * @param run runs a script in one atomic step
 * @param names begins every key
 */
export function createValkeyAnomalies(
  run: (script: Script, keys: string[], args: string[]) => Promise<number[]>,
  names: string,
): AnomalyStore {
  return {
    async add(key, who, items, windowMs) {
      const [count = 0] = await run(ADD, [`${names}trail:${who} ${key}`], [String(Math.ceil(windowMs)), ...items]);
      return count;
    },
    async hold(who, { action, rule, leftMs }) {
      const args = [ACTIONS.indexOf(action), rule, Math.max(1, Math.ceil(leftMs))].map(String);
      await run(HOLD, [`${names}held:${who}`], args);
    },
    async held(who) {
      const [at = -1, rule = 0, leftMs = 0] = await run(HELD, [`${names}held:${who}`], []);
      const action = ACTIONS[at];
      return action === undefined || leftMs <= 0 ? null : { action, rule, leftMs };
    },
    async release(who) {
      await run(RELEASE, [`${names}held:${who}`], []);
    },
  };
}
