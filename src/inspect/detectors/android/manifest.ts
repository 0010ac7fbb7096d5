/** Flags of the manifest as a whole, and activities whose task a stranger can enter. */
import { isExported, nameOf, placesOf } from './components.ts';
import { boolean, integer, text } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';

export function manifestSettings(facts: AndroidFacts, settings: Settings): void {
  const { manifest, application, targetSdk, declaredSdk } = facts;
  const flag = (id: string, fallback: boolean) => {
    settings.value(id, boolean(application?.attributes[id]), fallback, inXml(manifest.entry, `application@${id}`));
  };
  flag('debuggable', false);
  flag('testOnly', false);
  // cleartext is off by default from Android 9 (API level 28)
  flag('usesCleartextTraffic', targetSdk < 28);
  settings.value('minSdkVersion', declaredSdk.min, 1, inXml(manifest.entry, 'uses-sdk@minSdkVersion'));
  settings.value('targetSdkVersion', declaredSdk.target, targetSdk, inXml(manifest.entry, 'uses-sdk@targetSdkVersion'));
  const shared = text(manifest.root.attributes.sharedUserId);
  if (shared !== undefined)
    settings.value('sharedUserId', shared, null, inXml(manifest.entry, 'manifest@sharedUserId'));
  taskSettings(facts, settings);
}

/** First version whose tasks a stranger's activity cannot enter (StrandHogg, CVE-2020-0096): Android 11. */
const TASKS_APART = 30;

/**
 * Activities that keep a task of their own under a name that anyone can choose too: `singleTask` (2), or reparenting.
 * An empty task affinity shuts strangers out.
 */
function taskSettings(facts: AndroidFacts, settings: Settings): void {
  const { minSdk, application } = facts;
  if (minSdk >= TASKS_APART) return;
  const open = facts.components.filter(({ element }) => {
    const { launchMode, taskAffinity, allowTaskReparenting } = element.attributes;
    if (element.name !== 'activity' || !isExported(element, facts.targetSdk)) return false;
    if (facts.ownCode(nameOf(facts, element)) === 'library') return false;
    if ((taskAffinity ?? application?.attributes.taskAffinity) === '') return false;
    const reparents = boolean(allowTaskReparenting) ?? boolean(application?.attributes.allowTaskReparenting);
    return integer(launchMode) === 2 || launchMode === 'singleTask' || reparents === true;
  });
  settings.list(
    'hijackableTasks',
    open.map(({ element }) => nameOf(facts, element)),
    placesOf(open, 'activity@launchMode'),
  );
}
