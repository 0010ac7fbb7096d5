import { createHash } from 'node:crypto';

/** What a server runs in one atomic step. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

/** @throws Refusal `unavailable` */
export type RunScript = (script: Script, keys: string[], args: string[]) => Promise<number[]>;

export function script(text: string): Script {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}

/** `now`: µs of the server's clock. `print`: a number as all of its digits. */
export const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function print(number) return string.format('%.0f', number) end
`;
