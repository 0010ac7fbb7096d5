/** Configuration of the API server that decides over all data of a cluster. */
import { at, itemsOf, type KubernetesObject } from '../../formats/kubernetes/objects.ts';
import { child, entryOf, textOf } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';

const ENCRYPTION = 'https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/';
const AUDIT = 'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/';

function isConfiguration(object: KubernetesObject): boolean {
  return object.kind === 'EncryptionConfiguration' || object.kind === 'EncryptionConfig';
}

export const secretsInClear = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-secrets-stored-in-clear',
  format: 'kubernetes',
  title: 'The cluster writes its Secrets to etcd unencrypted',
  topic: 'encryption-at-rest',
  severity: 'high',
  owner: 'it',
  description:
    'The first provider of a resource is the one that new values are written with; `identity` writes them as they are. Whoever reads etcd or one of its snapshots has every password of the cluster.',
  remediation:
    'Put `kms`, `secretbox` or `aescbc` first and `identity` last, and write all Secrets again (`kubectl get secrets -A -o json | kubectl replace -f -`).',
  references: [ENCRYPTION],
  cwe: ['CWE-311'],
  cis: ['CIS Kubernetes 1.12 1.2.28'],
  verified: {
    by: 'source',
    how: `${ENCRYPTION} – the first provider is used to encrypt on write; identity writes resources as-is without encryption.`,
  },
  examples: {
    bad: [
      'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources:\n      - secrets\n    providers:\n      - identity: {}\n      - secretbox:\n          keys: []\n',
    ],
    good: [
      'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources:\n      - secrets\n    providers:\n      - kms:\n          apiVersion: v2\n          name: provider\n          endpoint: unix:///run/kms.sock\n      - identity: {}\n',
      'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources: [events]\n    providers:\n      - identity: {}\n',
    ],
  },
  *check({ document }) {
    for (const object of document.objects) {
      if (!isConfiguration(object)) continue;
      let decided = false;
      for (const [index, group] of itemsOf(at(object.node, 'resources')).entries()) {
        const names = itemsOf(child(group, 'resources')).map((item) => textOf(item));
        // The first group that names a resource decides about it.
        if (decided || !names.some((name) => name === 'secrets' || name === '*.' || name === '*.*')) continue;
        decided = true;
        const first = itemsOf(child(group, 'providers'))[0];
        const identity = entryOf(first, 'identity');
        if (!identity) continue;
        yield {
          pointer: `${object.pointer}.resources[${index}].providers[0]`,
          span: identity.keySpan,
          actual: 'identity',
          expected: 'kms, secretbox or aescbc first',
          message: 'Secrets are written to etcd unencrypted.',
        };
      }
    }
  },
});

export const auditLogsNothing = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-audit-policy-logs-nothing',
  format: 'kubernetes',
  title: 'The audit policy of the cluster logs nothing',
  topic: 'logging',
  severity: 'medium',
  owner: 'security',
  description:
    'Rules of an audit policy are tried in order and the first that matches decides; one of level `None` without conditions at the top, or alone, drops every event. Who read which Secret cannot be told afterwards.',
  remediation:
    'Log Secrets and ConfigMaps at `Metadata`, everything else at `Metadata` or `Request`; let `None` name what it drops.',
  references: [AUDIT],
  cwe: ['CWE-778'],
  verified: {
    by: 'source',
    how: `${AUDIT} – the first matching rule sets the audit level; level None does not log events that match.`,
  },
  examples: {
    bad: ['apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: None\n'],
    good: [
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: None\n    users: ["system:kube-proxy"]\n  - level: Metadata\n',
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n    resources:\n      - group: ""\n        resources: [secrets]\n  - level: None\n',
    ],
  },
  *check({ document }) {
    for (const object of document.objects) {
      if (object.kind !== 'Policy' || !object.apiVersion.startsWith('audit.k8s.io/')) continue;
      const rules = itemsOf(at(object.node, 'rules'));
      for (const [index, rule] of rules.entries()) {
        const level = child(rule, 'level');
        if (textOf(level) !== 'None' || !level) break;
        const conditions =
          rule.kind === 'map' ? rule.entries.filter(({ key }) => key !== 'level' && key !== 'omitStages') : [];
        if (conditions.length > 0) continue;
        yield {
          pointer: `${object.pointer}.rules[${index}].level`,
          span: level.span,
          actual: 'None, for everything',
          expected: 'Metadata or more',
          message: 'The audit policy drops every event.',
        };
        break;
      }
    }
  },
});
