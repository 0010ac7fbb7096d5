import { allowRequests } from '../../../net/request-templates.ts';

/** One repository's name (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests). */
export const REPOSITORY = /[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*/;

/** The whole dialogue. */
export const registryAllow = allowRequests(
  [
    { path: '/v2/', why: 'whether this is a registry, and whether it asks who is there' },
    { path: '/v2/<nonce>/tags/list', why: 'the control request: a repository that cannot exist' },
    { path: '/v2/_catalog?n=100', why: 'one page of the names of repositories' },
    { path: '/v2/<repository>/tags/list?n=100', why: 'how many tags a repository has (five repositories at most)' },
  ],
  { repository: { pattern: /[a-z0-9][a-z0-9._/-]{0,254}/, example: 'shop/api' } },
);
