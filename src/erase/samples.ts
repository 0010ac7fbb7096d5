import { isEncrypted, placeOf } from '../guard/api/index.ts';
import type { ResourceStore } from '../guard/contract/resource.ts';
import type { Vault } from '../guard/contract/vault.ts';
import type { SampleCiphertext } from '../guard/vault/index.ts';
import type { EraseParts, Person } from './documents.ts';
import { scopesOf } from './scope.ts';

/** Documents of each resource that are looked at. */
const DOCUMENTS = 5;

/** Some encrypted values of the person, as the stores hold them: they are tried before and after the key is gone. */
export async function sampleCiphertexts(
  { subject, reference }: Person,
  { resources, stores }: EraseParts,
  vault: Vault,
): Promise<readonly SampleCiphertext[]> {
  const samples: SampleCiphertext[] = [];
  for (const resource of resources) {
    const fields = [...resource.fields.values()].filter(isEncrypted).filter(({ encryption }) => {
      return resource.subjects.get(encryption.subject)?.from === 'owner';
    });
    const scopes = fields.length === 0 ? undefined : scopesOf(resource, subject, reference);
    const store: ResourceStore | undefined = stores.get(resource.upstream);
    if (scopes === undefined || store === undefined) continue;
    const query = { conditions: [], order: [], size: DOCUMENTS, after: null };
    for (const { columns } of (await store.list(scopes.owned, query)).documents) {
      for (const field of fields) {
        const text = columns[field.column];
        if (typeof text === 'string' && vault.isSealed(text)) samples.push({ place: placeOf(resource, field), text });
      }
    }
  }
  return samples;
}
