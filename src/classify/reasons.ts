/** Why a field is taken for what it is, as sentences. They name words of schemas and counts, never a value. */
import { counted } from '../core/words.ts';
import type { ValueEvidence } from './likelihood.ts';
import type { ValueSummary } from './values/tally.ts';

const VALUES = ['value', 'values'] as const;

export function reasonsOf(told: {
  title: string;
  words: string | undefined;
  values: ValueEvidence | undefined;
  country: string | undefined;
  summary: ValueSummary | undefined;
}): string[] {
  const { title, words, values, country, summary } = told;
  const reasons: string[] = [];
  if (words !== undefined && words !== '') reasons.push(`Its name says “${words}”.`);
  if (values !== undefined) {
    const base = values.base >= 0.1 ? Math.round(values.base * 100) : Math.round(values.base * 1_000) / 10;
    reasons.push(
      `${values.passed} of ${counted(values.tried, VALUES)} examined pass the check for ${title}; of values that are nothing personal at most ${base} % do.`,
    );
  } else if (summary === undefined || summary.count === 0) reasons.push('No value was read.');
  if (country !== undefined) reasons.push(`The fields beside it speak of ${country}.`);
  if (summary !== undefined && summary.count > 0) {
    reasons.push(
      summary.distinct <= 1
        ? `All of its ${counted(summary.count, VALUES)} are the same.`
        : `About ${summary.distinct} of its ${counted(summary.count, VALUES)} differ.`,
    );
  }
  return reasons;
}
