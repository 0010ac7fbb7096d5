/**
 * The inventory of what others wrote: from build metadata (with versions), and from the names of code, which tell that an
 * SDK is there and not which version of it.
 */
import type { EntryEvidence, InspectLibrary } from '../../core/contract/inspect.ts';
import type { SdkPackage } from '../data/sdk-packages/index.ts';
import type { FoundCode, FoundLibrary } from '../source.ts';
import { compare } from './evidence.ts';
import { packageUrl } from './package-url.ts';
import { sdkOfAppleName, sdkOfClass, sdkOfMaven, sdkOfModule } from './sdk-of-class.ts';

/** Most libraries of one package, and most places told of each. */
const MOST = 5_000;
const MOST_PLACES = 10;

type Ecosystem = FoundLibrary['ecosystem'] | 'golang';

/** Records for what lies in a name space that no library of ours names. */
const NOT_LISTED: ReadonlySet<string> = new Set(['AndroidX', 'Jake Wharton’s libraries']);

interface Draft {
  ecosystem: Ecosystem;
  name: string;
  version?: string;
  sdk: SdkPackage | undefined;
  evidence: EntryEvidence[];
}

export function librariesOf(found: readonly FoundLibrary[], code: readonly FoundCode[]): InspectLibrary[] {
  const drafts = new Map<string, Draft>();
  /** SDKs of which some build metadata told already: their code is no news. */
  const told = new Set<SdkPackage>();
  /** Maven groups whose artifacts bring metadata: one without is not there, whatever classes of its package are. */
  const described = new Set<string>();
  const hasAndroidX = code.some(({ names }) => [...names.keys()].some((name) => name.startsWith('androidx.')));

  function add(draft: Omit<Draft, 'evidence'>, place: EntryEvidence): void {
    const key = packageUrl(draft.ecosystem, draft.name, draft.version);
    const known = drafts.get(key);
    if (known === undefined) {
      if (drafts.size < MOST) drafts.set(key, { ...draft, evidence: [place] });
    } else if (known.evidence.length < MOST_PLACES && !known.evidence.some((one) => samePlace(one, place))) {
      known.evidence.push(place);
    }
  }

  for (const { ecosystem, name, version, entry } of found) {
    const sdk = sdkOf(ecosystem, name);
    if (sdk !== undefined) told.add(sdk);
    if (ecosystem === 'maven' && version !== undefined) described.add(name.slice(0, name.indexOf(':')));
    add({ ecosystem, name, ...(version === undefined ? {} : { version }), sdk }, { entry, via: 'text' });
  }
  for (const { entry, via, names } of code) {
    const seen = new Set<SdkPackage>();
    for (const [name, types] of names) {
      const apple = via === 'macho' ? sdkOfAppleName(name, types) : undefined;
      const sdk = via === 'dex-string' ? sdkOfClass(name) : apple?.sdk;
      if (sdk === undefined || told.has(sdk) || seen.has(sdk)) continue;
      seen.add(sdk);
      if (described.has(groupOf(sdk)) || NOT_LISTED.has(sdk.name)) continue;
      // AndroidX keeps some classes under their old names
      if (hasAndroidX && sdk.name === 'Android Support Library') continue;
      add(ofCode(sdk, apple?.module), { entry, via, name });
    }
  }
  return withoutRepeats([...drafts.values()])
    .map(toLibrary)
    .sort((a, b) => compare(a.purl, b.purl));
}

/** An SDK known by its code alone: the coordinate where there is one, else a name of ours. */
function ofCode(sdk: SdkPackage, module: string | undefined): Omit<Draft, 'evidence'> {
  if (module !== undefined) return { ecosystem: 'cocoapods', name: module, sdk };
  return sdk.maven === undefined
    ? { ecosystem: 'generic', name: sdk.name, sdk }
    : { ecosystem: 'maven', name: sdk.maven, sdk };
}

function sdkOf(ecosystem: Ecosystem, name: string): SdkPackage | undefined {
  if (ecosystem === 'maven') return sdkOfMaven(name);
  if (ecosystem === 'cocoapods' || ecosystem === 'swift' || ecosystem === 'generic') return sdkOfModule(name);
  return undefined;
}

/** Found once with its version and once without, or once more by the engine’s own name, is one library. */
function withoutRepeats(drafts: Draft[]): Draft[] {
  const versioned = new Set<string>();
  const managed = new Set<string>();
  for (const { ecosystem, name } of drafts)
    if (ecosystem !== 'generic') managed.add(name.slice(name.search(/[^:/]*$/)).toLowerCase());
  for (const { ecosystem, name, version } of drafts) if (version !== undefined) versioned.add(`${ecosystem}:${name}`);
  return drafts.filter(({ ecosystem, name, version }) => {
    if (version !== undefined) return true;
    if (ecosystem === 'generic' && managed.has(name.toLowerCase())) return false;
    return !versioned.has(`${ecosystem}:${name}`);
  });
}

function toLibrary({ ecosystem, name, version, sdk, evidence }: Draft): InspectLibrary {
  return {
    name,
    ...(version === undefined ? {} : { version }),
    purl: packageUrl(ecosystem, name, version),
    ...(sdk === undefined ? {} : { vendor: sdk.vendor }),
    purposes: sdk === undefined ? [] : [...sdk.purposes],
    tracker: sdk?.tracker ?? false,
    evidence,
  };
}

function groupOf({ maven = '' }: SdkPackage): string {
  return maven.slice(0, maven.indexOf(':'));
}

function samePlace(a: EntryEvidence, b: EntryEvidence): boolean {
  return a.entry === b.entry && a.name === b.name;
}
