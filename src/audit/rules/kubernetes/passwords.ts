/** Passwords that stand in manifests: in variables, ConfigMaps and Secrets. Values are compared and counted, never shown. */
import { hasMinioDefaultLogin, isGuessable, isPasswordName, passwordsOf } from '../../containers/passwords.ts';
import { containersIn } from '../../formats/kubernetes/declare.ts';
import { at } from '../../formats/kubernetes/objects.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import { textOf } from '../../formats/yaml/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import type { Span } from '../../source.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { K8S } from './references.ts';
import { isPlaceholder, isSecretKey, secretValues } from './secret-values.ts';
import { imageSpan, type Manifest, reachOf } from './stores.ts';

interface Literal {
  container: PodContainer;
  pointer: string;
  span: Span;
  value: string;
  guessable: boolean;
  form: 'password' | 'connection string';
}

/** `scheme://user:password@host`; null where the password is put in later or there is none. */
function passwordOfUri(value: string): string | null {
  const password = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{0,200}:([^\s@/]{1,200})@[^\s]/i.exec(
    value.slice(0, 2_000),
  )?.[1];
  return password === undefined || isPlaceholder(password) || /[$<{]/.test(password) ? null : password;
}

function* literalsOf(file: Manifest): Generator<Literal> {
  for (const container of containersIn(file)) {
    for (const one of passwordsOf(container)) {
      if (one.source !== 'literal' || (isPlaceholder(one.value) && !isWellKnown(one.value))) continue;
      const pointer = `${container.pointer}.${one.pointer.replace(/^environment/, 'env')}`;
      yield { container, pointer, span: one.span, value: one.value, guessable: isGuessable(one), form: 'password' };
    }
    for (const { name, value, source, span } of container.environment) {
      const password = source === 'literal' && value !== null && !isPasswordName(name) ? passwordOfUri(value) : null;
      if (password === null) continue;
      const pointer = `${container.pointer}.env.${name}`;
      yield { container, pointer, span, value: password, guessable: isWellKnown(password), form: 'connection string' };
    }
  }
}

export const wellKnownPassword = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-well-known-password',
  format: 'kubernetes',
  title: 'A well-known password',
  topic: 'secrets',
  severity: 'critical',
  owner: 'developer',
  description:
    'The password is one that everybody tries first: a vendor’s sample, a default, or a top entry of the usual lists. It is no better than none.',
  remediation:
    'Generate a long random password into a Secret that is not in the repository, refer to it with `secretKeyRef`, and change it on the running store.',
  references: [K8S.secrets, 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  cwe: ['CWE-1392', 'CWE-521'],
  verified: {
    by: 'source',
    how: 'https://github.com/docker-library/docs – the samples of the images use these very passwords; https://github.com/minio/minio – minioadmin is its documented default',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_PASSWORD\n          value: postgres\n',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: cGFzc3dvcmQ=\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: "{{ from_vault }}"\n  user: admin\n',
    ],
  },
  *check(file): Generator<Hit> {
    for (const one of literalsOf(file)) {
      if (!one.guessable) continue;
      const store = one.container.image?.engine ? 'store' : 'program';
      const { level } = reachOf(one.container, file);
      yield {
        service: one.container.name,
        pointer: one.pointer,
        span: one.span,
        actual: hidden(one.value),
        expected: 'a random password from a Secret',
        message:
          one.form === 'password'
            ? `The password of this ${store} is one that everybody tries first.`
            : `The connection string of this ${store} holds a password that everybody tries first.`,
        severity: store === 'store' && level === 'internet' ? 'critical' : 'high',
      };
    }
    for (const container of containersIn(file)) {
      if (!hasMinioDefaultLogin(container) || container.pod.object.kind === 'Job') continue;
      const { level } = reachOf(container, file);
      yield {
        service: container.name,
        pointer: `${container.pointer}.env.MINIO_ROOT_PASSWORD`,
        span: imageSpan(container),
        actual: "not set; MinIO's published default",
        expected: 'MINIO_ROOT_PASSWORD from a Secret',
        message: 'MinIO runs with its published default login.',
        severity: level === 'internet' ? 'critical' : 'high',
      };
    }
    for (const object of file.document.objects) {
      for (const { key, value, span } of secretValues(object)) {
        if (!isSecretKey(key) || !isWellKnown(value)) continue;
        yield {
          pointer: `${object.pointer}.${key}`,
          span,
          actual: hidden(value),
          expected: 'a random password, and not in the repository',
          message: 'This Secret holds a password that everybody tries first.',
          severity: 'high',
        };
      }
    }
  },
});

export const literalPassword = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-literal-password',
  aliases: ['K8-SEC-001'],
  format: 'kubernetes',
  title: 'A password is written into a manifest',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository, or the objects of the namespace (`kubectl get deployment -o yaml` needs no right to read Secrets), has the password; it also stays in the history after it is removed.',
  remediation:
    'Keep it in a Secret that is not in the repository, refer to it with `valueFrom.secretKeyRef`, and change it on the running store.',
  references: [K8S.secrets, K8S.secretPractices],
  cwe: ['CWE-798'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/configuration/secret/ – confidential data belongs in Secrets, not in pod specifications.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: postgres:16\n      env:\n        - name: POSTGRES_PASSWORD\n          value: correct-horse-example-1\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: registry.example.com/api:1\n      env:\n        - name: DATABASE_URL\n          value: postgres://api:correct-horse-example-1@db/shop\n',
    ],
    good: [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: registry.example.com/api:1\n      env:\n        - name: DATABASE_URL\n          value: postgres://api:$(DB_PASSWORD)@db/shop\n        - name: DB_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: db\nspec:\n  containers:\n    - name: db\n      image: mysql:8.4\n      env:\n        - name: MYSQL_ROOT_PASSWORD_FILE\n          value: /run/secrets/db\n',
    ],
  },
  *check(file) {
    for (const one of literalsOf(file)) {
      if (one.guessable) continue;
      yield {
        service: one.container.name,
        pointer: one.pointer,
        span: one.span,
        actual: hidden(one.value),
        expected: 'valueFrom.secretKeyRef',
        message: `A ${one.form === 'password' ? 'password' : 'connection string with its password'} stands in the manifest as it is.`,
      };
    }
  },
});

export const passwordInConfigMap = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-password-in-config-map',
  aliases: ['K8-SEC-002'],
  format: 'kubernetes',
  title: 'A password stands in a ConfigMap',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'ConfigMaps are for what is no secret: roles that may not read Secrets read them, they are not encrypted with the Secrets of the cluster, and they are printed by many tools.',
  remediation: 'Move the key to a Secret, and keep its value out of the repository.',
  references: ['https://kubernetes.io/docs/concepts/configuration/configmap/', K8S.secretPractices],
  cwe: ['CWE-312'],
  verified: {
    by: 'source',
    how: 'https://kubernetes.io/docs/concepts/configuration/configmap/ – ConfigMap does not provide secrecy or encryption; use a Secret for confidential data.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n  DB_HOST: db\n  DB_PASSWORD: correct-horse-example-1\n',
    ],
    good: [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n  DB_HOST: db\n  DB_PASSWORD_FILE: /run/secrets/db\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n  DB_PASSWORD: "<set by the pipeline>"\n',
    ],
  },
  *check({ document }) {
    for (const object of document.objects) {
      if (object.kind !== 'ConfigMap') continue;
      const data = at(object.node, 'data');
      for (const { key, value } of data?.kind === 'map' ? data.entries : []) {
        const text = textOf(value);
        if (!value || text === null || text === '' || text.includes('\n') || value.span.end <= value.span.start)
          continue;
        const uri = passwordOfUri(text);
        if (
          uri === null &&
          (!isSecretKey(key) || (isPlaceholder(text) && !isWellKnown(text)) || /^(?:true|false|\/.*)$/.test(text))
        )
          continue;
        yield {
          pointer: `${object.pointer}.data.${key}`,
          span: value.span,
          actual: hidden(uri ?? text),
          expected: 'a Secret',
          message: 'A password stands in a ConfigMap.',
        };
      }
    }
  },
});
