/**
 * What build tools write beside the code of libraries:
 *
 *   META-INF/androidx.core_core.version           GROUP_ARTIFACT, its only line the version (AndroidX, Material, Dagger)
 *   META-INF/kotlinx_coroutines_core.version       the same, of kotlinx.coroutines
 *   META-INF/maven/G/A/pom.properties              groupId=, artifactId=, version= (Maven Archiver)
 *   play-services-basement.properties              client=, version= (Google's libraries)
 *   META-INF/com/android/build/gradle/app-metadata.properties   androidGradlePluginVersion=
 *   kotlin-tooling-metadata.json                   buildPluginVersion (Kotlin Gradle plug-in)
 *
 * Some releases of AndroidX hold `task ':core:writeVersionFile' property 'version'` where the version should stand.
 */
import type { ReadContext } from '../reader.ts';
import { type ReadResult, read } from '../result.ts';

/** They have some hundred bytes; more is no such file. */
const MOST = 1 << 14;
const VERSION = /^\d[\w.+-]{0,60}$/;
const COORDINATE = /^[\w.-]{1,120}$/;

/** Groups of Google's clients by the beginning of their names. */
const CLIENT_GROUPS: readonly (readonly [start: string, group: string])[] = [
  ['play-services-', 'com.google.android.gms'],
  ['firebase-', 'com.google.firebase'],
  ['transport-', 'com.google.android.datatransport'],
  ['billing', 'com.android.billingclient'],
  ['user-messaging-platform', 'com.google.android.ump'],
  ['', 'com.google.android.play'],
];

export function readLibraryMetadata(bytes: Buffer, context: ReadContext): ReadResult {
  const base = context.entry.slice(Math.max(context.entry.lastIndexOf('/'), context.entry.lastIndexOf('!')) + 1);
  const text = bytes.subarray(0, MOST).toString('utf8');
  if (base.endsWith('.version')) {
    versionFile(base.slice(0, -'.version'.length), text, context);
  } else if (base.endsWith('.properties')) {
    propertiesFile(base, text, context);
  } else {
    const version = /"buildPluginVersion"\s{0,4}:\s{0,4}"([^"]{1,60})"/.exec(text)?.[1];
    maven(context, 'org.jetbrains.kotlin', 'kotlin-gradle-plugin', version);
  }
  return read('library metadata');
}

function versionFile(name: string, text: string, context: ReadContext): void {
  const coroutines = /^kotlinx_(\w{1,80})$/.exec(name)?.[1];
  if (coroutines !== undefined) {
    maven(context, 'org.jetbrains.kotlinx', `kotlinx-${coroutines.replaceAll('_', '-')}`, text);
    return;
  }
  const at = name.indexOf('_');
  if (at > 0 && name.slice(0, at).includes('.')) maven(context, name.slice(0, at), name.slice(at + 1), text);
}

function propertiesFile(base: string, text: string, context: ReadContext): void {
  const values = new Map<string, string>();
  for (const line of text.split('\n', 200)) {
    const at = line.indexOf('=');
    if (at > 0 && line[0] !== '#') values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  const version = values.get('version');
  const group = values.get('groupId');
  const artifact = values.get('artifactId');
  const client = values.get('client');
  if (base === 'app-metadata.properties') {
    maven(context, 'com.android.tools.build', 'gradle', values.get('androidGradlePluginVersion'));
  } else if (group !== undefined && artifact !== undefined) maven(context, group, artifact, version);
  else if (client !== undefined) {
    const known = CLIENT_GROUPS.find(([start]) => client.startsWith(start));
    maven(context, known?.[1] ?? 'com.google.android.play', client, version);
  } else {
    // an app's own file under such a name
    for (const [name, value] of values) context.string(value, undefined, { name });
  }
}

/** A version that is none is left out: that the library is there holds. */
function maven({ sink, entry }: ReadContext, group: string, artifact: string, version: string | undefined): void {
  if (!COORDINATE.test(group) || !COORDINATE.test(artifact)) return;
  const number = version?.trim() ?? '';
  const versioned = VERSION.test(number) ? { version: number } : {};
  sink.library({ ecosystem: 'maven', name: `${group}:${artifact}`, ...versioned, entry });
}
