/** Term-level queries of compat that expand over a field's terms. Lengths are bounded: automata grow faster than their texts. */
import { fieldReader, SCALAR, TEXTUAL, valueReader } from './fields.ts';
import { type Clause, fieldClause } from './leaves.ts';
import { boost, flag, integer, listOf, matching, objectOf, scalar, text } from './options.ts';

const pattern = matching(/^[^\u0000]*$/, 256);

const fuzzy = fieldClause({
  type: 'fuzzy',
  types: TEXTUAL,
  short: 'value',
  required: ['value'],
  readers: () => ({
    value: pattern,
    fuzziness: scalar,
    max_expansions: integer(1, 1000),
    prefix_length: integer(0, 1024),
    transpositions: flag,
    rewrite: text,
    boost,
  }),
});

const regexp = fieldClause({
  type: 'regexp',
  types: TEXTUAL,
  short: 'value',
  required: ['value'],
  readers: () => ({
    value: pattern,
    flags: matching(/^[A-Z]+(?:\|[A-Z]+)*$/, 128),
    flags_value: integer(0, 65_535),
    max_determinized_states: integer(1, 10_000),
    case_insensitive: flag,
    rewrite: text,
    boost,
  }),
});

const wildcard = fieldClause({
  type: 'wildcard',
  types: TEXTUAL,
  short: 'value',
  required: ['value'],
  readers: () => ({ value: pattern, case_insensitive: flag, rewrite: text, boost }),
});

const termsSetFields = fieldClause({
  type: 'terms_set',
  types: SCALAR,
  short: null,
  required: ['terms'],
  readers: (rule) => ({
    terms: listOf(valueReader(rule), 65_536),
    minimum_should_match_field: fieldReader(SCALAR),
    minimum_should_match: integer(0, 65_536),
    boost,
  }),
});

/** `{"terms_set":{"tags":{"terms":[…],"minimum_should_match_field":"n"}}}` without the script. */
const termsSet: Clause = (value, context, place) => {
  const [inner] = Object.values(objectOf(value, place.at));
  const list = objectOf(inner, place.at).terms;
  if (Array.isArray(list)) context.spend(list.length);
  return termsSetFields(value, context, place);
};

export const patternClauses = { fuzzy, regexp, terms_set: termsSet, wildcard };
