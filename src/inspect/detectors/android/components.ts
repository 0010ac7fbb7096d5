/**
 * Components that other apps may call, and what guards them.
 *
 * Exported when declared so. Not declared: an activity, service or receiver is when it has an intent filter (an app that
 * targets API level 31 or later cannot be installed so), a provider is when the app targets 16 or less (AOSP
 * ParsedActivityUtils, ParsedProviderUtils). A permission guards as well as it is protected: `normal` is given to every
 * app, `dangerous` to those whose user nods, `signature` to apps of the same developer.
 */
import type { EntryEvidence } from '../../../core/contract/inspect.ts';
import type { XmlElement } from '../../source.ts';
import { boolean, childrenNamed, integer, text } from './element.ts';
import { type AndroidFacts, className, type Declared, inXml, type Settings } from './facts.ts';
import { isLauncher } from './own-code.ts';
import { type Protection, platformProtection } from './permission-names.ts';

type Kind = 'activity' | 'service' | 'receiver' | 'provider';

const SETTING: Record<Kind, string> = {
  activity: 'exportedActivities',
  service: 'exportedServices',
  receiver: 'exportedReceivers',
  provider: 'exportedProviders',
};

/** Guard of one way into a component; absent when everyone may. */
interface Guard {
  permission: string;
  /** Known to be weak; undefined when it is strong, or another app's and so not known. */
  weak?: Protection;
}

export function componentSettings(facts: AndroidFacts, settings: Settings): void {
  const { manifest, application } = facts;
  const exported = facts.components.filter(({ element }) => isExported(element, facts.targetSdk));
  const at = inXml(manifest.entry, 'application/*@exported');
  settings.value('exportedComponents', exported.length, 0, at);

  const open: Record<Kind, Declared[]> = { activity: [], service: [], receiver: [], provider: [] };
  const ofLibraries: string[] = [];
  const weak = new Map<string, EntryEvidence>();
  const guardOf = (permission: string): Guard => {
    const protection = protectionOf(permission, facts.ownPermissions);
    return protection === undefined ? { permission } : { permission, weak: protection };
  };
  const whole = text(application?.attributes.permission);

  for (const one of exported) {
    const { element, entry } = one;
    if (boolean(element.attributes.enabled) === false || boolean(application?.attributes.enabled) === false) continue;
    const kind = element.name === 'activity-alias' ? 'activity' : (element.name as Kind);
    const name = nameOf(facts, element);
    const permission = text(element.attributes.permission) ?? whole;
    const ways =
      kind === 'provider'
        ? [
            text(element.attributes.readPermission) ?? permission,
            text(element.attributes.writePermission) ?? permission,
          ]
        : [permission];
    const guards = ways.map((way) => (way === undefined ? undefined : guardOf(way)));
    // an unguarded way in is worse than a weakly guarded one
    if (guards.includes(undefined)) {
      if (!isMeantForOthers(element, kind)) {
        const owner = facts.ownCode(classOf(facts, element));
        if (owner !== 'library') open[kind].push(one);
        else if (!isDesignedOpen(classOf(facts, element))) ofLibraries.push(name);
      }
      continue;
    }
    const weakest =
      guards.find((guard) => guard?.weak === 'normal') ?? guards.find((guard) => guard?.weak !== undefined);
    if (weakest?.weak !== undefined) {
      weak.set(`${name}: ${weakest.permission} (${weakest.weak})`, inXml(entry, `${element.name}@permission`));
    }
  }
  for (const kind of Object.keys(open) as Kind[]) {
    const found = open[kind];
    const places = placesOf(found, `${kind}@exported`);
    settings.list(
      SETTING[kind],
      found.map(({ element }) => nameOf(facts, element)),
      places,
    );
  }
  settings.list('exportedOfLibraries', ofLibraries, [at]);
  settings.list('weaklyGuardedComponents', weak.keys(), onePerEntry(weak.values()));
}

export function isExported(component: XmlElement, targetSdk: number): boolean {
  const declared = boolean(component.attributes.exported);
  if (declared !== undefined) return declared;
  if (component.name === 'provider') return targetSdk <= 16;
  return targetSdk < 31 && component.children.some((one) => one.name === 'intent-filter');
}

/**
 * Protection of a permission where it is known to be weak. `protectionLevel` is a number whose low four bits are the
 * base level (0 normal, 1 dangerous, 2 signature, 3 signatureOrSystem, 4 internal), or its words joined by `|`.
 */
export function protectionOf(
  permission: string,
  ownPermissions: ReadonlyMap<string, XmlElement>,
): Protection | undefined {
  const defined = ownPermissions.get(permission);
  if (defined === undefined) return platformProtection(permission);
  const level = defined.attributes.protectionLevel;
  if (level === undefined) return 'normal';
  const number = typeof level === 'string' && /^0x[0-9a-f]{1,8}$/i.test(level) ? Number(level) : integer(level);
  if (number !== undefined) return (['normal', 'dangerous'] as const)[number & 0xf];
  const words = String(level).split('|');
  return words.includes('normal') ? 'normal' : words.includes('dangerous') ? 'dangerous' : undefined;
}

/**
 * Open on purpose: the launcher's activity, an activity that the web or another app may open for what it can do
 * (deep links have settings of their own), and what only the system calls.
 */
function isMeantForOthers(component: XmlElement, kind: Kind): boolean {
  if (kind === 'provider') return false;
  if (isLauncher(component)) return true;
  const actions = childrenNamed(component, 'intent-filter').flatMap((filter) =>
    childrenNamed(filter, 'action').map((action) => text(action.attributes.name) ?? ''),
  );
  if (kind === 'activity') return childrenNamed(component, 'intent-filter').some(isInvitation);
  if (kind === 'receiver') return actions.length > 0 && actions.every(isOfSystem);
  return actions.length > 0 && actions.every((action) => SERVICE_ACTIONS.test(action));
}

/**
 * A standard request (VIEW, SEND, a setting …) invites others. A scheme of the app's own that web pages may not use is
 * for its own screens: leaving it open is an oversight.
 */
function isInvitation(filter: XmlElement): boolean {
  const names = (tag: string) => childrenNamed(filter, tag).map((one) => text(one.attributes.name) ?? '');
  const standard = names('action').some((action) =>
    /^android\.(?:intent|nfc|service|app|provider|settings|appwidget|hardware)\./.test(action),
  );
  const schemes = childrenNamed(filter, 'data').flatMap(({ attributes }) => text(attributes.scheme) ?? []);
  const own = schemes.length > 0 && schemes.every((scheme) => !STANDARD_SCHEMES.has(scheme));
  return standard && (!own || names('category').includes('android.intent.category.BROWSABLE'));
}

const STANDARD_SCHEMES = new Set('http https content file mailto tel sms smsto geo market ftp rtsp'.split(' '));

/** Broadcasts that only the system may send, or that it sends to whoever asks (protected-broadcast, AppWidget …). */
function isOfSystem(action: string): boolean {
  return /^(?:android\.(?:intent\.action|net|bluetooth|appwidget|app|os|location|media|nfc|provider|telephony|accounts|hardware|content|settings)\.|com\.android\.vending\.INSTALL_REFERRER$|com\.google\.android\.c2dm\.intent\.)/.test(
    action,
  );
}

/** Services that the system or a well-known host binds and that check their caller by these protocols. */
const SERVICE_ACTIONS =
  /^(?:android\.(?:accounts\.AccountAuthenticator|content\.SyncAdapter|media\.browse\.MediaBrowserService|service\.|support\.customtabs\.)|android\.intent\.action\.RESPOND_VIA_MESSAGE$|com\.google\.firebase\.|com\.google\.android\.gms\.)/;

/** Makers whose exported components check their callers themselves: open by design, and not the developer's to close. */
function isDesignedOpen(name: string): boolean {
  return /^(?:androidx\.|android\.|com\.google\.|com\.facebook\.|com\.android\.|com\.huawei\.|com\.amazon\.)/.test(
    name,
  );
}

/** The class that runs: that of an alias is its target's. */
function classOf(facts: AndroidFacts, element: XmlElement): string {
  const name = text(element.attributes.targetActivity) ?? text(element.attributes.name) ?? '';
  return className(name, text(facts.manifest.root.attributes.package) ?? '');
}

export function nameOf(facts: AndroidFacts, element: XmlElement): string {
  const name = text(element.attributes.name);
  return name === undefined ? '?' : className(name, text(facts.manifest.root.attributes.package) ?? '');
}

export function placesOf(found: readonly Declared[], name: string): EntryEvidence[] {
  return [...new Set(found.map(({ entry }) => entry))].sort().map((entry) => inXml(entry, name));
}

function onePerEntry(places: Iterable<EntryEvidence>): EntryEvidence[] {
  return [...new Map([...places].map((place) => [`${place.entry}\0${place.name}`, place])).values()];
}
