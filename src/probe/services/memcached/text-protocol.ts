/**
 * Memcached's text protocol (memcached/doc/protocol.txt) and, for servers with SASL only, two binary requests
 * (memcached/doc/protocol-binary.txt, "Version" and "Get").
 *
 *   request  <command>[ <argument>]\r\n
 *   answer   VERSION <v>\r\n | (STAT <name> <value>\r\n)* END\r\n | ERROR\r\n | CLIENT_ERROR <text>\r\n | SERVER_ERROR <text>\r\n
 *
 *   binary   magic 0x80|0x81, opcode, key length (2), extras length, data type, vbucket|status (2), body length (4),
 *            opaque (4), cas (8), body
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const MAX_LINE = 2048;
const MAX_STATS = 512;

/** One line without its end. */
export async function readLine(connection: Connection): Promise<string> {
  return (await connection.readUntil('\r\n', MAX_LINE)).toString('latin1').slice(0, -2);
}

/** The statistics, or the error line that came instead. */
export async function readStats(connection: Connection): Promise<Map<string, string> | { error: string }> {
  const stats = new Map<string, string>();
  for (let count = 0; count <= MAX_STATS; count++) {
    const line = await readLine(connection);
    if (line === 'END') return stats;
    if (isError(line)) return { error: line };
    const [, name, value] = /^STAT (\S{1,128}) (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw malformed('memcached text', 'bad statistics line');
    stats.set(name, value);
  }
  throw malformed('memcached text', 'too many statistics');
}

export function isError(line: string): boolean {
  return /^(?:ERROR$|(?:CLIENT|SERVER)_ERROR )/.test(line);
}

const STATUS = { 0: 'ok', 1: 'miss', 32: 'authentication required' } as const;

/** One binary request: `Version` (no key) or `Get`. Servers with SASL speak only this protocol. */
export function binaryRequest(command: 'version' | 'get', key = ''): Buffer {
  const head = Buffer.alloc(24);
  head[0] = 0x80;
  head[1] = command === 'version' ? 0x0b : 0x00;
  head.writeUInt16BE(Buffer.byteLength(key), 2);
  head.writeUInt32BE(Buffer.byteLength(key), 8);
  return Buffer.concat([head, Buffer.from(key)]);
}

/**
 * The answer to a binary request.
 * @throws PosternError `E_PROBE_IO`
 */
export async function readBinary(
  connection: Connection,
): Promise<{ status: 'ok' | 'miss' | 'authentication required' | 'error'; body: Buffer }> {
  const head = await connection.read(24);
  const length = head.readUInt32BE(8);
  if (head[0] !== 0x81 || length > 1024) throw malformed('memcached binary', 'header');
  const status = head.readUInt16BE(6);
  const body = length > 0 ? await connection.read(length) : Buffer.alloc(0);
  return { status: status === 0 || status === 1 || status === 32 ? STATUS[status] : 'error', body };
}
