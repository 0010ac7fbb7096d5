/**
 * Reports what methods put together and whom they call with which constants; where a parameter is part of it, once for
 * each caller that hands over a constant.
 */
import type { CodePlace } from '../../source.ts';
import { textCanMatter } from '../candidate.ts';
import type { Classes } from './classes.ts';
import type { CodeSink } from './code.ts';
import type { WatchedUse } from './interpret.ts';
import type { Programs } from './program.ts';
import { findCallers, type Uses } from './scan.ts';
import type { Tables } from './tables.ts';
import { hasParam, normalise, render, substituted, type Text, type Value } from './value.ts';

interface Parts {
  tables: Tables;
  classes: Classes;
  programs: Programs;
  uses: Uses;
  place(index: number): CodePlace;
  sink: CodeSink;
}

/** What waits for the callers of its method. */
interface Waiting {
  /** Method whose parameters are open. */
  index: number;
  /** Method that it is told of. */
  owner: number;
  use: WatchedUse | undefined;
  join: Text | undefined;
  told: boolean;
}

/** Bounds for one file: what is told, what waits for callers, callers that are looked at. */
const MOST_TOLD = 20_000;
const MOST_WAITING = 5_000;
const MOST_CALLERS = 3_000;
const ROUNDS = 2;

export function createFollower({ tables, classes, programs, uses, place, sink }: Parts): {
  follow(index: number): void;
  finish(): void;
} {
  const told = new Set<string>();
  let waiting: Waiting[] = [];
  let waited = 0;
  let left = MOST_TOLD;

  /** @returns true when it was told now or before */
  function once(...parts: readonly (string | number | undefined)[]): boolean {
    const key = parts.join('\0');
    if (told.has(key) || left <= 0) return false;
    left--;
    told.add(key);
    return true;
  }

  function tellJoin(join: Text, index: number): boolean {
    const text = addressOf(join);
    if (text === undefined) return false;
    const { class: name, method } = place(index);
    if (once('join', text, name, method)) sink.joined(text, join.at * 2, { class: name, method });
    return true;
  }

  function tellCall({ call, args, parameters, at }: WatchedUse, index: number): boolean {
    const constants = args.map((value, position) => constantOf(value, parameters[position] ?? ''));
    const { needs, bits } = call;
    const says = (position: number) => {
      const value = constants[position];
      if (bits !== undefined) return typeof value === 'number' && (value & bits) !== 0;
      return value !== undefined && value !== '';
    };
    if (needs.length > 0 && !needs.some(says)) return false;
    const { class: name, method } = place(index);
    if (once(call.api, name, method, ...constants)) {
      sink.call({ api: call.api, args: constants, offset: at * 2, class: name, method });
    }
    return true;
  }

  function wait(index: number, use: WatchedUse | undefined, join: Text | undefined): void {
    if (waited++ < MOST_WAITING) waiting.push({ index, owner: index, use, join, told: false });
  }

  function follow(index: number): void {
    const { joins, watched } = programs.analyse(index);
    for (const join of joins) {
      if (hasParam(join)) {
        if (mayBeAddress(join)) wait(index, undefined, join);
      } else tellJoin(join, index);
    }
    for (const use of watched) {
      const open = use.call.needs.some((position) => hasParam(use.args[position]));
      if (open) wait(index, use, undefined);
      else tellCall(use, index);
    }
  }

  /** One level up: each caller's arguments in place of the parameters. */
  function askCallers(asked: readonly Waiting[]): Waiting[] {
    const flags = new Uint8Array(tables.methods.count);
    const byMethod = new Map<number, Waiting[]>();
    for (const one of asked) {
      const id = classes.methods.id[one.index] ?? 0;
      flags[id] = 1;
      const same = byMethod.get(id);
      if (same === undefined) byMethod.set(id, [one]);
      else same.push(one);
    }
    const next: Waiting[] = [];
    for (const caller of findCallers(uses, flags).slice(0, MOST_CALLERS)) {
      for (const { method, args } of programs.analyseCalls(caller, flags).passed) {
        for (const one of byMethod.get(method) ?? []) passOn(one, caller, args, next);
      }
    }
    return next;
  }

  function passOn(one: Waiting, caller: number, args: readonly Value[], next: Waiting[]): void {
    if (one.join !== undefined) {
      const value = substituted(one.join, args);
      const join: Text | undefined =
        typeof value === 'string'
          ? { kind: 'text', pieces: [value], at: one.join.at }
          : isText(value)
            ? value
            : undefined;
      if (join === undefined) return;
      if (hasParam(join)) climb(one, { ...one, join, told: false, index: caller }, next);
      else if (tellJoin(join, one.owner)) one.told = true;
      return;
    }
    if (one.use === undefined) return;
    const use: WatchedUse = { ...one.use, args: one.use.args.map((value) => substituted(value, args)) };
    const open = use.call.needs.some((position) => hasParam(use.args[position]));
    if (open) climb(one, { ...one, use, told: false, index: caller }, next);
    else one.told = tellCall(use, one.owner) || one.told;
  }

  function climb(one: Waiting, higher: Waiting, next: Waiting[]): void {
    if (next.length >= MOST_WAITING) return;
    next.push(higher);
    one.told = true;
  }

  return {
    follow,
    finish() {
      for (let round = 0; round < ROUNDS && waiting.length > 0; round++) {
        const next = askCallers(waiting);
        settle(waiting);
        waiting = next;
      }
      settle(waiting);
    },
  };

  /** What no caller completed is told with what is known of it. */
  function settle(all: readonly Waiting[]): void {
    for (const { told: done, join, use, owner } of all) {
      if (done) continue;
      if (join !== undefined) tellJoin(join, owner);
      if (use !== undefined) tellCall(use, owner);
    }
  }
}

function isText(value: Value): value is Text {
  return typeof value === 'object' && value.kind === 'text';
}

/** A constant argument. A number where an object is wanted is null. */
function constantOf(value: Value, type: string): string | number | undefined {
  if (typeof value === 'number') return type.startsWith('L') || type.startsWith('[') ? undefined : value;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return undefined;
  if (value.kind === 'bytes') return value.hex;
  if (value.kind !== 'text') return undefined;
  const pieces = normalise(value.pieces);
  return pieces.length === 1 && typeof pieces[0] === 'string' ? pieces[0] : undefined;
}

/** Worth asking callers about: a part of it is of an address, and nothing stands before it that no address begins with. */
function mayBeAddress({ pieces }: Text): boolean {
  const [first] = normalise(pieces);
  if (typeof first === 'string') return ADDRESS.test(first);
  return pieces.some((piece) => typeof piece === 'string' && piece.includes('/') && !/\s/.test(piece));
}

const ADDRESS = /^(?:[a-z][a-z0-9+.:-]{1,30}|\{\}):\/\/|^\/[\w{]/i;

/** The text when it is an address and says more than any piece of it; a secret in pieces, when all of it is known. */
function addressOf({ pieces }: Text): string | undefined {
  const constants = pieces.filter((piece) => typeof piece === 'string' && piece !== '');
  if (constants.length === 0 || (constants.length === 1 && pieces.length > 1)) return undefined;
  let text = render(pieces);
  // an unknown base before a path: the path is what is known
  if (text.startsWith('{}/') && !text.startsWith('{}//')) text = text.slice(2);
  const space = text.search(/\s/);
  if (space >= 0) text = text.slice(0, space);
  const longest = Math.max(...constants.map((piece) => (typeof piece === 'string' ? piece.length : 0)));
  if (text.length <= longest && pieces.length > 1) return undefined;
  if (ADDRESS.test(text)) return /[a-z\d]{2}/i.test(text.replace(/^[^:/]*:\/\//, '')) ? text : undefined;
  const whole = space < 0 && !text.includes('{}') && text.length >= 16 && !text.includes(';');
  return whole && textCanMatter(text) ? text : undefined;
}
