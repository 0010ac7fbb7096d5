import { allowRequests } from '../../../net/request-templates.ts';

/** Names and labels only, never what an object holds. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** The whole dialogue. */
export const kubernetesAllow = allowRequests([
  { path: '/version', why: 'whether this is the API of a cluster, and its version' },
  { path: '/<nonce>', why: 'the control request: a path that cannot exist' },
  {
    path: '/api/v1/namespaces?limit=1',
    headers: { accept: METADATA_ONLY },
    why: 'whether namespaces are listed, and how many there are',
  },
  {
    path: '/api/v1/pods?limit=1',
    headers: { accept: METADATA_ONLY },
    why: 'whether pods are listed, and how many there are',
  },
  { path: '/healthz', why: 'kubelet: whether it asks who is there' },
  { path: '/pods', why: 'kubelet: the list of pods, which is only counted' },
]);
