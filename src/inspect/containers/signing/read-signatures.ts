/**
 * Who signed an APK, and how. Read, not verified: an installer verifies, and a package that is inspected is often not
 * signed yet, or signed again by the store.
 */
import type { Coverage } from '../coverage.ts';
import type { Job } from '../job.ts';
import { readEntry } from '../read-entry.ts';
import { isAppManifest } from '../role.ts';
import type { ZipEntry } from '../zip-entry.ts';
import { jarSigners } from './jar-signature.ts';
import { readSigningBlock } from './signing-block.ts';

/** The file of a signature has a few kilobytes, with all certificates. */
const MAX_BYTES = 1 << 20;
const MAX_FILES = 16;
const JAR_SIGNATURE = /^META-INF\/[^/]{1,200}\.(?:RSA|DSA|EC)$/i;

export async function readSignatures(job: Job, coverage: Coverage, entries: readonly ZipEntry[]): Promise<void> {
  const isPart = job.depth > 0 && job.splits !== undefined;
  if ((job.depth > 0 && !isPart) || !entries.some(({ name }) => isAppManifest(name))) return;
  const { sink, source, budget, prefix } = job;
  const told: string[] = [];
  for (const entry of entries.filter(({ name }) => JAR_SIGNATURE.test(name)).slice(0, MAX_FILES)) {
    const label = prefix + entry.name;
    const { bytes } = await readEntry(source, entry, budget, { most: MAX_BYTES });
    const signers = jarSigners(bytes);
    if (signers === undefined) {
      const reason = 'the signature is damaged or of an unknown form';
      sink.skip({ subject: label, code: 'SIGNATURE_DAMAGED', reason, severity: 'note' });
      continue;
    }
    for (const signer of signers) sink.signature({ scheme: 'v1', ...signer, entry: label });
    told.push('v1');
  }
  const label = `${prefix}(APK Signing Block)`;
  const block = readSigningBlock(source);
  for (const signature of block?.signatures ?? []) {
    sink.signature({ ...signature, entry: label });
    told.push(signature.scheme);
  }
  if (block !== undefined && block.lineage.length > 1) told.push(`a lineage of ${block.lineage.length} keys`);
  if (block?.hasSourceStamp) told.push('a source stamp');
  if (block?.damage !== undefined) {
    const reason = `the APK Signing Block is damaged: ${block.damage}`;
    sink.skip({ subject: label, code: 'SIGNATURE_DAMAGED', reason, severity: 'note' });
  }
  // a library (AAR) is not signed, and what is not built to the end is signed later
  const isPackage = entries.some(({ name }) => /^(?:classes\.dex|resources\.arsc|BundleConfig\.pb)$/.test(name));
  if (told.length === 0 && !isPackage) return;
  const schemes = [...new Set(told)].join(', ');
  coverage.add(`${prefix}(APK signature)`, {
    status: 'read',
    reason: told.length === 0 ? 'not signed' : `${schemes}; read, not verified`,
  });
}
