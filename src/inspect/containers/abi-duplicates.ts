/**
 * A package carries its native libraries once for each processor. What they name is the same, so a library is read for
 * one. Not so for code that frameworks compile ahead (Flutter, .NET): that is read for each, for the evidence.
 */
import { engineOf } from '../formats/elf/engines.ts';
import type { Budget } from './budget.ts';
import type { Coverage } from './coverage.ts';
import type { Job } from './job.ts';
import type { Item } from './read-ahead.ts';

/** Most complete first: what Google Play demands, then what old phones, and at last emulators run. */
const ABIS = ['arm64-v8a', 'armeabi-v7a', 'x86_64', 'x86', 'armeabi', 'riscv64', 'mips64', 'mips'];
const LIBRARY = /(?:^|\/)(?:lib|jni|jniLibs|libs)\/([\w-]{3,12})\/([^/]{1,200}\.so)$/;
const COMPILED_APP =
  /^(?:libapp\.so|libassemblies\..{1,40}\.blob\.so|libassembly-store\.so|libaot-.{1,200}\.so|lib[-_].{1,200}\.dll\.so|libxamarin-app\.so)$/;
/** `split_config.arm64_v8a.apk!`: the app's other splits hold its libraries for other processors. */
const SPLIT = /(?:^|[._!/-])(?:split|config)[._-][^!]{0,100}!$/;

interface Known {
  abi: string;
  prefix: string;
}

/** By package: the archives inside one package share its budget. */
const read = new WeakMap<Budget, Map<string, Known>>();

/** The items without libraries that another one stands for, and without engines; both are counted. */
export function withoutDuplicates(items: readonly Item[], { budget, prefix, sink }: Job, coverage: Coverage): Item[] {
  const known = read.get(budget) ?? new Map<string, Known>();
  read.set(budget, known);
  const libraries = new Map<Item, { abi: string; name: string }>();
  for (const item of items) {
    const [, abi, name] = LIBRARY.exec(item.entry.name) ?? [];
    if (abi !== undefined && name !== undefined && ABIS.includes(abi)) libraries.set(item, { abi, name });
  }
  const byAbi = [...libraries].sort(([, a], [, b]) => ABIS.indexOf(a.abi) - ABIS.indexOf(b.abi));
  const dropped = new Set<Item>();
  for (const [item, { abi, name }] of byAbi) {
    const engine = engineOf(name);
    if (engine !== undefined) {
      sink.library({ ecosystem: 'generic', name: engine, entry: item.label });
      coverage.count('libraries of frameworks', 'skipped', 'runtimes that come with them, not code of the app');
      dropped.add(item);
      continue;
    }
    if (COMPILED_APP.test(name)) continue;
    const path = item.entry.name.replace(`/${abi}/`, '/');
    const first = known.get(name);
    const here = known.get(`${prefix}${path}`);
    const same = here ?? (first !== undefined && SPLIT.test(prefix) && SPLIT.test(first.prefix) ? first : undefined);
    if (same !== undefined && same.abi !== abi) {
      coverage.count(`libraries for ${abi}`, 'skipped', `the same library was read for ${same.abi}`);
      dropped.add(item);
      continue;
    }
    known.set(`${prefix}${path}`, { abi, prefix });
    if (first === undefined) known.set(name, { abi, prefix });
  }
  return dropped.size === 0 ? [...items] : items.filter((item) => !dropped.has(item));
}
