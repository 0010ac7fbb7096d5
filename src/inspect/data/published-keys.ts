/**
 * Private keys that libraries publish in their own source, for tests and probes of theirs: known to everyone, guarding
 * nothing. By SHA-256 of the first 64 base64 characters of the body.
 */
export const PUBLISHED_KEYS: ReadonlyMap<string, { name: string; source: string }> = new Map([
  [
    '664bbc9a2d4540ff4917463bc045c4047c59403516abc7a3e5fd24a17c9da271',
    {
      name: 'Netty, which probes OpenSSL with it',
      source: 'https://github.com/netty/netty/blob/4.1/handler/src/main/java/io/netty/handler/ssl/OpenSsl.java',
    },
  ],
]);
