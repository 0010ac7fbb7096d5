/** Calls of a gateway's APIs with the device's own token. */
import { utf8 } from './base64url.ts';
import { type ClientData, requestData } from './client-data.ts';
import { errorOf } from './errors.ts';
import { type DeviceKey, thumbprint } from './key.ts';
import { createResource, type Resource } from './resource.ts';
import {
  type AppIdentity,
  type Assertion,
  type Attestation,
  createSession,
  type Enrolment,
  type EnrolmentData,
  type EnrolmentStorage,
} from './session.ts';
import { challengeError, createTransport, type Outgoing } from './transport.ts';

export interface ClientOptions {
  /** `https://api.shop.example`. */
  readonly baseUrl: string;
  /** Made with `createKey`, or a native one. */
  readonly key: DeviceKey;
  readonly app: AppIdentity;
  /** The person's own access token, fresh: asked for whenever the device enrols or renews. */
  userToken(): Promise<string> | string;
  /** `DPoP` where that token is itself bound to `key`. Default: `Bearer`. */
  readonly userScheme?: 'Bearer' | 'DPoP';
  /** Asks the platform to attest this app and its key over these data. */
  attest(data: EnrolmentData): Promise<Attestation>;
  /** Asks the platform for an assertion: for fresh operations, and with App Attest for every new token. */
  assert?(data: ClientData): Promise<Assertion>;
  readonly storage?: EnrolmentStorage;
  /** First segment of the gateway's device endpoints. Default: `device`. */
  readonly devicePath?: string;
  readonly fetch?: typeof fetch;
  now?(): number;
}

export interface CallOptions {
  /** Lists are joined by commas; what is undefined is left away. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  /** With `PATCH`, unless told: `application/merge-patch+json`. */
  readonly contentType?: string;
  /** Of a create that may be sent again. */
  readonly idempotencyKey?: string;
  /** ETag of the version that is meant. */
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type QueryValue = string | number | boolean | readonly (string | number | boolean)[] | undefined;

export interface Reply<T> {
  readonly status: number;
  /** Undefined where the answer has no body: 204, 304. */
  readonly data: T;
  readonly etag: string | null;
  readonly headers: Headers;
}

export interface Client {
  /**
   * @param path below `baseUrl`, percent-encoded: `/v1/orders`
   * @throws GatewayError for every status of 400 and above
   */
  call<T = unknown>(method: string, path: string, options?: CallOptions): Promise<Reply<T>>;
  /** The operations of one resource, typed: `client.resource<Order, NewOrder>('/v1/orders')`. */
  resource<T extends object, New extends object = Partial<T>>(path: string): Resource<T, New>;
  /** Enrols the device now, rather than with the first call. @throws GatewayError */
  enrol(): Promise<Enrolment>;
  /** Ends the enrolment, at the gateway and here: the person signs out. @throws GatewayError */
  revoke(): Promise<void>;
}

export function createClient(options: ClientOptions): Client {
  const base = new URL(options.baseUrl);
  const now = options.now ?? Date.now;
  const transport = createTransport(options.key, options.fetch ?? fetch, now);
  const assert = options.assert ? (data: ClientData) => callAssert(options, data) : null;
  const session = createSession(transport, {
    base,
    devicePath: options.devicePath ?? 'device',
    app: options.app,
    userToken: () => options.userToken(),
    userScheme: options.userScheme ?? 'Bearer',
    attest: (data) => options.attest(data),
    assert,
    storage: options.storage ?? null,
    now,
  });

  async function call<T>(method: string, path: string, wanted: CallOptions = {}): Promise<Reply<T>> {
    const request = requestOf(base, method, path, wanted);
    const response = await send(request);
    if (response.status >= 400) throw await errorOf(response);
    const text = await response.text();
    return {
      status: response.status,
      data: text === '' ? undefined : JSON.parse(text),
      etag: response.headers.get('etag'),
      headers: response.headers,
    };
  }

  /**
   * Whatever a 401 asks for is done once, and the request sent again: it was refused before anything was done. Once each, or a
   * gateway that is never content would be asked for ever.
   */
  async function send(request: Outgoing): Promise<Response> {
    const done = new Set<string>();
    let headers: Readonly<Record<string, string>> = {};
    for (;;) {
      const token = await session.token();
      const response = await transport.send({ ...request, headers: { ...request.headers, ...headers } }, token, 'DPoP');
      const error = challengeError(response);
      if (error === null || done.has(error)) return response;
      done.add(error);
      if (error === 'invalid_token') session.drop(token);
      else if (error === 'insufficient_user_authentication') {
        const challenge = response.headers.get('postern-challenge');
        if (assert === null || challenge === null) return response;
        headers = await fresh(request, challenge);
      } else if (error !== 'use_dpop_nonce') return response;
    }
  }

  async function fresh({ method, url, body }: Outgoing, challenge: string): Promise<Readonly<Record<string, string>>> {
    if (assert === null) return {};
    const target = `${url.pathname}${url.search}`;
    const jkt = await thumbprint(transport.key);
    const data = await requestData(challenge, jkt, method, target, body ?? new Uint8Array());
    const { format, assertion } = await assert(data);
    return { 'postern-challenge': challenge, 'postern-assertion': `${format} ${assertion}` };
  }

  return {
    call,
    resource: (path) => createResource(call, path),
    enrol: () => session.enrol(),
    revoke: () => session.revoke(),
  };
}

async function callAssert(options: ClientOptions, data: ClientData): Promise<Assertion> {
  if (!options.assert) throw new TypeError('no `assert`');
  return options.assert(data);
}

function requestOf(base: URL, method: string, path: string, options: CallOptions): Outgoing {
  const url = new URL(path, base);
  if (url.origin !== base.origin) throw new TypeError('the path leads to another server');
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  // `URLSearchParams` writes a space as `+`, which a strict reader does not take for one.
  url.search = url.search.replaceAll('+', '%20');
  const { body, idempotencyKey, ifMatch, ifNoneMatch } = options;
  const type = options.contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  return {
    method,
    url,
    body: body === undefined ? null : utf8(JSON.stringify(body)),
    headers: {
      ...options.headers,
      ...(body !== undefined && { 'content-type': type }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    },
  };
}
