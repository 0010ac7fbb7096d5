/** The enrolment of this device, and the access token that it has at present. */
import { utf8 } from './base64url.ts';
import { type ClientData, enrolData, renewalData } from './client-data.ts';
import { errorOf, GatewayError } from './errors.ts';
import { type DeviceKey, thumbprint } from './key.ts';
import { challengeError, type Outgoing, type Transport, withNonce } from './transport.ts';

/** What the app is, as its store knows it. */
export interface AppIdentity {
  /** Bundle id or package name. */
  readonly id: string;
  /** `5.2.0`; on Android the version code. */
  readonly version: string;
  readonly platform: 'ios' | 'android' | 'web';
}

export type AttestationFormat = 'app-attest' | 'play-integrity' | 'key-attestation' | 'app-check';

export interface Attestation {
  readonly format: AttestationFormat;
  /** Base64, or the token; of Key Attestation the certificates, leaf first. */
  readonly attestation: string | readonly string[];
  /** App Attest: the id of the key. */
  readonly keyId?: string;
  /** Key Attestation: the key that was made for this enrolment, which signs from now on. */
  readonly key?: DeviceKey;
}

/** What an attestation is made over. */
export interface EnrolmentData extends ClientData {
  /** For Key Attestation, whose challenge is set before there is a key: its `hash` is that challenge. */
  readonly beforeKey: ClientData;
}

export interface Assertion {
  readonly format: AttestationFormat;
  /** Base64, or the token. */
  readonly assertion: string;
}

/** Where the enrolment is remembered over restarts, beside the key. It is no secret. */
export interface EnrolmentStorage {
  load(): Promise<Enrolment | null>;
  save(enrolment: Enrolment | null): Promise<void>;
}

export interface Enrolment {
  readonly device: string;
  readonly format: AttestationFormat;
  /** Of the app when it was enrolled: another one enrols again. */
  readonly version: string;
}

export interface SessionOptions {
  readonly base: URL;
  /** First segment of the gateway's device endpoints. */
  readonly devicePath: string;
  readonly app: AppIdentity;
  userToken(): Promise<string> | string;
  readonly userScheme: 'Bearer' | 'DPoP';
  attest(data: EnrolmentData): Promise<Attestation>;
  assert: ((data: ClientData) => Promise<Assertion>) | null;
  readonly storage: EnrolmentStorage | null;
  now(): number;
}

export interface Session {
  /** An access token that is good for a while; enrols and renews as needed. @throws GatewayError */
  token(): Promise<string>;
  /** Enrols anew, whatever was before. @throws GatewayError */
  enrol(): Promise<Enrolment>;
  /** Ends the enrolment at the gateway, and forgets it. @throws GatewayError */
  revoke(): Promise<void>;
  /** The present token is not to be used any more. */
  drop(token: string): void;
}

/** Of proofs: a clock that is off by less needs no correction. */
const CLOCK_TOLERANCE = 5_000;
/** A token is not used when it has less left. */
const MARGIN = 30_000;

interface Granted {
  readonly device: string;
  readonly token: string;
  /** ms since the epoch. */
  readonly until: number;
}

export function createSession(transport: Transport, options: SessionOptions): Session {
  const { app, storage } = options;
  let enrolment: Enrolment | null | undefined;
  let granted: Granted | null = null;
  let working: Promise<Granted> | null = null;

  async function known(): Promise<Enrolment | null> {
    enrolment ??= (await storage?.load()) ?? null;
    return enrolment?.version === app.version ? enrolment : null;
  }

  async function remember(next: Enrolment | null): Promise<void> {
    enrolment = next;
    await storage?.save(next);
  }

  async function post(verb: string, bodyOf: (request: Outgoing, token: string) => Promise<object>): Promise<unknown> {
    const url = new URL(`/${options.devicePath}/${verb}`, options.base);
    const headers = { 'content-type': 'application/json' };
    const response = await withNonce(async () => {
      const token = await options.userToken();
      const body = await bodyOf({ method: 'POST', url, headers, body: null }, token);
      return transport.send(
        { method: 'POST', url, headers, body: utf8(JSON.stringify(body)) },
        token,
        options.userScheme,
      );
    });
    if (response.ok) return response.json();
    if (challengeError(response) === 'invalid_dpop_proof' && transport.ahead === 0) {
      // Most often a clock that is wrong: the answer to a challenge says what time it is.
      await challenge();
      if (transport.ahead !== 0) return post(verb, bodyOf);
    }
    throw await errorOf(response);
  }

  async function challenge(): Promise<string> {
    const answer = await post('challenge', async () => ({}));
    const { time } = Object(answer);
    const ahead = typeof time === 'number' ? time * 1000 - options.now() : 0;
    transport.ahead = Math.abs(ahead) > CLOCK_TOLERANCE ? ahead : 0;
    return member(answer, 'challenge');
  }

  function read(answer: unknown): Granted {
    const seconds = Object(answer).expires_in;
    if (typeof seconds !== 'number') throw new TypeError('the gateway gave an answer without expires_in');
    return {
      device: member(answer, 'device'),
      token: member(answer, 'access_token'),
      until: options.now() + seconds * 1000,
    };
  }

  async function enrolNow(): Promise<Granted> {
    const text = await challenge();
    const data = await enrolData(text, await thumbprint(transport.key), app.id, app.version);
    const beforeKey = await enrolData(text, '', app.id, app.version);
    // Made once: a key of App Attest can be attested once only, while the proof may be needed again with a nonce.
    const { format, attestation, keyId, key } = await options.attest({ ...data, beforeKey });
    if (key) transport.key = key;
    const made = read(
      await post('enrol', async (request, token) => ({
        format,
        platform: app.platform,
        app: app.id,
        version: app.version,
        challenge: text,
        proof: await transport.introduce(request, token),
        attestation,
        ...(keyId !== undefined && { keyId }),
      })),
    );
    await remember({ device: made.device, format, version: app.version });
    return made;
  }

  async function renewNow({ device, format }: Enrolment): Promise<Granted> {
    const asserted = format === 'app-attest' ? await assertRenewal(device) : {};
    return read(
      await post('token', async (request, token) => ({
        device,
        proof: await transport.introduce(request, token),
        ...asserted,
      })),
    );
  }

  async function assertRenewal(device: string): Promise<object> {
    if (options.assert === null) throw new TypeError('App Attest needs `assert`');
    const text = await challenge();
    const { assertion } = await options.assert(await renewalData(text, await thumbprint(transport.key), device));
    return { challenge: text, assertion };
  }

  async function obtain(): Promise<Granted> {
    const before = await known();
    if (before === null) return enrolNow();
    try {
      return await renewNow(before);
    } catch (error) {
      // Revoked, or forgotten by the gateway: a genuine app may enrol again.
      if (!(error instanceof GatewayError) || error.status !== 403) throw error;
      await remember(null);
      return enrolNow();
    }
  }

  /** One at a time, however many calls wait for it. */
  function work(task: () => Promise<Granted>): Promise<Granted> {
    working ??= task()
      .then((made) => {
        granted = made;
        return made;
      })
      .finally(() => {
        working = null;
      });
    return working;
  }

  return {
    async token() {
      if (granted !== null && options.now() < granted.until - MARGIN) return granted.token;
      return (await work(obtain)).token;
    },
    async enrol() {
      await working?.catch(() => undefined);
      await work(enrolNow);
      const made = await known();
      if (made === null) throw new TypeError('the enrolment was not kept');
      return made;
    },
    async revoke() {
      const before = await known();
      if (before !== null) await post('revoke', async () => ({ device: before.device }));
      granted = null;
      await remember(null);
    },
    drop(token) {
      if (granted?.token === token) granted = null;
    },
  };
}

function member(answer: unknown, name: string): string {
  const value = Object(answer)[name];
  if (typeof value !== 'string') throw new TypeError(`the gateway gave an answer without ${name}`);
  return value;
}
