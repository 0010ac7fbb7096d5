/** NTLMSSP messages of nobody (MS-NLMP sections 2.2.1.1 and 2.2.1.3; anonymous: section 3.2.5.1.2). */

/** Unicode, target requested, NTLM, extended session security. */
const FLAGS = 0x0008_0205;
const ANONYMOUS_FLAG = 0x0000_0800;

export const NTLM_NEGOTIATE: Buffer = Buffer.alloc(32);
NTLM_NEGOTIATE.write('NTLMSSP\0', 'latin1');
NTLM_NEGOTIATE.writeUInt32LE(1, 8);
NTLM_NEGOTIATE.writeUInt32LE(FLAGS, 12);

/** No user, no domain, no NT response, and an LM response of one zero byte: an anonymous login. */
export const ANONYMOUS: Buffer = Buffer.alloc(65);
ANONYMOUS.write('NTLMSSP\0', 'latin1');
ANONYMOUS.writeUInt32LE(3, 8);
ANONYMOUS.writeUInt16LE(1, 12);
ANONYMOUS.writeUInt16LE(1, 14);
for (const field of [16, 24, 32, 40, 48, 56]) ANONYMOUS.writeUInt32LE(64, field);
ANONYMOUS.writeUInt32LE(FLAGS | ANONYMOUS_FLAG, 60);
