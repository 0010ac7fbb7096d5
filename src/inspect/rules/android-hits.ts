/** From a setting of an Android app to the hits of a rule, and the pieces that its examples are made of. */
import type { InspectSetting } from '../../core/contract/inspect.ts';
import type { Confidence, Severity } from '../../core/severity.ts';
import { placesOf } from './evidence.ts';
import type { Inspection, RuleHit } from './inspect-rule.ts';

const NS = 'xmlns:android="http://schemas.android.com/apk/res/android"';

/** A manifest for an example: attributes of the application, the elements inside it, those beside it. */
export function exampleManifest(
  application: string,
  { target = 34, min = 24, inside = '', beside = '', root = '' } = {},
): string {
  const sdk = `<uses-sdk android:minSdkVersion="${min}" android:targetSdkVersion="${target}"/>`;
  return `<manifest ${NS} package="com.bluemarket.shop"${root}>${sdk}${beside}<application ${application}>${inside}</application></manifest>`;
}

export const mastg = (group: string, id: string) =>
  `https://mas.owasp.org/MASTG/tests/android/MASVS-${group}/MASTG-TEST-${id}/`;
export const risk = (page: string) => `https://developer.android.com/privacy-and-security/risks/${page}`;

export function settingOf({ settings }: Inspection, id: string): InspectSetting | undefined {
  return settings.find((one) => one.id === `android.${id}`);
}

/** What a setting lists; nothing when it is absent or no list. */
export function listOf(inspection: Inspection, id: string): readonly string[] {
  const value = settingOf(inspection, id)?.value;
  return Array.isArray(value) ? value : [];
}

export interface ListHit {
  expected: string;
  message(values: readonly string[]): string;
  severity?: Severity;
  confidence?: Confidence;
}

/** One hit for all that a setting lists. */
export function listHit(inspection: Inspection, id: string, hit: ListHit): RuleHit[] {
  const values = listOf(inspection, id);
  return values.length === 0 ? [] : [hitOf(inspection, id, values, [`android.${id}`], hit)];
}

/** One hit for each value, so that a new one is told from those already known. */
export function eachHit(inspection: Inspection, id: string, hit: ListHit): RuleHit[] {
  return listOf(inspection, id).map((value) => hitOf(inspection, id, [value], [`android.${id}`, value], hit));
}

/** Values named in one message. */
const MOST_NAMED = 8;

export function named(values: readonly string[]): string {
  const rest = values.length - MOST_NAMED;
  return rest > 0 ? `${values.slice(0, MOST_NAMED).join(', ')} and ${rest} more` : values.join(', ');
}

function hitOf(
  inspection: Inspection,
  id: string,
  values: readonly string[],
  locator: readonly string[],
  { expected, message, severity, confidence = 'firm' }: ListHit,
): RuleHit {
  const at = settingOf(inspection, id)?.evidence[0];
  return {
    asset: inspection.appAsset,
    locator,
    message: message(values),
    confidence,
    ...(severity === undefined ? {} : { severity }),
    evidence: [
      {
        kind: 'setting',
        path: at === undefined ? inspection.path : `${inspection.path}!${at.entry}`,
        pointer: at?.name ?? `android.${id}`,
        actual: values.join(', '),
        expected,
      },
    ],
  };
}

export interface CodeHit {
  /** What the code does: `accepts every certificate`. */
  does: string;
  severity: Severity;
  /** Also told of libraries, which the developer cannot mend but can update or leave out. */
  libraries?: boolean;
}

const LOWER: Record<Severity, Severity> = {
  critical: 'high',
  high: 'medium',
  medium: 'low',
  low: 'info',
  info: 'info',
};

/**
 * A practice in code: full severity in the app's own classes; one less, and tentative, where a shrinker took the names;
 * for information in libraries, where it is told at all: many carry such a class and leave it unused.
 */
export function codeHits(
  inspection: Inspection,
  practice: string,
  { does, severity, libraries = false }: CodeHit,
): RuleHit[] {
  const kinds = [
    { suffix: '', who: 'The app', severity, confidence: 'firm' },
    {
      suffix: '.unattributed',
      who: 'Code whose names were shortened',
      severity: LOWER[severity],
      confidence: 'tentative',
    },
    ...(libraries
      ? [{ suffix: '.library', who: 'A library of the app', severity: 'info', confidence: 'tentative' } as const]
      : []),
  ] as const;
  return kinds.flatMap(({ suffix, who, severity, confidence }): RuleHit[] => {
    const setting = settingOf(inspection, `code.${practice}${suffix}`);
    const methods = Array.isArray(setting?.value) ? setting.value : [];
    if (setting === undefined || methods.length === 0) return [];
    return [
      {
        asset: inspection.appAsset,
        locator: [setting.id],
        message: `${who} ${does}: ${named(methods)}.`,
        severity,
        confidence,
        evidence: placesOf(inspection.path, setting.evidence, methods[0]),
      },
    ];
  });
}
