/**
 * The answers to Google Play's Data safety form, as Play Console exports them (App content, Data safety, Export to CSV;
 * https://support.google.com/googleplay/android-developer/answer/10787469):
 *
 *   Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label
 *   PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA,,true,…
 *   PSL_DATA_TYPES_LOCATION,PSL_PRECISE_LOCATION,true,…
 *   PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,…
 *   PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:DATA_USAGE_SHARING_PURPOSE,PSL_ADVERTISING,true,…
 */
import type { InspectDeclaration } from '../../core/contract/inspect.ts';
import { PosternError } from '../../core/errors.ts';
import { csvRows } from './csv.ts';

const MOST_BYTES = 4 << 20;
const USAGE = /^PSL_DATA_USAGE_RESPONSES:(PSL_\w{1,80}):(\w{1,80})$/;

interface Answer {
  collected: boolean;
  shared: boolean;
  purposes: Set<string>;
}

/**
 * @param file name of the CSV, for the report
 * @throws PosternError E_INPUT_UNSUPPORTED when it is no such export
 */
export function readDataSafety(file: string, text: string): InspectDeclaration {
  const rows = text.length > MOST_BYTES ? [] : csvRows(text.replace(/^\ufeff/, ''));
  if (!rows.some(([question = '']) => question.startsWith('PSL_'))) {
    throw new PosternError('E_INPUT_UNSUPPORTED', `${file} is no export of Google Play’s Data safety form`, {
      hint: 'In Play Console: App content, Data safety, Export to CSV.',
    });
  }
  const answers = new Map<string, Answer>();
  const of = (type: string): Answer => {
    const known = answers.get(type) ?? { collected: false, shared: false, purposes: new Set() };
    answers.set(type, known);
    return known;
  };
  for (const [question = '', response = '', value = ''] of rows) {
    if (value.trim().toLowerCase() !== 'true') continue;
    if (question.startsWith('PSL_DATA_TYPES_')) of(response);
    const usage = USAGE.exec(question);
    if (usage === null) continue;
    const answer = of(usage[1] ?? '');
    if (usage[2] === 'PSL_DATA_USAGE_COLLECTION_AND_SHARING') {
      if (response === 'PSL_DATA_USAGE_ONLY_SHARED') answer.shared = true;
      else answer.collected = true;
    } else if (usage[2] === 'DATA_USAGE_SHARING_PURPOSE') answer.purposes.add(`shared for ${words(response)}`);
    else if (usage[2] === 'DATA_USAGE_COLLECTION_PURPOSE') answer.purposes.add(words(response));
  }
  return {
    source: 'play-data-safety',
    entry: file,
    trackingDomains: [],
    data: [...answers]
      .map(([type, answer]) => ({
        type: type.replace(/^PSL_/, ''),
        shared: answer.shared,
        purposes: [...answer.purposes].sort(),
      }))
      .sort((a, b) => (a.type < b.type ? -1 : 1)),
    apis: [],
  };
}

/** `PSL_FRAUD_PREVENTION_SECURITY` as people read it. */
function words(id: string): string {
  return id.replace(/^PSL_/, '').toLowerCase().replaceAll('_', ' ');
}
