/** Who signed the package. */
import type { InspectSignature } from '../../core/contract/inspect.ts';
import type { FoundSignature } from '../source.ts';
import { compare } from './evidence.ts';

export function signaturesOf(found: readonly FoundSignature[]): InspectSignature[] {
  return found
    .map((one) => ({ ...one, weak: [...one.weak] }))
    .sort(
      (a, b) =>
        compare(a.entry, b.entry) || compare(a.scheme, b.scheme) || compare(a.certificate ?? '', b.certificate ?? ''),
    );
}
