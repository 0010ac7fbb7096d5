/**
 * DCE/RPC (C706 chapter 12) to the server service: NetrShareEnum, level 1 (MS-SRVS section 3.1.4.8).
 */
import { ByteCursor } from '../../byte-cursor.ts';
import { malformed } from '../../observations.ts';

const MOST_SHARES = 200;

/** Type 11, 72 bytes, one context: the service's interface 3.0 in NDR 2. */
export const BIND: Buffer = Buffer.from(
  '05000b03' +
    '10000000' +
    '48000000' +
    '01000000' +
    'b810b810' +
    '00000000' +
    '01000000' +
    '00000100' +
    'c84f324b7016d30112785a47bf6ee18803000000' +
    '045d888aeb1cc9119fe808002b10486002000000',
  'hex',
);

/** Server name: none; level 1 with an empty container; no limit on bytes; no resume handle. */
const STUB = Buffer.from(
  '00000000' + '01000000' + '01000000' + '00000200' + '00000000' + '00000000' + 'ffffffff' + '00000000',
  'hex',
);
export const SHARE_ENUM: Buffer = Buffer.concat([
  Buffer.from('05000003' + '10000000' + '38000000' + '02000000' + '20000000' + '00000f00', 'hex'),
  STUB,
]);

export interface Share {
  name: string;
  disk: boolean;
}

/** True for a bind that was accepted. */
export function isBindAck(pdu: Buffer): boolean {
  return pdu[0] === 5 && pdu[2] === 12;
}

/** The shares of a response; comments are skipped. @throws PosternError `E_PROBE_IO` */
export function parseShares(pdu: Buffer): Share[] | undefined {
  // A fault, or something else.
  if (pdu.length < 24 || pdu[0] !== 5 || pdu[2] !== 2) return undefined;
  const stub = new ByteCursor(pdu.subarray(24), 'SRVSVC');
  stub.take(12);
  const count = stub.u32le();
  if (stub.u32le() === 0) return [];
  if (count > MOST_SHARES || stub.u32le() !== count) throw malformed('SRVSVC', 'number of shares');
  const heads = Array.from({ length: count }, () => ({
    name: stub.u32le() !== 0,
    type: stub.u32le(),
    comment: stub.u32le() !== 0,
  }));
  return heads.map(({ name, type, comment }) => {
    const share = { name: name ? readText(stub) : '', disk: (type & 0x0fff_ffff) === 0 };
    if (comment) readText(stub);
    return share;
  });
}

function readText(stub: ByteCursor): string {
  stub.take(8);
  const units = stub.u32le();
  const bytes = stub.take(units * 2);
  stub.take(Math.min((4 - (stub.at % 4)) % 4, stub.left));
  return bytes.toString('utf16le').replace(/\0.*$/s, '');
}
