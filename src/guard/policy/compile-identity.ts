import type { CertificateSource, IdentityConfig, IssuerConfig, KeySource } from './identity-config.ts';
import { plainObject } from './plain-json.ts';
import type { Problems } from './problems.ts';
import type { IdentityFile } from './schema/identity.ts';

type IssuerFile = IdentityFile['issuers'][number];

export function compileIdentity(
  file: IdentityFile,
  resolve: (file: string) => string,
  problems: Problems,
): IdentityConfig {
  unique(file.issuers, 'name', 'issuers', problems);
  unique(file.issuers, 'issuer', 'issuers', problems);
  unique(file.certificates, 'name', 'certificates', problems);
  const { anonymous } = file;
  if (file.issuers.length === 0 && file.certificates.length === 0 && !file.apiKeys && anonymous === false) {
    problems.add(['identity'], 'nobody can come in', 'Add an issuer, API keys, certificates, or `anonymous: true`.');
  }
  return Object.freeze({
    issuers: Object.freeze(file.issuers.map((issuer, index) => issuerOf(issuer, index, resolve, problems))),
    apiKeys: file.apiKeys ? Object.freeze({ file: resolve(file.apiKeys.file) }) : null,
    certificates: Object.freeze(
      file.certificates.map(
        (source): CertificateSource =>
          Object.freeze({
            name: source.name,
            ca: resolve(source.ca),
            subject: source.subject,
            claims: plainObject(source.claims),
          }),
      ),
    ),
    anonymous:
      anonymous === false ? null : Object.freeze({ claims: plainObject(anonymous === true ? {} : anonymous.claims) }),
  });
}

function issuerOf(
  file: IssuerFile,
  index: number,
  resolve: (file: string) => string,
  problems: Problems,
): IssuerConfig {
  if (file.clockTolerance > 300_000) {
    problems.add(
      ['identity', 'issuers', index, 'clockTolerance'],
      'is longer than 5m',
      'Tokens would outlive their end.',
    );
  }
  return Object.freeze({
    name: file.name,
    issuer: file.issuer,
    audience: Object.freeze([...file.audience]),
    keys: Object.freeze(keysOf(file, resolve)),
    algorithms: Object.freeze([...new Set(file.algorithms)]),
    // RFC 9068 §2.1: `application/at+jwt` and `at+jwt` are one type; RFC 2045: types know no case.
    types: Object.freeze([...new Set(file.types.map((type) => type.toLowerCase().replace(/^application\//, '')))]),
    clockTolerance: file.clockTolerance,
    subject: file.subject,
    dpop: file.dpop,
    revoked: file.revoked ? resolve(file.revoked.file) : null,
  });
}

function keysOf(file: IssuerFile, resolve: (file: string) => string): KeySource {
  if (file.jwks?.file !== undefined) return { kind: 'file', path: resolve(file.jwks.file) };
  if (file.jwks?.url !== undefined) return { kind: 'url', url: file.jwks.url };
  // OpenID Connect Discovery 1.0 §4: a final slash of the issuer goes before the path is added.
  return { kind: 'discovery', url: `${file.issuer.replace(/\/$/, '')}/.well-known/openid-configuration` };
}

function unique<K extends string>(
  sources: readonly Readonly<Record<K, string>>[],
  key: K,
  list: string,
  problems: Problems,
): void {
  const seen = new Set<string>();
  for (const [index, source] of sources.entries()) {
    if (seen.has(source[key])) {
      problems.add(['identity', list, index, key], 'stands there twice', 'Each source has its own.');
    }
    seen.add(source[key]);
  }
}
