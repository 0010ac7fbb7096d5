/** One request to the gateway: proofs, the nonce that it asks for, and nothing that is sent twice without need. */
import type { DeviceKey } from './key.ts';
import { makeProof } from './proof.ts';

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

export interface Transport {
  /** Another one from an enrolment on that made it. */
  key: DeviceKey;
  /** Milliseconds that the gateway's clock is ahead of this device's. */
  ahead: number;
  /** A request with an access token, bound to the key by a proof where it is a DPoP token. */
  send(request: Outgoing, token: string, scheme: 'Bearer' | 'DPoP'): Promise<Response>;
  /** A proof that goes in the body, for the key itself. */
  introduce(request: Outgoing, token: string): Promise<string>;
}

export function createTransport(key: DeviceKey, fetcher: typeof fetch, now: () => number): Transport {
  // The gateway's nonce is the same for all of its paths; a new one replaces it.
  let nonce: string | undefined;

  function proofFor({ method, url }: Outgoing, token: string): Promise<string> {
    return makeProof(transport.key, {
      method,
      url: `${url.origin}${url.pathname}`,
      token,
      nonce,
      now: now() + transport.ahead,
    });
  }

  const transport: Transport = {
    key,
    ahead: 0,
    introduce: proofFor,
    async send(request, token, scheme) {
      const { method, url, headers, body } = request;
      const response = await fetcher(url, {
        method,
        headers: {
          accept: 'application/json',
          ...headers,
          authorization: `${scheme} ${token}`,
          ...(scheme === 'DPoP' && { dpop: await proofFor(request, token) }),
        },
        redirect: 'error',
        ...(body !== null && { body }),
      });
      nonce = response.headers.get('dpop-nonce') ?? nonce;
      return response;
    },
  };
  return transport;
}

/** The error that a 401 names (RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3). */
export function challengeError(response: Response): string | null {
  if (response.status !== 401) return null;
  return /DPoP error="([a-z_]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? '';
}

/** Sends again, once, with the nonce that the first answer asked for; a request that was refused so did nothing. */
export async function withNonce(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  return challengeError(response) === 'use_dpop_nonce' ? send() : response;
}
