/** Servers that one test file starts, each in its own folder, and stops at its end. */

import { readFileSync } from 'node:fs';
import net from 'node:net';
import { createServer, type Server } from 'node:tls';
import type { ProbeResult } from '../../../src/probe/service.ts';
import { askPort } from '../../../src/probe/testing/ask.ts';
import { type Account, certificate, type Daemon, freePort, startDaemon, workFolder } from './daemon.ts';
import { GRAMMAR, isContradictionCheck, isTls } from './grammar.ts';
import { startRecorder } from './recorder.ts';

export interface FleetMember {
  name: string;
  command: string;
  account?: Account | undefined;
  env?: Record<string, string>;
  readyWithin?: number;
  /** Writes what the server needs into its folder and says how it is started; `port` is the one that is waited for. */
  args(port: number, folder: string): readonly string[];
}

export interface Fleet {
  start(member: FleetMember): Promise<Daemon>;
  /** A port that speaks TLS and hands what it hears to `upstream`, as reverse proxies do. */
  behindTls(upstream: number): Promise<number>;
  stop(): Promise<void>;
}

export function fleet(): Fleet {
  const daemons: Daemon[] = [];
  const fronts: Server[] = [];
  return {
    start: async ({ name, command, account, env, readyWithin, args }) => {
      const folder = workFolder(name, account);
      const port = await freePort();
      const daemon = await startDaemon({
        name,
        command,
        args: args(port, folder),
        port,
        folder,
        ...(account === undefined ? {} : { account }),
        ...(env === undefined ? {} : { env }),
        ...(readyWithin === undefined ? {} : { readyWithin }),
      });
      daemons.push(daemon);
      return daemon;
    },
    behindTls: async (upstream) => {
      const { key, cert } = certificate(workFolder('front'));
      const front = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
        const relay = net.connect(upstream, '127.0.0.1');
        const end = () => {
          client.destroy();
          relay.destroy();
        };
        client.on('error', end).on('close', end).pipe(relay);
        relay.on('error', end).on('close', end).pipe(client);
      });
      const port = await freePort();
      await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
      fronts.push(front);
      return port;
    },
    stop: async () => {
      for (const front of fronts) front.close();
      await Promise.all(daemons.map((daemon) => daemon.stop()));
    },
  };
}

/** Asks a real server through the recorder and holds every byte that is sent against the service's grammar. */
export async function foreignBytes(service: string, upstream: number): Promise<string | undefined> {
  const recorder = await startRecorder(upstream);
  try {
    await askPort(recorder.port, service);
    const sent = recorder.sent().filter((bytes) => !isContradictionCheck(bytes) && !isTls(bytes));
    if (Buffer.concat(sent).length === 0) return 'nothing was sent';
    return sent.map((bytes) => GRAMMAR[service]?.(bytes)).find((foreign) => foreign !== undefined);
  } finally {
    recorder.close();
  }
}

/** Asks until the server has finished starting: an open port is not yet a server that is ready. */
export async function askWhenReady(port: number, service: string, ready = isConclusive): Promise<ProbeResult> {
  const limit = Date.now() + 60_000;
  for (;;) {
    const result = await askPort(port, service);
    if (ready(result) || Date.now() > limit) return result;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function isConclusive({ verdict }: ProbeResult): boolean {
  return !['inconclusive', 'unidentified', 'refused'].includes(verdict);
}
