import { allowDeclared } from '../../declared-bytes.ts';
import { call, MOUNT, NFS, PORTMAP } from './rpc.ts';
import { askAccess, listFolder } from './v4.ts';

/** The transaction ids are fixed, so that whole requests can be compared. */
export const XID = 0x506f_7374;

export const DUMP: Buffer = call(XID, PORTMAP, 2, 4);
export const EXPORTS: Buffer = call(XID, MOUNT, 3, 5);
export const NFS_NULL: Buffer = call(XID, NFS, 4, 0);
/** A program number of the user-defined range that nobody has: must be refused. */
export const NO_PROGRAM: Buffer = call(XID, 0x2f5e_6d11, 1, 0);

const MOST_PARTS = 6;

export const nfsAllow = allowDeclared([
  { why: 'portmapper DUMP – which programs there are', bytes: DUMP },
  { why: 'NULL of a program that cannot exist; must be refused', bytes: NO_PROGRAM },
  { why: 'mountd EXPORT – what is exported to whom', bytes: EXPORTS },
  { why: 'NFSv4 NULL', bytes: NFS_NULL },
  {
    why: 'NFSv4 PUTROOTFH, LOOKUP <folder>, READDIR – names only, as nobody',
    bytes: listFolder(XID, ['srv']),
    permits: (sent) => isPathRequest(sent, listFolder),
  },
  {
    why: 'NFSv4 PUTROOTFH, LOOKUP <folder>, ACCESS – what nobody may do there',
    bytes: askAccess(XID, ['srv']),
    permits: (sent) => isPathRequest(sent, askAccess),
  },
]);

/** Written again from its path it is the same. */
function isPathRequest(sent: Buffer, build: (xid: number, path: readonly string[]) => Buffer): boolean {
  if (sent.length > 4_096) return false;
  const start = build(XID, []).indexOf(Buffer.from([0, 0, 0, 24]), 60) + 4;
  const path: string[] = [];
  let at = start;
  while (path.length < MOST_PARTS && at + 8 <= sent.length && sent.readUInt32BE(at) === 15) {
    const length = sent.readUInt32BE(at + 4);
    if (length === 0 || length > 255 || at + 8 + length > sent.length) return false;
    path.push(sent.toString('utf8', at + 8, at + 8 + length));
    at += 8 + Math.ceil(length / 4) * 4;
  }
  return build(XID, path).equals(sent);
}
