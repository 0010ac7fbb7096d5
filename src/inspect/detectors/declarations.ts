/** What the app and its libraries declare to do with data. */
import type { InspectDeclaration } from '../../core/contract/inspect.ts';
import type { PlistValue } from '../source.ts';

export function declarationsOf(plists: readonly { entry: string; value: PlistValue }[]): InspectDeclaration[] {
  return plists
    .filter(({ entry }) => entry.endsWith('.xcprivacy'))
    .map(({ entry }) => ({ source: 'privacy-manifest', entry, trackingDomains: [], data: [], apis: [] }));
}
