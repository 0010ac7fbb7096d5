/** What the vault did, as receipts say it: dates in words, nothing else added. */
import type { ShredReceiptEvent } from '../../crypto/shred-receipt.ts';
import type { DestroyedEpoch } from './rotate.ts';
import type { ShredReport } from './shred.ts';

/** @param facts.documentsKept the person's documents were left where they are, on purpose */
export function shredEvent(
  report: ShredReport,
  { documentsKept = false }: { readonly documentsKept?: boolean } = {},
): ShredReceiptEvent {
  const { subject, hadKey, times, samples, gateways, liveUnreadableAt, backups } = report;
  return {
    kind: 'shred',
    subject,
    hadKey,
    ...(documentsKept ? { documentsKept } : {}),
    times: {
      tombstone: iso(times.tombstone),
      documents: iso(times.documents),
      key: iso(times.key),
      purge: iso(times.purge),
    },
    // Member by member: nothing that a caller hangs on may get into a receipt.
    documents: report.documents.map(({ resource, before, deleted, after, retained, reason }) => {
      return { resource, before, deleted, after, retained, reason };
    }),
    samples: {
      taken: samples.taken,
      readableBefore: samples.readableBefore,
      triedAfter: samples.triedAfter,
      readableAfter: 0,
    },
    gateways: { confirmed: gateways.confirmed, expired: gateways.expired },
    liveUnreadableAt: iso(liveUnreadableAt),
    backups: {
      epochs: [...backups.epochs],
      unreadableAt: backups.unreadableAt === null ? null : iso(backups.unreadableAt),
      due: backups.due === null ? null : iso(backups.due),
    },
  };
}

export function epochEvent(destroyed: DestroyedEpoch): ShredReceiptEvent {
  const { epoch, created, ends, at, rewrapped, unreached } = destroyed;
  return {
    kind: 'epoch-destroyed',
    epoch,
    created: iso(created),
    ends: iso(ends),
    destroyedAt: iso(at),
    rewrapped,
    unreached: [...unreached],
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
