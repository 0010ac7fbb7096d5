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
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html; the id is the bucket's name.
  s3: {
    id: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    describes: '{bucket}.s3.amazonaws.com, {bucket}.s3.{region}.amazonaws.com',
    owns: (id, host) => new RegExp(`^${id}\\.s3(?:[.-]${LABEL})?\\.amazonaws\\.com$`).test(host),
  },
};
