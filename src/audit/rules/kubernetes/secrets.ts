/** Secrets that are committed with their values. */
import { at } from '../../formats/kubernetes/objects.ts';
import { defineRule } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { K8S } from './references.ts';
import { isPlaceholder, isSecretKey, secretValues } from './secret-values.ts';

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
    how: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/ – a Secret manifest with data encoded as base64 in a repository is available to everyone who can read it.',
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
