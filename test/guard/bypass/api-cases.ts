/** Attempts against declared resources: each on all three of them, in two worlds, held against the oracles of `harness/api-fixture.ts`. */
import { expect } from 'vitest';
import {
  createApiWorld,
  createComparable,
  type Loot,
  othersOf,
  RESOURCES,
  type ResourceName,
  type Told,
  type World,
  wrongWith,
} from '../harness/api-fixture.ts';
import type { Sent } from '../harness/fixture.ts';
import { type Expected, type Step, step } from './case.ts';
import { expectOutcome } from './run-cases.ts';

let made: Promise<readonly [World, World]> | undefined;

/** Both worlds as Ada sees them, made once and put back before each attempt. */
export async function apiWorlds(): Promise<readonly [World, World]> {
  made ??= Promise.all([createApiWorld(1, 'ada'), createApiWorld(2, 'ada')]);
  const worlds = await made;
  for (const world of worlds) world.reset?.();
  return worlds;
}

export interface Place {
  readonly resource: ResourceName;
  /** What Ada knows of her own documents in this world. */
  readonly own: Loot;
  /** What Bob knows of his in the first. */
  readonly their: Loot;
}

export type ApiSent = (place: Place) => Sent;

/** In turn, in both worlds. @returns what the last came to in the first */
export async function sendBoth(resource: ResourceName, ...sents: readonly ApiSent[]): Promise<Told> {
  const worlds = await apiWorlds();
  const comparable = worlds.map(createComparable);
  let last: Told | undefined;
  for (const sent of sents) {
    const tolds: Told[] = [];
    for (const world of worlds) {
      const one = sent({ resource, own: world.loot.ada[resource], their: worlds[0].loot.bob[resource] });
      const who = (one.as === undefined ? 'ada' : (one.as ?? '')).split('-')[0]!;
      const before = await othersOf(world.bench, who);
      const told = await world.bench.send(one);
      expect(await wrongWith(world.bench, one, told, before), `${one.method} ${one.target}`).toEqual([]);
      tolds.push(told);
    }
    expect(comparable[1]!(tolds[1]!)).toBe(comparable[0]!(tolds[0]!));
    last = tolds[0];
  }
  return last!;
}

export function expectTold(expected: Expected, sent: Sent, told: Told): void {
  const upstream = [
    ...told.requests,
    ...told.statements.map(({ text, values }) => ({ method: 'SQL', path: text, body: JSON.stringify(values) })),
  ];
  expectOutcome({ sent, expect: expected }, { answer: told.answer, json: told.json, upstream, entry: told.entry });
}

/** A step of its own for each: sent to every resource, with one outcome. */
export function each(
  expected: Expected,
  sents: readonly (string | ApiSent)[],
  check?: (told: Told, sent: Sent, resource: ResourceName) => void,
): Step[] {
  return sents.map((given) => {
    const sent: ApiSent =
      typeof given === 'string' ? ({ resource }) => ({ target: given.replace('{r}', resource) }) : given;
    const nobody: Loot = { ids: ['ID', 'ID', 'ID', 'ID'], tags: ['TAG', 'TAG', 'TAG', 'TAG'], cursor: 'CURSOR' };
    const { method, target, body, as } = sent({ resource: 'orders', own: nobody, their: nobody });
    const does = `${as === undefined ? '' : `${as}: `}${method ?? (body === undefined ? 'GET' : 'POST')} ${target}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
    return step(does.slice(0, 160), expected, async () => {
      for (const resource of RESOURCES) {
        const told = await sendBoth(resource, sent);
        const one = sent({ resource, own: nobody, their: nobody });
        expectTold(expected, one, told);
        check?.(told, one, resource);
      }
    });
  });
}

export const MERGE: readonly [string, string] = ['Content-Type', 'application/merge-patch+json'];

export function patch(body: unknown, tag = '*'): ApiSent {
  return ({ resource, own }) => ({
    method: 'PATCH',
    target: `/v1/${resource}/${own.ids[0]}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: [MERGE, ['If-Match', tag]],
  });
}

export function post(body: unknown, key = 'one'): ApiSent {
  return ({ resource }) => ({
    method: 'POST',
    target: `/v1/${resource}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: [
      ['Content-Type', 'application/json'],
      ['Idempotency-Key', key],
    ],
  });
}
