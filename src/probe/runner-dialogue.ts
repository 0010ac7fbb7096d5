/** One service's dialogue on one port, with its TLS policy, and what it left behind. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { PosternError } from '../core/errors.ts';
import type { ExchangeEvidence } from '../core/evidence.ts';
import { type AllowList, allowEither } from '../net/allow-list.ts';
import type { HttpAnswer, PostingSession } from '../net/connection.ts';
import {
  type Deadline,
  type Dialer,
  isLoopbackText,
  type NetworkTarget,
  Peer,
  type PeerSigns,
  type PinnedAddress,
} from '../net/index.ts';
import type { Observation, ProbeContext, ProbeOptions, ProbeService } from './service.ts';

/** What the dialogues on one port share. */
export interface PortRun {
  readonly dialer: Dialer;
  readonly target: NetworkTarget;
  readonly at: PinnedAddress;
  readonly port: number;
  readonly options: ProbeOptions;
  readonly now: () => Date;
  /** The port was seen to speak TLS. */
  tls: boolean;
  /** The port was seen to answer in clear although TLS was expected. */
  clear?: boolean;
  /** TLS was tried once; it is not tried again. */
  tlsTried: boolean;
  /** The answer to `GET /`, asked once for all HTTP services of the port. */
  root: HttpAnswer | undefined;
  /** A connected socket that the next dialogue uses first. */
  socket: Socket | undefined;
  /** Which fields tell people apart, from whoever knows what fields hold. */
  subjectFields?: ProbeContext['subjectFields'];
  /** Where values go; only with `--sample`. */
  values?: ProbeContext['values'];
  /** Headers that sign an account of the owner in. */
  signedIn?: Readonly<Record<string, string>> | undefined;
  /** Where it may be asked: whether a port that hung up without a word speaks in clear all the same. */
  speaksInClear?: (deadline: Deadline) => Promise<boolean>;
}

export interface DialogueOutcome {
  observation?: Observation;
  /** Why there is no observation. */
  failure?: PosternError;
  exchanges: ExchangeEvidence[];
  signs: PeerSigns;
}

/** @param firstByteMs how long the peer has for the first byte of an answer */
export async function runDialogue(
  run: PortRun,
  service: ProbeService,
  deadline: Deadline,
  firstByteMs: number,
): Promise<DialogueOutcome> {
  const policy = tlsPolicy(service, run.port);
  // Credentials cross a network over TLS alone, so nothing is tried in clear before it.
  const secret = run.signedIn !== undefined && !isLoopbackText(run.at.address);
  const tls = policy !== 'never' && (run.tls || secret || (policy === 'first' && !run.clear));
  const first = await once(run, service, tls, deadline, firstByteMs);
  if (first.signs.tls !== undefined && policy !== 'never') run.tls = true;
  if (first.observation?.identified || run.tlsTried || run.tls || policy === 'never') return first;
  const wanted = tls ? first.signs.tls === undefined : first.signs.wantsTls || first.signs.closedSilently;
  if (!wanted) return first;
  run.tlsTried = true;
  run.root = undefined;
  const second =
    tls || first.signs.wantsTls
      ? await once(run, service, !tls, deadline, firstByteMs)
      : await overTlsUnlessClear(run, service, deadline, firstByteMs);
  if (tls) {
    // A port that answers in clear is asked in clear by the services after this one, too.
    run.clear = second.signs.spoke;
    return second.observation === undefined ? first : second;
  }
  if (second.signs.tls === undefined) return first;
  run.tls = true;
  return second;
}

/**
 * TLS on a port that hung up on a request in clear. Not only TLS ports do: Redis hangs up on HTTP, and then waits for the end
 * of a line, which a handshake does not have. Seen to speak in clear meanwhile, it is not waited for.
 */
async function overTlsUnlessClear(
  run: PortRun,
  service: ProbeService,
  deadline: Deadline,
  firstByteMs: number,
): Promise<DialogueOutcome> {
  const over = new AbortController();
  const signal = deadline.signal === undefined ? over.signal : AbortSignal.any([deadline.signal, over.signal]);
  const shared = { ...deadline, signal };
  const looking = run.speaksInClear?.(shared).then((clear) => {
    if (clear) over.abort();
  });
  const outcome = await once(run, service, true, shared, firstByteMs);
  over.abort();
  await looking;
  return outcome;
}

async function once(
  run: PortRun,
  service: ProbeService,
  tls: boolean,
  deadline: Deadline,
  firstByteMs: number,
): Promise<DialogueOutcome> {
  const exchanges: ExchangeEvidence[] = [];
  const { sampling } = service;
  const allow =
    run.values === undefined || sampling === undefined ? service.allow : allowEither(service.allow, sampling);
  const { peer, context } = openContext(run, service.id, allow, tls, deadline, firstByteMs, exchanges);
  try {
    return { observation: await service.probe(context), exchanges, signs: peer.signs };
  } catch (error) {
    return { failure: asFailure(error), exchanges, signs: peer.signs };
  } finally {
    peer.close();
  }
}

/** A context over a fresh peer; also what positive controls run in. The caller closes the peer. */
export function openContext(
  run: PortRun,
  service: string,
  allow: AllowList,
  tls: boolean,
  deadline: Deadline,
  firstByteMs: number,
  exchanges: ExchangeEvidence[],
  credentials = false,
): { peer: Peer; context: ProbeContext } {
  const { dialer, target, at, port, options } = run;
  const peer = new Peer({
    dialer,
    target,
    at,
    port,
    allow,
    deadline,
    firstByteMs,
    tls,
    credentials,
    signedIn: run.signedIn,
    verified: run.signedIn !== undefined,
    first: run.socket,
  });
  run.socket = undefined;
  const context: ProbeContext = {
    host: target.host,
    port,
    options,
    connect: () => peer.connect(),
    http: async () => (credentials ? peer.http() : rootOnce(peer.http(), run, allow)),
    ...(run.subjectFields === undefined ? {} : { subjectFields: run.subjectFields }),
    ...(run.values === undefined ? {} : { values: run.values }),
    nonce: () => randomBytes(8).toString('hex').replace(/^\d/, 'x'),
    record: (request, answer) => {
      if (exchanges.length >= MOST_EXCHANGES) return;
      const facts = peer.signs.tls;
      exchanges.push({
        kind: 'exchange',
        service,
        address: at.address,
        port,
        ...(facts === undefined ? {} : { tls: { protocol: facts.protocol, fingerprint256: facts.fingerprint256 } }),
        request: request.slice(0, LONGEST_TEXT),
        answer: answer.slice(0, LONGEST_TEXT),
        at: run.now().toISOString(),
      });
    },
  };
  return { peer, context };
}

const MOST_EXCHANGES = 64;
const LONGEST_TEXT = 400;

/** The services that share a port are told apart by `GET /`: the port is asked for it once. */
function rootOnce(session: PostingSession, run: PortRun, allow: AllowList): PostingSession {
  return {
    address: session.address,
    port: session.port,
    get tls() {
      return session.tls;
    },
    get: async (path, options) => {
      if (path !== '/' || options?.headers !== undefined || !allow.permitsHttp('GET', path)) {
        return await session.get(path, options);
      }
      run.root ??= await session.get(path, options);
      return run.root;
    },
    head: (path, options) => session.head(path, options),
    post: (path, body, options) => session.post(path, body, options),
    close: () => session.close(),
  };
}

function tlsPolicy(service: ProbeService, port: number): 'first' | 'retry' | 'never' {
  const declared = service.ports.find((one) => one.port === port);
  if (declared !== undefined) return declared.tls;
  return service.ports.some((one) => one.tls !== 'never') ? 'retry' : 'never';
}

export function asFailure(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new PosternError('E_INTERNAL', `The dialogue failed on an answer that it did not expect (${name}).`, {
    cause: error,
  });
}
