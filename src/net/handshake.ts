import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { PosternError } from '../core/errors.ts';
import { parseAddress } from './address.ts';
import { before, type Deadline } from './deadline.ts';
import type { TlsFacts } from './tls.ts';

/**
 * Makes a stream TLS. The certificate is recorded, not refused: a store with a bad certificate is judged all the same.
 * Old protocol versions and ciphers are accepted for the same reason.
 *
 * @param host what SNI and the certificate's name are held against
 * @throws PosternError `E_PROBE_IO`
 */
export async function handshake(
  socket: Duplex,
  host: string,
  deadline: Deadline,
): Promise<{ socket: TLSSocket; facts: TlsFacts }> {
  const secure = connect({
    socket,
    host,
    ...(parseAddress(host) === undefined ? { servername: host.replace(/\.$/, '') } : {}),
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  });
  const done = new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new PosternError('E_PROBE_IO', `The TLS handshake failed: ${why}.`));
    secure.once('secureConnect', resolve);
    secure.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'protocol error'));
    secure.once('close', () => fail('the peer closed the connection'));
  });
  secure.on('error', () => {});
  try {
    await before(deadline, 'the TLS handshake', done, () => secure.destroy());
  } catch (error) {
    secure.destroy();
    socket.destroy();
    throw error;
  }
  const certificate = secure.getPeerCertificate();
  return {
    socket: secure,
    facts: {
      protocol: secure.getProtocol() ?? 'unknown',
      fingerprint256: certificate?.fingerprint256 ?? '',
      trusted: secure.authorized,
    },
  };
}
