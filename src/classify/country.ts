/** Where a data set's people live, as far as its fields and its name say. */
import { DETECTORS } from './detectors.ts';
import { wordsOf } from './score.ts';
import { tokenise } from './tokens.ts';
import { countryOf } from './values/countries.ts';
import type { ValueSummary } from './values/tally.ts';

/** Words that one country alone uses: names of its identifiers and of its postal codes. */
const WORDS = new Map<string, string | undefined>([
  ...['plz', 'postleitzahl', 'steuerid', 'krankenkasse', 'bundesland'].map((word) => [word, 'DE'] as const),
  ...['cep', 'bairro', 'cpf', 'uf'].map((word) => [word, 'BR'] as const),
  ...['pesel', 'wojewodztwo', 'nip', 'nazwisko'].map((word) => [word, 'PL'] as const),
  ...['codicefiscale', 'cognome', 'provincia_residenza'].map((word) => [word, 'IT'] as const),
  ...['curp', 'colonia', 'rfc'].map((word) => [word, 'MX'] as const),
  ...['siret', 'insee'].map((word) => [word, 'FR'] as const),
  ...['bsn', 'huisnummer', 'voornaam', 'achternaam'].map((word) => [word, 'NL'] as const),
]);
for (const { country, names } of DETECTORS) {
  if (country === undefined) continue;
  for (const name of names.split(',')) {
    const [word = '', ...rest] = name.trim().split(' ');
    if (rest.length > 0 || word === '') continue;
    // A word of two countries (`dni`, `nif`) says nothing.
    WORDS.set(word, WORDS.has(word) && WORDS.get(word) !== country ? undefined : country);
  }
}

/** The one country that most of the evidence names; undefined when there is none, or no majority. */
export function countryOfDataset(
  dataset: string,
  fields: readonly { name: string; values?: ValueSummary | undefined }[],
): string | undefined {
  const votes = new Map<string, number>();
  const vote = (country: string | undefined, weight: number) => {
    if (country !== undefined) votes.set(country, (votes.get(country) ?? 0) + weight);
  };
  for (const token of tokenise(dataset.slice(-128)))
    vote(countryOf(token) ?? WORDS.get(token), token.length === 2 ? 0.5 : 2);
  for (const { name, values } of fields) {
    for (const word of new Set(wordsOf(name))) vote(WORDS.get(word), 1);
    if (values === undefined || values.examined === 0) continue;
    for (const [country, count] of Object.entries(values.countries)) {
      if (count / values.examined >= 0.3) vote(country, (3 * count) / values.examined);
    }
  }
  const [first, second] = [...votes].sort((a, b) => b[1] - a[1]);
  if (first === undefined || first[1] <= (second?.[1] ?? 0)) return undefined;
  return first[0];
}
