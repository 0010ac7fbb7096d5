/** A phone that speaks the protocol by hand, so that a test can say each thing wrongly. */
import { makeKey, type SigningKey, sha256, sign } from '../../authn/testing/issuer.ts';
import type { Answer } from '../../contract/request.ts';
import { BENCH_ORIGIN, type Bench } from './bench.ts';

export interface Call {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly headers?: readonly string[];
}

export interface Phone {
  readonly key: SigningKey;
  readonly jkt: string;
  /** A proof of the phone's key; what is undefined in the changes is left away. */
  proof(
    token: string,
    request: { readonly method: string; readonly url: string },
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

let proofs = 0;

export async function makePhone(bench: Bench, alg = 'ES256'): Promise<Phone> {
  const key = await makeKey('phone', alg);
  const { crv, e, kty, n, x, y } = key.jwk;
  // In the order that RFC 7638 hashes them.
  const jwk = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return {
    key,
    jkt: sha256(JSON.stringify(jwk)),
    proof(token, { method, url }, claims = {}) {
      proofs += 1;
      return sign(
        key,
        { typ: 'dpop+jwt', jwk },
        {
          htm: method,
          htu: url,
          jti: `phone-${proofs}`,
          iat: Math.floor(bench.now / 1000),
          ath: sha256(token),
          ...claims,
        },
      );
    },
  };
}

/** A request of somebody who has this token, as `Bearer`. */
export function post(bench: Bench, verb: string, token: string, body: unknown, headers: readonly string[] = []) {
  return send(bench, {
    method: 'POST',
    target: `/device/${verb}`,
    headers: ['authorization', `Bearer ${token}`, 'content-type', 'application/json', ...headers],
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A request with the phone's own token. */
export async function call(bench: Bench, phone: Phone, token: string, request: Call = {}): Promise<Answer> {
  const { method = 'GET', target = '/v1/orders' } = request;
  const url = `${BENCH_ORIGIN}${target.split('?')[0]}`;
  const proof = await phone.proof(token, { method, url });
  const headers = ['authorization', `DPoP ${token}`, 'dpop', proof, ...(request.headers ?? [])];
  return send(bench, { ...request, headers });
}

export async function send(bench: Bench, { method = 'GET', target = '/v1/orders', body = '', headers = [] }: Call) {
  return bench.handle({
    method,
    target,
    headers: ['host', 'search.example.org', ...headers],
    body: Buffer.from(body),
    peer: { address: '192.0.2.1', port: 40_000 },
    protocol: '1.1',
    origin: BENCH_ORIGIN,
  });
}

export function json(answer: Answer): Record<string, string & number> {
  return JSON.parse(String(answer.body));
}

/** `200`, or status and why. */
export function outcome(bench: Bench, answer: Answer): string {
  if (answer.status < 400) return String(answer.status);
  const refusal = bench.refusals.at(-1);
  return `${answer.status} ${refusal?.code}: ${refusal?.detail}`;
}
