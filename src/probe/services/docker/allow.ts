import { allowRequests } from '../../../net/request-templates.ts';

/** The whole dialogue. */
export const dockerAllow = allowRequests([
  { path: '/_ping', why: 'whether this is an Engine API' },
  { path: '/version', why: 'product and version' },
  { path: '/<nonce>', why: 'the control request: a path that cannot exist' },
  { path: '/info', why: 'counts of containers and images, and whether an authorization plug-in decides' },
  { path: '/containers/json?limit=1', why: 'whether containers are listed; the answer is only counted' },
]);
