/** A recording relay: stands between the probe and a server, and keeps every byte that the probe sends. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export interface Recorder {
  port: number;
  /** What each connection sent, in full. */
  sent(): Buffer[];
  close(): void;
}

/** @param upstream the server's port; without one the relay plays a server that never answers */
export async function startRecorder(upstream?: number): Promise<Recorder> {
  const connections: Buffer[][] = [];
  const server = createServer((client) => {
    const sent: Buffer[] = [];
    connections.push(sent);
    client.on('data', (chunk) => sent.push(chunk));
    client.on('error', () => {});
    if (upstream === undefined) return;
    const relay = connect(upstream, '127.0.0.1');
    relay.on('error', () => client.destroy());
    client.on('close', () => relay.destroy());
    client.pipe(relay).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    sent: () => connections.map((chunks) => Buffer.concat(chunks)),
    close: () => server.close(),
  };
}
