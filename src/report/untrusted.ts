/**
 * Text from packages and servers is hostile until shown otherwise: it may carry terminal escapes, line breaks that fake
 * a line of ours, or bidirectional controls that make a host read backwards (CVE-2021-42574). Renderers for people
 * clean the whole report once, at the door, so that no single place can forget to.
 */
import { stripVTControlCharacters, toUSVString } from 'node:util';

/** Bidirectional controls, zero-width and other invisible format characters, tags, line and paragraph separators. */
const INVISIBLE = new RegExp(
  `[${[
    ...[
      '\\u00ad',
      '\\u034f',
      '\\u061c',
      '\\u115f',
      '\\u1160',
      '\\u17b4',
      '\\u17b5',
      '\\u180b-\\u180f',
      '\\u200b-\\u200f',
    ],
    ...['\\u2028-\\u202e', '\\u2060-\\u206f', '\\u3164', '\\ufe00-\\ufe0f', '\\ufeff', '\\uffa0', '\\ufff0-\\ufffb'],
    '\\u{e0000}-\\u{e0fff}',
  ].join('')}]`,
  'gu',
);
const CONTROL = /[\x00-\x1f\x7f-\x9f]+/g;
const CONTROL_EXCEPT_BREAKS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]+/g;

/** One line of visible text: escapes and invisible characters go, runs of control characters become one space. */
export function plain(text: string): string {
  return stripVTControlCharacters(toUSVString(text)).replace(INVISIBLE, '').replace(CONTROL, ' ').trim();
}

/** The same for text of several lines: line feeds and tabs stay. */
export function plainLines(text: string): string {
  return stripVTControlCharacters(toUSVString(text))
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, '')
    .replace(CONTROL_EXCEPT_BREAKS, '');
}

/**
 * A deep copy of a report in which every string is `plain`. Only the `text` of a patch keeps its line breaks: a diff is
 * printed line by line.
 */
export function cleaned<T>(value: T): T;
export function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item));
  if (value === null || typeof value !== 'object') return value;
  // `fromEntries` defines properties, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [plain(key), key === 'edits' ? cleanedEdits(item) : cleaned(item)]),
  );
}

function cleanedEdits(edits: unknown): unknown {
  if (!Array.isArray(edits)) return edits;
  return edits.map((edit: unknown) => {
    if (edit === null || typeof edit !== 'object') return edit;
    return { ...edit, ...('text' in edit && typeof edit.text === 'string' ? { text: plainLines(edit.text) } : {}) };
  });
}
