/** The statements of one nftables rule: matches become conditions, a verdict becomes the action (libnftables-json(5)). */
import type { Action, Condition } from '../../model.ts';
import { parseRanges } from '../../ranges.ts';
import { isMap, type Json, type JsonMap, listOf, mapOf, onlyEntry, textOf } from '../json.ts';
import { shownName } from '../readout.ts';
import { matchOf } from './matches.ts';

/** Elements of named sets and maps, by `family table name`. */
export type Sets = Map<string, readonly Json[]>;

interface Statements {
  when: Condition[];
  action: Action;
  text: string;
}

/** Change, count or note something, and go on. */
const GO_ON = new Set([
  'counter',
  'log',
  'mangle',
  'notrack',
  'set',
  'map',
  'ct helper',
  'ct timeout',
  'flow',
  'last',
  'dup',
]);

/** @param prefix family and table with a space behind, which names of chains and sets stand below */
export function ruleOf(statements: readonly Json[], prefix: string, sets: Sets): Statements {
  const when: Condition[] = [];
  const texts: string[] = [];
  /** Each is a list of which one has to hold: a set of concatenations. */
  const alternatives: (readonly (readonly Condition[])[])[] = [];
  let action: Action = { do: 'continue' };
  for (const statement of statements.slice(0, 200)) {
    const [name, value] = onlyEntry(statement) ?? [textOf(statement) ?? '', null];
    if (name === 'match') {
      const { conditions, either, text } = matchOf(mapOf(value), prefix, sets);
      when.push(...conditions);
      if (either !== undefined) alternatives.push(either);
      texts.push(text);
      continue;
    }
    const limit = rateOf(name, mapOf(value));
    if (limit !== undefined) {
      when.push(limit);
      texts.push(name);
      continue;
    }
    if (name === 'xt') {
      when.push({ on: 'unknown', what: `xt ${shownName(textOf(mapOf(value).name) ?? '')}` });
      texts.push('xt');
      continue;
    }
    if (GO_ON.has(name)) continue;
    action = actionOf(name, value, prefix, sets);
    texts.push(wordsOf(name, value));
    break;
  }
  for (const either of alternatives) action = { do: 'choose', cases: either.map((one) => ({ when: one, action })) };
  return { when, action, text: texts.join(' ') };
}

/** `limit rate [over]`, `ct count [over]`, a quota, and a meter or a dynamic set that bears one. */
function rateOf(name: string, value: JsonMap): Condition | undefined {
  if (name === 'limit' || name === 'quota') return { on: 'rate', over: value.inv === true };
  if (name === 'ct count') return { on: 'rate', over: value.inv === true };
  if (name === 'meter') return inner([mapOf(value).stmt ?? null]);
  if (name === 'set' && value.stmt !== undefined) return inner(listOf(value.stmt));
  return undefined;
}

function inner(statements: readonly Json[]): Condition | undefined {
  for (const statement of statements) {
    const [name, value] = onlyEntry(statement) ?? ['', null];
    if (name !== 'meter' && name !== 'set') return rateOf(name, mapOf(value));
  }
  return undefined;
}

function actionOf(name: string, value: Json, prefix: string, sets: Sets): Action {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
    case 'continue':
      return { do: name };
    case 'jump':
    case 'goto':
      return { do: name, chain: `${prefix}${shownName(textOf(mapOf(value).target) ?? '')}` };
    case 'dnat':
    case 'redirect':
      return translationOf(name, mapOf(value));
    case 'vmap':
      return choiceOf(mapOf(value), prefix, sets);
    // Changes where it comes from, not whether it comes.
    case 'snat':
    case 'masquerade':
      return { do: 'accept' };
    default:
      return { do: 'unknown', what: shownName(name) || 'a statement' };
  }
}

function translationOf(name: string, value: JsonMap): Action {
  const port = typeof value.port === 'number' ? { port: value.port } : {};
  if (value.port !== undefined && typeof value.port !== 'number')
    return { do: 'unknown', what: `${name} to several ports` };
  if (name === 'redirect') return { do: 'translate', ...port };
  const address = parseRanges(textOf(value.addr) ?? '');
  const [range] = address?.ranges ?? [];
  if (address === undefined || range === undefined) return { do: 'unknown', what: 'dnat to several addresses' };
  return { do: 'translate', to: { family: address.family, address: range[0] }, ...port };
}

function choiceOf(value: JsonMap, prefix: string, sets: Sets): Action {
  const data = value.data;
  const reference = textOf(data);
  const elements =
    reference === undefined ? listOf(mapOf(data).set) : (sets.get(`${prefix}${reference.slice(1)}`) ?? []);
  const key = value.key ?? null;
  const cases: { when: readonly Condition[]; action: Action }[] = [];
  for (const element of elements.slice(0, 20_000)) {
    const [from, to] = listOf(element);
    const [name, inside] = onlyEntry(to) ?? [textOf(to) ?? '', null];
    const elem = mapOf(from).elem;
    const plain = isMap(elem) ? (elem.val ?? null) : (from ?? null);
    const action = actionOf(name, inside, prefix, sets);
    const { conditions, either } =
      plain === '*'
        ? { conditions: [], either: undefined }
        : matchOf({ op: '==', left: key, right: { set: [plain] } }, prefix, sets);
    if (either === undefined) cases.push({ when: conditions, action });
    else for (const one of either) cases.push({ when: [...conditions, ...one], action });
  }
  // `*` holds when nothing else does, wherever it stands.
  cases.sort((a, b) => Number(a.when.length === 0) - Number(b.when.length === 0));
  return { do: 'choose', cases };
}

function wordsOf(name: string, value: Json): string {
  const target = textOf(mapOf(value).target);
  return target === undefined ? name : `${name} ${shownName(target)}`;
}
