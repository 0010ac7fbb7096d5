/** What ConfigMaps and Secrets hold, and what a kustomization generates of files. */
import { dirname, join } from 'node:path/posix';
import { embeddedPath } from '../../embedded.ts';
import { child, textOf } from '../yaml/read.ts';
import { embeddedFolder } from './embedded.ts';
import { at, itemsOf, type KubernetesObject, knownText } from './objects.ts';

export interface ConfigData {
  /** By key; null where the value is not told. */
  values: ReadonlyMap<string, string | null>;
  /** Where its keys are files of, as embedded texts. */
  folder: string | null;
  /** Keys that are files of the tree. */
  files: ReadonlyMap<string, string>;
  complete: boolean;
}

/** A ConfigMap or Secret by name, as an object sees it; null when it is not in the tree. */
export type Lookup = (kind: 'ConfigMap' | 'Secret', name: string, from: KubernetesObject) => ConfigData | null;

/** Names and data of ConfigMaps and Secrets that an object makes. */
export function configsOf(
  object: KubernetesObject,
): { kind: 'ConfigMap' | 'Secret'; name: string; data: ConfigData }[] {
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') {
    const values = new Map<string, string | null>();
    for (const field of ['data', 'stringData', 'binaryData']) {
      const data = at(object.node, field);
      for (const { key, value } of data?.kind === 'map' ? data.entries : []) {
        // The values of Secrets are judged where they stand and go no further.
        values.set(key, object.kind === 'Secret' ? null : knownText(value));
      }
    }
    const folder = embeddedPath(object.source.path, embeddedFolder(object));
    return [{ kind: object.kind, name: object.name, data: { values, folder, files: new Map(), complete: true } }];
  }
  if (object.kind === 'SealedSecret' || object.kind === 'ExternalSecret') {
    const data = at(object.node, 'spec', object.kind === 'SealedSecret' ? 'encryptedData' : 'target');
    const keys = data?.kind === 'map' && object.kind === 'SealedSecret' ? data.entries.map(({ key }) => key) : [];
    const values = new Map(keys.map((key) => [key, null]));
    const name = knownText(at(object.node, 'spec', 'target', 'name')) ?? object.name;
    return [{ kind: 'Secret', name, data: { values, folder: null, files: new Map(), complete: keys.length > 0 } }];
  }
  if (object.kind !== 'Kustomization') return [];
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    itemsOf(at(object.node, kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator')).flatMap((item) => {
      const name = knownText(child(item, 'name'));
      if (name === null) return [];
      const values = new Map<string, string | null>();
      const files = new Map<string, string>();
      for (const literal of itemsOf(child(item, 'literals'))) {
        const text = textOf(literal) ?? '';
        const equals = text.indexOf('=');
        if (equals > 0) values.set(text.slice(0, equals), kind === 'Secret' ? null : text.slice(equals + 1));
      }
      for (const file of itemsOf(child(item, 'files'))) {
        const text = knownText(file) ?? '';
        const [key = '', path = key] = text.includes('=') ? text.split('=', 2) : [text.split('/').at(-1), text];
        const joined = join(dirname(object.source.path), path);
        if (path !== '' && !joined.startsWith('../')) files.set(key, joined);
        values.set(key, null);
      }
      const complete = at(item, 'envs') === null && at(item, 'env') === null;
      return [{ kind, name, data: { values, folder: null, files, complete } }];
    }),
  );
}
