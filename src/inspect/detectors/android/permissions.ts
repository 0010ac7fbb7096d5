/** What the app asks the system for, and the permissions it defines for others. */

import { protectionOf } from './components.ts';
import { childrenNamed, integer, text } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';
import { PERSONAL_PERMISSIONS, POWERFUL_PERMISSIONS } from './permission-names.ts';

const REQUESTS = ['uses-permission', 'uses-permission-sdk-23', 'uses-permission-sdk-m'];

export function permissionSettings(facts: AndroidFacts, settings: Settings): void {
  const at = inXml(facts.manifest.entry, 'uses-permission@name');
  const asked = requested(facts);
  settings.list(
    'personalPermissions',
    asked.filter((name) => PERSONAL_PERMISSIONS.has(name)),
    [at],
  );
  settings.list(
    'powerfulPermissions',
    asked.filter((name) => POWERFUL_PERMISSIONS.has(name)),
    [at],
  );
  const weak = [...facts.ownPermissions.keys()].filter(
    (name) => protectionOf(name, facts.ownPermissions) === 'normal' && !name.startsWith('android.permission.'),
  );
  settings.list('weakPermissions', weak, [inXml(facts.manifest.entry, 'permission@protectionLevel')]);
}

/** Permissions asked for on some device that the app can be installed on. */
function requested({ manifest, splits, minSdk }: AndroidFacts): string[] {
  return [manifest, ...splits].flatMap(({ root }) =>
    REQUESTS.flatMap((tag) => childrenNamed(root, tag)).flatMap(({ attributes }) => {
      const name = text(attributes.name);
      const last = integer(attributes.maxSdkVersion);
      return name === undefined || (last !== undefined && last < minSdk) ? [] : [name];
    }),
  );
}
