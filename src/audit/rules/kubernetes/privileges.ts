/** What containers of stores, and service accounts, may do beyond their work. */
import { titleOf } from '../../containers/titles.ts';
import { at, isTrue, itemsOf, type KubernetesObject, knownText, numberOf } from '../../formats/kubernetes/objects.ts';
import type { Pod } from '../../formats/kubernetes/pods.ts';
import { child, entryOf, textOf } from '../../formats/yaml/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import { K8S } from './references.ts';
import { type Manifest, replaceScalar, storesIn } from './stores.ts';

export const storePrivileged = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-privileged',
  aliases: ['K8-PRIV-001'],
  format: 'kubernetes',
  title: 'The container of a store has power over its node',
  topic: 'hardening',
  severity: 'high',
  owner: 'developer',
  description:
    'With `privileged: true`, or with the socket of the container runtime mounted, whoever gets commands to run in the store owns the node and every pod on it. `runAsUser: 0` takes away what stands between a hole in the store and the container.',
  remediation:
    'Remove `privileged` and the socket; set `runAsNonRoot: true` with the user of the image, and `allowPrivilegeEscalation: false`.',
  references: [K8S.podSecurity, 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/'],
  cwe: ['CWE-250'],
  cis: ['CIS Kubernetes 1.12 5.2.2', 'CIS Kubernetes 1.12 5.2.7'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/ – privileged containers and hostPath volumes are forbidden by the baseline profile, running as root by the restricted one.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: es\nspec:\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n      securityContext:\n        privileged: true\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  securityContext:\n    runAsUser: 0\n  containers:\n    - name: pg\n      image: postgres:16\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: es\nspec:\n  initContainers:\n    - name: sysctl\n      image: busybox:1.36\n      securityContext:\n        privileged: true\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  securityContext:\n    runAsUser: 0\n  containers:\n    - name: pg\n      image: postgres:16\n      securityContext:\n        runAsUser: 999\n',
    ],
  },
  *check(file): Generator<Hit> {
    for (const { container, engine } of storesIn(file)) {
      const own = child(container.node, 'securityContext');
      const privileged = child(own, 'privileged');
      const base = { service: container.name, expected: 'not set' };
      if (isTrue(privileged)) {
        yield {
          ...base,
          pointer: `${container.pointer}.securityContext.privileged`,
          span: privileged.span,
          actual: 'true',
          message: `The container of ${titleOf(engine)} has every power over its node.`,
          fix: replaceScalar(privileged, 'false', {
            title: 'Take the privileges of the container away',
            blastRadius:
              'A container that changes kernel settings at its start no longer can; set them on the node or in an init container.',
            needsConfirmation: true,
          }),
        };
      }
      for (const mount of container.mounts) {
        if (!/(?:docker|containerd|crio)\.sock$/.test(mount.source)) continue;
        const message = `The container of ${titleOf(engine)} commands the container runtime of its node.`;
        const pointer = `${container.pointer}.volumeMounts[${mount.target}]`;
        yield { ...base, pointer, span: mount.span, actual: 'the socket of the runtime', message };
      }
      const pod = child(container.pod.spec, 'securityContext');
      const user = child(own, 'runAsUser') ?? child(pod, 'runAsUser');
      if (user && numberOf(user) === 0 && !isTrue(privileged)) {
        yield {
          ...base,
          pointer: `${container.pointer}.securityContext.runAsUser`,
          span: user.span,
          actual: '0 (root)',
          expected: 'the user of the image, and runAsNonRoot: true',
          message: `${titleOf(engine)} runs as root.`,
          severity: 'low',
        };
      }
    }
  },
});

interface Accounts {
  /** By name. */
  accounts: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** By the name of the account that they are for. */
  bindings: ReadonlyMap<string, readonly { object: KubernetesObject; namespace: string | null }[]>;
}

const accountsBy = new WeakMap<Manifest['document']['cluster'], Accounts>();

function accountsOf({ document: { cluster } }: Manifest): Accounts {
  const known = accountsBy.get(cluster);
  if (known !== undefined) return known;
  const accounts = new Map<string, KubernetesObject[]>();
  const bindings = new Map<string, { object: KubernetesObject; namespace: string | null }[]>();
  for (const object of cluster.objects) {
    if (object.kind === 'ServiceAccount') push(accounts, object.name, object);
    if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') continue;
    for (const subject of itemsOf(at(object.node, 'subjects'))) {
      if (textOf(child(subject, 'kind')) !== 'ServiceAccount') continue;
      push(bindings, textOf(child(subject, 'name')) ?? '', {
        object,
        namespace: knownText(child(subject, 'namespace')),
      });
    }
  }
  const made = { accounts, bindings };
  accountsBy.set(cluster, made);
  return made;
}

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Bindings of a service account, as objects of the tree say. */
function isBound(pod: Pod, file: Manifest): KubernetesObject | undefined {
  const bindings = accountsOf(file).bindings.get(pod.serviceAccount ?? 'default') ?? [];
  return bindings.find(({ namespace }) => pod.object.namespace === null || namespace === pod.object.namespace)?.object;
}

export const storeToken = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-holds-cluster-token',
  aliases: ['K8-PRIV-002'],
  format: 'kubernetes',
  title: 'A store holds a token of a service account with rights',
  topic: 'hardening',
  severity: 'low',
  owner: 'developer',
  description:
    'The token of the pod’s service account is mounted into the store, and a role is bound to that account. Whoever can read files through the store has these rights in the cluster.',
  remediation:
    'Set `automountServiceAccountToken: false`, or give the store a service account without roles. Stores that elect their leader through the API of Kubernetes (Patroni) need theirs.',
  references: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  ],
  cwe: ['CWE-250'],
  cis: ['CIS Kubernetes 1.12 5.1.6'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/ – the token is mounted unless automountServiceAccountToken is false in the pod or its account.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: es\nspec:\n  serviceAccountName: search\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: search\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\nsubjects:\n  - kind: ServiceAccount\n    name: search\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: es\nspec:\n  serviceAccountName: search\n  automountServiceAccountToken: false\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: search\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\nsubjects:\n  - kind: ServiceAccount\n    name: search\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: es\nspec:\n  containers:\n    - name: es\n      image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0\n',
    ],
  },
  *check(file) {
    for (const { container, engine } of storesIn(file)) {
      const { pod } = container;
      if (pod.serviceAccount === null) continue;
      const account = (accountsOf(file).accounts.get(pod.serviceAccount) ?? []).find(
        ({ namespace }) => namespace === null || pod.object.namespace === null || namespace === pod.object.namespace,
      );
      const mount =
        child(pod.spec, 'automountServiceAccountToken') ?? at(account?.node, 'automountServiceAccountToken');
      if (mount?.kind === 'scalar' && mount.text === 'false') continue;
      const binding = isBound(pod, file);
      const node = child(pod.spec, 'serviceAccountName') ?? child(pod.spec, 'serviceAccount');
      if (!binding || !node || textOf(at(binding.node, 'roleRef', 'name')) === 'cluster-admin') continue;
      yield {
        service: container.name,
        pointer: `${pod.object.pointer}.automountServiceAccountToken`,
        span: node.span,
        actual: mount ? 'true' : 'not set; on by default',
        expected: 'false',
        message: `${titleOf(engine)} holds a token for the cluster, and a role is bound to it.`,
      };
    }
  },
});

const EVERYBODY = new Set([
  'system:anonymous',
  'system:unauthenticated',
  'system:authenticated',
  'system:serviceaccounts',
]);

export const clusterAdmin = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-cluster-admin-binding',
  format: 'kubernetes',
  title: 'Everybody, or a pod, is administrator of the cluster',
  topic: 'authorization',
  severity: 'high',
  owner: 'it',
  description:
    '`cluster-admin` reads every Secret and runs anything on every node. Bound to anonymous or to all service accounts it belongs to whoever sends a request; bound to the account of a back end, a hole in that back end is a hole in everything.',
  remediation: 'Bind a Role with the verbs and resources that the program needs, in its namespace.',
  references: [K8S.rbacPractices, 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles'],
  cwe: ['CWE-269'],
  cis: ['CIS Kubernetes 1.12 5.1.1'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/ – cluster-admin allows any action on any resource; in a RoleBinding on every resource of its namespace.',
  },
  examples: {
    bad: [
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: open\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: Group\n    name: system:serviceaccounts\n',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: api\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: ServiceAccount\n    name: api\n    namespace: shop\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n  namespace: shop\nspec:\n  serviceAccountName: api\n  containers:\n    - name: api\n      image: registry.example.com/api:1\n',
    ],
    good: [
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: people\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: Group\n    name: platform-team\n',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: api\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: api\nsubjects:\n  - kind: ServiceAccount\n    name: api\n',
    ],
  },
  *check(file) {
    const { cluster, objects } = file.document;
    for (const object of objects) {
      if (object.kind !== 'ClusterRoleBinding' && object.kind !== 'RoleBinding') continue;
      const role = textOf(at(object.node, 'roleRef', 'name'));
      for (const subject of itemsOf(at(object.node, 'subjects'))) {
        const entry = entryOf(subject, 'name');
        const name = textOf(entry?.value);
        if (!entry?.value || name === null) continue;
        const base = {
          pointer: `${object.pointer}.subjects[${name}]`,
          span: entry.value.span,
          expected: 'a Role with what is needed',
        };
        const anonymous = name === 'system:anonymous' || name === 'system:unauthenticated';
        // Clusters themselves bind these two for anonymous.
        const harmless = role === 'system:public-info-viewer' || role === 'system:discovery';
        if (role === 'cluster-admin' && EVERYBODY.has(name)) {
          yield {
            ...base,
            actual: `cluster-admin for ${name}`,
            message: 'Everybody is administrator of the cluster.',
            severity: 'critical',
          };
        } else if (anonymous && !harmless && object.kind === 'ClusterRoleBinding') {
          yield {
            ...base,
            actual: `${role ?? 'a role'} for ${name}`,
            message: 'Requests without a login have rights in the cluster.',
            severity: 'high',
          };
        } else if (role === 'cluster-admin' && textOf(child(subject, 'kind')) === 'ServiceAccount') {
          const namespace = knownText(child(subject, 'namespace'));
          const pod = cluster
            .allPods()
            .find(
              (one) =>
                (one.serviceAccount ?? 'default') === name &&
                (namespace === null || one.object.namespace === null || one.object.namespace === namespace),
            );
          const declared = objects.some((one) => one.kind === 'ServiceAccount' && one.name === name);
          // Accounts of deployers that are installed from elsewhere are made for this.
          if (!pod && (!declared || object.kind === 'RoleBinding')) continue;
          if (!pod) {
            const message = 'Whoever holds a token of this service account is administrator of the cluster.';
            yield { ...base, actual: 'cluster-admin', message, severity: 'medium', confidence: 'tentative' };
            continue;
          }
          yield {
            ...base,
            actual: 'cluster-admin',
            message: `The pods of ${pod.object.kind} \`${pod.object.name}\` are administrators of ${object.kind === 'RoleBinding' ? 'their namespace' : 'the cluster'}.`,
            severity: object.kind === 'RoleBinding' ? 'medium' : 'high',
          };
        }
      }
    }
  },
});
