/**
 * Rules files of Cloud Firestore and Cloud Storage, versions 1 and 2.
 *
 *     rules_version = '2';
 *     import …            (not in the documentation; refused)
 *     service cloud.firestore {
 *       function signedIn() { let a = …; return request.auth != null; }
 *       match /databases/{database}/documents {
 *         match /users/{userId}/{rest=**} { allow read, write: if request.auth.uid == userId; }
 *       }
 *     }
 *
 * Methods: `read` is `get` and `list`, `write` is `create`, `update` and `delete`. What no `allow` grants is refused;
 * everything that matches a path is OR-ed. A statement that is not understood is skipped up to its end, and reported.
 * https://firebase.google.com/docs/rules/rules-language, https://firebase.google.com/docs/firestore/security/rules-structure
 */
import type { Span } from '../../source.ts';
import { type Expression, RulesSyntaxError, TokenReader } from './expression.ts';
import { tokenise } from './tokens.ts';

export const METHODS = ['get', 'list', 'create', 'update', 'delete'] as const;
export type Method = (typeof METHODS)[number];

const GROUPS: Readonly<Record<string, readonly Method[]>> = {
  read: ['get', 'list'],
  write: ['create', 'update', 'delete'],
  get: ['get'],
  list: ['list'],
  create: ['create'],
  update: ['update'],
  delete: ['delete'],
};

export type Segment = { kind: 'text'; text: string } | { kind: 'one'; name: string } | { kind: 'rest'; name: string };

export interface AllowStatement extends Span {
  methods: readonly Method[];
  methodsSpan: Span;
  /** As written: `read, write`. */
  written: string;
  /** Null: no condition, which grants. */
  condition: Expression | null;
}

export interface RulesFunction extends Span {
  name: string;
  parameters: readonly string[];
  lets: readonly { name: string; value: Expression }[];
  result: Expression;
}

export interface MatchBlock extends Span {
  /** Of the path as it is written. */
  pathSpan: Span;
  /** From the service on, the wildcard of a parent included. */
  segments: readonly Segment[];
  allows: AllowStatement[];
  functions: RulesFunction[];
  blocks: MatchBlock[];
  parent: MatchBlock | null;
}

export interface RulesService extends Span {
  name: string;
  functions: RulesFunction[];
  blocks: MatchBlock[];
}

export interface RulesFile {
  version: { value: string; span: Span } | null;
  functions: RulesFunction[];
  services: RulesService[];
  /** What was not understood. */
  errors: { message: string; at: number }[];
}

const MAX_ERRORS = 20;

export function parseRules(text: string): RulesFile {
  const { tokens, bad } = tokenise(text);
  const reader = new TokenReader(tokens, text.length);
  const file: RulesFile = { version: null, functions: [], services: [], errors: [] };
  if (bad !== null) file.errors.push({ message: 'a text or comment without its end, or a stray character', at: bad });
  const guard = (body: () => void, close: '}' | null): void => guarded(reader, file, body, close);
  while (reader.peek() !== undefined && file.errors.length < MAX_ERRORS) {
    guard(() => {
      if (reader.isWord('rules_version')) {
        reader.next();
        reader.expect('=');
        const value = reader.next();
        file.version = { value: value.text, span: { start: value.start, end: value.end } };
        reader.take(';');
      } else if (reader.isWord('service')) file.services.push(service(reader, guard, text));
      else if (reader.isWord('function')) file.functions.push(functionOf(reader));
      else throw new RulesSyntaxError('expected a service', reader.offset);
    }, null);
  }
  return file;
}

type Guard = (body: () => void, close: '}' | null) => void;

/** After an error goes on behind the statement: at `;`, or at the brace that ends it. */
function guarded(reader: TokenReader, file: RulesFile, body: () => void, close: '}' | null): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof RulesSyntaxError)) throw error;
    if (file.errors.length < MAX_ERRORS) file.errors.push({ message: error.message, at: error.at });
    let depth = 0;
    let moved = false;
    while (reader.peek() !== undefined) {
      if (depth === 0 && close !== null && reader.isSign(close)) return;
      if (moved && depth === 0 && (reader.isWord('allow') || reader.isWord('match') || reader.isWord('service')))
        return;
      moved = true;
      const { text, kind } = reader.next();
      if (kind !== 'sign') continue;
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
      if (depth < 0 || (depth === 0 && (text === ';' || text === '}'))) return;
    }
  }
}

function service(reader: TokenReader, guard: Guard, text: string): RulesService {
  const { start } = reader.expect('service');
  let name = reader.word().text;
  while (reader.take('.')) name += `.${reader.word().text}`;
  const found: RulesService = { name, functions: [], blocks: [], start, end: start };
  reader.expect('{');
  while (!reader.isSign('}') && reader.peek() !== undefined) {
    guard(() => {
      if (reader.isWord('match')) found.blocks.push(match(reader, guard, null, text));
      else if (reader.isWord('function')) found.functions.push(functionOf(reader));
      else throw new RulesSyntaxError('expected match or function', reader.offset);
    }, '}');
  }
  found.end = reader.expect('}').end;
  return found;
}

function match(reader: TokenReader, guard: Guard, parent: MatchBlock | null, text: string): MatchBlock {
  return reader.nested(() => {
    const { start } = reader.expect('match');
    const { segments, span } = matchPath(reader);
    const block: MatchBlock = {
      pathSpan: span,
      segments: [...(parent?.segments ?? []), ...segments],
      allows: [],
      functions: [],
      blocks: [],
      parent,
      start,
      end: start,
    };
    if (block.segments.length > 200) throw new RulesSyntaxError('too long a path', start);
    reader.expect('{');
    while (!reader.isSign('}') && reader.peek() !== undefined) {
      guard(() => {
        if (reader.isWord('match')) block.blocks.push(match(reader, guard, block, text));
        else if (reader.isWord('function')) block.functions.push(functionOf(reader));
        else if (reader.isWord('allow')) block.allows.push(allow(reader, text));
        else if (!reader.take(';')) throw new RulesSyntaxError('expected allow, match or function', reader.offset);
      }, '}');
    }
    block.end = reader.expect('}').end;
    return block;
  });
}

function matchPath(reader: TokenReader): { segments: Segment[]; span: Span } {
  const start = reader.offset;
  const segments: Segment[] = [];
  // Without a slash in front the emulator takes it too.
  for (let first = true; first || reader.isSign('/'); first = false) {
    if (!reader.take('/') && !first) break;
    if (reader.take('{')) {
      const name = reader.word().text;
      const rest = reader.take('=') && reader.expect('**').text === '**';
      reader.expect('}');
      segments.push({ kind: rest ? 'rest' : 'one', name });
    } else {
      let text = '';
      while (reader.peek()?.kind !== 'string' && (text === '' || reader.offset === reader.before)) {
        if (reader.isSign('{') || reader.isSign('/') || reader.isSign('}') || reader.isSign(';')) break;
        text += reader.next().text;
      }
      if (text === '') throw new RulesSyntaxError('expected a path', reader.offset);
      segments.push({ kind: 'text', text });
    }
  }
  return { segments, span: { start, end: reader.before } };
}

function allow(reader: TokenReader, text: string): AllowStatement {
  const { start } = reader.expect('allow');
  const methods = new Set<Method>();
  const from = reader.offset;
  do {
    const name = reader.word();
    const group = Object.hasOwn(GROUPS, name.text) ? GROUPS[name.text] : undefined;
    if (group === undefined) throw new RulesSyntaxError(`no method ${name.text.slice(0, 20)}`, name.start);
    for (const method of group) methods.add(method);
  } while (reader.take(','));
  const methodsSpan = { start: from, end: reader.before };
  let condition: Expression | null = null;
  if (reader.take(':')) {
    reader.expect('if');
    condition = reader.expression();
  }
  // The last `;` of a block may be missing.
  if (!reader.take(';') && !reader.isSign('}') && !reader.isWord('allow') && !reader.isWord('match')) {
    throw new RulesSyntaxError('expected ;', reader.offset);
  }
  const written = text.slice(methodsSpan.start, methodsSpan.end).replace(/\s+/g, ' ').slice(0, 60);
  return { methods: [...methods], methodsSpan, written, condition, start, end: reader.before };
}

function functionOf(reader: TokenReader): RulesFunction {
  const { start } = reader.expect('function');
  const name = reader.word().text;
  reader.expect('(');
  const parameters: string[] = [];
  while (!reader.isSign(')')) {
    parameters.push(reader.word().text);
    if (!reader.take(',')) break;
  }
  reader.expect(')');
  reader.expect('{');
  const lets: { name: string; value: Expression }[] = [];
  while (reader.take('let')) {
    const variable = reader.word().text;
    reader.expect('=');
    lets.push({ name: variable, value: reader.expression() });
    reader.take(';');
  }
  reader.expect('return');
  const result = reader.expression();
  reader.take(';');
  const { end } = reader.expect('}');
  return { name, parameters, lets, result, start, end };
}
