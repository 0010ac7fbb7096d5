import type { Refusal } from '../contract/refusal.ts';
import type { Answer, ParsedRequest } from '../contract/request.ts';
import type { Resource, ResourceStore } from '../contract/resource.ts';
import type { Plan, Sealer, StoreContext } from '../contract/store.ts';
import type { Vault } from '../contract/vault.ts';

/** How resources are published: the part of the policy that this room reads. */
export interface PublishedResources {
  readonly publish: boolean;
  readonly corsOrigins: readonly string[];
  readonly resources: readonly Resource[];
}

export interface ApiOptions {
  readonly config: PublishedResources;
  /** By upstream. A resource whose store is not there is unavailable. */
  readonly stores: ReadonlyMap<string, ResourceStore>;
  /** Null: resources with encrypted fields are unavailable. */
  readonly vault: Vault | null;
  readonly sealer: Sealer;
  /** Keyed token of a value, base64url, at least 16 characters. */
  token(field: string, value: string): string;
  readonly idempotency: IdempotencyStore;
  readonly describe?: {
    openapi(version: string): string;
    page(version: string): string;
    /** Content-Security-Policy of the page; one that lets it have styles and nothing else unless said. */
    readonly pagePolicy?: string;
  };
  /** ms since the epoch. */
  now(): number;
  /** Values of an answer that no key opened (shredded, or not sealed by this vault); must not throw. */
  onUnreadable?(resource: string, values: number): void;
}

/** Declared resources as REST. */
export interface Api {
  /** Whether a raw request target lies under a declared version; nothing is decoded for it. */
  owns(target: string): boolean;
  /** @throws Refusal */
  plan(request: ParsedRequest, context: StoreContext): Plan;
  /** A refusal as application/problem+json (RFC 9457). @param headers of this answer alone, names in lower case */
  refuse(refusal: Refusal, headers?: Readonly<Record<string, string>>): Answer;
  /** What is answered to anyone: CORS preflights (and any other OPTIONS), the published description. Undefined: all else. */
  preflight(request: ParsedRequest): Answer | undefined;
  /** Headers that every answer to a browser of this origin carries; empty where CORS is closed. */
  cors(origin: string | undefined): Record<string, string>;
}

/**
 * Remembers keys of creations. Atomic over all gateways that share it.
 *
 * @throws Refusal `unavailable`
 */
export interface IdempotencyStore {
  /**
   * `new`: this call has the key now, and is to say `done` or `abandon`. `same`: done before by this very request.
   * `different`: the key belongs to another request. `running`: by this request or another, not done yet.
   *
   * @param key keyed hash @param fingerprint keyed hash of what is asked @param expiresAt ms since the epoch
   */
  begin(key: string, fingerprint: string, expiresAt: number): Promise<'new' | 'same' | 'different' | 'running'>;
  done(key: string): Promise<void>;
  abandon(key: string): Promise<void>;
}
