/**
 * A Flutter program on iOS: `Frameworks/App.framework/App`, a library that exports the snapshots of the Dart virtual
 * machine as data (flutter/engine, runtime/dart_snapshot.cc). Their strings are none of a C compiler's.
 */
import type { ReadContext } from '../reader.ts';
import type { ReadResult } from '../result.ts';
import type { Image } from './image.ts';

export const DART_SYMBOLS: ReadonlySet<string> = new Set(['_kDartIsolateSnapshotData', '_kDartVmSnapshotData']);

/** @param offset where the image begins in the entry */
export async function readFlutter({ bytes }: Image, offset: number, context: ReadContext): Promise<ReadResult> {
  const { readDart } = await import('../dart/index.ts');
  const { sink, entry } = context;
  return readDart(bytes, {
    ...context,
    string(text, at, more) {
      sink.string({ text, entry, via: 'dart', ...(at === undefined ? {} : { offset: offset + at }), ...more });
    },
  });
}
