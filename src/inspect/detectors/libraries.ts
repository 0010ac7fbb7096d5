/** The inventory of what others wrote: from build metadata, and from the names of code. */
import type { InspectLibrary } from '../../core/contract/inspect.ts';
import type { FoundCode, FoundLibrary } from '../source.ts';
import { compare } from './evidence.ts';

export function librariesOf(found: readonly FoundLibrary[], _code: readonly FoundCode[]): InspectLibrary[] {
  const byPurl = new Map<string, InspectLibrary>();
  for (const { ecosystem, name, version, entry } of found) {
    const purl = `pkg:${ecosystem}/${name.replace(':', '/')}${version === undefined ? '' : `@${version}`}`;
    const known = byPurl.get(purl);
    if (known !== undefined) continue;
    byPurl.set(purl, {
      name,
      ...(version === undefined ? {} : { version }),
      purl,
      purposes: [],
      tracker: false,
      evidence: [{ entry, via: 'text' }],
    });
  }
  return [...byPurl.values()].sort((a, b) => compare(a.purl, b.purl));
}
