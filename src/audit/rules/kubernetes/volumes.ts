/** Where stores keep their data. */
import { titleOf } from '../../containers/titles.ts';
import type { Engine } from '../../declared.ts';
import { at, itemsOf } from '../../formats/kubernetes/objects.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import { child, entryOf, textOf, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import type { Span } from '../../source.ts';
import { K8S } from './references.ts';
import { storesIn } from './stores.ts';

/** Folders of data, by engine; caches are not listed. */
const DATA: Readonly<Partial<Record<Engine, RegExp>>> = {
  postgresql: /^\/var\/lib\/postgresql|^\/bitnami\/postgresql/,
  mysql: /^\/var\/lib\/mysql|^\/bitnami\/m(?:ysql|ariadb)/,
  mongodb: /^\/data\/db|^\/bitnami\/mongodb/,
  elasticsearch: /\/elasticsearch\/data/,
  opensearch: /\/opensearch\/data/,
  couchdb: /^\/opt\/couchdb\/data/,
  cassandra: /^\/var\/lib\/cassandra/,
  clickhouse: /^\/var\/lib\/clickhouse/,
  influxdb: /^\/var\/lib\/influxdb/,
  neo4j: /^\/data$/,
  mssql: /^\/var\/opt\/mssql/,
};

interface DataVolume {
  volume: YamlNode;
  span: Span;
  target: string;
}

/** The volume under the data of a store. */
function dataVolume(container: PodContainer, engine: Engine): DataVolume | null {
  const folder = DATA[engine];
  if (!folder) return null;
  for (const mount of itemsOf(child(container.node, 'volumeMounts'))) {
    const target = textOf(child(mount, 'mountPath')) ?? '';
    if (!folder.test(target)) continue;
    const name = textOf(child(mount, 'name'));
    const volume = itemsOf(child(container.pod.spec, 'volumes')).find((one) => textOf(child(one, 'name')) === name);
    if (volume) return { volume, span: mount.span, target };
  }
  return null;
}

export const storeOnEmptyDir = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-data-not-kept',
  aliases: ['K8-VOL-001'],
  format: 'kubernetes',
  title: 'The data of a store is gone with its pod',
  topic: 'retention',
  severity: 'medium',
  owner: 'developer',
  description:
    'An `emptyDir` volume is deleted when the pod leaves its node: after an update or a failure of the node the store is empty.',
  remediation: 'Use a PersistentVolumeClaim (`volumeClaimTemplates` of a StatefulSet).',
  references: [
    'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  ],
  cwe: ['CWE-693'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/storage/volumes/ – when a pod is removed from a node, the data in its emptyDir is deleted permanently.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n      volumeMounts:\n        - name: data\n          mountPath: /var/lib/postgresql/data\n  volumes:\n    - name: data\n      emptyDir: {}\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n      volumeMounts:\n        - name: data\n          mountPath: /var/lib/postgresql/data\n        - name: run\n          mountPath: /var/run\n  volumes:\n    - name: data\n      persistentVolumeClaim:\n        claimName: pg\n    - name: run\n      emptyDir: {}\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: cache\nspec:\n  containers:\n    - name: cache\n      image: redis:7\n      volumeMounts:\n        - name: data\n          mountPath: /data\n  volumes:\n    - name: data\n      emptyDir: {}\n',
    ],
  },
  *check(file) {
    for (const { container, engine } of storesIn(file)) {
      const found = dataVolume(container, engine);
      const entry = entryOf(found?.volume, 'emptyDir');
      if (!found || !entry) continue;
      yield {
        service: container.name,
        pointer: `${container.pointer}.volumeMounts[${found.target}]`,
        span: entry.keySpan,
        actual: 'emptyDir',
        expected: 'a PersistentVolumeClaim',
        message: `The data of ${titleOf(engine)} is deleted with its pod.`,
      };
    }
  },
});

export const storeOnHostPath = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-store-data-on-node',
  format: 'kubernetes',
  title: 'The data of a store lies on the disk of a node',
  topic: 'hardening',
  severity: 'low',
  owner: 'developer',
  description:
    'A `hostPath` volume is a folder of the node: every other pod that may mount one, and everybody with a login on the node, reads the files of the store past its own access control. It stays there when the pod is deleted.',
  remediation: 'Use a PersistentVolumeClaim of a storage class that encrypts.',
  references: ['https://kubernetes.io/docs/concepts/storage/volumes/#hostpath', K8S.podSecurity],
  cwe: ['CWE-668'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/storage/volumes/ – hostPath mounts a folder of the host into the pod, presents many security risks and is to be avoided.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n      volumeMounts:\n        - name: data\n          mountPath: /var/lib/postgresql/data\n  volumes:\n    - name: data\n      hostPath:\n        path: /srv/pg\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pg\nspec:\n  containers:\n    - name: pg\n      image: postgres:16\n      volumeMounts:\n        - name: data\n          mountPath: /var/lib/postgresql/data\n  volumes:\n    - name: data\n      persistentVolumeClaim:\n        claimName: pg\n',
    ],
  },
  *check(file) {
    for (const { container, engine } of storesIn(file)) {
      const found = dataVolume(container, engine);
      const path = at(found?.volume, 'hostPath', 'path');
      if (!found || !path) continue;
      yield {
        service: container.name,
        pointer: `${container.pointer}.volumeMounts[${found.target}]`,
        span: path.span,
        actual: 'hostPath',
        expected: 'a PersistentVolumeClaim',
        message: `The data of ${titleOf(engine)} lies in a folder of its node.`,
      };
    }
  },
});
