/**
 * Erases a person from the declared resources: finds, deletes until nothing is found, shreds the key, and signs a receipt.
 *
 * With a vault the order is that of a shred (see `guard/vault/shred.ts`): a tombstone first, so that nothing can be written
 * with the person's key while documents go. Each step is recorded durably, and the same call goes on where one was stopped.
 * A legal hold on documents that hold encrypted fields keeps the key, too: what must be kept must stay readable.
 */
import { isEncrypted } from '../guard/api/index.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import type { Resource } from '../guard/contract/resource.ts';
import type { ShredRow, Vault } from '../guard/contract/vault.ts';
import type { DocumentCounts, ShredReport, VaultAdmin } from '../guard/vault/index.ts';
import { deleteDocuments, type EraseParts, findDocuments, type Person, type ResourceFindings } from './documents.ts';
import { sampleCiphertexts } from './samples.ts';

export interface ErasurePlan {
  readonly resources: readonly ResourceFindings[];
  readonly key: KeyPlan;
  /** A shred of this person that was begun and is not done; null: none. */
  readonly resumes: ShredRow['step'] | null;
}

/** `none`: no vault, or it knows no key of the person. `kept`: held documents need it. */
export type KeyPlan = 'shred' | 'shredded' | 'none' | 'kept';

export interface ErasureParts extends EraseParts {
  readonly vault: (Vault & VaultAdmin) | null;
}

export interface ErasureOptions {
  /** How long the key of an epoch is kept after its end, ms. */
  readonly retain: number;
  /** Signs and keeps the receipt of a shred; its answer is kept with the shred. */
  readonly issueShredReceipt: (report: ShredReport) => Promise<string>;
  readonly onStep?: (step: ShredRow['step']) => void;
  readonly onProgress?: (resource: string, deleted: number) => void;
  readonly signal?: AbortSignal;
}

export type Erasure =
  | { readonly kind: 'shredded'; readonly report: ShredReport }
  /** Documents alone: there is no key, a hold keeps it, or it was destroyed before. */
  | {
      readonly kind: 'documents';
      readonly documents: readonly DocumentCounts[];
      readonly key: 'none' | 'kept' | 'shredded';
    };

/** What an erasure would do. Asks the stores and changes nothing. */
export async function planErasure(subject: string, parts: ErasureParts): Promise<ErasurePlan> {
  const known = await parts.vault?.exportSubject(subject);
  const resources = await findDocuments({ subject, reference: known?.reference }, parts);
  const shred = known?.shred ?? null;
  return {
    resources,
    key: keyPlanOf(parts, known, resources),
    resumes: shred === null || shred.step === 'receipt' ? null : shred.step,
  };
}

/**
 * @throws Refusal `unavailable` where a store or the vault cannot be asked, `conflict` where documents keep arriving: run it again
 */
export async function erase(subject: string, parts: ErasureParts, options: ErasureOptions): Promise<Erasure> {
  const plan = await planErasure(subject, parts);
  const unasked = plan.resources.filter(({ owned }) => owned === null);
  if (unasked.length > 0) {
    throw new Refusal('unavailable', `erase: ${unasked.map(({ resource }) => resource).join(', ')} cannot be asked`);
  }
  const { vault } = parts;
  const progress = {
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.signal && { signal: options.signal }),
  };
  const person = (reference: string): Person => ({ subject, reference });
  const deleteAlone = async (reference: string | undefined): Promise<readonly DocumentCounts[]> => {
    const documents = await deleteDocuments({ subject, reference }, parts, progress);
    const left = documents.filter(({ after, retained }) => after > retained);
    if (left.length > 0) throw new Refusal('conflict', 'erase: documents of the person keep arriving; run it again');
    return documents;
  };
  const known = await vault?.exportSubject(subject);
  if (vault === null || plan.key === 'kept') {
    const documents = await deleteAlone(known?.reference);
    return { kind: 'documents', documents, key: plan.key === 'kept' ? 'kept' : 'none' };
  }
  const report = await vault.shredSubject(subject, {
    retain: options.retain,
    deleteDocuments: (reference) => deleteDocuments(person(reference), parts, progress),
    sampleCiphertexts: (reference) => sampleCiphertexts(person(reference), parts, vault),
    issueReceipt: options.issueShredReceipt,
    ...(options.onStep && { onStep: options.onStep }),
  });
  // Its last look at the documents may be years ago: what came back with a backup, was never encrypted, or was left on
  // purpose then goes now.
  const wasOver = known?.shred?.step === 'purge' || known?.shred?.step === 'receipt';
  if (wasOver && plan.resources.some(({ owned }) => owned !== null && owned > 0)) {
    return { kind: 'documents', documents: await deleteAlone(known?.reference), key: 'shredded' };
  }
  return { kind: 'shredded', report };
}

function keyPlanOf(
  { vault, resources }: ErasureParts,
  known: Awaited<ReturnType<VaultAdmin['exportSubject']>>,
  findings: readonly ResourceFindings[],
): KeyPlan {
  if (vault === null) return 'none';
  const heldIn = (of: 'held' | 'mentionedHeld') =>
    new Set(findings.filter((one) => one[of] > 0).map(({ resource }) => resource));
  const [own, others] = [heldIn('held'), heldIn('mentionedHeld')];
  const isNeeded = (one: Resource) =>
    (own.has(one.position) && hasEncrypted(one, true)) || (others.has(one.position) && hasEncrypted(one, false));
  if (known?.hasKey && resources.some(isNeeded)) return 'kept';
  if (known?.shred?.step === 'receipt') return 'shredded';
  return known === undefined ? 'none' : 'shred';
}

/** Whether fields are encrypted for the owner, or for somebody else. */
function hasEncrypted({ fields, subjects }: Resource, owner: boolean): boolean {
  return [...fields.values()].some(
    (field) => isEncrypted(field) && (subjects.get(field.encryption.subject)?.from === 'owner') === owner,
  );
}
