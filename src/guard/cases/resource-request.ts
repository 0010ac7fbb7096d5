/** A case about a resource says which operation; method, path and headers follow from the declaration. */
import type { Resource } from '../contract/resource.ts';
import { COUNT, MERGE_PATCH, ROUTES } from '../contract/rest.ts';
import type { Policy } from '../policy/policy.ts';
import type { ResourceRequestFile } from './schema.ts';

/** Of documents whose id a case leaves open. */
const SOME_ID: Readonly<Record<Resource['id']['type'], string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  keyword: 'some',
  integer: '1',
};

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** @returns undefined where the policy declares no such resource */
export function requestOfResource(file: ResourceRequestFile, policy: Policy): PlainRequest | undefined {
  const resource = policy.api?.resources.find(({ name }) => name === file.resource);
  if (!resource) return undefined;
  const { operation, body } = file;
  const { method, item } = ROUTES[operation];
  const last = item ? [file.id ?? SOME_ID[resource.id.type]] : operation === 'count' ? [COUNT] : [];
  const path = [...resource.path, ...last].map((segment) => `/${encodeURIComponent(segment)}`).join('');
  const query = Object.entries(file.query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return {
    method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: {
      // Whichever version it is: a case knows none.
      ...(operation === 'update' && { 'if-match': '*', 'content-type': MERGE_PATCH }),
      ...file.headers,
    },
    body,
  };
}
