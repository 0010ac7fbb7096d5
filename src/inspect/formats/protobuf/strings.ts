/**
 * The strings of a protocol buffer whose messages are not described here (BundleConfig.pb, toc.pb, dependencies.pb):
 * every length-delimited field that is text, and those that are messages taken apart. The wire format does not tell the
 * two apart, so a field that reads as text is text.
 */
import { textCanMatter } from '../candidate.ts';
import type { ReadContext } from '../reader.ts';
import { partial, type ReadResult, read } from '../result.ts';
import { BYTES, Wire, WireError } from './wire.ts';

const MAX_DEPTH = 32;

export function readProtobufStrings(bytes: Buffer, context: ReadContext): ReadResult {
  let strings = 0;

  function walk(message: Wire, depth: number): void {
    while (message.next()) {
      if (message.type !== BYTES || message.end === message.start) continue;
      if (isText(bytes, message.start, message.end)) {
        strings++;
        const text = message.text(context.limits.stringLength);
        if (textCanMatter(text)) context.string(text, message.start);
      } else if (depth < MAX_DEPTH) {
        try {
          walk(message.message(), depth + 1);
        } catch (error) {
          if (!(error instanceof WireError)) throw error; // bytes that are neither text nor a message
        }
      }
    }
  }

  try {
    walk(new Wire(bytes), 0);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return partial('PROTOBUF_DAMAGED', `damaged: ${error.message}`);
  }
  return read(`${strings} strings`);
}

function isText(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}
