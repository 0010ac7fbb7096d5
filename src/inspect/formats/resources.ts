/** Resources by id, whatever file they come from: resources.arsc, resources.pb, several of them for an app in splits. */
import type { ReadResult } from './result.ts';

/** What a manifest needs of the resources: the values behind its references. */
export interface Resources {
  /** The value that a resource id stands for, references followed, the default configuration preferred. */
  resolve(id: number): string | number | boolean | undefined;
  /** `string/app_name` of a resource id. */
  nameOf(id: number): string | undefined;
}

export interface ResourceString {
  text: string;
  /** `string/google_api_key`; absent for a string that no resource refers to. */
  name?: string;
  offset?: number;
}

/** One resource of one table, one step of a chain of references. */
export interface FoundResource {
  name: string;
  /** Of the default configuration: the value where no other configuration fits the device. */
  isDefault: boolean;
  /** Absent for a reference and for what has no single value (styles, arrays). */
  value?: string | number | boolean;
  /** Id of the resource that it refers to. */
  reference?: number;
}

export interface ResourceTable extends Resources {
  readonly result: ReadResult;
  /** Packages in it; a shared library has id 0 and gets one at run time. */
  readonly packages: readonly { id: number; name: string }[];
  /** Name of the shared library that ids with this first byte belong to, where the table says so. */
  libraryOf(packageId: number): string | undefined;
  /**
   * @param packageName looks in the package of this name only, whatever its id: a shared library
   */
  find(id: number, packageName?: string): FoundResource | undefined;
  /** Hands every string value to `emit`: of the default configuration all, of the others those that can matter. */
  strings(emit: (found: ResourceString) => void): void;
}

/** References lead to references; aapt2 itself gives up at 20. */
const MAX_HOPS = 20;

/**
 * The tables of one app as one: its base and its splits, an overlay, the shared libraries it uses. The first table that
 * has a resource in its default configuration wins, so the app's own comes first.
 */
export function mergeResources(tables: readonly Pick<ResourceTable, 'find' | 'libraryOf'>[]): Resources {
  function findIn(id: number, packageName?: string): FoundResource | undefined {
    let other: FoundResource | undefined;
    for (const table of tables) {
      const found = table.find(id, packageName);
      if (found?.isDefault) return found;
      other ??= found;
    }
    return other;
  }

  function find(id: number): FoundResource | undefined {
    const found = findIn(id);
    if (found !== undefined) return found;
    for (const table of tables) {
      const library = table.libraryOf(id >>> 24);
      if (library !== undefined) return findIn(id, library);
    }
    return undefined;
  }

  return {
    resolve(id) {
      let next = id;
      for (let hop = 0; hop < MAX_HOPS; hop++) {
        const found = find(next);
        if (found?.reference === undefined) return found?.value;
        next = found.reference;
      }
      return undefined;
    },
    nameOf: (id) => find(id)?.name,
  };
}
