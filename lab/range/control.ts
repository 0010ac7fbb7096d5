/**
 * How one command finds a range that another one keeps running: a file in a folder of this user alone names a loopback
 * port and a token. One range runs at a time, because its ports are the standard ones.
 *
 *   GET /status   what runs, as JSON
 *   POST /restart starts the services again from their files; answers like /status
 *   POST /stop    stops the range and its command
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PosternError } from '../../src/core/errors.ts';
import type { Range } from './range.ts';

const ANSWER_MS = 20_000;

const stateSchema = z.object({ port: z.int().min(1).max(65_535), token: z.string().min(20), pid: z.int() });

const statusSchema = z.object({
  dir: z.string(),
  configPath: z.string(),
  services: z.array(
    z.object({
      name: z.enum(['search', 'db', 'live', 'api']),
      product: z.string(),
      state: z.enum(['running', 'skipped']),
      reason: z.string().optional(),
      addresses: z.array(z.string()),
      port: z.int(),
    }),
  ),
});

export type RangeStatus = z.infer<typeof statusSchema>;

/** A range that runs in another process of this user. */
export interface RemoteRange {
  pid: number;
  status: RangeStatus;
  restart(): Promise<RangeStatus>;
  stop(): Promise<void>;
}

export interface Announcement {
  /** Takes the announcement back. */
  close(): Promise<void>;
}

/** Lets `findRange` of other processes see this range. `onStop` is called once when one of them asks it to stop. */
export async function announceRange(range: Range, onStop: () => void, folder?: string): Promise<Announcement> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    respond(request, response, range, token, onStop).catch((error: unknown) => {
      response.writeHead(500, { connection: 'close' }).end(error instanceof Error ? error.message : 'no reason given');
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
      else reject(new Error('the control port has no number'));
    });
  });
  const path = await statePath(folder);
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify({ port, token, pid: process.pid }), { mode: 0o600, flag: 'wx' });
  return {
    close: async () => {
      await rm(path, { force: true });
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}

/** The range that runs for this user, or undefined. What a range left behind when it was killed is cleared away. */
export async function findRange(folder?: string): Promise<RemoteRange | undefined> {
  const path = await statePath(folder);
  let state: z.infer<typeof stateSchema>;
  try {
    state = stateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
  async function ask(method: string, route: string): Promise<RangeStatus> {
    const answer = await fetch(`http://127.0.0.1:${state.port}${route}`, {
      method,
      headers: { authorization: `Bearer ${state.token}`, connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new PosternError('E_LAB', `The range failed: ${await answer.text()}`);
    return statusSchema.parse(await answer.json());
  }
  try {
    return {
      pid: state.pid,
      status: await ask('GET', '/status'),
      restart: () => ask('POST', '/restart'),
      stop: async () => {
        await ask('POST', '/stop');
      },
    };
  } catch {
    await rm(path, { force: true });
    return undefined;
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  range: Range,
  token: string,
  onStop: () => void,
): Promise<void> {
  request.resume();
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return reply(response, 401, {});
  const asked = `${request.method} ${request.url}`;
  if (asked === 'POST /restart') await range.restart();
  else if (asked !== 'GET /status' && asked !== 'POST /stop') return reply(response, 404, {});
  const { dir, configPath, services } = range;
  reply(response, 200, { dir, configPath, services });
  if (asked === 'POST /stop') response.once('close', onStop);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

/** The temporary folder is shared: only a folder that is this user's own, and closed to others, is trusted. */
async function statePath(folder: string | undefined): Promise<string> {
  const { uid, username } = userInfo();
  const own = folder ?? join(tmpdir(), `postern-lab-${uid >= 0 ? uid : username}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const facts = await lstat(own);
  const foreign = process.platform !== 'win32' && (facts.uid !== uid || (facts.mode & 0o077) !== 0);
  if (!facts.isDirectory() || foreign) {
    throw new PosternError('E_LAB', `${own} belongs to somebody else or is open to others.`, {
      hint: 'Remove it, or set TMPDIR to a folder of your own.',
    });
  }
  return join(own, 'range.json');
}
