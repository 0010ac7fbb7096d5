/**
 * SARIF 2.1.0 (OASIS, sarif-v2.1.0-os). One run per report: findings are results, skips are notifications, suppressed
 * findings are results with an external suppression, patches are fixes. Stories have no home in SARIF: each result
 * names the stories it belongs to in its property bag.
 */
import type { Artifact, Log, Result, Run } from 'sarif';
import type { Finding, Suppressed } from '../../core/finding.ts';
import type { Skip } from '../../core/skip.ts';
import type { AuditReport, CheckReport, InspectReport } from '../input.ts';
import { harmless } from '../json.ts';
import type { RenderOptions } from '../options.ts';
import { artifactUri, type UriBase } from './location.ts';
import { notificationsOf, skipDescriptors } from './notification.ts';
import { resultOf } from './result.ts';
import { CWE_TAXONOMY, describeRules, taxaOf } from './rule.ts';

export const SARIF_SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';

export type SarifInput =
  | { kind: 'check'; report: CheckReport }
  | { kind: 'audit'; report: AuditReport }
  | { kind: 'inspect'; report: InspectReport };

export function renderSarif(input: SarifInput, options: RenderOptions): string {
  return `${harmless(JSON.stringify(sarifLog(input, options), null, 2))}\n`;
}

export function sarifLog(input: SarifInput, options: RenderOptions): Log {
  const { findings, suppressed, skips, known, storiesOf, version, base, properties, times } = partsOf(input, options);
  const raised = [...findings, ...suppressed.map(({ finding }) => finding)];
  const rules = describeRules(raised, options.rules ?? []);
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const silenced = new Map(suppressed.map((entry) => [entry.finding.fingerprint, entry]));
  const results: Result[] = unique(raised).map((finding) =>
    resultOf(finding, {
      ruleIndex: ruleIndex.get(finding.rule) ?? -1,
      base,
      known,
      suppression: silenced.get(finding.fingerprint),
      stories: storiesOf.get(finding.fingerprint) ?? [],
    }),
  );
  const taxa = taxaOf(rules);
  const run: Run = {
    tool: {
      driver: {
        name: 'postern',
        version,
        semanticVersion: version,
        informationUri: 'https://postern.dev',
        rules,
        ...(skips.length > 0 ? { notifications: skipDescriptors(skips) } : {}),
        ...(taxa.length > 0 ? { supportedTaxonomies: [{ name: CWE_TAXONOMY, index: 0 }] } : {}),
      },
    },
    automationDetails: { id: `postern/${input.kind}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { SRCROOT: { description: { text: 'The directory that the report was made in.' } } },
    invocations: [
      {
        executionSuccessful: true,
        ...times,
        toolExecutionNotifications: notificationsOf(skips),
      },
    ],
    artifacts: artifactsOf(input, base),
    results,
    ...(taxa.length > 0
      ? {
          taxonomies: [
            {
              name: CWE_TAXONOMY,
              organization: 'MITRE',
              informationUri: 'https://cwe.mitre.org/data/index.html',
              shortDescription: { text: 'Common Weakness Enumeration' },
              taxa,
            },
          ],
        }
      : {}),
    properties,
  };
  return { $schema: SARIF_SCHEMA, version: '2.1.0', runs: [run] };
}

interface Parts {
  findings: readonly Finding[];
  suppressed: readonly Suppressed[];
  skips: readonly Skip[];
  /** Null when no baseline was given. */
  known: ReadonlySet<string> | null;
  /** Story ids by the fingerprint of a finding. */
  storiesOf: ReadonlyMap<string, string[]>;
  version: string;
  base: UriBase;
  properties: Record<string, unknown>;
  times: { startTimeUtc?: string; endTimeUtc?: string };
}

function partsOf(input: SarifInput, options: RenderOptions): Parts {
  const toolVersion = options.toolVersion ?? '0.0.0';
  const common = { known: null, storiesOf: new Map<string, string[]>(), version: toolVersion, times: {} };
  const suppressed = options.suppressed ?? [];
  switch (input.kind) {
    case 'check': {
      const { report } = input;
      const storiesOf = new Map<string, string[]>();
      for (const story of report.stories) {
        for (const id of story.findings) storiesOf.set(id, [...(storiesOf.get(id) ?? []), story.id]);
      }
      const hasBaseline = options.baseline ?? report.known.length > 0;
      return {
        findings: report.findings,
        suppressed: report.suppressed,
        skips: report.skips,
        known: hasBaseline ? new Set(report.known) : null,
        storiesOf,
        version: report.tool.version,
        base: { root: '.', directory: options.baseDirectory },
        properties: {
          schema: report.schema,
          vantage: report.vantage,
          scopeHash: report.scopeHash,
          summary: report.summary,
          stories: report.stories.map(({ id, state, severity, headline }) => ({ id, state, severity, headline })),
        },
        times: { startTimeUtc: report.startedAt, endTimeUtc: report.finishedAt },
      };
    }
    case 'audit':
      return {
        ...common,
        findings: input.report.findings,
        suppressed,
        skips: input.report.skips,
        base: { root: input.report.root, directory: options.baseDirectory },
        properties: { schema: input.report.schema },
      };
    case 'inspect': {
      const { schema, app } = input.report;
      return {
        ...common,
        findings: input.report.findings,
        suppressed,
        skips: input.report.skips,
        base: { root: '.', directory: options.baseDirectory },
        properties: { schema, app },
      };
    }
  }
}

/** A suppressed finding may also stand among the findings: it is one result. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.fingerprint, finding])).values()];
}

/** The files that were read, so that a viewer can tell `clean` from `not looked at`. */
function artifactsOf(input: SarifInput, base: UriBase): Artifact[] {
  switch (input.kind) {
    case 'audit':
      return input.report.files.map(({ path, format, status }) => ({
        location: artifactUri(path, base),
        roles: ['analysisTarget'],
        properties: { format, status },
      }));
    case 'check':
      return input.report.assets
        .filter((asset) => asset.kind === 'app' || asset.kind === 'config')
        .filter((asset, index, all) => all.findIndex(({ path }) => path === asset.path) === index)
        .map((asset) => ({ location: artifactUri(asset.path, base), roles: ['analysisTarget'] }));
    case 'inspect':
      return [];
  }
}
