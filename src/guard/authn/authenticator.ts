/** Who asks: from the one set of credentials of a request to the principal it proves, or a refusal. */
import type { Principal } from '../contract/principal.ts';
import type { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import { type JsonObject, jsonObject } from '../json/value.ts';
import type { IdentityConfig } from '../policy/identity-config.ts';
import { type IdentitySource, matchRoles } from '../policy/match-roles.ts';
import type { Role } from '../policy/policy.ts';
import { type ApiKeys, createApiKeys } from './api-key.ts';
import type { ApiKey } from './api-key-file.ts';
import { createCertificateVerifier, type VerifiedCertificate } from './certificate.ts';
import { type ChallengeHeaders, challengeOf } from './challenge.ts';
import { type Facts, readClaims } from './claims.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { type DeviceTokens, readDeviceClaims } from './device-token.ts';
import { createProofVerifier } from './dpop.ts';
import type { GetDocument } from './fetch.ts';
import { createNonces } from './nonce.ts';
import { Unauthenticated } from './refuse.ts';
import { createMemoryReplayStore, type ReplayStore } from './replay.ts';
import { createTokenVerifier, type TokenVerifier, type VerifiedToken } from './token.ts';

export interface Authenticator {
  /**
   * Without a promise where nothing must be waited for: no keys that are being loaded, no shared store, no slow hash.
   *
   * @param now ms since the epoch
   * @throws Refusal `unauthenticated`, `unavailable`
   */
  authenticate(request: RawRequest, now: number): Principal | Promise<Principal>;
  /** Headers for the answer to a refusal: `www-authenticate`, `dpop-nonce`. */
  challenge(refusal: Refusal, now: number): ChallengeHeaders;
  /** Whether every issuer's keys are known. */
  ready(): boolean;
  /** Reads keys, revocations and API keys again; resolves when that is over, whatever came of it. Also right after the start. */
  refresh(): Promise<void>;
  close(): void;
}

export interface AuthenticatorDeps {
  readonly roles: readonly Role[];
  readonly fetch?: GetDocument;
  /** For what happens between requests. */
  readonly now?: () => number;
  /** What the operator should know; holds no values of requests. */
  readonly log?: (message: string) => void;
  /** Used proofs; unless told the previous authenticator's, or a memory of this process. */
  readonly replay?: ReplayStore;
  /** 32 bytes: every DPoP proof must then hold a nonce made with it. The same in all workers. */
  readonly nonceKey?: Uint8Array;
  /** Takes the gateway's own tokens for enrolled devices, too. */
  readonly devices?: DeviceTokens | null;
  /** The one of the policy before, whose keys and verified tokens are taken over where an issuer did not change. Close it after. */
  readonly previous?: Authenticator;
}

/** @throws PosternError `E_CONFIG_INVALID` when a file of the identity section cannot be read */
export function createAuthenticator(identity: IdentityConfig, deps: AuthenticatorDeps): Authenticator {
  return new Authentication(identity, deps);
}

class Authentication implements Authenticator {
  readonly tokens: TokenVerifier;
  readonly replay: ReplayStore;
  readonly #identity: IdentityConfig;
  readonly #roles: readonly Role[];
  readonly #now: () => number;
  readonly #nonces: ReturnType<typeof createNonces> | null;
  readonly #proofs: ReturnType<typeof createProofVerifier>;
  readonly #apiKeys: ApiKeys | null;
  readonly #certificates: ReturnType<typeof createCertificateVerifier>;
  readonly #anonymous: Principal | null;
  readonly #devices: DeviceTokens | null;
  /** What verified facts mean under this policy's roles; dies with the policy or the facts. */
  readonly #principals = new WeakMap<VerifiedToken | ApiKey | VerifiedCertificate, Principal>();
  readonly #deviceUsers = new WeakMap<VerifiedToken, DeviceUser>();

  constructor(identity: IdentityConfig, deps: AuthenticatorDeps) {
    const { now = Date.now, log = () => {}, previous } = deps;
    const options = { now, log, ...(deps.fetch && { get: deps.fetch }) };
    this.#identity = identity;
    this.#roles = deps.roles;
    this.#now = now;
    this.#nonces = deps.nonceKey ? createNonces(deps.nonceKey) : null;
    const before = previous instanceof Authentication ? previous : undefined;
    // A policy that forgot the used proofs of the one before would take them all once more.
    this.replay = deps.replay ?? before?.replay ?? createMemoryReplayStore({ now });
    this.#proofs = createProofVerifier({ replay: this.replay, nonces: this.#nonces });
    this.#certificates = createCertificateVerifier(identity.certificates);
    this.#devices = deps.devices ?? null;
    this.#anonymous = identity.anonymous && this.#anonymousPrincipal(identity.anonymous.claims);
    this.#apiKeys = identity.apiKeys && createApiKeys(identity.apiKeys.file, options);
    try {
      this.tokens = createTokenVerifier(
        this.#devices ? [...identity.issuers, this.#devices.issuer] : identity.issuers,
        options,
        before?.tokens,
      );
    } catch (error) {
      this.#apiKeys?.close();
      throw error;
    }
  }

  authenticate(request: RawRequest, now: number): Principal | Promise<Principal> {
    const credentials = readCredentials(request.headers);
    if (credentials === null) return this.#withoutCredentials(request, now);
    if (credentials.scheme === 'apikey') return this.#withApiKey(credentials.value, now);
    const token = this.tokens.verify(credentials.value, now);
    if (token instanceof Promise) return token.then((verified) => this.#bound(verified, credentials, request, now));
    return this.#bound(token, credentials, request, now);
  }

  challenge(refusal: Refusal, now: number): ChallengeHeaders {
    const nonces = this.#nonces;
    return challengeOf(refusal, this.#identity, nonces && (() => nonces.fresh(now)));
  }

  ready(): boolean {
    return this.tokens.ready(this.#now());
  }

  async refresh(): Promise<void> {
    this.#apiKeys?.refresh();
    await this.tokens.refresh();
  }

  close(): void {
    this.#apiKeys?.close();
    this.tokens.close();
  }

  /** A token that names a key or a certificate is worth nothing without it, and one that names none proves no key. */
  #bound(
    token: VerifiedToken,
    credentials: Credentials,
    request: RawRequest,
    now: number,
  ): Principal | Promise<Principal> {
    if (token.x5t !== null && request.peer.certificate?.thumbprint !== token.x5t) {
      throw new Unauthenticated('token.cnf: bound to a certificate that is not on this connection');
    }
    if (credentials.proof === null) {
      if (token.jkt !== null) throw new Unauthenticated('token.cnf: bound to a key, and sent without proof');
      if (token.issuer.dpop === 'required') throw new Unauthenticated('token.cnf: not bound to a key');
      return this.#tokenPrincipal(token);
    }
    if (token.jkt === null) throw new Unauthenticated('token.cnf: a proof for a token that is not bound');
    const proven = this.#proofs.verify(credentials.proof, request, token.digest, token.jkt, now);
    if (proven instanceof Promise) return proven.then(() => this.#boundPrincipal(token, now));
    return this.#boundPrincipal(token, now);
  }

  #boundPrincipal(token: VerifiedToken, now: number): Principal | Promise<Principal> {
    const devices = this.#devices;
    if (token.issuer.issuer !== devices?.issuer.issuer) return this.#tokenPrincipal(token);
    const { principal, user, issuer, device } = this.#deviceUser(token, now);
    if (now >= user.expiresAt) throw new Unauthenticated('token.user: over');
    if (this.tokens.revoked(issuer, user, now)) throw new Unauthenticated('token.user: revoked');
    const standing = devices.standing(device, token.jkt ?? '', now);
    return standing instanceof Promise ? standing.then(() => principal) : principal;
  }

  /** The person of a device's token is who their own token would make them, and the device beside it. */
  #deviceUser(token: VerifiedToken, now: number): DeviceUser {
    const known = this.#deviceUsers.get(token);
    if (known) return known;
    const { device, user: claims } = readDeviceClaims(token.claims);
    const issuer = this.#identity.issuers.find((one) => one.issuer === claims.iss);
    if (!issuer) throw new Unauthenticated('token.user: not a known issuer');
    const user = readClaims(claims, issuer, now);
    const principal: Principal = Object.freeze({
      kind: 'token',
      id: `token:${issuer.name}:${user.subject}`,
      roles: this.#rolesOf({ kind: 'issuer', name: issuer.name }, claims),
      claims,
      confirmation: token.jkt,
      expiresAt: Math.min(token.expiresAt, user.expiresAt),
      device,
    });
    const made = { principal, user, issuer: issuer.issuer, device: device.id };
    this.#deviceUsers.set(token, made);
    return made;
  }

  #withApiKey(credentials: string, now: number): Principal | Promise<Principal> {
    if (!this.#apiKeys) throw new Unauthenticated('authorization: no API keys in the policy');
    const key = this.#apiKeys.verify(credentials, now);
    return key instanceof Promise ? key.then((one) => this.#apiKeyPrincipal(one)) : this.#apiKeyPrincipal(key);
  }

  #withoutCredentials(request: RawRequest, now: number): Principal {
    const { certificate } = request.peer;
    if (certificate && this.#identity.certificates.length > 0) {
      return this.#certificatePrincipal(this.#certificates.verify(certificate, now));
    }
    if (!this.#anonymous) throw new Unauthenticated('no credentials', 'none');
    return this.#anonymous;
  }

  #tokenPrincipal(token: VerifiedToken): Principal {
    return this.#remember(token, () => ({
      kind: 'token',
      id: `token:${token.issuer.name}:${token.subject}`,
      roles: this.#rolesOf({ kind: 'issuer', name: token.issuer.name }, token.claims),
      claims: token.claims,
      confirmation: token.jkt ?? token.x5t,
      expiresAt: token.expiresAt,
    }));
  }

  #apiKeyPrincipal(key: ApiKey): Principal {
    return this.#remember(key, () => {
      const claims = withSubject(key.claims, key.id);
      return {
        kind: 'api-key',
        id: `api-key:${key.id}`,
        roles: this.#rolesOf({ kind: 'api-key', name: key.id, roles: key.roles }, claims),
        claims,
        confirmation: null,
        expiresAt: key.expiresAt,
      };
    });
  }

  #certificatePrincipal(found: VerifiedCertificate): Principal {
    return this.#remember(found, () => {
      const claims = withSubject(found.source.claims, found.holder);
      return {
        kind: 'certificate',
        id: `certificate:${found.source.name}:${found.holder}`,
        roles: this.#rolesOf({ kind: 'certificate', name: found.source.name }, claims),
        claims,
        confirmation: found.thumbprint,
        expiresAt: found.expiresAt,
      };
    });
  }

  #anonymousPrincipal(claims: JsonObject): Principal {
    const roles = this.#rolesOf({ kind: 'anonymous', name: '' }, claims);
    return Object.freeze({ kind: 'anonymous', id: 'anonymous', roles, claims, confirmation: null, expiresAt: null });
  }

  #rolesOf(source: IdentitySource, claims: JsonObject): readonly string[] {
    return Object.freeze(matchRoles(this.#roles, source, claims));
  }

  #remember(facts: VerifiedToken | ApiKey | VerifiedCertificate, make: () => Principal): Principal {
    const known = this.#principals.get(facts);
    if (known) return known;
    const principal = Object.freeze(make());
    this.#principals.set(facts, principal);
    return principal;
  }
}

interface DeviceUser {
  readonly principal: Principal;
  /** Of the person's own token. */
  readonly user: Facts;
  /** `iss` of that token. */
  readonly issuer: string;
  readonly device: string;
}

/** `sub` for policies to speak of, where the policy gives no other. */
function withSubject(claims: JsonObject, subject: string): JsonObject {
  return Object.freeze(jsonObject([['sub', subject], ...Object.entries(claims)]));
}
