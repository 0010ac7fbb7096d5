/**
 * BUNDLE-METADATA/com.android.tools.build.libraries/dependencies.pb: the libraries that the Gradle plug-in linked into an
 * app bundle (com.android.tools.build.libraries.metadata.AppDependencies).
 *
 * AppDependencies: library 1. Library: maven_library 1. MavenLibrary: group_id 1 · artifact_id 2 · version 5.
 */
import type { ReadContext } from '../reader.ts';
import { partial, type ReadResult, read } from '../result.ts';
import { Wire, WireError } from './wire.ts';

const MAX_NAME = 200;

export function readAppDependencies(bytes: Buffer, { sink, entry }: ReadContext): ReadResult {
  let libraries = 0;
  try {
    const all = new Wire(bytes);
    while (all.next()) {
      if (!all.is(1)) continue;
      const library = all.message();
      while (library.next()) if (library.is(1)) takeMaven(library.message());
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return partial('PROTOBUF_DAMAGED', `damaged: ${error.message}`);
  }
  return read(`${libraries} libraries`);

  function takeMaven(message: Wire): void {
    let group = '';
    let artifact = '';
    let version = '';
    while (message.next()) {
      if (message.is(1)) group = message.text(MAX_NAME);
      else if (message.is(2)) artifact = message.text(MAX_NAME);
      else if (message.is(5)) version = message.text(MAX_NAME);
    }
    if (group === '' || artifact === '') return;
    libraries++;
    sink.library({ ecosystem: 'maven', name: `${group}:${artifact}`, ...(version === '' ? {} : { version }), entry });
  }
}
