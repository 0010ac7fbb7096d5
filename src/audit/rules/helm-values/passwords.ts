/** Passwords that stand in the values of charts. */
import { type ChartValues, valueAt } from '../../formats/helm-values/read.ts';
import type { ScalarNode, YamlNode } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import { hidden, isWellKnown } from '../passwords.ts';
import { BITNAMI, exposedService, type Values } from './shared.ts';

/** Passwords that stand in values, with where. */
function* passwordsIn({ document }: Values): Generator<{ values: ChartValues; path: string; node: ScalarNode }> {
  for (const values of document.charts) {
    for (const path of values.chart.passwords) {
      const node: YamlNode | null = valueAt(values.node, path);
      if (node?.kind !== 'scalar' || node.isNull || node.text === '' || node.span.end <= node.span.start) continue;
      if (/\$\{|\{\{|^(?:<.*>|\*+|vault:|ref\+|ENC\[|secretref)|^\$\w/i.test(node.text)) continue;
      yield { values, path, node };
    }
  }
}

function isWrittenToBeReplaced(text: string): boolean {
  return /change[-_ ]?(?:me|it|this)|replace|your[-_ ]|placeholder|redacted/i.test(text);
}

export const chartPassword = defineRule<'helm-values'>({
  id: 'audit/helm-well-known-password',
  format: 'helm-values',
  title: 'A chart is given a well-known password',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'The password is one that everybody tries first: a vendor’s sample, a default, or a top entry of the usual lists. It is no better than none.',
  remediation:
    'Leave the password out – the chart makes a random one – or name a Secret in `auth.existingSecret`; change it on the running store.',
  references: [
    `${BITNAMI}/postgresql#parameters`,
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  ],
  cwe: ['CWE-1392', 'CWE-521'],
  verified: {
    by: 'source',
    how: 'https://github.com/bitnami/charts/blob/main/bitnami/redis/templates/secret.yaml – auth.password becomes the password of the store; without it a random one is made',
  },
  examples: {
    bad: ['postgresql:\n  auth:\n    postgresPassword: postgres\n    database: shop\n'],
    good: [
      'postgresql:\n  auth:\n    postgresPassword: ""\n    existingSecret: pg\n',
      'postgresql:\n  auth:\n    postgresPassword: ${PG_PASSWORD}\n',
    ],
  },
  *check(file) {
    for (const { values, path, node } of passwordsIn(file)) {
      if (!isWellKnown(node.text)) continue;
      yield {
        pointer: `${values.prefix}${path}`,
        span: node.span,
        actual: hidden(node.text),
        expected: 'auth.existingSecret',
        message: `The password of ${values.chart.title} is one that everybody tries first.`,
        severity: exposedService(values) ? 'critical' : 'high',
      };
    }
  },
});

export const chartLiteralPassword = defineRule<'helm-values'>({
  id: 'audit/helm-literal-password',
  format: 'helm-values',
  title: 'A password is written into the values of a chart',
  topic: 'secrets',
  severity: 'high',
  owner: 'developer',
  description:
    'Whoever can read the repository, or the release (`helm get values`), has the password; it also stays in the history after it is removed.',
  remediation:
    'Name a Secret in `auth.existingSecret` and keep its value out of the repository; change the password on the running store.',
  references: [`${BITNAMI}/postgresql#parameters`, 'https://helm.sh/docs/helm/helm_get_values/'],
  cwe: ['CWE-798'],
  verified: {
    by: 'source',
    how: 'https://helm.sh/docs/helm/helm_get_values/ – prints what a release was given; the charts take auth.existingSecret instead',
  },
  examples: {
    bad: ['postgresql:\n  auth:\n    password: correct-horse-example-1\n    database: shop\n'],
    good: [
      'postgresql:\n  auth:\n    existingSecret: pg\n    database: shop\n',
      'postgresql:\n  auth:\n    password: "<path:kv/data/pg#password>"\n    database: shop\n',
    ],
  },
  *check(file) {
    for (const { values, path, node } of passwordsIn(file)) {
      if (isWellKnown(node.text) || isWrittenToBeReplaced(node.text)) continue;
      yield {
        pointer: `${values.prefix}${path}`,
        span: node.span,
        actual: hidden(node.text),
        expected: 'auth.existingSecret',
        message: `A password of ${values.chart.title} stands in the values as it is.`,
      };
    }
  },
});
