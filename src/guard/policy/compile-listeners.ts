import type { ListenerConfig } from './listener-config.ts';
import type { Path, Problems } from './problems.ts';
import { splitAddress } from './schema/listener.ts';
import { isLoopback, originOf } from './schema/names.ts';
import type { PolicyFile } from './schema/policy.ts';

type ListenerFile = PolicyFile['listeners'][number];

export function compileListeners(
  files: readonly ListenerFile[],
  resolve: (file: string) => string,
  problems: Problems,
): readonly ListenerConfig[] {
  const seen = new Set<string>();
  return Object.freeze(
    files.map((file, index): ListenerConfig => {
      const path = ['listeners', index];
      if (seen.has(file.address) && !file.address.endsWith(':0')) {
        problems.add([...path, 'address'], 'is listed twice', 'Each listener has an address of its own.');
      }
      seen.add(file.address);
      const { host = '', port = 0 } = splitAddress(file.address) ?? {};
      checkTransport(file, host, path, problems);
      const scheme = file.tls ? 'https' : 'http';
      const fallback = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
      return Object.freeze({
        host,
        port,
        publicUrl: originOf(file.publicUrl ?? fallback, ['http:', 'https:'])?.origin ?? fallback,
        tls: file.tls
          ? Object.freeze({
              certificate: resolve(file.tls.certificate),
              key: resolve(file.tls.key),
              minVersion: file.tls.minVersion,
              clientCertificates: file.tls.clientCertificates,
              clientCa: file.tls.clientCa === undefined ? null : resolve(file.tls.clientCa),
            })
          : null,
        http2: file.http2 ?? file.tls !== undefined,
      });
    }),
  );
}

function checkTransport(file: ListenerFile, host: string, path: Path, problems: Problems): void {
  if (!file.tls && !file.insecure && !isLoopback(host)) {
    problems.add(
      path,
      'plain HTTP is for loopback addresses',
      'Add `tls:`, or say `insecure: true` where TLS ends before the gateway.',
    );
  }
  if (!file.tls && file.http2 === true) {
    problems.add([...path, 'http2'], 'HTTP/2 needs TLS', 'Add `tls:`, or leave `http2` out.');
  }
  if (file.tls && (file.tls.clientCertificates === 'none') !== (file.tls.clientCa === undefined)) {
    problems.add(
      [...path, 'tls'],
      'clientCa and clientCertificates go together',
      'Use `clientCertificates: optional` or `required` with a `clientCa`.',
    );
  }
}
