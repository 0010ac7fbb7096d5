/** `docs/guard/operations.md`: what exists behind the guard, and why the rest does not. Written by `vitest -u`. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { classify, type Product } from '../../src/guard/stores/elasticsearch/classification/classify.ts';
import { publishedOperations } from '../../src/guard/stores/elasticsearch/classification/data.ts';
import { REASONS, type Reason } from '../../src/guard/stores/elasticsearch/classification/reasons.ts';
import { ROUTES } from '../../src/guard/stores/elasticsearch/routes/table.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const PRODUCTS = [
  ['elasticsearch', 'Elasticsearch'],
  ['opensearch', 'OpenSearch'],
] as const;

describe('the generated files', () => {
  it('hold the table of operations behind the guard', async () => {
    await expect(page()).toMatchFileSnapshot(join(root, 'docs/guard/operations.md'));
  });
});

function page(): string {
  return [
    '# Operations behind the guard',
    '',
    'Generated. Every operation of the published specifications is either routed or denied for a reason; a test fails on',
    'one that nobody has decided about, and asks the guard for each path and method of the denied ones. What is not in the',
    'route table does not exist, whether it is listed here or not.',
    '',
    '## Routed',
    '',
    '| Operation | Methods | Paths | Parameters |',
    '| --- | --- | --- | --- |',
    ...ROUTES.map(
      ({ name, methods, paths, parameters }) =>
        `| ${name} | ${methods.join(', ')} | ${paths.map(code).join(' ')} | ${parameters.map(code).join(' ')} |`,
    ),
    '',
    'Every route also takes `pretty`, `human`, `error_trace`, `include_source_on_error`, `format=json` and `filter_path`;',
    '`search` also takes what says the same as its body (`size`, `from`, `sort`, `_source`, …), and `msearch` what says how',
    'answers are written.',
    '',
    ...PRODUCTS.flatMap(([product, title]) => section(product, title)),
    '## Reasons',
    '',
    '| Reason | An operation that … |',
    '| --- | --- |',
    ...Object.entries(REASONS).map(([reason, text]) => `| ${reason} | ${text} |`),
    '',
  ].join('\n');
}

function section(product: Product, title: string): string[] {
  const { source, operations } = publishedOperations(product);
  const names = Object.keys(operations);
  const spaces = new Map<string, string[]>();
  for (const name of names) {
    const space = name.includes('.') ? name.slice(0, name.indexOf('.')) : 'core';
    spaces.set(space, [...(spaces.get(space) ?? []), name]);
  }
  const allowed = names.filter((name) => classify(name)?.allow !== undefined);
  return [
    `## ${title}`,
    '',
    `${names.length} operations (${source.join(', ')}): ${allowed.length} routed, ${names.length - allowed.length} denied.`,
    '',
    '| Namespace | Operations | Routed | Denied |',
    '| --- | ---: | --- | --- |',
    ...[...spaces].map(([space, members]) => {
      const routed = members.filter((name) => classify(name)?.allow !== undefined);
      return `| ${code(space)} | ${members.length} | ${routed.map(code).join(' ')} | ${denials(members)} |`;
    }),
    '',
  ];
}

/** `cluster (12), terms (2)`; the few of a mixed namespace by name. */
function denials(members: readonly string[]): string {
  const byReason = new Map<Reason, string[]>();
  for (const name of members) {
    const reason = classify(name)?.deny;
    if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  return [...byReason]
    .map(([reason, names]) => {
      const named = byReason.size > 1 && names.length <= 12;
      return `${reason} (${names.length}${named ? `: ${names.map(code).join(' ')}` : ''})`;
    })
    .join('; ');
}

function code(text: string): string {
  return `\`${text}\``;
}
