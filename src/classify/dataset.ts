/** What the fields of one data set hold: names, values and neighbours weighed together. */
import type { Category } from '../core/category.ts';
import type { Confidence } from '../core/severity.ts';
import { type Candidate, candidatesOf, PRIOR } from './candidates.ts';
import { contextualReadings, type FieldReading } from './classify.ts';
import { countryOfDataset } from './country.ts';
import { evidence, type ValueEvidence } from './likelihood.ts';
import type { OwnDetector } from './own-categories.ts';
import { type PasswordStorage, passwordStorage } from './passwords.ts';
import { reasonsOf } from './reasons.ts';
import { subjectFields } from './subject.ts';
import type { Subject } from './things.ts';
import type { ValueSummary } from './values/tally.ts';

export interface FieldToClassify {
  /** Dotted path; arrays add nothing to it. */
  name: string;
  /** In the store's words, where it tells them. */
  type?: string | undefined;
  values?: ValueSummary | undefined;
}

export interface DatasetToClassify {
  name?: string | undefined;
  fields: readonly FieldToClassify[];
  records?: number | undefined;
  /** ISO code, where the caller knows it. */
  country?: string | undefined;
}

export interface FieldVerdict {
  name: string;
  category: Category;
  /** `payment/card-number`, `own:membership/name`. */
  detector: string;
  confidence: Confidence;
  /** Log-odds, rounded to one place. */
  score: number;
  /** Sentences for people, without any value. */
  reasons: string[];
  counts: { values: number; examined: number; passed: number; distinct: number };
}

export interface DatasetVerdict {
  fields: FieldVerdict[];
  passwords: PasswordStorage[];
  /** How many people it is about, as far as one field or the records tell. */
  people?: { count: number; how: 'distinct' | 'records'; field?: string };
  country?: string;
}

const TENTATIVE = -0.5;
const FIRM = 2;
const SURE_VALUES = 6;

/**
 * @param dataset names are enough; values make it sure
 * @param options.own categories of one's own (`ownDetectors`)
 */
export function classifyDataset(
  dataset: DatasetToClassify,
  options: { own?: readonly OwnDetector[] } = {},
): DatasetVerdict {
  const name = dataset.name ?? '';
  const { subject, fields: readings } = contextualReadings(
    dataset.fields.map((field) => field.name),
    name,
  );
  const country = dataset.country ?? countryOfDataset(name, dataset.fields);
  const fields: FieldVerdict[] = [];
  const passwords: PasswordStorage[] = [];
  for (const [index, field] of dataset.fields.entries()) {
    const read = readings[index] ?? { words: [], matches: [] };
    const mine = ownVerdict(field, read.words, options.own ?? []);
    const best = mine ?? verdictOf(field, read, country, subject);
    if (best === undefined) continue;
    fields.push(best);
    if (best.detector === 'credentials/password' || best.detector === 'credentials/password-hash') {
      passwords.push(passwordStorage(field.name, field.values));
    }
  }
  const people = peopleIn(name, dataset);
  return {
    fields,
    passwords,
    ...(people === undefined ? {} : { people }),
    ...(country === undefined ? {} : { country }),
  };
}

function verdictOf(
  field: FieldToClassify,
  read: { words: readonly string[]; matches: readonly FieldReading[] },
  country: string | undefined,
  subject: Subject,
): FieldVerdict | undefined {
  const candidates = candidatesOf(field, read, country, subject);
  let best: Candidate | undefined;
  for (const one of candidates) if (best === undefined || one.score > best.score) best = one;
  if (best === undefined || best.score < TENTATIVE) return undefined;
  const { detector, score, values } = best;
  const proven =
    values !== undefined &&
    values.likelihood >= SURE_VALUES &&
    values.tried >= 5 &&
    values.passed >= values.tried * 0.8;
  return {
    name: field.name,
    category: detector.category,
    detector: detector.id.replace(/-value$/, ''),
    confidence: proven && score >= FIRM ? 'confirmed' : score >= FIRM ? 'firm' : 'tentative',
    score: Math.round(score * 10) / 10,
    reasons: reasonsOf({
      title: detector.title,
      words: best.reading?.text,
      values,
      country: best.country === true ? country : undefined,
      summary: field.values,
    }),
    counts: countsOf(field.values, values),
  };
}

function ownVerdict(
  field: FieldToClassify,
  words: readonly string[],
  own: readonly OwnDetector[],
): FieldVerdict | undefined {
  let best: { one: OwnDetector; score: number; named: string | undefined; seen: ValueEvidence | undefined } | undefined;
  for (const one of own) {
    const phrase = one.phrases.find((own) => saysTogether(words, own.join('')))?.join(' ');
    const seen =
      field.values === undefined || field.values.count === 0 || one.pattern === undefined
        ? undefined
        : evidence({}, field.values, one.category, field.values.passed[one.category] ?? 0);
    const score = PRIOR + (phrase === undefined ? 0 : 11) + (seen?.likelihood ?? 0);
    if (score >= TENTATIVE && (best === undefined || score > best.score)) best = { one, score, named: phrase, seen };
  }
  if (best === undefined) return undefined;
  const { one, score, named, seen } = best;
  return {
    name: field.name,
    category: one.category,
    detector: `${one.category}/${named === undefined ? 'pattern' : 'name'}`,
    confidence: score >= FIRM ? 'firm' : 'tentative',
    score: Math.round(score * 10) / 10,
    reasons: reasonsOf({ title: one.title, words: named, values: seen, country: undefined, summary: field.values }),
    counts: countsOf(field.values, seen),
  };
}

/** Written together or apart: `MitgliedsNummer` and `mitgliedsnummer` are one name. */
function saysTogether(words: readonly string[], phrase: string): boolean {
  return words.some((_, from) => {
    let joined = '';
    for (let at = from; at < words.length && joined.length < phrase.length; at++) joined += words[at] ?? '';
    return joined === phrase;
  });
}

function countsOf(summary: ValueSummary | undefined, seen: ValueEvidence | undefined): FieldVerdict['counts'] {
  return {
    values: summary?.count ?? 0,
    examined: summary === undefined ? 0 : (seen?.tried ?? summary.examined),
    passed: seen?.passed ?? 0,
    distinct: summary?.distinct ?? 0,
  };
}

function peopleIn(name: string, dataset: DatasetToClassify): DatasetVerdict['people'] {
  const names = subjectFields(
    name,
    dataset.fields.map((field) => field.name),
  );
  for (const best of names) {
    const values = dataset.fields.find((field) => field.name === best)?.values;
    if (values !== undefined && values.count > 0) return { count: values.distinct, how: 'distinct', field: best };
  }
  if (names[0] !== undefined && dataset.records !== undefined) {
    // Records of people are one each; of orders they are at most that many, which is not an estimate.
    const [first] = names;
    if (/(?:^|\.)_?id$/i.test(first)) return { count: dataset.records, how: 'records', field: first };
  }
  return undefined;
}
