/**
 * What is generated from the code lies in the repository, so that people and editors can read it. This test fails when
 * a file is out of date; `npm run docs` writes them anew.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FORMAT_NAMES, FORMATS } from '../../src/audit/formats/index.ts';
import { RULES } from '../../src/audit/rules/index.ts';
import { allRules } from '../../src/cli/rules.ts';
import { configJsonSchema } from '../../src/config/index.ts';
import { AUDIT_SCHEMA, auditReportSchema } from '../../src/core/contract/audit.ts';
import { CHECK_SCHEMA, checkReportSchema } from '../../src/core/contract/check.ts';
import { CHECK_DIFF_SCHEMA, checkDiffSchema } from '../../src/core/contract/check-diff.ts';
import { CLASSIFY_SCHEMA, classifyReportSchema } from '../../src/core/contract/classify.ts';
import { FLEET_LINE_SCHEMA, FLEET_SCHEMA, fleetLineSchema, fleetReportSchema } from '../../src/core/contract/fleet.ts';
import { INSPECT_SCHEMA, inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { INSPECT_DIFF_SCHEMA, inspectDiffSchema } from '../../src/core/contract/inspect-diff.ts';
import { PROBE_SCHEMA, probeLineSchema } from '../../src/core/contract/probe.ts';
import { RECEIPT_SCHEMA, RECEIPT_SCHEMA_1, receipt1Schema, receipt2Schema } from '../../src/core/contract/receipt.ts';
import { VANTAGE_SCHEMA, vantageReportSchema } from '../../src/core/contract/vantage.ts';
import { ERROR_CODES } from '../../src/core/errors.ts';
import { RUNTIMES, type Rule } from '../../src/core/rule.ts';
import { controlsOf } from '../../src/core/topics.ts';
import { VERSION } from '../../src/core/version.ts';
import { casesJsonSchema } from '../../src/guard/cases/index.ts';
import { policyJsonSchema } from '../../src/guard/policy/index.ts';
import { services } from '../../src/probe/index.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const at = (...path: string[]) => join(root, ...path);
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('the generated files', () => {
  it.each([
    ['inspect-1.json', INSPECT_SCHEMA, inspectReportSchema],
    ['inspect-diff-1.json', INSPECT_DIFF_SCHEMA, inspectDiffSchema],
    ['fleet-1.json', FLEET_SCHEMA, fleetReportSchema],
    ['fleet-line-1.json', FLEET_LINE_SCHEMA, fleetLineSchema],
    ['probe-1.json', PROBE_SCHEMA, probeLineSchema],
    ['classify-1.json', CLASSIFY_SCHEMA, classifyReportSchema],
    ['vantage-1.json', VANTAGE_SCHEMA, vantageReportSchema],
    ['check-diff-1.json', CHECK_DIFF_SCHEMA, checkDiffSchema],
    ['audit-1.json', AUDIT_SCHEMA, auditReportSchema],
    ['check-1.json', CHECK_SCHEMA, checkReportSchema],
    ['receipt-1.json', RECEIPT_SCHEMA_1, receipt1Schema],
    ['receipt-2.json', RECEIPT_SCHEMA, receipt2Schema],
  ] as const)('hold the JSON Schema %s of its contract', async (file, id, schema) => {
    await expect(json({ $id: id, ...z.toJSONSchema(schema) })).toMatchFileSnapshot(at('schema', file));
  });

  it('hold the JSON Schema of postern.yaml', async () => {
    await expect(json(configJsonSchema())).toMatchFileSnapshot(at('schema', 'postern-config.json'));
  });

  it('hold the JSON Schemas of guard.yaml and of its decision cases', async () => {
    await expect(json(policyJsonSchema())).toMatchFileSnapshot(at('schema', 'postern-guard.json'));
    await expect(json(casesJsonSchema())).toMatchFileSnapshot(at('schema', 'postern-guard-cases.json'));
  });

  it('hold a page for each rule and no other', async () => {
    const rules = await allRules();
    expect(rules.length).toBeGreaterThan(20);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const rule of rules) await expect(rulePage(rule)).toMatchFileSnapshot(at('docs/rules', pageName(rule)));
    await expect(ruleIndex(rules)).toMatchFileSnapshot(at('docs/rules', 'README.md'));
    const pages = readdirSync(at('docs/rules')).sort();
    expect(pages).toEqual(['README.md', ...rules.map(pageName)].sort());
  });

  it('hold what is read, and what was thought to be wrong and is not', async () => {
    await expect(auditFormats()).toMatchFileSnapshot(at('docs', 'audit-formats.md'));
  });

  it('hold the table of error codes', async () => {
    const rows = Object.entries(ERROR_CODES).map(([code, advice]) => `| \`${code}\` | ${advice} |`);
    const text = `# Error codes\n\nGenerated. Every error has one of these codes and ends the command with exit code 2.\n\n| Code | What to do |\n| --- | --- |\n${rows.join('\n')}\n`;
    await expect(text).toMatchFileSnapshot(at('docs', 'errors.md'));
  });

  it('hold the whole dialogue of each probe', async () => {
    const sections = services.map((service) =>
      [
        `## ${service.title} (\`${service.id}\`)`,
        '',
        `Ports: ${service.ports.map(({ port, tls }) => `${port} (TLS: ${tls})`).join(', ') || 'by name only'}`,
        '',
        `Tried with: ${service.tested.map(({ how, what }) => `${HOW[how]} ${what}`).join('; ')}`,
        '',
        'May send, and nothing else:',
        '',
        ...service.allow.describes.map((line) => `- ${code(line)}`),
        ...(service.sampling
          ? ['', 'Only with `--sample`:', '', ...service.sampling.describes.map((line) => `- ${code(line)}`)]
          : []),
        ...(service.control
          ? [
              '',
              "With the owner's credentials, as positive control:",
              '',
              ...service.control.allow.describes.map((line) => `- ${code(line)}`),
            ]
          : []),
        '',
        `Sources: ${service.references.map((url) => `<${url}>`).join(', ')}`,
        '',
      ].join('\n'),
    );
    const text = `# What each probe sends\n\nGenerated from the allow-lists that the connection enforces below each probe. \`postern probe TARGET --dry-run\`\nprints the bytes.\n\n${testedTable()}\n${sections.join('\n')}`;
    await expect(text).toMatchFileSnapshot(at('docs', 'probes.md'));
  });

  it('agree on the version', () => {
    expect(JSON.parse(readFileSync(at('package.json'), 'utf8')).version).toBe(VERSION);
  });
});

const HOW = {
  server: 'the real server:',
  recorded: 'answers recorded from',
  documentation: 'documentation only:',
} as const;

/** How well each service is known: what a reader wants to know before trusting a verdict. */
function testedTable(): string {
  const rows = services.map(({ title, id, face, tested }) => {
    const of = (how: keyof typeof HOW) =>
      tested
        .filter((one) => one.how === how)
        .map(({ what }) => what.replaceAll('|', '\\|'))
        .join('; ') || '–';
    return `| ${title} | \`${id}\`${face === undefined ? '' : ` (${face})`} | ${of('server')} | ${of('recorded')} | ${of('documentation')} |`;
  });
  return `| Service | Id | Real server | Recorded answers | Documentation only |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Every format with its rules, how they are known, and the candidates that were dropped with the reason. */
function auditFormats(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = FORMAT_NAMES.map((name) => {
    const rules: readonly Rule[] = RULES[name].rules;
    const by = (how: 'server' | 'source') => rules.filter(({ verified }) => verified?.by === how).length;
    const experimental = rules.filter((rule) => rule.experimental === true).length;
    return `| ${cell(FORMATS[name].title)} | \`${name}\` | ${rules.length} | ${by('server')} | ${by('source')} | ${experimental} |`;
  });
  const dropped = FORMAT_NAMES.flatMap((name) =>
    Object.entries(RULES[name].dropped ?? {}).map(([id, reason]) => `| ${id} | \`${name}\` | ${cell(reason)} |`),
  );
  return [
    '# What `audit` reads',
    '',
    'Generated. A rule is verified by starting the real server with and without the setting, or in the vendor’s source or documentation; each page of `docs/rules` says how. Experimental rules say nothing unless `--experimental` is given.',
    '',
    '| Format | Name | Rules | tried on the server | read in the source | experimental |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Dropped',
    '',
    'What lists of bad settings often hold, and what is no rule here.',
    '',
    '| Candidate | Format | Why |',
    '| --- | --- | --- |',
    ...dropped,
    '',
  ].join('\n');
}

function pageName(rule: Rule): string {
  return `${rule.id.replace('/', '-')}.md`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function ruleIndex(rules: readonly Rule[]): string {
  const rows = rules.map(
    (r) => `| [${r.id}](${pageName(r)}) | ${r.severity} | ${r.owner} | ${r.title.replaceAll('|', '\\|')} |`,
  );
  return `# Rules\n\nGenerated from the rules themselves.\n\n| Rule | Severity | Fixed by | What |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function rulePage(rule: Rule): string {
  const fence = (text: string) => `\`\`\`\`text\n${text.replace(/\n$/, '')}\n\`\`\`\`\n`;
  const also = rule.aliases?.length ? `Also known as: ${rule.aliases.join(', ')}\n\n` : '';
  const mapped = [
    ...rule.cwe,
    ...(rule.masvs ?? []),
    ...(rule.cis ?? []),
    ...(rule.topic === undefined ? [] : controlsOf(rule.topic)),
  ].join(', ');
  return [
    `# ${rule.title}\n`,
    `\`${rule.id}\` · ${rule.severity} · fixed by: ${rule.owner}${mapped ? ` · ${mapped}` : ''}\n`,
    `${also}${rule.description}\n`,
    ...(rule.guidance?.attack === undefined ? [] : [`## What a stranger does with it\n\n${rule.guidance.attack}\n`]),
    `## What to do\n\n${rule.remediation}\n`,
    ...runtimePart(rule),
    ...(rule.guidance?.check ? [`## How to see that it is fixed\n\n${rule.guidance.check}\n`] : []),
    ...(rule.examples.bad.length > 0 ? [`## Raises it\n\n${rule.examples.bad.map(fence).join('\n')}`] : []),
    ...(rule.examples.good.length > 0 ? [`## Does not raise it\n\n${rule.examples.good.map(fence).join('\n')}`] : []),
    ...verifiedPart(rule),
    `## References\n\n${rule.references.map((url) => `- <${url}>`).join('\n')}\n`,
  ].join('\n');
}

const RUNTIME_TITLES = {
  package: 'Installed as a package',
  docker: 'In Docker or Compose',
  kubernetes: 'In Kubernetes',
  terraform: 'With Terraform',
  managed: 'At a provider',
} as const satisfies Record<(typeof RUNTIMES)[number], string>;

function runtimePart({ guidance }: Rule): string[] {
  const lines = RUNTIMES.flatMap((runtime) => {
    const text = guidance?.fixes?.[runtime];
    return text === undefined ? [] : [`- **${RUNTIME_TITLES[runtime]}:** ${text}`];
  });
  return lines.length > 0 ? [`## Where you run it\n\n${lines.join('\n')}\n`] : [];
}

function verifiedPart({ verified, experimental }: Rule): string[] {
  if (experimental)
    return ['## How it is known\n\nNot verified yet: experimental, and off unless `--experimental` is given.\n'];
  if (verified === undefined) return [];
  const by = verified.by === 'server' ? 'Tried on the real server' : 'Read in the source';
  return [`## How it is known\n\n${by}: ${verified.how}\n`];
}
