/** What may be asked of one endpoint: GET of its list and of one object, as the app asks today and as older ones did. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { AllowList } from '../../net/allow-list.ts';
import { allowRequests, type RequestTemplate } from '../../net/request-templates.ts';
import type { Api, ApiEndpoint, OldApp } from './model.ts';

/** APIs that speak several formats are asked for the one that can be compared value by value. */
export const ACCEPT = 'application/json, */*;q=0.5';

/** Where the id stands. */
const PARAMETER = /\{([A-Za-z0-9_.-]{1,64})\}/;

/** One URL-encoded segment that is no `.` or `..`. */
const ID = {
  pattern: /(?!\.{1,2}(?:[/?#]|$))[A-Za-z0-9._~!'()*%-]{1,400}/,
  example: '5f0c6d1e-8a53-4b0f-9c35-2f6c1d7b9a10',
};

export function requestsOf(api: Api, endpoint: ApiEndpoint): AllowList {
  const templates: RequestTemplate[] = [
    { path: template(api.prefix, endpoint), headers: { accept: ACCEPT }, why: 'one object, by its id' },
  ];
  if (endpoint.list !== undefined)
    templates.push({
      path: `${api.prefix}${endpoint.list}`,
      headers: { accept: ACCEPT },
      why: 'the account’s own objects',
    });
  for (const old of api.oldApps) {
    templates.push({
      path: template(old.prefix ?? api.prefix, endpoint),
      headers: { accept: ACCEPT, ...old.headers },
      why: `one object, as ${old.name} asks`,
    });
  }
  return allowRequests(templates, { id: ID });
}

function template(prefix: string, endpoint: ApiEndpoint): string {
  return `${prefix}${endpoint.path.replace(PARAMETER, '<id>')}`;
}

export function pathOf(api: Api, endpoint: ApiEndpoint, id: string, old?: OldApp): string {
  // A function, because an id may hold `$&`.
  return `${old?.prefix ?? api.prefix}${endpoint.path.replace(PARAMETER, () => encodeURIComponent(id))}`;
}

/** As reports name it: `GET /orders/{id}`. */
export function shownAs(api: Api, endpoint: ApiEndpoint): string {
  return `GET ${api.prefix}${endpoint.path}`;
}

export function parameterOf(endpoint: ApiEndpoint): string {
  return PARAMETER.exec(endpoint.path)?.[1] ?? 'id';
}

/** An id of the same form that nobody has. */
export function randomId(like: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(like)) return randomUUID();
  if (/^\d+$/.test(like)) return `9${String(randomInt(1e13)).padStart(14, '0')}`;
  if (/^[0-9a-f]{16,64}$/i.test(like)) return randomBytes(32).toString('hex').slice(0, like.length);
  return `x${randomBytes(12).toString('hex')}`;
}
