/**
 * Rules of the Realtime Database: JSON with comments, `{ "rules": { … } }`. Keys are the children of a place, `$name` is
 * any child; `.read`, `.write` and `.validate` hold a truth value or a condition, `.indexOn` names fields.
 *
 * Rules cascade: what a place grants, all that is below it has, and nothing there takes it back; `.validate` does not
 * cascade. What no rule grants is refused.
 * https://firebase.google.com/docs/database/security/core-syntax, https://firebase.google.com/docs/database/security/rules-conditions
 */
import type { Node, ParseError } from 'jsonc-parser';
import type { Skip } from '../../../core/skip.ts';
import type { DatasetFact } from '../../facts.ts';
import type { Format, SettingView } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import type { Expression } from '../firebase-rules/expression.ts';
import { atLeastAs, FAILS, known, type Truth, UNKNOWN } from '../firebase-rules/truth.ts';
import { evaluate, type Piece, type Principal, parseExpression } from './evaluate.ts';

type RuleKind = '.read' | '.write' | '.validate';

export interface RtdbRule {
  kind: RuleKind;
  /** As it is written, without quotes. */
  text: string;
  /** Of the value, quotes included. */
  span: Span;
  keySpan: Span;
  /** Null where it is not understood. */
  condition: Expression | boolean | null;
  /** Places below the root that it looks at. */
  lookUps: readonly (readonly Piece[])[];
  of(principal: Principal): Truth;
}

export interface RtdbPlace {
  /** From the root; `/` is the root itself. */
  path: string;
  keys: readonly string[];
  parent: RtdbPlace | null;
  span: Span;
  rules: ReadonlyMap<RuleKind, RtdbRule>;
  places: RtdbPlace[];
}

export interface RtdbDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  root: RtdbPlace | null;
  /** Every place, the upper ones first. */
  places: readonly RtdbPlace[];
  indexes: readonly SettingView[];
}

const HEAD = 262_144;
const MAX_DEPTH = 200;
const MAX_PLACES = 20_000;

let parser: typeof import('jsonc-parser') | undefined;

export const rtdbFormat: Format<'firebase-rtdb'> = {
  name: 'firebase-rtdb',
  title: 'Firebase Realtime Database rules',
  recognises(path, text) {
    if (/\.(?:ya?ml|xml|toml|sql|tf|rules)$/i.test(path)) return false;
    const head = text.slice(0, HEAD);
    return (
      /"rules"[ \t\r\n]{0,50}:[ \t\r\n]{0,50}\{/.test(head) &&
      /"\.(?:read|write|validate)"[ \t]{0,50}:/.test(head) &&
      /^\ufeff?[ \t\r\n]{0,1000}(?:\{|\/[/*])/.test(head)
    );
  },
  async prepare() {
    parser ??= await import('jsonc-parser');
  },
  read(source) {
    const skips: Skip[] = [];
    const fail = (reason: string, offset = 0): void => {
      if (skips.length >= 20) return;
      const { line } = source.position(offset);
      skips.push({ subject: `${source.path}:${line}`, code: 'RTDB_SYNTAX', reason, severity: 'incomplete' });
    };
    const tree = parse(source, fail);
    const top = child(tree, 'rules');
    const reader: Places = { places: [], indexes: [], fail, now: Date.now() };
    const root = top === undefined ? null : placesOf(top, source, reader);
    if (root === null) fail('no rules in it');
    const complete = skips.length === 0;
    return {
      document: { complete, root, places: reader.places, indexes: reader.indexes },
      status: complete ? 'read' : 'partial',
      skips,
    };
  },
  *settings(document) {
    for (const { path, rules } of document.places) {
      for (const { kind, text, span } of rules.values()) {
        yield { pointer: `${path === '/' ? '' : path}/${kind}`, values: [text], span };
      }
    }
    yield* document.indexes;
  },
  facts({ document, source }) {
    const datasets = (document.root?.places ?? []).map(
      (place): DatasetFact => ({
        store: 'firebase-rtdb',
        name: place.path,
        fields: place.places.flatMap(({ places: below, keys }) =>
          keys.at(-1)?.startsWith('$') === true
            ? below.map((one) => ({ name: one.keys.at(-1) ?? '', type: null }))
            : [],
        ),
        open: openOf(effective(place, '.read', 'stranger')),
        place: { source, span: place.span, pointer: place.path },
      }),
    );
    return { datasets: datasets.slice(0, 2000) };
  },
};

function openOf(truth: Truth): DatasetFact['open'] {
  if (truth.answer === 'yes' || truth.answer === 'can') return 'open';
  return truth.because.has('unknown') ? 'unknown' : 'closed';
}

/** What a place grants together with all above it. */
export function effective(place: RtdbPlace, kind: '.read' | '.write', principal: Principal): Truth {
  let best: Truth = known(false);
  for (let at: RtdbPlace | null = place; at !== null; at = at.parent) {
    const truth = at.rules.get(kind)?.of(principal);
    if (truth !== undefined && !atLeastAs(best.answer, truth.answer)) best = truth;
  }
  return best;
}

function parse(source: Source, fail: (reason: string, offset?: number) => void): Node | undefined {
  const { text } = source;
  if (parser === undefined || text.length > 4_000_000 || tooDeep(text)) {
    fail(parser === undefined ? 'its parser is not loaded' : 'too large or nested too deep');
    return undefined;
  }
  const errors: ParseError[] = [];
  const tree = parser.parseTree(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text, errors, {
    allowTrailingComma: true,
  });
  for (const { offset } of errors.slice(0, 5)) fail('no valid JSON here', offset);
  return tree;
}

/** The parser calls itself for each bracket. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x7b || character === 0x5b) depth += 1;
    else if (character === 0x7d || character === 0x5d) depth -= 1;
    else if (character === 0x22) {
      for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22 && text.charCodeAt(at) !== 0x0a; at += 1) {
        if (text.charCodeAt(at) === 0x5c) at += 1;
      }
    }
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function child(node: Node | undefined, key: string): Node | undefined {
  return node?.type === 'object'
    ? node.children?.find((one) => one.children?.[0]?.value === key)?.children?.[1]
    : undefined;
}

interface Places {
  places: RtdbPlace[];
  indexes: SettingView[];
  fail: (reason: string, offset?: number) => void;
  now: number;
}

function spanOf(node: Node): Span {
  return { start: node.offset, end: node.offset + node.length };
}

function placesOf(top: Node, source: Source, reader: Places): RtdbPlace | null {
  if (top.type !== 'object') return null;
  const root: RtdbPlace = { path: '/', keys: [], parent: null, span: spanOf(top), rules: new Map(), places: [] };
  const open: { place: RtdbPlace; node: Node; rules: Map<RuleKind, RtdbRule> }[] = [
    { place: root, node: top, rules: new Map() },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { place, node, rules } = next;
    if (reader.places.length >= MAX_PLACES) {
      reader.fail('too many places');
      break;
    }
    reader.places.push(place);
    Object.assign(place, { rules });
    for (const property of node.children ?? []) {
      const [keyNode, value] = property.children ?? [];
      if (keyNode === undefined || value === undefined) continue;
      const key = String(keyNode.value);
      if (key === '.read' || key === '.write' || key === '.validate')
        rules.set(key, ruleOf(key, keyNode, value, source, reader));
      else if (key === '.indexOn') indexOf(place, value, source, reader);
      else if (value.type === 'object') {
        const keys = [...place.keys, key];
        const below: RtdbPlace = {
          path: `/${keys.join('/')}`,
          keys,
          parent: place,
          span: spanOf(keyNode),
          rules: new Map(),
          places: [],
        };
        place.places.push(below);
        open.push({ place: below, node: value, rules: new Map() });
      }
    }
  }
  return root;
}

function indexOf(place: RtdbPlace, value: Node, source: Source, reader: Places): void {
  const items = value.type === 'array' ? (value.children ?? []) : [value];
  const pointer = `${place.path === '/' ? '' : place.path}/.indexOn`;
  if (reader.indexes.some((one) => one.pointer === pointer) || value.length === 0) return;
  const values = items.map((one) =>
    one.type === 'string' ? String(one.value) : source.text.slice(one.offset, one.offset + one.length),
  );
  reader.indexes.push({ pointer, values, span: spanOf(value) });
}

function ruleOf(kind: RuleKind, key: Node, value: Node, source: Source, reader: Places): RtdbRule {
  const text =
    value.type === 'string' ? String(value.value) : source.text.slice(value.offset, value.offset + value.length);
  const parsed =
    typeof value.value === 'boolean' ? value.value : value.type === 'string' ? parseExpression(text) : 'no condition';
  if (typeof parsed === 'string') reader.fail(`${kind} is not understood: ${parsed}`, value.offset);
  const condition = typeof parsed === 'string' ? null : parsed;
  const lookUps: (readonly Piece[])[] = [];
  const verdicts = new Map<Principal, Truth>();
  function judge(principal: Principal): Truth {
    if (condition === null) return UNKNOWN;
    if (typeof condition === 'boolean') return known(condition);
    const onLookUp = (path: readonly Piece[]): void => {
      if (principal === 'anyone' && lookUps.length < 20) lookUps.push(path);
    };
    return evaluate(condition, { principal, now: reader.now, onLookUp });
  }
  verdicts.set('anyone', judge('anyone'));
  return {
    kind,
    text,
    span: spanOf(value),
    keySpan: spanOf(key),
    condition,
    lookUps,
    of(principal) {
      const truth = verdicts.get(principal) ?? judge(principal) ?? FAILS;
      verdicts.set(principal, truth);
      return truth;
    },
  };
}
