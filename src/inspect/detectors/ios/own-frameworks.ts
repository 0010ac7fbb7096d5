/**
 * Tells the app's own embedded frameworks and resource bundles from those of others, by their bundle ids. The Info.plist files of a package
 * are read before its code, so that both ids are known when a string of a framework is judged.
 */
import type { PlistValue } from '../../source.ts';
import { sharesPrefix } from './frameworks.ts';
import { dictionary, string } from './plist-values.ts';

const FRAMEWORK = /^(?:.{0,1000}\/)?(?:Frameworks\/[^/]{1,200}\.framework|[^/]{1,200}\.bundle)\//;
const APP = /\.app\/Info\.plist$/;
/** A large app embeds two hundred. */
const MOST = 5_000;

export interface OwnFrameworks {
  see(entry: string, value: PlistValue): void;
  has(entry: string): boolean;
}

export function createOwnFrameworks(): OwnFrameworks {
  const bundleIds = new Map<string, string>();
  let app: { entry: string; id: string } | undefined;
  return {
    see(entry, value) {
      const id = entry.endsWith('/Info.plist') ? string(dictionary(value)?.CFBundleIdentifier) : undefined;
      if (id === undefined) return;
      const folder = FRAMEWORK.exec(entry)?.[0];
      if (folder !== undefined && entry === `${folder}Info.plist`) {
        if (bundleIds.size < MOST) bundleIds.set(folder, id);
      } else if (APP.test(entry) && (app === undefined || entry.length < app.entry.length)) app = { entry, id };
    },
    has(entry) {
      if (app === undefined) return false;
      const folder = FRAMEWORK.exec(entry)?.[0];
      const id = folder === undefined ? undefined : bundleIds.get(folder);
      return id !== undefined && sharesPrefix(app.id, id);
    },
  };
}
