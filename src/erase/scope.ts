/** Which documents of a resource are a person's, as the resource's declaration says it. */
import type { BoundFilter } from '../guard/contract/grant.ts';
import type { Resource, ResourceOwner, ResourceScope } from '../guard/contract/resource.ts';
import type { Reference } from '../guard/contract/vault.ts';
import { bindFilter } from '../guard/document/index.ts';
import { type JsonObject, type JsonScalar, jsonObject } from '../guard/json/value.ts';

const NO_CLAIMS: JsonObject = jsonObject([]);

export interface PersonalScopes {
  /** All documents of the person. */
  readonly owned: ResourceScope;
  /** Those of them that a legal hold keeps; null: nothing is held. */
  readonly held: ResourceScope | null;
  /** Those that are to go. */
  readonly erasable: ResourceScope;
}

/**
 * @param reference the person's pseudonym; undefined: there is none
 * @returns undefined where no document can be the person's: the resource has no owner, or knows people by pseudonyms and
 *   this one has none
 */
export function scopesOf(
  resource: Resource,
  subject: string,
  reference: Reference | undefined,
): PersonalScopes | undefined {
  const { owner, hold } = resource;
  if (owner === null) return undefined;
  const value = owner.pseudonym ? reference : ownerValue(owner, subject);
  if (value === undefined) return undefined;
  const mine: BoundFilter = {
    kind: 'terms',
    field: owner.column,
    type: owner.type === 'number' && !owner.pseudonym ? 'number' : 'keyword',
    values: [value],
  };
  // The declaration's own filter narrows what the API shows; erasure goes by the owner alone.
  if (hold === null) return { owned: { resource, bound: mine }, held: null, erasable: { resource, bound: mine } };
  const kept = bindFilter(hold.filter, NO_CLAIMS);
  return {
    owned: { resource, bound: mine },
    held: { resource, bound: { kind: 'all', filters: [mine, kept] } },
    erasable: { resource, bound: { kind: 'all', filters: [mine, { kind: 'none', filters: [kept] }] } },
  };
}

export interface Mention {
  /** Name of the subject. */
  readonly subject: string;
  readonly scope: ResourceScope;
  /** Those of them that a legal hold keeps; null: nothing is held. */
  readonly held: ResourceScope | null;
}

/** Documents of others in which the person is one of the further subjects. */
export function mentionsOf(resource: Resource, reference: Reference | undefined): readonly Mention[] {
  if (reference === undefined) return [];
  const kept = resource.hold === null ? null : bindFilter(resource.hold.filter, NO_CLAIMS);
  return [...resource.subjects.values()]
    .filter(({ from }) => from !== 'owner')
    .map(({ name, reference: field }) => {
      const bound: BoundFilter = { kind: 'terms', field, type: 'keyword', values: [reference] };
      return {
        subject: name,
        scope: { resource, bound },
        held: kept === null ? null : { resource, bound: { kind: 'all', filters: [bound, kept] } },
      };
    });
}

function ownerValue({ type }: ResourceOwner, subject: string): JsonScalar | undefined {
  if (type === 'uuid') return subject.toLowerCase();
  if (type !== 'number') return subject;
  // The one way in which a claim's number is printed: `042` or `0x2A` is somebody else, in a resource of texts.
  const number = Number(subject);
  return Number.isSafeInteger(number) && String(number) === subject ? number : undefined;
}
