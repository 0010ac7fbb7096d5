import { allowRequests } from '../../../net/request-templates.ts';

/** The whole dialogue. */
export const consulAllow = allowRequests([
  { path: '/v1/status/leader', why: 'whether this is Consul' },
  { path: '/v1/kv/<nonce>?keys', why: 'the control request: a key that cannot exist' },
  { path: '/v1/agent/self', why: 'version' },
  { path: '/v1/acl/policies', why: 'whether access control exists at all' },
  { path: '/v1/catalog/services', why: 'names of services' },
  { path: '/v1/kv/?keys&separator=/', why: 'top-level names of the key-value store, never values' },
]);
