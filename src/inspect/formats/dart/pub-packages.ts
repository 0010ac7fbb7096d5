/** The pub packages of a program, by the URIs of their libraries: `package:http/src/client.dart`. */
import type { ReadContext } from '../reader.ts';

const URI = /^package:([a-z_][a-z0-9_]{0,63})\//;
/** A large app uses some two hundred. */
const MOST = 2_000;

export interface PubPackages {
  see(uri: string): void;
  finish(): void;
}

export function createPubPackages({ entry, sink }: ReadContext): PubPackages {
  const names = new Set<string>();
  const own = new Set<string>();
  return {
    see(uri) {
      const name = URI.exec(uri)?.[1];
      if (name === undefined || names.size >= MOST) return;
      names.add(name);
      // the program's own package: it is the one with the entry point
      if (uri === `package:${name}/main.dart`) own.add(name);
    },
    finish() {
      for (const name of [...names].sort()) if (!own.has(name)) sink.library({ ecosystem: 'pub', name, entry });
    },
  };
}
