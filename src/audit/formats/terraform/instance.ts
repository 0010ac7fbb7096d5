/**
 * A module as one of its callers has it: the variables bound to the arguments of the call, and what its names come to.
 *
 * Source: https://developer.hashicorp.com/terraform/language/values/variables (precedence of values) and
 * /language/modules; `optional(type, default)`: /language/expressions/type-constraints.
 */
import { join } from 'node:path/posix';
import type { Source } from '../../source.ts';
import { type Budget, evaluate, type Names, type Scope, type Step, writtenAt } from './evaluate.ts';
import type { Declared, Folder, ResourceBlock } from './folder.ts';
import { indexed, normal, withDefaults } from './module-values.ts';
import { policyDocument } from './policy-document.ts';
import type { Block, Expression } from './syntax.ts';
import { boolOf, isKnown, numberOf, textOf, unknown, type Value, type Written } from './values.ts';
import { entriesOf, pair, type View, viewOf } from './view.ts';

const DEEPEST_MODULE = 12;

const MOST_INSTANCES = 500;

/** Instances of one resource or call that are looked at; the rest are alike enough. */
const MOST_COPIES = 12;

export interface Resource {
  /** `module.db.aws_db_instance.this["a"]`. */
  address: string;
  /** The same without instance keys: what references name. */
  of: string;
  mode: 'managed' | 'data';
  type: string;
  name: string;
  source: Source;
  view: View;
  /** Whether there is one at all depends on what the files do not tell. */
  conditional: boolean;
  instance: Instance;
}

/** Shared by the instances below one root. */
export interface Tree {
  folders: ReadonlyMap<string, Folder>;
  budget: Budget;
  instances: number;
}

interface Argument {
  expression: Expression;
  scope: Scope;
}

export interface ModuleCall {
  name: string;
  /** `module.db["a"]` */
  address: string;
  of: string;
  /** As written; null when it is not a literal. */
  from: string | null;
  source: Source;
  view: View;
  /** Null for a module that is not in the tree. */
  instance: Instance | null;
  parent: Instance;
}

export class Instance implements Names {
  readonly folder: Folder;
  /** With a dot behind it; empty for a root. */
  readonly prefix: string;
  /** The prefix without instance keys. */
  readonly ofPrefix: string;
  readonly tree: Tree;
  readonly #arguments: ReadonlyMap<string, Argument> | null;
  readonly #depth: number;
  readonly #memo = new Map<string, Value>();
  #calls: ModuleCall[] | null = null;

  constructor(
    folder: Folder,
    tree: Tree,
    call: { address: string; of: string; arguments: ReadonlyMap<string, Argument>; depth: number } | null,
  ) {
    this.folder = folder;
    this.tree = tree;
    this.prefix = call === null ? '' : `${call.address}.`;
    this.ofPrefix = call === null ? '' : `${call.of}.`;
    this.#arguments = call?.arguments ?? null;
    this.#depth = call?.depth ?? 0;
  }

  get budget(): Budget {
    return this.tree.budget;
  }

  scope(source: Source, local: ReadonlyMap<string, Value> | null = null): Scope {
    return { names: this, source, local };
  }

  lookup(root: string, steps: readonly Step[], at: Written): { value: Value; used: number } | null {
    const names = steps.map((step) => ('name' in step ? step.name : null));
    const first = names[0];
    if (root === 'path' || root === 'terraform' || root === 'self' || root === 'each' || root === 'count') return null;
    if (typeof first !== 'string') return null;
    if (root === 'var') return { value: this.#variable(first, at), used: 1 };
    if (root === 'local') return { value: this.#local(first, at), used: 1 };
    if (root === 'module') return this.#moduleValue(first, steps, at);
    const data = root === 'data';
    const [type, name] = data ? [first, names[1]] : [root, first];
    if (typeof name !== 'string') return null;
    return this.#resourceValue(data, type, name, steps, data ? 2 : 1, at);
  }

  #remember(key: string, at: Written, make: () => Value): Value {
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    // A name that refers to itself is refused by Terraform; here it is not known.
    this.#memo.set(key, unknown(at));
    const value = make();
    this.#memo.set(key, value);
    return value;
  }

  #variable(name: string, at: Written): Value {
    return this.#remember(`var.${name}`, at, () => {
      const declared = this.folder.variables.get(name);
      const type = declared?.it.body.settings.get('type')?.value;
      const value = this.#givenOrDefault(name, declared, at);
      return type === undefined || declared === undefined
        ? value
        : withDefaults(type, value, this.scope(declared.source), 0);
    });
  }

  #givenOrDefault(name: string, declared: Declared<Block> | undefined, at: Written): Value {
    const fallback = declared?.it.body.settings.get('default')?.value;
    const scope = declared === undefined ? null : this.scope(declared.source);
    const argument = this.#arguments?.get(name);
    const given = this.#arguments === null ? this.folder.values.get(name) : undefined;
    const value =
      argument !== undefined
        ? evaluate(argument.expression, argument.scope)
        : given !== undefined
          ? evaluate(given.it, this.scope(given.source))
          : null;
    if (value !== null && value.kind !== 'null') return value;
    const nullable = declared?.it.body.settings.get('nullable')?.value;
    if (value !== null && !(nullable?.kind === 'literal' && nullable.value === false)) return value;
    if (fallback !== undefined && scope !== null) return evaluate(fallback, scope);
    return unknown(declared === undefined ? at : writtenAt(declared.source, declared.it.header));
  }

  #local(name: string, at: Written): Value {
    return this.#remember(`local.${name}`, at, () => {
      const declared = this.folder.locals.get(name);
      return declared === undefined ? unknown(at) : evaluate(declared.it, this.scope(declared.source));
    });
  }

  #moduleValue(name: string, steps: readonly Step[], at: Written): { value: Value; used: number } | null {
    const keyed = steps[1] !== undefined && 'key' in steps[1];
    const output = steps[keyed ? 2 : 1];
    const of = `${this.ofPrefix}module.${name}`;
    if (output === undefined || !('name' in output)) {
      return { value: unknown(at, { address: of, path: [] }), used: Math.min(steps.length, keyed ? 2 : 1) };
    }
    const used = keyed ? 3 : 2;
    const call = this.calls().find((one) => one.name === name);
    const declared = call?.instance?.folder.outputs.get(output.name);
    const value = declared?.it.body.settings.get('value')?.value;
    const instance = call?.instance;
    if (declared === undefined || value === undefined || !instance) {
      return { value: unknown(at, { address: of, path: [output.name] }), used };
    }
    const found = instance.#remember(`output.${output.name}`, at, () =>
      evaluate(value, instance.scope(declared.source)),
    );
    return { value: found, used };
  }

  #resourceValue(
    data: boolean,
    type: string,
    name: string,
    steps: readonly Step[],
    start: number,
    at: Written,
  ): { value: Value; used: number } | null {
    const key = `${data ? 'data.' : ''}${type}.${name}`;
    const declared = this.folder.byName.get(key);
    const address = `${this.ofPrefix}${key}`;
    const keyed = steps[start] !== undefined && 'key' in steps[start];
    const next = steps[keyed ? start + 1 : start];
    const used = keyed ? start + 1 : start;
    if (next === undefined || !('name' in next)) return { value: unknown(at, { address, path: [] }), used };
    const from = { address, path: [next.name] };
    if (declared === undefined) return { value: unknown(at, from), used: used + 1 };
    const value = this.#remember(`${key}.${next.name}`, at, (): Value => {
      const view = viewOf(declared.it.block, this.scope(declared.source, COPIES));
      if (type === 'aws_iam_policy_document' && next.name === 'json') {
        return { kind: 'encoded', value: policyDocument(view), at: view.at, from };
      }
      const written = GIVEN_BY_PROVIDER.has(next.name) ? null : view.attribute(next.name);
      return written !== null && isKnown(written) ? { ...written, from } : unknown(at, from);
    });
    return { value, used: used + 1 };
  }

  /** The modules that it calls, each once for every known key. */
  calls(): readonly ModuleCall[] {
    if (this.#calls !== null) return this.#calls;
    const found: ModuleCall[] = [];
    this.#calls = found;
    for (const [name, { source, it: block }] of this.folder.calls) {
      const from = block.body.settings.get('source')?.value;
      const written = from?.kind === 'literal' && typeof from.value === 'string' ? from.value : null;
      const folder =
        written !== null && /^\.\.?(?:\/|$)/.test(written)
          ? this.tree.folders.get(normal(join(this.folder.path, written)))
          : undefined;
      for (const copy of this.#copies(block, source)) {
        const address = `${this.prefix}module.${name}${copy.key}`;
        const of = `${this.ofPrefix}module.${name}`;
        const scope = this.scope(source, copy.local);
        let instance: Instance | null = null;
        if (folder !== undefined && this.#depth < DEEPEST_MODULE && this.tree.instances < MOST_INSTANCES) {
          this.tree.instances += 1;
          const args = new Map<string, Argument>();
          for (const { name: argument, value } of block.body.settings.values()) {
            if (!META.has(argument)) args.set(argument, { expression: value, scope });
          }
          instance = new Instance(folder, this.tree, { address, of, arguments: args, depth: this.#depth + 1 });
        }
        found.push({ name, address, of, from: written, source, view: viewOf(block, scope), instance, parent: this });
      }
    }
    return found;
  }

  /** Its own resources, each once for every known key; one stands for all where the number is not known. */
  *resources(): Generator<Resource> {
    for (const { source, it } of this.folder.resources) {
      for (const copy of this.#copies(it.block, source)) yield this.#resource(source, it, copy);
    }
  }

  #resource(source: Source, { mode, type, name, block }: ResourceBlock, copy: Copy): Resource {
    const plain = `${mode === 'data' ? 'data.' : ''}${type}.${name}`;
    return {
      address: `${this.prefix}${plain}${copy.key}`,
      of: `${this.ofPrefix}${plain}`,
      mode,
      type,
      name,
      source,
      view: viewOf(block, this.scope(source, copy.local)),
      conditional: copy.conditional,
      instance: this,
    };
  }

  *#copies(block: Block, source: Source): Generator<Copy> {
    const { settings } = block.body;
    const count = settings.get('count')?.value;
    const each = settings.get('for_each')?.value;
    if (count === undefined && each === undefined) {
      yield { key: '', local: null, conditional: false };
      return;
    }
    const scope = this.scope(source);
    if (count !== undefined) {
      const value = evaluate(count, scope);
      const number = numberOf(value) ?? (boolOf(value) === null ? null : Number(boolOf(value)));
      if (number === null) yield { key: '', local: COPIES, conditional: true };
      for (let index = 0; index < Math.min(number ?? 0, MOST_COPIES); index += 1) {
        const local = new Map([['count', indexed(index, value.at)]]);
        yield { key: number === 1 ? '' : `[${index}]`, local, conditional: false };
      }
      return;
    }
    if (each === undefined) return;
    const over = evaluate(each, scope);
    const known = over.kind === 'map' || over.kind === 'list';
    if (!known && over.kind !== 'null') yield { key: '', local: COPIES, conditional: true };
    for (const [key, value] of entriesOf(over).slice(0, MOST_COPIES)) {
      const local = new Map([['each', pair(key, value)]]);
      yield { key: `["${key ?? textOf(value) ?? '?'}"]`, local, conditional: false };
    }
    if (known && !over.complete && entriesOf(over).length === 0) yield { key: '', local: COPIES, conditional: true };
  }
}

interface Copy {
  key: string;
  local: ReadonlyMap<string, Value> | null;
  conditional: boolean;
}

/** What a provider makes up even where something of the name is configured. */
const GIVEN_BY_PROVIDER = new Set(['id', 'arn', 'self_link']);

const META = new Set(['source', 'version', 'providers', 'count', 'for_each', 'depends_on']);

/** Copies whose keys are not known: `each` and `count` come to nothing. */
const COPIES: ReadonlyMap<string, Value> = new Map();
