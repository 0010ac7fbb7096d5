/** How a request says who sends it. */
import type { SecurityScheme } from './document.ts';

export type Scheme = 'bearer' | 'dpop' | 'apiKey' | 'certificate';

export const SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token (RFC 6750).',
  },
  dpop: {
    type: 'http',
    scheme: 'DPoP',
    description:
      'An access token that is bound to a key of the caller (RFC 9449): `Authorization: DPoP TOKEN`, with a proof for this very request in the header `DPoP`.',
  },
  apiKey: {
    type: 'http',
    scheme: 'ApiKey',
    description: 'A key of the gateway: `Authorization: ApiKey ENCODED`.',
  },
  certificate: { type: 'mutualTLS', description: 'A client certificate.' },
} as const satisfies Record<Scheme, SecurityScheme>;

/** What of a policy's `IdentityConfig` says how requests are authenticated. */
export interface DescribedIdentity {
  readonly issuers: readonly { readonly dpop: 'when-bound' | 'required' }[];
  readonly apiKeys: object | null;
  readonly certificates: readonly unknown[];
}

/** The schemes of a policy. A token that is bound to a key is never taken without its proof. */
export function schemesOf(identity: DescribedIdentity): readonly Scheme[] {
  const { issuers, apiKeys, certificates } = identity;
  return [
    ...(issuers.some(({ dpop }) => dpop !== 'required') ? (['bearer'] as const) : []),
    ...(issuers.length > 0 ? (['dpop'] as const) : []),
    ...(apiKeys !== null ? (['apiKey'] as const) : []),
    ...(certificates.length > 0 ? (['certificate'] as const) : []),
  ];
}
