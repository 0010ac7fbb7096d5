/**
 * The libraries of an iOS app, by the Info.plist that each framework and resource bundle brings:
 *
 *   `org.cocoapods.Alamofire`                CocoaPods: the pod's name; the version is the pod's
 *   `swift-collections.Collections.resources`  Swift packages: package, target; no version of their own
 *   anything else                            a framework that was built outside: its maker's own id and version
 */
import type { FoundLibrary, PlistValue } from '../../source.ts';
import { dictionary, string } from './plist-values.ts';

/** What Apple and the tools put into an app themselves. */
const NOT_LIBRARIES = /^(?:com\.apple\.|io\.flutter\.flutter\.app$)/;
const BUNDLE = /([^/]{1,200})\.(framework|bundle)\/(?:Resources\/)?Info\.plist$/;

/** @param isOwn tells the app's own frameworks by their bundle id */
export function frameworkLibraries(
  plists: readonly { entry: string; value: PlistValue }[],
  isOwn: (bundleId: string) => boolean,
): FoundLibrary[] {
  return plists.flatMap(({ entry, value }): FoundLibrary[] => {
    const bundle = BUNDLE.exec(entry);
    const info = dictionary(value);
    const id = string(info?.CFBundleIdentifier);
    if (bundle === null || id === undefined || NOT_LIBRARIES.test(id) || isOwn(id)) return [];
    const name = bundle[1] ?? '';
    const version = string(info?.CFBundleShortVersionString) ?? string(info?.CFBundleVersion);
    const versioned = version !== undefined && /^\d[\w.+-]{0,40}$/.test(version) ? { version } : {};
    const pod = /^org\.cocoapods\.(.{1,200})$/.exec(id)?.[1];
    if (pod !== undefined) {
      const podName = pod.replace(/[_-]Privacy$/i, '');
      return [{ ecosystem: 'cocoapods', name: podName, ...versioned, entry }];
    }
    const target = /^[\w-]{1,80}\.([\w-]{1,80})\.resources$/.exec(id)?.[1];
    if (target !== undefined) return [{ ecosystem: 'swift', name: target, entry }];
    // a bundle without a package manager is a part of the app as often as of a library
    if (bundle[2] === 'bundle') return [];
    return [{ ecosystem: 'generic', name, ...versioned, entry }];
  });
}

/**
 * Whether a bundle id is of the app's own family: `com.bluemarket.ShopKit` in `com.bluemarket.shop`. Two labels must be
 * equal, three below hosts that many share.
 */
export function sharesPrefix(appId: string, bundleId: string): boolean {
  const app = appId.toLowerCase().split('.');
  const other = bundleId.toLowerCase().split('.');
  const shared = /^(?:io\.github|com\.github|io\.gitlab|com\.gitlab|org\.reactjs|com\.yourcompany|com\.example)$/;
  const depth = shared.test(app.slice(0, 2).join('.')) ? 3 : 2;
  if (app.length < depth || other.length <= depth - 1 || /^org\.cocoapods$/.test(app.slice(0, 2).join('.')))
    return false;
  return app.slice(0, depth).every((label, index) => label !== '' && label === other[index]);
}
