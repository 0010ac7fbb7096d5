/** The positive control: the owner's own way into a service still works. */
import type { ExchangeEvidence } from '../core/evidence.ts';
import { createDialer, type Dialer, deadlineIn, type NetworkTarget } from '../net/index.ts';
import { asFailure, openContext, type PortRun } from './runner-dialogue.ts';
import type { ControlCredentials, ProbeService } from './service.ts';

export interface ControlResult {
  ok: boolean;
  /** One sentence, without the credentials. */
  detail: string;
  /** Where it worked. */
  address: string | null;
  exchanges: ExchangeEvidence[];
  /** ISO 8601, UTC. */
  at: string;
}

export interface ControlOptions {
  dialer?: Dialer;
  deadlineMs?: number;
  now?: () => Date;
  signal?: AbortSignal;
}

/**
 * Logs in at each address of the target until one lets the owner in. TLS is tried first, so that credentials go in clear
 * only where the service has no TLS at all. Never rejects for a host's sake.
 *
 * @throws PosternError `E_SCOPE` when the target was not made by a scope
 */
export async function runServiceControl(
  target: NetworkTarget,
  service: ProbeService,
  port: number,
  credentials: ControlCredentials,
  options: ControlOptions = {},
): Promise<ControlResult> {
  const dialer = options.dialer ?? createDialer();
  const now = options.now ?? (() => new Date());
  const exchanges: ExchangeEvidence[] = [];
  const result = (ok: boolean, detail: string, address: string | null = null): ControlResult => ({
    ok,
    detail,
    address,
    exchanges,
    at: now().toISOString(),
  });
  const { control } = service;
  if (control === undefined) return result(false, `${service.title} has no positive control`);
  const { addresses } = await dialer.resolve(target);
  let why = 'no address in scope';
  for (const at of addresses) {
    const run: PortRun = {
      dialer,
      target,
      at,
      port,
      options: { emptyPassword: false },
      now,
      tls: false,
      tlsTried: false,
      root: undefined,
      socket: undefined,
    };
    for (const tls of service.ports.some((one) => one.tls !== 'never') ? [true, false] : [false]) {
      const deadline = deadlineIn(options.deadlineMs ?? 8_000, options.signal);
      const { peer, context } = openContext(
        run,
        service.id,
        control.allow,
        tls,
        deadline,
        deadline.left(),
        exchanges,
        true,
      );
      try {
        if (await control.run(context, credentials)) {
          return result(true, `the owner’s login at ${service.title} works`, at.address);
        }
        why = 'the login was refused';
        break;
      } catch (error) {
        why = asFailure(error).message;
        // The handshake was made, so the port speaks TLS: nothing is sent in clear after that.
        if (peer.signs.tls !== undefined) break;
      } finally {
        peer.close();
      }
    }
  }
  return result(false, `the owner’s login at ${service.title} does not work: ${why}`);
}
