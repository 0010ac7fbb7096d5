/** Whose a source file is, by the URIs that the compiler noted: the app's own, a pub package's, or of Dart and Flutter. */
import type { Source } from './component.ts';

export type Owner =
  | { kind: 'framework' }
  | { kind: 'library'; package: string; version?: string; path: string }
  | { kind: 'own'; path: string };

/** `.pub-cache/hosted/pub.dev/http-1.2.0/lib/http.dart`; the version begins with the first digit behind a hyphen. */
const HOSTED = /\/hosted\/[^/]{1,100}\/([a-z_][a-z0-9_]{0,63})-(\d[\w.+-]{0,40})\/(?:lib\/)?(.{1,400})$/;
const GIT = /\/git\/([a-z_][a-z0-9_]{0,63})-[0-9a-f]{7,40}\/(.{1,400})$/;
const FRAMEWORK_URI =
  /^(?:dart:|org-dartlang-sdk:|package:(?:flutter|flutter_\w{1,40}|sky_engine|integration_test)\/)|\/(?:flutter\/packages\/flutter(?:_\w{1,40})?|bin\/cache|sky_engine|dart-sdk)\//;
const PACKAGE = /^package:([a-z_][a-z0-9_]{0,63})\/(.{1,400})$/;

/** @param own names of the app's own packages, from `ownPackages` */
export function ownerOf({ uri, importUri }: Source, own: ReadonlySet<string>): Owner {
  const hosted = HOSTED.exec(uri);
  if (hosted?.[1] !== undefined && hosted[2] !== undefined && hosted[3] !== undefined) {
    return { kind: 'library', package: hosted[1], version: hosted[2], path: hosted[3] };
  }
  const git = GIT.exec(uri);
  if (git?.[1] !== undefined && git[2] !== undefined) return { kind: 'library', package: git[1], path: git[2] };
  // packages of other makers are called flutter_… too; they were told by their place above
  if (FRAMEWORK_URI.test(uri) || FRAMEWORK_URI.test(importUri)) return { kind: 'framework' };
  const [, name, path] = PACKAGE.exec(importUri) ?? PACKAGE.exec(uri) ?? [];
  if (name !== undefined && path !== undefined && !own.has(name)) return { kind: 'library', package: name, path };
  // never the folder it was compiled in, which bears the name of a person
  return { kind: 'own', path: `lib/${path ?? tailOf(uri)}` };
}

function tailOf(uri: string): string {
  const lib = uri.lastIndexOf('/lib/');
  return lib < 0 ? uri.slice(uri.lastIndexOf('/') + 1) : uri.slice(lib + 5);
}

/** The packages with an entry point, and those that lie as folders beside the app's. */
export function ownPackages(sources: readonly Source[]): Set<string> {
  const own = new Set<string>();
  for (const { uri, importUri } of sources) {
    const [, name, path] = PACKAGE.exec(importUri) ?? PACKAGE.exec(uri) ?? [];
    if (name === undefined || HOSTED.test(uri) || GIT.test(uri) || FRAMEWORK_URI.test(importUri)) continue;
    if (path === 'main.dart' || /^(?:file|org-dartlang-app):\/\/\/(?!packages\/)/.test(uri)) own.add(name);
  }
  return own;
}
