/** Passwords that stand in manifests: in variables, ConfigMaps and Secrets. Values are compared and counted, never shown. */
import { hasMinioDefaultLogin, isGuessable, isPasswordName, passwordsOf } from '../../containers/passwords.ts';
import { containersIn } from '../../formats/kubernetes/declare.ts';
import { at, isTemplated, itemsOf, type KubernetesObject } from '../../formats/kubernetes/objects.ts';
import type { PodContainer } from '../../formats/kubernetes/pods.ts';
import { child, textOf } from '../../formats/yaml/read.ts';
import { defineRule, type Hit } from '../../model.ts';
import type { Span } from '../../source.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { K8S } from './references.ts';
import { imageSpan, type Manifest, reachOf } from './stores.ts';

/** What people write where the real value is put in later. */
function isPlaceholder(value: string): boolean {
  return (
    isTemplated(value) ||
    /^(?:<.*>|\[.*\]|\*+|x{3,}|\.{3,}|-+|_+|todo|tbd|none|null|n\/a)$/i.test(value) ||
    /change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|your[-_ ]|placeholder|insert[-_ ]|\bdummy\b|redacted/i.test(
      value,
    ) ||
    /^(?:vault:|ref\+|ENC\[|AgA|<path:|\$\(|op:\/\/|secret:|arn:aws:secretsmanager:|projects\/)/.test(value)
  );
}

function isSecretKey(key: string): boolean {
  return isPasswordName(
    key
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[-.]/g, '_')
      .toUpperCase(),
  );
}

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
    how: 'Vendors’ samples and image documentation that use these very passwords; MinIO documents minioadmin as its default.',
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
        message: `The ${one.form} of this ${store} holds a password that everybody tries first.`,
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
  cis: ['CIS Kubernetes 1.12 5.4.1'],
  verified: {
    by: 'source',
    how: 'kubernetes.io/docs/concepts/configuration/secret – confidential data belongs in Secrets, not in pod specifications.',
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
    how: 'kubernetes.io/docs/concepts/configuration/configmap – ConfigMap does not provide secrecy or encryption; use a Secret for confidential data.',
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

interface SecretValue {
  key: string;
  /** Decoded. */
  value: string;
  span: Span;
}

/** Readable values of a Secret, and of the literals that a kustomization makes one of. */
function* secretValues(object: KubernetesObject): Generator<SecretValue> {
  if (object.kind === 'Secret' && object.apiVersion === 'v1') {
    for (const field of ['data', 'stringData']) {
      const data = at(object.node, field);
      for (const { key, value } of data?.kind === 'map' ? data.entries.slice(0, 500) : []) {
        const text = textOf(value);
        if (!value || text === null || text === '' || value.span.end <= value.span.start) continue;
        const decoded = field === 'stringData' ? text : decode(text);
        if (decoded !== null) yield { key, value: decoded.trim(), span: value.span };
      }
    }
  }
  if (object.kind !== 'Kustomization') return;
  for (const item of itemsOf(at(object.node, 'secretGenerator'))) {
    for (const literal of itemsOf(child(item, 'literals'))) {
      const text = textOf(literal) ?? '';
      const equals = text.indexOf('=');
      if (equals > 0)
        yield {
          key: text.slice(0, equals),
          value: text.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2'),
          span: literal.span,
        };
    }
  }
}

/** Null for what is no base64: a template or an encrypted value. */
function decode(text: string): string | null {
  const compact = text.replace(/\s/g, '');
  if (compact.length > 1_000_000 || compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  return Buffer.from(compact, 'base64').toString('utf8');
}

/** Keys of Secrets that stand beside the secret: names, hosts, certificates. */
const NOT_SECRET =
  /(?:^|[-_.])(?:user(?:name)?|host(?:name)?|port|database|dbname|db|name|region|bucket|endpoint|url|email|ca|crt|cert|type|provider|project|namespace)$|^(?:tls\.crt|ca\.crt|url|server|insecure|enableOCI)$/i;

/** A Secret often holds whole files of configuration, in which nothing is secret. */
const SECRET_KEY =
  /pass|pwd|secret|token|key|cred|auth|dsn|ur[il]|conn|salt|htpasswd|dockerconfig|license|cookie|pem$|p12$|jks$/i;
const SECRET_TEXT = /PRIVATE KEY|passw|secret|token|credential|:\/\/[^\s:@/]{1,100}:[^\s@/]{1,100}@/i;

export const secretCommitted = defineRule<'kubernetes'>({
  id: 'audit/kubernetes-secret-committed',
  aliases: ['K8-SEC-003'],
  format: 'kubernetes',
  title: 'A Secret with its value stands among the manifests',
  topic: 'secrets',
  severity: 'medium',
  owner: 'developer',
  description:
    'Base64 is a way of writing, not encryption: whoever can read the repository, a backup or a copy of it reads the value, and it stays in the history after it is removed.',
  remediation:
    'Make the Secret outside the repository (External Secrets, Sealed Secrets, SOPS, or `kubectl create secret`), and replace the value everywhere it is used.',
  references: [K8S.secrets, K8S.secretPractices],
  cwe: ['CWE-312', 'CWE-540'],
  verified: {
    by: 'source',
    how: 'kubernetes.io/docs/concepts/security/secrets-good-practices – a Secret manifest with data encoded as base64 in a repository is available to everyone who can read it.',
  },
  examples: {
    bad: [
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  username: YXBw\n  password: Y29ycmVjdC1ob3JzZS1leGFtcGxlLTE=\n',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n  - name: db\n    literals:\n      - password=correct-horse-example-1\n',
    ],
    good: [
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\nspec:\n  encryptedData:\n    password: AgBexample\n',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: <replace me>\n',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  annotations:\n    kubernetes.io/service-account.name: ci\ntype: kubernetes.io/service-account-token\n',
    ],
  },
  *check({ document }) {
    for (const object of document.objects) {
      if (at(object.node, 'sops') !== null) continue;
      const real = [...secretValues(object)].filter(
        ({ key, value }) =>
          value !== '' &&
          !NOT_SECRET.test(key) &&
          (SECRET_KEY.test(key) || SECRET_TEXT.test(value.slice(0, 20_000))) &&
          !isPlaceholder(value) &&
          !/^(?:true|false|\d{1,5})$/.test(value),
      );
      const first = real.find(({ key }) => isSecretKey(key)) ?? real[0];
      // A well-known password has a rule of its own.
      if (!first || (isSecretKey(first.key) && isWellKnown(first.value))) continue;
      yield {
        pointer: `${object.pointer}.${first.key}`,
        span: first.span,
        actual: `${real.length === 1 ? 'one value' : `${real.length} values`}; the first is ${hidden(first.value)}`,
        expected: 'no value in the repository',
        message: 'A Secret stands among the manifests with its value.',
      };
    }
  },
});
