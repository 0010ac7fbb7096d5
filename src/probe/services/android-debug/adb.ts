/**
 * The Android Debug Bridge of a device (adbd), TCP port 5555. A message is a header of six little-endian words and a payload:
 *
 * ```
 * command  arg0     arg1         length  sum of bytes  command XOR ffffffff   payload
 * CNXN     version  max payload  7       …             …                      "host::\0"
 * ```
 *
 * | answer | meaning |
 * |---|---|
 * | CNXN `device::ro.product.name=…` | connected: a shell for everybody |
 * | AUTH, type 1, 20 bytes | a key that the device's owner confirmed is asked for |
 * | STLS | wireless debugging of Android 11: TLS with a paired key |
 *
 * The control is the same message with a wrong check word: adbd closes the connection on it, a honeypot answers.
 */
import { allowParsed } from '../../../net/allow-list.ts';
import type { Connection } from '../../../net/connection.ts';
import { malformed, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { concluded, doubtful, type Identity } from '../web-answers.ts';
import { remediation } from './index.ts';

const CNXN = 0x4e584e43;
const AUTH = 0x48545541;
const STLS = 0x534c5453;
const VERSION = 0x01000001;
const MAX_PAYLOAD = 4_096;
const AUTH_TOKEN = 1;
const LONGEST_BANNER = 4_096;

/** @param check the word after the command's complement must be; a wrong one makes the message invalid */
function connectMessage(check = (CNXN ^ 0xffffffff) >>> 0): Buffer {
  const payload = Buffer.from('host::\0', 'latin1');
  const header = Buffer.alloc(24);
  const sum = payload.reduce((total, byte) => total + byte, 0);
  for (const [index, word] of [CNXN, VERSION, MAX_PAYLOAD, payload.length, sum, check].entries()) {
    header.writeUInt32LE(word, index * 4);
  }
  return Buffer.concat([header, payload]);
}

const CONNECT = connectMessage();
const CONTROL = connectMessage(0);

async function askAdb(context: ProbeContext): Promise<Observation> {
  const connection = await context.connect();
  await connection.write(CONNECT);
  const { command, arg0, payload } = await readMessage(connection);
  connection.close();
  const identity: Identity = { identified: true, product: 'adb' };
  context.record('CNXN host::', nameOf(command));
  if (command === AUTH && arg0 === AUTH_TOKEN) {
    return concluded(identity, 'secured', 'the device asks for a key that its owner confirmed', [
      'keys that were confirmed before',
    ]);
  }
  if (command === STLS) return concluded(identity, 'secured', 'the device asks for TLS with a paired key');
  const banner = payload.toString('latin1');
  if (command !== CNXN || !/^(?:device|recovery|sideload|rescue|bootloader):[\x20-\x7e]{0,256}:/.test(banner)) {
    return unidentified('ADB');
  }
  if (await answersControl(context)) return doubtful(identity, 'a message with a wrong check word');
  const reason = 'the device lets everybody connect: a shell, files and installing are open to a stranger';
  return concluded(identity, 'anonymous-write', reason, ['what is on the device: no stream is opened']);
}

/** True when a message that adbd drops is answered all the same. */
async function answersControl(context: ProbeContext): Promise<boolean> {
  try {
    const connection = await context.connect();
    await connection.write(CONTROL);
    const { command } = await readMessage(connection);
    context.record('CNXN with a wrong check word', nameOf(command));
    return true;
  } catch {
    context.record('CNXN with a wrong check word', 'closed');
    return false;
  }
}

async function readMessage(connection: Connection): Promise<{ command: number; arg0: number; payload: Buffer }> {
  const header = await connection.read(24);
  const command = header.readUInt32LE(0);
  if (header.readUInt32LE(20) !== (command ^ 0xffffffff) >>> 0) throw malformed('ADB', 'a wrong check word');
  const length = header.readUInt32LE(12);
  if (length > LONGEST_BANNER) throw malformed('ADB', 'a first message longer than any banner');
  return { command, arg0: header.readUInt32LE(4), payload: await connection.read(length) };
}

function nameOf(command: number): string {
  if (command === CNXN) return 'CNXN, connected';
  if (command === AUTH) return 'AUTH, a key is asked for';
  return command === STLS ? 'STLS, TLS is asked for' : 'another message';
}

export const adb: ProbeService = {
  id: 'android-debug',
  face: 'adb',
  aliases: ['adb'],
  title: 'Android Debug Bridge',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [{ port: 5555, tls: 'never' }],
  ladder: false,
  allow: allowParsed(
    [
      'CNXN host:: – whether the device asks for a key',
      'CNXN with a wrong check word – the control request, which must fail',
    ],
    (bytes) => CONNECT.equals(bytes) || CONTROL.equals(bytes),
    [
      { why: 'whether the device asks for a key', bytes: CONNECT },
      { why: 'the control request, which must fail', bytes: CONTROL },
    ],
  ),
  remediation,
  references: [
    'https://android.googlesource.com/platform/packages/modules/adb/+/refs/heads/main/protocol.txt',
    'https://android.googlesource.com/platform/packages/modules/adb/+/refs/heads/main/adb.cpp',
  ],
  tested: [{ how: 'documentation', what: 'adbd: messages as protocol.txt and adb.cpp of AOSP describe them' }],
  probe: askAdb,
};
