/**
 * Which operation a request asks for. Segments are compared as they were sent, in their one spelling: an encoded letter
 * (`/v1/%6frders`) names nothing.
 */
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest } from '../contract/request.ts';
import type { Resource, ResourceOperation } from '../contract/resource.ts';
import { COUNT, ROUTES } from '../contract/rest.ts';
import { RouteRefusal } from './problem.ts';

export interface Route<R> {
  readonly target: R;
  /** What the path can be asked with. */
  readonly operations: readonly ResourceOperation[];
  /** Decoded last segment of an item's path, else empty. */
  readonly id: string;
}

export interface Routes<R> {
  owns(target: string): boolean;
  /** First segments of declared paths. */
  readonly versions: ReadonlySet<string>;
  /** @throws Refusal `absent` */
  find(request: ParsedRequest): Route<R>;
}

const SLASH = '/';

export function createRoutes<R extends { readonly resource: Resource }>(targets: readonly R[]): Routes<R> {
  const byPath = new Map<string, R>();
  const versions = new Set<string>();
  for (const target of targets) {
    const { path } = target.resource;
    byPath.set(path.map(encodeURIComponent).join(SLASH), target);
    if (path[0] !== undefined) versions.add(encodeURIComponent(path[0]));
  }
  return {
    versions,
    owns(target) {
      for (let at = 1; at < target.length; at++) {
        const char = target.charCodeAt(at);
        if (char === 0x2f || char === 0x3f) return versions.has(target.slice(1, at));
      }
      return versions.has(target.slice(1));
    },
    find({ rawSegments, segments }) {
      const collection = byPath.get(rawSegments.join(SLASH));
      if (collection !== undefined) return { target: collection, operations: COLLECTION, id: '' };
      const parent = byPath.get(rawSegments.slice(0, -1).join(SLASH));
      if (parent === undefined) throw new Refusal('absent', 'routes: unknown path');
      const counts = rawSegments.at(-1) === COUNT;
      return { target: parent, operations: counts ? COUNTED : ITEM, id: counts ? '' : (segments.at(-1) ?? '') };
    },
  };
}

const COLLECTION: readonly ResourceOperation[] = ['list', 'create'];
const COUNTED: readonly ResourceOperation[] = ['count'];
const ITEM: readonly ResourceOperation[] = ['get', 'update', 'delete'];

/**
 * The operation that the method means here, when somebody may do it.
 *
 * @throws Refusal `absent` where nothing can be asked of the path, `method` with the methods that it has
 */
export function operationOf(method: string, { target, operations }: Route<{ resource: Resource }>): ResourceOperation {
  const possible = operations.filter((operation) => target.resource.operations.has(operation));
  if (possible.length === 0) throw new Refusal('absent', 'routes: nothing is declared for this path');
  const operation = possible.find((one) => ROUTES[one].method === method);
  if (operation !== undefined) return operation;
  const allow = possible.map((one) => ROUTES[one].method).join(', ');
  throw new RouteRefusal('method', 'routes: the path is known with other methods', { allow });
}
