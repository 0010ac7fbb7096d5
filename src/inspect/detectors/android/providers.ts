/**
 * What content providers hand out: folders that a FileProvider shares (AOSP androidx.core.content.FileProvider: each
 * element of the document names a root and, by `path`, a folder in it), and grants for every path of a provider.
 */

import { nameOf, placesOf } from './components.ts';
import { childrenNamed, text } from './element.ts';
import { type AndroidFacts, inXml, type Settings } from './facts.ts';

/** Private folders of the app; sharing one whole shares what the next release puts there. */
const PRIVATE_ROOTS = new Set(['files-path', 'cache-path']);
const WHOLE = /^[./]*$/;

export function providerSettings(facts: AndroidFacts, settings: Settings): void {
  const roots: string[] = [];
  const whole: string[] = [];
  for (const { root } of pathsDocuments(facts)) {
    for (const { name, attributes } of root.children) {
      const path = text(attributes.path) ?? '';
      if (name === 'root-path') roots.push(`root-path ${path === '' ? '/' : path}`);
      else if (PRIVATE_ROOTS.has(name) && WHOLE.test(path)) whole.push(`${name} ${path === '' ? '(all)' : path}`);
    }
  }
  const at = pathsDocuments(facts).map(({ entry }) => inXml(entry, 'paths/*@path'));
  settings.list('fileProviderRoots', roots, at);
  settings.list('fileProviderPrivateFolders', whole, at);

  const granting = facts.components.filter(({ element }) =>
    childrenNamed(element, 'grant-uri-permission').some(
      ({ attributes }) =>
        attributes.pathPrefix === '/' ||
        attributes.path === '/' ||
        /^\/?\.?\*$/.test(text(attributes.pathPattern) ?? ''),
    ),
  );
  settings.list(
    'grantsEveryPath',
    granting.map(({ element }) => nameOf(facts, element)),
    placesOf(granting, 'grant-uri-permission'),
  );
}

function pathsDocuments({ resources }: AndroidFacts) {
  return resources.filter(({ purpose }) => purpose === 'file-provider-paths');
}
