/** Everything below one root module: its resources and those of the modules it calls. */
import { dirname, join } from 'node:path/posix';
import type { Source } from '../../source.ts';
import { type Folder, folderOf, isTfvars, type TerraformFile } from './folder.ts';
import { Instance, type ModuleCall, type Resource, type Tree } from './instance.ts';
import { normal } from './module-values.ts';
import { textOf } from './values.ts';
import { type Majors, majorsOf } from './versions.ts';
import { type View, viewOf } from './view.ts';

/** Steps of evaluation for all that lies below one root. */
const STEPS = 3_000_000;
const MOST_RESOURCES = 20_000;

export class Configuration {
  readonly root: Instance;
  /** Places where a rule has spoken, for all roots of one tree: a module's own text is told of once. */
  readonly told: Map<string, Configuration>;
  #resources: readonly Resource[] | null = null;
  #calls: readonly ModuleCall[] | null = null;
  #byType: Map<string, Resource[]> | null = null;
  readonly #memo = new Map<unknown, unknown>();

  constructor(folder: Folder, folders: ReadonlyMap<string, Folder>, told = new Map<string, Configuration>()) {
    const tree: Tree = { folders, budget: { steps: STEPS, depth: 0 }, instances: 1 };
    this.root = new Instance(folder, tree, null);
    this.told = told;
  }

  /** All modules, the root first. */
  #instances(): Instance[] {
    const found = [this.root];
    for (const instance of found) for (const call of instance.calls()) if (call.instance) found.push(call.instance);
    return found;
  }

  get resources(): readonly Resource[] {
    if (this.#resources !== null) return this.#resources;
    const found: Resource[] = [];
    for (const instance of this.#instances()) {
      for (const resource of instance.resources()) {
        if (found.length < MOST_RESOURCES) found.push(resource);
      }
    }
    this.#resources = found;
    return found;
  }

  get calls(): readonly ModuleCall[] {
    this.#calls ??= this.#instances().flatMap((instance) => [...instance.calls()]);
    return this.#calls;
  }

  /** Managed resources of some types. */
  of(...types: readonly string[]): readonly Resource[] {
    if (this.#byType === null) {
      this.#byType = new Map();
      for (const resource of this.resources) {
        if (resource.mode !== 'managed') continue;
        const list = this.#byType.get(resource.type);
        if (list === undefined) this.#byType.set(resource.type, [resource]);
        else list.push(resource);
      }
    }
    const [only] = types;
    if (types.length === 1 && only !== undefined) return this.#byType.get(only) ?? [];
    return types.flatMap((type) => this.#byType?.get(type) ?? []);
  }

  /** The `provider` blocks of all modules. */
  *providers(): Generator<{ name: string; subject: { address: string; of: string; source: Source; view: View } }> {
    for (const instance of this.#instances()) {
      for (const { source, it: block } of instance.folder.others) {
        const name = block.labels[0]?.text;
        if (block.type !== 'provider' || name === undefined) continue;
        const address = `${instance.ofPrefix}provider.${name}`;
        yield { name, subject: { address, of: address, source, view: viewOf(block, instance.scope(source)) } };
      }
    }
  }

  /** Major versions of a provider that the constraints of the root allow; null where there are none. */
  majorsOf(provider: string): Majors | null {
    const scope = (source: Source) => this.root.scope(source);
    const constraints = this.root.folder.others.flatMap(({ source, it: block }) => {
      if (block.type === 'provider' && block.labels[0]?.text === provider)
        return [textOf(viewOf(block, scope(source)).attribute('version'))];
      if (block.type !== 'terraform') return [];
      return viewOf(block, scope(source))
        .blocks('required_providers')
        .items.map((item) => {
          const wanted = item.attribute(provider);
          return wanted?.kind === 'map' ? textOf(wanted.entries.get('version') ?? null) : textOf(wanted);
        });
    });
    const [constraint] = constraints.filter((text) => text !== null);
    return constraint === undefined ? null : majorsOf(constraint);
  }

  /** What is worked out once for all rules. */
  once<T>(make: (configuration: Configuration) => T): T {
    if (!this.#memo.has(make)) this.#memo.set(make, make(this));
    return this.#memo.get(make) as T;
  }

  /** Every file below the root was read whole, and every module is in the tree. */
  get complete(): boolean {
    return this.#instances().every(({ folder }) => folder.complete);
  }
}

/** One configuration for each folder that no other one calls. */
export function configurationsOf(
  files: readonly TerraformFile[],
): { source: Source; sources: readonly Source[]; configuration: Configuration }[] {
  const byFolder = new Map<string, TerraformFile[]>();
  for (const file of files) {
    const path = normal(dirname(file.source.path));
    const list = byFolder.get(path);
    if (list === undefined) byFolder.set(path, [file]);
    else list.push(file);
  }
  const folders = new Map([...byFolder].map(([path, list]) => [path, folderOf(path, list)] as const));
  const called = new Set<string>();
  for (const folder of folders.values()) {
    for (const { it } of folder.calls.values()) {
      const from = it.body.settings.get('source')?.value;
      if (from?.kind !== 'literal' || typeof from.value !== 'string' || !/^\.\.?(?:\/|$)/.test(from.value)) continue;
      const path = normal(join(folder.path, from.value));
      if (path !== folder.path) called.add(path);
    }
  }
  const told = new Map<string, Configuration>();
  return [...folders.values()].flatMap((folder) => {
    const sources = folder.files.map(({ source }) => source);
    const main =
      sources.find(({ path }) => /(?:^|\/)main\.tf$/.test(path)) ?? sources.find(({ path }) => !isTfvars(path));
    const empty = folder.resources.length + folder.calls.size + folder.others.length === 0;
    if (main === undefined || called.has(folder.path) || empty) return [];
    return [{ source: main, sources, configuration: new Configuration(folder, folders, told) }];
  });
}
