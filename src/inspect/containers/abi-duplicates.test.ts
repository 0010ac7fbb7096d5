import { describe, expect, it } from 'vitest';
import type { FoundLibrary, PackageSink } from '../source.ts';
import { withoutDuplicates } from './abi-duplicates.ts';
import { type Budget, createBudget } from './budget.ts';
import { createCoverage } from './coverage.ts';
import type { Job } from './job.ts';
import type { Item } from './read-ahead.ts';

interface Seen {
  kept: string[];
  coverage: string[];
  libraries: string[];
}

function walk(names: readonly string[], prefix = '', budget: Budget = createBudget()): Seen {
  const coverage: string[] = [];
  const libraries: string[] = [];
  const sink = {
    coverage: ({ entry, status, reason }) => void coverage.push(`${entry} ${status} ${reason}`),
    library: ({ name }: FoundLibrary) => void libraries.push(name),
  } satisfies Partial<PackageSink> as Partial<PackageSink> as PackageSink;
  const items = names.map(
    (name) => ({ entry: { name }, label: prefix + name, recognised: { role: 'binary' } }) as Item,
  );
  const counted = createCoverage(sink);
  const kept = withoutDuplicates(items, { budget, prefix, sink } as Job, counted);
  counted.finish(prefix);
  return { kept: kept.map(({ label }) => label), coverage, libraries };
}

describe('a native library that stands in a package for several processors', () => {
  it('is read for arm64-v8a, and the others are counted', () => {
    const { kept, coverage } = walk([
      'lib/armeabi-v7a/libshop.so',
      'lib/x86/libshop.so',
      'lib/arm64-v8a/libshop.so',
      'classes.dex',
    ]);
    expect(kept).toEqual(['lib/arm64-v8a/libshop.so', 'classes.dex']);
    expect(coverage).toContain('(libraries for x86) skipped 1 entry: the same library was read for arm64-v8a');
  });

  it('is read for what there is', () => {
    expect(walk(['lib/x86/libshop.so', 'lib/armeabi-v7a/liba.so', 'lib/armeabi-v7a/libshop.so']).kept).toEqual([
      'lib/armeabi-v7a/liba.so',
      'lib/armeabi-v7a/libshop.so',
    ]);
  });

  it('is read for each when a framework compiled the app into it', () => {
    const names = ['arm64-v8a', 'armeabi-v7a', 'x86_64'].flatMap((abi) => [
      `lib/${abi}/libapp.so`,
      `lib/${abi}/libassemblies.${abi}.blob.so`,
      `lib/${abi}/lib_Shop.dll.so`,
    ]);
    expect(walk(names).kept).toEqual(names);
  });

  it('is read for one across the splits of an app', () => {
    const budget = createBudget();
    const first = walk(['lib/arm64-v8a/libshop.so'], 'split_config.arm64_v8a.apk!', budget);
    const second = walk(['lib/x86_64/libshop.so', 'lib/x86_64/libother.so'], 'split_config.x86_64.apk!', budget);
    expect(first.kept).toHaveLength(1);
    expect(second.kept).toEqual(['split_config.x86_64.apk!lib/x86_64/libother.so']);
  });

  it('is another one in another app, though named alike', () => {
    const budget = createBudget();
    walk(['lib/arm64-v8a/libshop.so'], 'one.apk!', budget);
    expect(walk(['lib/x86/libshop.so'], 'two.apk!', budget).kept).toHaveLength(1);
  });

  it('is another one in another module of a bundle', () => {
    const names = ['base/lib/arm64-v8a/libshop.so', 'feature/lib/x86/libshop.so'];
    expect(walk(names).kept).toEqual(names);
  });

  it('is told and not read when it is the runtime of a framework', () => {
    const { kept, libraries, coverage } = walk(['lib/arm64-v8a/libflutter.so', 'lib/arm64-v8a/libshop.so']);
    expect(kept).toEqual(['lib/arm64-v8a/libshop.so']);
    expect(libraries).toEqual(['flutter-engine']);
    expect(coverage.join()).toContain('(libraries of frameworks) skipped 1 entry');
  });
});
