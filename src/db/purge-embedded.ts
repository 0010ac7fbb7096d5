import type { Environment } from './embedded-environment.ts';
import { entries } from './embedded-environment.ts';
import type { MemberRow, PurgeBoard } from './purge.ts';
import { ownReferenceBytes, referenceText } from './vault-rows.ts';

const LAST = Buffer.from('last');
const BATCH = 256;

/** Purge messages and leases as rows of an environment: members of all processes of the machine look there. */
export function createEmbeddedBoard(environment: Environment): PurgeBoard {
  const messages = environment.table('purge-messages');
  const members = environment.table('purge-members');
  const counters = environment.table('purge-counters');

  function last(): number {
    return Number(counters.getBinary(LAST)?.readBigUInt64BE() ?? 0n);
  }

  function member(name: Buffer): MemberRow | undefined {
    const bytes = members.getBinary(name);
    return bytes && decode(name, bytes);
  }

  return {
    enter: (name, leaseMs) =>
      environment.write(() => {
        const seen = last();
        members.put(Buffer.from(name), encode({ name, renewals: 0, leaseMs, seen, renewedAt: Date.now() }));
        return seen;
      }),
    renew: (name, seen) =>
      environment.write(() => {
        const key = Buffer.from(name);
        const row = member(key);
        if (row === undefined) return false;
        members.put(key, encode({ ...row, renewals: row.renewals + 1, seen, renewedAt: Date.now() }));
        return true;
      }),
    leave: (name) =>
      environment.write(() => {
        members.remove(Buffer.from(name));
      }),
    giveUp: (name, renewals) =>
      environment.write(() => {
        const key = Buffer.from(name);
        if (member(key)?.renewals !== renewals) return false;
        members.remove(key);
        return true;
      }),
    members: () =>
      environment.read(() => entries(members, { limit: 10_000 }).map(({ key, value }) => decode(key, value))),
    post: (reference) =>
      environment.write(() => {
        const bytes = ownReferenceBytes(reference);
        const number = last() + 1;
        messages.put(numberKey(number), bytes);
        counters.put(LAST, numberKey(number));
        return number;
      }),
    after: (number) =>
      environment.read(() =>
        last() <= number
          ? []
          : entries(messages, { start: numberKey(number + 1), limit: BATCH }).map(({ key, value }) => ({
              number: Number(key.readBigUInt64BE()),
              reference: referenceText(value),
            })),
      ),
  };
}

function numberKey(number: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(number));
  return key;
}

/** Four doubles: renewals, lease, seen, renewed at. */
function encode({ renewals, leaseMs, seen, renewedAt }: MemberRow): Buffer {
  const bytes = Buffer.alloc(32);
  for (const [at, value] of [renewals, leaseMs, seen, renewedAt].entries()) bytes.writeDoubleLE(value, at * 8);
  return bytes;
}

function decode(name: Buffer, bytes: Buffer): MemberRow {
  return {
    name: name.toString('utf8'),
    renewals: bytes.readDoubleLE(0),
    leaseMs: bytes.readDoubleLE(8),
    seen: bytes.readDoubleLE(16),
    renewedAt: bytes.readDoubleLE(24),
  };
}
