import type { Resource } from '../contract/resource.ts';
import { compileResource } from './compile-resource.ts';
import type { Role } from './policy.ts';
import type { Problems } from './problems.ts';
import type { ApiConfig } from './resources-config.ts';
import type { PolicyFile } from './schema/policy.ts';

/** `v1`, `v2`, …: the first segment of every resource, so that a target is the API's or the search grammar's at one look. */
const VERSION = /^v[1-9]\d{0,2}$/;
/** Answered beside the resources of a version. */
const PUBLISHED: ReadonlySet<string> = new Set(['openapi.json']);

export interface ApiContext {
  readonly stores: ReadonlyMap<string, 'elasticsearch' | 'postgresql'>;
  readonly roles: readonly Role[];
  /** Of all roles of the file, also those that have problems. */
  readonly roleNames: readonly string[];
  readonly problems: Problems;
}

/** Null where no resource is declared. */
export function compileApi(file: PolicyFile, { stores, roles, roleNames, problems }: ApiContext): ApiConfig | null {
  const entries = Object.entries(file.resources);
  if (entries.length === 0) {
    if (file.api) problems.add(['api'], 'there is no resource to publish', 'Add `resources:`, or leave `api` out.');
    return null;
  }
  const resources = entries
    .map(([name, resource]) =>
      compileResource(name, resource, { stores, roles: roleNames, hasVault: file.vault !== undefined, problems }),
    )
    .filter((resource) => resource !== undefined);
  checkPaths(resources, problems);
  checkSearch(resources, roles, problems);
  const api = file.api ?? { title: 'API', description: '', publish: false, cors: { origins: [] } };
  return Object.freeze({
    title: api.title,
    description: api.description,
    publish: api.publish,
    corsOrigins: Object.freeze([...new Set(api.cors.origins)]),
    resources: Object.freeze(resources),
  });
}

/** Paths are apart: none is another's, or begins with another's, whose ids would be taken for it. */
function checkPaths(resources: readonly Resource[], problems: Problems): void {
  for (const [index, { name, path }] of resources.entries()) {
    const at = ['resources', name, 'path'];
    if (!VERSION.test(path[0] ?? '')) {
      problems.add(at, 'begins with a version', `For example /v1/${path.slice(1).join('/')}.`);
    }
    if (PUBLISHED.has(path[1] ?? ''))
      problems.add(at, `/${path.slice(0, 2).join('/')} is the description’s own`, 'Choose another path.');
    for (const other of resources.slice(0, index)) {
      const shared = Math.min(path.length, other.path.length);
      if (path.slice(0, shared).join('/') !== other.path.slice(0, shared).join('/')) continue;
      problems.add(
        at,
        path.length === other.path.length
          ? `is the path of ${other.name} too`
          : `lies within the path of ${other.name}, or around it`,
        'Give each resource a path of its own.',
      );
    }
  }
}

/** B225: `/v1/_search` means an index wherever one of that name is granted, so a version may not be one. */
function checkSearch(resources: readonly Resource[], roles: readonly Role[], problems: Problems): void {
  const versions = new Map(resources.map((resource) => [resource.path[0] ?? '', resource]));
  for (const [version, { name }] of versions) {
    for (const rule of roles.flatMap((role) => role.rules)) {
      if (!isSearched(rule, version)) continue;
      problems.add(
        ['resources', name, 'path'],
        `${version} is a name that ${rule.position} grants in the search API`,
        'Use another version, or name the indices of that rule without it.',
      );
    }
  }
}

/** Whether a rule of the search API names a first segment. Patterns do not count: an index that is only called so is hidden by the API. */
function isSearched(rule: Role['rules'][number], segment: string): boolean {
  return rule.indices.includes(segment) || rule.aliases.includes(segment);
}
