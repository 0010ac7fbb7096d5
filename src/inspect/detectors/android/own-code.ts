/**
 * Whose code a class is. One place decides, for components and for calls: what is wrong in the app's own classes is the
 * developer's to mend, what is wrong in a library is the library's.
 *
 * The app's own: below its application id, and below the name of the organisation in it and in its launcher activity and
 * Application class (`com.bluemarket` of `com.bluemarket.shop.ui.Splash`). Names that a shrinker made (`a.b.c`) tell
 * nothing.
 */
import { VENDOR_NAMESPACES } from '../../data/sdk-packages/vendor-namespaces.ts';
import type { XmlElement } from '../../source.ts';
import { prefixOf } from '../sdk-of-class.ts';
import { child, childrenNamed, text } from './element.ts';

export type CodeOwner = 'app' | 'library' | 'unknown';
export type OwnCode = (className: string) => CodeOwner;

/** Prefixes that many apps share: what lies beside an app in them is nobody's. */
const SHARED = new Set(
  (
    'com.example com.mycompany com.company com.test com.app com.apps com.demo com.mobile net.example org.example io.kodular ' +
    'com.appgyver com.goodbarber com.thunkable'
  ).split(' '),
);
/** Second labels under which names are given out: `co.uk`. */
const SECOND_LEVEL = new Set('co com net org gov edu ac ne or go'.split(' '));

export function createOwnCode(manifest: XmlElement): OwnCode {
  const id = text(manifest.attributes.package) ?? '';
  const own = new Set<string>();
  const add = (packageName: string) => {
    if (packageName.includes('.') && !isFramework(packageName) && !SHARED.has(packageName)) own.add(packageName);
  };
  // the id itself counts whatever it looks like: Google's own apps are theirs
  if (id !== '') own.add(id);
  for (const name of [id, ...mainClasses(manifest)]) {
    if (!name.startsWith('.')) add(organisationOf(name));
  }

  return (className) => {
    const sdk = prefixOf(className);
    // the longest prefix that says something wins: an app in `com.google.shop` owns that, not all of `com.google`
    for (let name = className.slice(0, 300); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      if (own.has(name)) return 'app';
      if (name === sdk?.prefix || VENDOR_NAMESPACES.has(name)) return 'library';
    }
    return isShrunk(className) ? 'unknown' : 'library';
  };
}

/** `fr.agency` of `fr.agency.shop.ui.SplashActivity`, `uk.co.agency` of `uk.co.agency.shop`. */
function organisationOf(name: string): string {
  const labels = name.split('.');
  return labels.slice(0, SECOND_LEVEL.has(labels[1] ?? '') ? 3 : 2).join('.');
}

function isFramework(packageName: string): boolean {
  if (prefixOf(packageName) !== undefined) return true;
  const labels = packageName.split('.').slice(0, 4);
  return labels.some((_, index) => VENDOR_NAMESPACES.has(labels.slice(0, index + 1).join('.')));
}

function mainClasses(manifest: XmlElement): string[] {
  const application = child(manifest, 'application');
  const launchers = (application?.children ?? []).filter(isLauncher);
  return [application, ...launchers].flatMap((one) => {
    const name = text(one?.attributes.targetActivity) ?? text(one?.attributes.name);
    return name === undefined ? [] : [name];
  });
}

/** An activity that stands among the icons: the system starts it, so it has to be exported. */
export function isLauncher(component: XmlElement): boolean {
  if (component.name !== 'activity' && component.name !== 'activity-alias') return false;
  return childrenNamed(component, 'intent-filter').some((filter) => {
    const names = filter.children.map((one) => `${one.name} ${text(one.attributes.name) ?? ''}`);
    return (
      names.includes('action android.intent.action.MAIN') &&
      names.some((name) => /^category android\.intent\.category\.(?:LAUNCHER|LEANBACK_LAUNCHER|HOME)$/.test(name))
    );
  });
}

/** `a.b.c`, `o.aBc`, and names without a package (repackaged by a shrinker). */
function isShrunk(className: string): boolean {
  const packages = className.replace(/\$.*$/, '').split('.').slice(0, -1);
  return packages.every((label) => label.length <= 3);
}
