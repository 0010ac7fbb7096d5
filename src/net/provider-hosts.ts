/** Host names that a provider makes from the public id of a customer's project, so that the name proves the project. */

interface ProviderHosts {
  /** The form of the provider's ids. */
  readonly id: RegExp;
  readonly describes: string;
  /** `host` in lower case, without the final dot. */
  owns(id: string, host: string): boolean;
  /**
   * On a host that all customers share, the name proves nothing: the id becomes this identifier of the target, and every
   * request carries it (the allow-list sees to that).
   */
  readonly binds?: string;
}

const LABEL = '[a-z0-9-]{1,40}';

/** https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin */
const GOOGLE_PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

export const PROVIDER_HOSTS: Readonly<Record<string, ProviderHosts>> = {
  // https://firebase.google.com/docs/projects/locations#rtdb-locations
  firebase: {
    id: /^[a-z0-9][a-z0-9-]{2,62}$/,
    describes:
      '{project}.firebaseio.com, {project}-default-rtdb.firebaseio.com, {project}-default-rtdb.{region}.firebasedatabase.app',
    owns: (id, host) =>
      host === `${id}.firebaseio.com` ||
      host === `${id}-default-rtdb.firebaseio.com` ||
      new RegExp(`^${id}(?:-default-rtdb)?\\.${LABEL}\\.firebasedatabase\\.app$`).test(host),
  },
  // https://firebase.google.com/docs/firestore/use-rest-api; the project stands in every path.
  firestore: {
    id: GOOGLE_PROJECT,
    describes: 'firestore.googleapis.com',
    owns: (_id, host) => host === 'firestore.googleapis.com',
    binds: 'projectId',
  },
  // https://firebase.google.com/docs/storage/web/start; the default buckets are named after the project.
  'firebase-storage': {
    id: GOOGLE_PROJECT,
    describes: 'firebasestorage.googleapis.com',
    owns: (_id, host) => host === 'firebasestorage.googleapis.com',
    binds: 'projectId',
  },
  // https://firebase.google.com/docs/reference/remote-config/rest
  'firebase-remote-config': {
    id: GOOGLE_PROJECT,
    describes: 'firebaseremoteconfig.googleapis.com',
    owns: (_id, host) => host === 'firebaseremoteconfig.googleapis.com',
    binds: 'projectId',
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html; the id is the bucket's name.
  s3: {
    id: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    describes:
      '{bucket}.s3.amazonaws.com, {bucket}.s3.{region}.amazonaws.com, {bucket}.s3.dualstack.{region}.amazonaws.com, and the same without the bucket',
    owns: (id, host) => new RegExp(`^(?:${id}\\.)?s3(?:\\.dualstack)?(?:[.-]${LABEL})?\\.amazonaws\\.com$`).test(host),
    binds: 'bucket',
  },
  // https://cloud.google.com/storage/docs/request-endpoints; the id is the bucket's name, which stands in every path.
  gcs: {
    id: /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
    describes: 'storage.googleapis.com',
    owns: (_id, host) => host === 'storage.googleapis.com',
    binds: 'bucket',
  },
  // https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints
  azure: {
    id: /^[a-z0-9]{3,24}$/,
    describes: '{account}.blob.core.windows.net',
    owns: (id, host) =>
      host === `${id}.blob.core.windows.net` ||
      new RegExp(`^${id}\\.z\\d{2}\\.blob\\.storage\\.azure\\.net$`).test(host),
  },
  // https://supabase.com/docs/guides/platform/custom-domains: the reference is the project's own label.
  supabase: {
    id: /^[a-z]{20}$/,
    describes: '{reference}.supabase.co',
    owns: (id, host) => host === `${id}.supabase.co`,
  },
  // https://www.algolia.com/doc/rest-api/search/; a header carries the application's id.
  algolia: {
    id: /^[A-Z0-9]{8,16}$/,
    describes: '{application}-dsn.algolia.net, {application}.algolia.net',
    owns: (id, host) => [`${id.toLowerCase()}-dsn.algolia.net`, `${id.toLowerCase()}.algolia.net`].includes(host),
    binds: 'appId',
  },
  // https://appwrite.io/docs/products/network/regions; a header carries the project's id.
  appwrite: {
    id: /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/,
    describes: 'cloud.appwrite.io, {region}.cloud.appwrite.io',
    owns: (_id, host) => host === 'cloud.appwrite.io' || new RegExp(`^${LABEL}\\.cloud\\.appwrite\\.io$`).test(host),
    binds: 'projectId',
  },
};
