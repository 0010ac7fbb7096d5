/** One finding as one result. */
import type { Fix, Result } from 'sarif';
import type { Finding, Suppressed } from '../../core/finding.ts';
import type { Patch } from '../../core/patch.ts';
import { sentence } from '../human.ts';
import { artifactUri, literal, locationsOf, type UriBase } from './location.ts';
import { LEVELS } from './rule.ts';

export interface ResultContext {
  ruleIndex: number;
  base: UriBase;
  /** Fingerprints of the baseline; null when there was none. */
  known: ReadonlySet<string> | null;
  suppression: Suppressed | undefined;
  /** Ids of the stories that hold the finding. */
  stories: readonly string[];
}

export function resultOf(finding: Finding, context: ResultContext): Result {
  const { locations, relatedLocations } = locationsOf(finding, context.base);
  const fixes = (finding.patches ?? []).map((patch) => fixOf(patch, context.base));
  return {
    ruleId: finding.rule,
    ruleIndex: context.ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: literal(finding.message) },
    locations,
    ...(relatedLocations.length > 0 ? { relatedLocations } : {}),
    partialFingerprints: { 'postern/v1': finding.fingerprint },
    ...(context.known === null ? {} : { baselineState: context.known.has(finding.fingerprint) ? 'unchanged' : 'new' }),
    // An empty list says that suppressions were looked for and there is none (§3.27.23).
    suppressions:
      context.suppression === undefined
        ? []
        : [
            {
              kind: 'external',
              status: 'accepted',
              justification: context.suppression.statement,
              properties: { expires: context.suppression.expires },
            },
          ],
    ...(fixes.length > 0 ? { fixes } : {}),
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      owner: finding.owner,
      asset: finding.asset,
      ...(finding.verdict === undefined ? {} : { verdict: finding.verdict }),
      ...(context.stories.length > 0 ? { stories: context.stories } : {}),
    },
  };
}

/** Offsets of a patch are UTF-16 code units, as the run's `columnKind` says. */
function fixOf(patch: Patch, base: UriBase): Fix {
  return {
    description: { text: literal(`${sentence(patch.title)} ${sentence(patch.blastRadius)}`.trim()) },
    artifactChanges: [
      {
        artifactLocation: artifactUri(patch.path, base),
        replacements: patch.edits.map((edit) => ({
          deletedRegion: { charOffset: edit.start, charLength: edit.end - edit.start },
          ...(edit.text === '' ? {} : { insertedContent: { text: edit.text } }),
        })),
      },
    ],
    properties: { sha256: patch.sha256, needsConfirmation: patch.needsConfirmation },
  };
}
