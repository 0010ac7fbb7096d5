/** Judges where a string stands: in the app's own code and resources, a library's, or a text for people. */
import type { Origin } from '../../core/asset.ts';
import {
  EMBEDDED_FRAMEWORK,
  ENTRY_PLACES,
  EXAMPLE_NAMES,
  LIBRARY_NAMES,
  RESOURCE_BUNDLE,
  TOOL_NAMES,
} from '../data/entry-places.ts';
import type { CodePlace, FoundString } from '../source.ts';
import type { OwnCode } from './android/own-code.ts';
import { prefixOf } from './sdk-of-class.ts';

export interface PlaceJudgement {
  origin: Origin;
  reason: string;
  /** In a comment of a file that is otherwise the app's own. */
  comment?: true;
}

const OWN: PlaceJudgement = { origin: 'app', reason: 'in the app’s own code or resources' };
/** The table of strings of a DEX file outlives the code that used them. */
export const UNUSED: PlaceJudgement = { origin: 'app', reason: 'in the string table; no code uses it' };
const COMMENT: PlaceJudgement = { origin: 'documentation', reason: 'in a comment', comment: true };
const EXAMPLE: PlaceJudgement = { origin: 'placeholder', reason: 'an example for the person who types' };
const LIBRARY_NAME: PlaceJudgement = { origin: 'sdk', reason: 'a resource that a library brings along' };
const TOOL: PlaceJudgement = {
  origin: 'framework',
  reason: 'an attribute of a build tool, schema or package description',
};

/** Places that a bundle id can overrule. */
const OF_BUNDLES: ReadonlySet<string> = new Set([EMBEDDED_FRAMEWORK, RESOURCE_BUNDLE]);

export type PlaceOf = (found: FoundString) => PlaceJudgement;

/** What tells the app's own from what others made; known while the package is read. */
export interface Owners {
  /** Tells frameworks and bundles of the app's makers from those of others. */
  isOwnFramework?(entry: string): boolean;
  /** Whose code a class is, once the manifest is read. */
  ownCode?(): OwnCode | undefined;
}

/** Asked only for strings in which something was found: most entries are never judged. */
export function createPlaces({ isOwnFramework = () => false, ownCode = () => undefined }: Owners = {}): PlaceOf {
  const entries = new Map<string, PlaceJudgement>();
  return function placeOf(found) {
    let judged = entries.get(found.entry);
    if (judged === undefined) {
      judged = judgeEntry(found.entry);
      if (OF_BUNDLES.has(judged.reason) && isOwnFramework(found.entry)) judged = OWN;
      entries.set(found.entry, judged);
    }
    if (judged.origin !== 'app') return judged;
    if (found.name === undefined) return found.code === undefined ? judged : judgeCode(found.code, ownCode(), judged);
    if (found.name === 'comment') return COMMENT;
    if (EXAMPLE_NAMES.test(found.name)) return EXAMPLE;
    if (LIBRARY_NAMES.test(found.name)) return LIBRARY_NAME;
    return TOOL_NAMES.test(found.name) ? TOOL : judged;
  };
}

/** A library's when all the code that uses it is; names that a shrinker made tell nothing, and speak for the app. */
function judgeCode(code: readonly CodePlace[], ownCode: OwnCode | undefined, own: PlaceJudgement): PlaceJudgement {
  if (code.length === 0) return UNUSED;
  let first: ReturnType<typeof prefixOf>;
  for (const place of code) {
    const known = prefixOf(place.class);
    if (known === undefined || ownCode?.(place.class) === 'app') return own;
    first ??= known;
  }
  return first === undefined ? own : { origin: 'sdk', reason: `in ${first.prefix} (${first.sdk.name})` };
}

/** What the build tools make of the app itself; no pattern of a place fits these, and most packages hold no other. */
const APP_FILE = /^(?:classes\d{0,4}\.dex|resources\.arsc|AndroidManifest\.xml)$/;

/** @param entry path inside the package; nested archives joined by `!` */
export function judgeEntry(entry: string): PlaceJudgement {
  const inner = entry.slice(entry.lastIndexOf('!') + 1);
  if (APP_FILE.test(inner)) return OWN;
  for (const place of ENTRY_PLACES)
    if (place.pattern.test(inner)) return { origin: place.origin, reason: place.reason };
  return OWN;
}

// What a sentence for people says around an address that is not called.
const BEFORE =
  /\b(?:see|visit|refer(?:\s+to)?|read|learn\s+more|more\s+(?:info|information|details)|documentation|docs|guide|help|support|report|bugs?|issues?|tracker|licen[cs]ed?|copyright|according\s+to|specification|described|defined|instructions|found|available|go\s+to|check\s+out|follow|namespace|feature|property|website|site)\b[^\n]{0,60}$/i;
const AFTER =
  /^[^\n]{0,20}\b(?:for\s+(?:more\s+)?(?:details?|info|information|instructions|help|documentation|an?\s+explanation|how|why)|to\s+(?:learn|read)|as\s+protocol)\b/i;

const CODE = /[={}<>;|]/;

/** True when the address stands in a sentence that sends people, not programs, there. */
export function isProse(text: string, start: number, end: number): boolean {
  if (start === 0 && end === text.length) return false;
  const before = text.slice(Math.max(0, start - 80), start);
  const after = text.slice(end, end + 80);
  if (CODE.test(before.slice(-40))) return false;
  return BEFORE.test(before) || AFTER.test(after) || sentences(before, after);
}

/** Several plain words on either side and nothing of code or data between them. */
function sentences(before: string, after: string): boolean {
  const around = `${before} ${after}`;
  if (/[={}[\]<>;|]/.test(around)) return false;
  return (around.match(/(?:^|\s)[A-Za-z]{2,15}(?=[\s,.!?]|$)/g)?.length ?? 0) >= 5;
}

/**
 * Where a value stands that its form tells: `razorpay_key` and `facebook_app_secret` are named for a library and hold what
 * is the app's own, so that only the entry and the kind of place count.
 */
export function placeOfValue(placeOf: PlaceOf, found: FoundString): PlaceJudgement {
  const place = placeOf(found);
  if (place !== LIBRARY_NAME) return place;
  const { name: _name, ...unnamed } = found;
  return placeOf(unnamed);
}
