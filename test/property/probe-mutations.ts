/** Changes of answers, repeatable by their seed, with values that must never come out again. */
import { createHash } from 'node:crypto';
import type { Reply } from '../../src/probe/testing/http-server.ts';

/** Lower case, so that they are found in any case. */
const CANARIES = [
  'canary.jane@example.org',
  '+4915550109871',
  '4111111111111111',
  '5f0c6f6e-7b43-4b8a-9b1d-0123456789ab',
  'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  'canary jane <canary.jane@example.org>',
];
/** Parts of the above that are enough to tell who it was. */
const TELLTALES = ['canary.jane', 'canary%2ejane', '15550109871', '4111111111111111', '7b43-4b8a', 'c0ffee00c0ffee00'];

/** The planted value that stands in a text. */
export function leakIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  return TELLTALES.find((part) => lower.includes(part) || lower.includes(Buffer.from(part).toString('hex')));
}

/** What would steer a terminal, or turn the direction of reading. */
export function strangeIn(json: string): string | undefined {
  return /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\\u00(?:0[0-8bce-f]|1[0-9a-f])/.exec(json)?.[0];
}

/** Every count of an observation with its path. */
export function numbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${path}.${key}`));
}

/** Numbers from 0 to 2^32 - 1, the same for the same seed. */
function random(seed: string): () => number {
  let block = 0;
  let pool = Buffer.alloc(0);
  return () => {
    if (pool.length < 4) pool = createHash('sha256').update(`${seed} ${block++}`).digest();
    const value = pool.readUInt32LE(0);
    pool = pool.subarray(4);
    return value;
  };
}

const STRANGE: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => [],
  () => ({}),
  () => '',
  () => -1,
  () => -5e15,
  () => 0.5,
  () => 1e300,
  () => 2 ** 53 + 2,
  () => '9007199254740993',
  () => '-1',
  () => 'NaN',
  () => '1e5',
  () => '\u001b[31mcanary.jane@example.org\u001b[0m',
  () => '\u202ecanary.jane@example.org',
  () => 'x'.repeat(3_000),
  () => '../../../etc/passwd',
  () => '%2e%2e%2fcanary.jane@example.org',
  () => 'a\r\nx-injected: canary.jane@example.org',
  () => JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`) as unknown,
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown,
  () => ['canary.jane@example.org', { 'canary.jane@example.org': 'canary.jane@example.org' }],
  () => Array.from({ length: 300 }, (_, n) => ({ name: `canary.jane@example.org${n}`, id: `+4915550109871${n}` })),
];

type Next = () => number;

const pick = <T>(list: readonly T[], next: Next): T => list[next() % list.length] as T;

/** Calls `change` on every leaf and every key in turn; what it returns stands there instead. */
function mapped(value: unknown, change: (leaf: unknown) => unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => mapped(inner, change, rename));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), mapped(inner, change, rename)]));
}

function changedJson(value: unknown, next: Next): unknown {
  const canary = pick(CANARIES, next);
  const strange = pick(STRANGE, next);
  const every = 1 + (next() % 6);
  const same = (key: string) => key;
  switch (next() % 7) {
    case 0:
      return mapped(value, (leaf) => (typeof leaf === 'string' && next() % every === 0 ? canary : leaf), same);
    case 1:
      return mapped(value, (leaf) => (next() % every === 0 ? strange() : leaf), same);
    case 2:
      return mapped(
        value,
        (leaf) => leaf,
        (key) => (next() % (every * 3) === 0 ? canary : key),
      );
    case 3:
      return mapped(
        value,
        (leaf) => leaf,
        (key) => (next() % (every * 3) === 0 ? pick(['__proto__', 'constructor', '', 'toString'], next) : key),
      );
    case 4:
      return Array.isArray(value) ? Array.from({ length: 400 }, () => value).flat() : [value];
    case 5:
      // A name within the name: what is a prefix or suffix must not carry the rest out.
      return mapped(
        value,
        (leaf) => (typeof leaf === 'string' && next() % every === 0 ? `${leaf}-${canary}` : leaf),
        same,
      );
    default:
      return mapped(
        value,
        (leaf) => (typeof leaf === 'number' ? pick([-1, 2 ** 60, 0.1, Number.NaN, '12', null], next) : leaf),
        same,
      );
  }
}

function changedText(text: string, next: Next): string {
  const at = text.length === 0 ? 0 : next() % text.length;
  const canary = pick(CANARIES, next);
  switch (next() % 5) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${canary}${text.slice(at)}`;
    case 2:
      return text.replace(/>[^<]{1,200}</g, () => (next() % 2 === 0 ? `>${canary}<` : '><'));
    case 3:
      return `${text.slice(0, at)}\u0000\u001b[2J\u202e${text.slice(at + 1)}`;
    default:
      return text.replace(/[A-Za-z_]{3,40}/g, (word) => (next() % 12 === 0 ? canary : word));
  }
}

/** One HTTP answer, unchanged about half the time, so that dialogues get far. */
export function changedReply(reply: Reply | undefined, seed: string, step: number): Reply | undefined {
  const next = random(`${seed} ${step}`);
  // The first answers identify the product: they are left alone more often.
  if (next() % (step < 2 ? 6 : 2) !== 0) return reply;
  const [status, body = {}, headers = {}] = (Array.isArray(reply) ? reply : undefined) ?? [404, { error: 'not found' }];
  const kind = next() % 12;
  if (kind === 0) return [pick([200, 204, 301, 400, 401, 403, 404, 405, 429, 500, 503], next), body, headers];
  if (kind === 1) return [0];
  if (kind === 2)
    return [status, body, { ...headers, server: pick(CANARIES, next), 'x-version': pick(CANARIES, next) }];
  if (kind === 3) {
    const changed = Object.fromEntries(Object.keys(headers).map((name) => [name, pick(CANARIES, next)]));
    return [status, body, changed];
  }
  // What is long already would grow without end.
  if (typeof body !== 'string' && JSON.stringify(body).length > 20_000)
    return [status, changedText(JSON.stringify(body), next), headers];
  if (typeof body === 'string') {
    const json = asJson(body);
    if (json === undefined || kind === 4) return [status, changedText(body, next), headers];
    return [status, JSON.stringify(changedJson(json, next)), headers];
  }
  if (kind === 4) return [status, changedText(JSON.stringify(body), next), headers];
  return [status, changedJson(body, next), headers];
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One answer's bytes, unchanged about half the time. */
export function changedBytes(bytes: Uint8Array, seed: string, step: number): Uint8Array {
  const next = random(`${seed} ${step}`);
  if (next() % (step < 1 ? 6 : 2) !== 0 || bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = next() % copy.length;
  switch (next() % 7) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      copy[at] = next() & 0xff;
      return copy;
    case 2:
      copy.fill(next() % 2 === 0 ? 0xff : 0, at, Math.min(at + 4, copy.length));
      return copy;
    case 3: {
      // Letters become those of an address, at the same length, so that frames still fit.
      const canary = 'canary.jane@example.org '.repeat(Math.ceil(copy.length / 24));
      const words = copy
        .toString('latin1')
        .replace(/[A-Za-z]{6,}/g, (word) => (next() % 3 === 0 ? canary.slice(0, word.length) : word));
      return Buffer.from(words, 'latin1');
    }
    case 4:
      return Buffer.concat([copy, copy]);
    case 5:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(pick(CANARIES, next)), copy.subarray(at)]);
    default:
      return Buffer.concat([copy, Buffer.alloc(next() % 200_000, next() & 0xff)]);
  }
}
