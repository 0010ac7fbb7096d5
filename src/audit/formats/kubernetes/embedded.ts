/** Files that ConfigMaps and Secrets (`stringData`) hold, and where each of their characters stands in the manifest. */
import type { EmbeddedText } from '../../model.ts';
import { offsetsOf } from '../yaml/offsets.ts';
import { at, type KubernetesObject } from './objects.ts';

/** Names of files: with an extension, or one of those without. */
const FILE = /\.[a-z][\w-]{1,12}$|^(?:my\.cnf|pg_hba|memcached|users)/i;

export function* embeddedTexts(objects: readonly KubernetesObject[]): Generator<EmbeddedText> {
  for (const object of objects) {
    if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') continue;
    const data = at(object.node, object.kind === 'Secret' ? 'stringData' : 'data');
    for (const { key, value } of data?.kind === 'map' ? data.entries : []) {
      if (value?.kind !== 'scalar' || value.isNull || !/^[\w.-]{1,253}$/.test(key)) continue;
      if (!FILE.test(key) && !value.text.includes('\n')) continue;
      yield { name: `${embeddedFolder(object)}/${key}`, text: value.text, at: offsetsOf(value, object.source.text) };
    }
  }
}

/** The folder that a ConfigMap is, as seen by who mounts it: within its file. */
export function embeddedFolder(object: KubernetesObject): string {
  return object.pointer.replace('/', '-');
}
