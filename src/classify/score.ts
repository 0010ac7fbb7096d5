/** One field's words against the vocabulary. */
import type { MissionCategory } from '../core/category.ts';
import { isNameOfThing, isOfPlace, isPerson } from './things.ts';
import { plain, segment, tokenise } from './tokens.ts';
import { DESCRIBERS, FLAGS, MULTI_FIELDS, NEUTRAL, OTHER_MEANINGS, VOCABULARY } from './vocabulary.ts';
import { ABBREVIATIONS, LEADING_DESCRIBERS, NAMES, PERSONS } from './vocabulary-context.ts';
import { MORE_WORDS } from './vocabulary-further.ts';
import { FURTHER_WORDS } from './vocabulary-languages.ts';

export interface Match {
  category: MissionCategory;
  /** 3: a phrase; 2: a strong word; 1: a weak word; 0: only with context. */
  strength: 0 | 1 | 2 | 3;
  /** First and last word, 0-based. */
  from: number;
  to: number;
}

interface Entry {
  words: readonly string[];
  category: MissionCategory;
  strength: Match['strength'];
}

/** First word -> entries, the longest first. */
const ENTRIES = new Map<string, Entry[]>();
const KNOWN = new Set<string>();
const REFERENCES = new Set(['id', 'ids', 'uuid']);
const CHOICES = new Set([
  'settings',
  'setting',
  'preference',
  'preferences',
  'notification',
  'notifications',
  'consents',
  'flags',
  'toggles',
  'experiments',
  'consent',
]);
const EXTREMES = new Set(['max', 'min', 'count']);
/** Units of measures of the body: `body_fat_pct` holds one. */
const NARRATIVES = new Set(['description', 'text', 'body', 'content', 'reason']);
const MEASURES = new Set([
  'pct',
  'percent',
  'percentage',
  'rate',
  'ratio',
  'level',
  'days',
  'hours',
  'minutes',
  'seconds',
  'sec',
]);
const FIRST_NAMES = new Set(['nom', 'nombre', 'nome', 'nama']);
const ARTICLES = new Set(['de', 'del', 'du', 'do', 'da', 'di']);
/** What a place of business has as well as a person. */
const NOBODYS: ReadonlySet<MissionCategory> = new Set(['location', 'phone', 'identity', 'email']);
const describers = new Set(words(DESCRIBERS));
const neutral = new Set(words(NEUTRAL));
const flags = new Set(words(FLAGS));
const leadingDescribers = new Set(words(LEADING_DESCRIBERS));
const multiFields = new Set(words(MULTI_FIELDS));
const names = new Set(words(NAMES));
const abbreviations = new Map(phrases(ABBREVIATIONS).map(([short = '', long = '']) => [short, long]));
const others = phrases(OTHER_MEANINGS);

for (const category of Object.keys(VOCABULARY) as (keyof typeof VOCABULARY)[]) {
  const { strong, phrases: together, weak, contextual } = VOCABULARY[category];
  for (const phrase of phrases(together)) add({ words: phrase, category, strength: 3 });
  for (const word of words(strong)) add({ words: [word], category, strength: 2 });
  for (const word of words(weak)) add({ words: [word], category, strength: 1 });
  for (const word of words(contextual)) add({ words: [word], category, strength: 0 });
}
/** Words that names written together are taken apart into: not those of further languages, which are too many and too short. */
const SEGMENTS = new Set([...KNOWN, ...describers, ...neutral, ...PERSONS.split(' ')]);
for (const further of [FURTHER_WORDS, MORE_WORDS]) {
  for (const category of Object.keys(further) as (keyof typeof further)[]) {
    const { strong, phrases: together, weak, contextual } = further[category];
    for (const phrase of phrases(together)) add({ words: phrase, category, strength: 3 });
    for (const word of words(strong)) add({ words: tokenise(word), category, strength: 2 });
    for (const word of words(weak)) add({ words: tokenise(word), category, strength: 1 });
    for (const word of words(contextual)) add({ words: tokenise(word), category, strength: 0 });
  }
}
for (const list of ENTRIES.values()) list.sort((a, b) => b.words.length - a.words.length || b.strength - a.strength);
for (const word of [...describers, ...neutral]) KNOWN.add(word);

function add(entry: Entry): void {
  const [first = ''] = entry.words;
  const list = ENTRIES.get(first) ?? [];
  list.push(entry);
  ENTRIES.set(first, list);
  for (const word of entry.words) KNOWN.add(word);
}

function words(text: string): string[] {
  return plain(text).toLowerCase().split(' ').filter(Boolean);
}

function phrases(text: string): string[][] {
  return text
    .split(',')
    .map((phrase) => words(phrase))
    .filter((phrase) => phrase.length > 0);
}

/** A field's words; those written together are taken apart where known words fill them, plurals lose their s. */
export function wordsOf(name: string): string[] {
  const parts = name.split(/[./]|\[\d*\]/).filter((part) => part !== '');
  while (parts.length > 1 && multiFields.has((parts.at(-1) ?? '').toLowerCase())) parts.pop();
  const found = tokenise(parts.join(' ')).flatMap((token) => {
    if (KNOWN.has(token)) return [token];
    const single = token.length > 3 && token.endsWith('s') ? token.slice(0, -1) : token;
    if (KNOWN.has(single)) return [single];
    // What is `ö` in Swedish, Finnish and Hungarian is no `oe` there.
    const bare = token.replace(/([aou])e/g, '$1');
    if (bare !== token && bare.length > 3 && KNOWN.has(bare)) return [bare];
    return segment(token, isSegment) ?? segment(single, isSegment) ?? numbered(token) ?? [token];
  });
  // `e_mail` and `eMail` are one word, and so are `user_name` and `username` (phrases take care of that).
  return found.flatMap((word, index) =>
    word === 'e' && found[index + 1] === 'mail' ? [] : word === 'mail' && found[index - 1] === 'e' ? ['email'] : [word],
  );
}

/** `buchungsnr`, `reisepassnummer`, `vertrekdatum`: what is counted or dated, and the suffix. */
function numbered(token: string): string[] | undefined {
  const [, stem = '', suffix = ''] = /^(.{4,})(nr|nummer|datum|naam|adres)$/.exec(token) ?? [];
  if (suffix === 'nr' && KNOWN.has(`${stem}nummer`)) return [`${stem}nummer`];
  return suffix !== '' && KNOWN.has(stem) ? [stem, suffix] : undefined;
}

function isSegment(word: string): boolean {
  return SEGMENTS.has(word) || (word.length > 4 && word.endsWith('s') && SEGMENTS.has(word.slice(0, -1)));
}

/** A word that says something here, or nothing: numbers, people, fillers. */
export function isUnderstood(word: string): boolean {
  return KNOWN.has(word) || isPerson(word) || abbreviations.has(word) || /^\d+$/.test(word);
}

/** As written, and once more with its abbreviations spelled out: `freqFlyerNo`, `fecha_nac`. */
function spellings(tokens: readonly string[]): (readonly string[])[] {
  const spelled = tokens.map((token) => abbreviations.get(token) ?? token);
  return spelled.some((word, index) => word !== tokens[index]) ? [tokens, spelled] : [tokens];
}

/** Every reading of the words, whatever their context; none where they are about something and do not hold it. */
export function readings(tokens: readonly string[]): Match[] {
  return spellings(tokens).flatMap((spelling) => readingsAsWritten(spelling));
}

function readingsAsWritten(tokens: readonly string[]): Match[] {
  const matches: Match[] = personNames(tokens);
  for (let from = 0; from < tokens.length; from++) {
    for (const entry of ENTRIES.get(tokens[from] ?? '') ?? []) {
      if (entry.words.every((word, offset) => tokens[from + offset] === word)) {
        matches.push({ category: entry.category, strength: entry.strength, from, to: from + entry.words.length - 1 });
      }
    }
  }
  // What means something else ends the matter, unless a longer phrase takes it in (`last login ip`).
  const elsewhere = others.flatMap((phrase) => {
    const from = findPhrase(tokens, phrase);
    return from < 0 ? [] : [{ from, to: from + phrase.length - 1 }];
  });
  const head = headOf(tokens);
  return matches.flatMap((match) => {
    if (elsewhere.some(({ from, to }) => match.from > from || match.to < to)) return [];
    if (isAbout(tokens, match, head)) return [];
    const tail = tokens.slice(match.to + 1).filter((word) => !/^\d+$/.test(word));
    if (tail.every((word) => neutral.has(word) || isPartOf(matches, match, word, tokens))) return [match];
    // Followed by a word that is not understood: a hint at most.
    return match.strength >= 2 ? [{ ...match, strength: 1 as const }] : [];
  });
}

/** The words are about what the match names and do not hold it: `email_verified`, `city_id`, `venue_address`. */
function isAbout(tokens: readonly string[], { category, strength, from, to }: Match, head: number): boolean {
  const last = tokens[head] ?? '';
  const reference = REFERENCES.has(last);
  // `city_id` names a row of another table; `patient_id` and `booking_id` still say what this one is about.
  if ((strength < 2 || category === 'location') && to < head && reference) return true;
  if (
    to < head &&
    describers.has(last) &&
    !(category === 'health' && strength >= 2 && (MEASURES.has(last) || NARRATIVES.has(last)))
  )
    return true;
  const next = tokens[to + 1] ?? '';
  // `email_template_id` names a template, `avatar_file_name` a file.
  if (to + 1 < head && describers.has(next) && (reference || names.has(last) || strength < 2)) return true;
  // `max_heart_rate` is one, `max_email_attachments` is none.
  if (from > 0 && flags.has(tokens[0] ?? '') && !(category === 'health' && EXTREMES.has(tokens[0] ?? ''))) return true;
  if (from > 0 && category !== 'health' && leadingDescribers.has(tokens[0] ?? '')) return true;
  if (NOBODYS.has(category) && isOfPlace(tokens, from)) return true;
  if (category === 'identity' && from === to && isNameOfThing(tokens, { category, strength, from }, neutral))
    return true;
  // Databases in French begin with it: `id_address` is a row, `id_card` an identity.
  if (category === 'location' && from === 1 && to === head && REFERENCES.has(tokens[0] ?? '')) return true;
  // `settings.notifications.email` says whether, not where to.
  return category !== 'credentials' && tokens.slice(0, from).some((word) => CHOICES.has(word));
}

/** `debtor_name`, `guardiansName`, `patient.display`: a person's word before a word for names. */
function personNames(tokens: readonly string[]): Match[] {
  return tokens.flatMap((token, at) => {
    const before = tokens[at - 1] ?? '';
    if (!names.has(token)) return [];
    if (isPerson(before) && (token !== 'display' || at === tokens.length - 1)) return [personName(at - 1, at)];
    // In Romance languages, and in Malay, the other way round: `nombre_del_cliente`.
    const after = ARTICLES.has(tokens[at + 1] ?? '') ? at + 2 : at + 1;
    return FIRST_NAMES.has(token) && isPerson(tokens[after] ?? '') ? [personName(at, after)] : [];
  });
}

function personName(from: number, to: number): Match {
  return { category: 'identity', strength: 3, from, to };
}

/** Further words of the same category after a match do not make it doubtful: `shipping_address_street`. */
function isPartOf(matches: readonly Match[], match: Match, word: string, tokens: readonly string[]): boolean {
  return matches.some(
    (other) =>
      (other.strength > 0 || other.category === match.category) &&
      other.from > match.to &&
      tokens.slice(other.from, other.to + 1).includes(word),
  );
}

/** The last word that is not a number: in English compounds it says what the field is. */
function headOf(tokens: readonly string[]): number {
  for (let index = tokens.length - 1; index >= 0; index--) if (!/^\d+$/.test(tokens[index] ?? '')) return index;
  return -1;
}

/** Phrases of a list that is separated by commas, as words. */
export function phrasesOf(list: string): string[][] {
  return phrases(list);
}

export function hasPhrase(tokens: readonly string[], phrase: readonly string[]): boolean {
  return findPhrase(tokens, phrase) >= 0;
}

function findPhrase(tokens: readonly string[], phrase: readonly string[]): number {
  for (let from = 0; from + phrase.length <= tokens.length; from++) {
    if (phrase.every((word, offset) => tokens[from + offset] === word)) return from;
  }
  return -1;
}
