import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { hasOpenssl } from '../../core/testing/openssl.ts';
import type { Peer } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import { jsonObject } from '../json/value.ts';
import type { CertificateSource } from '../policy/identity-config.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { identityOf, request, role } from './testing/issuer.ts';

let folder: string;
const file = (name: string) => join(folder, name);

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  );
}

/** A certificate of the authority, as the listener hands it over. */
function certificate(name: string, by: string, subject: string, names: string): NonNullable<Peer['certificate']> {
  writeFileSync(file(`${name}.ext`), names === '' ? 'basicConstraints=CA:FALSE\n' : `subjectAltName=${names}\n`);
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    subject,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-CAcreateserial',
    '-days',
    '10',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
  const { raw } = new X509Certificate(readFileSync(file(`${name}.pem`)));
  return { thumbprint: createHash('sha256').update(raw).digest('base64url'), subject: '', names: [], raw };
}

let now: number;
let van: NonNullable<Peer['certificate']>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-certificates-'));
  now = Date.now() + 60_000;
  authority('fleet');
  authority('partner');
  van = certificate(
    'van',
    'fleet',
    '/O=Fleet/CN=van-7',
    'DNS:van-7.fleet.example.org,URI:spiffe://fleet.example.org/van/7',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...sources: readonly Partial<CertificateSource>[]): Authenticator {
  const certificates = sources.map((source) => ({
    name: 'fleet',
    ca: file('fleet.pem'),
    subject: 'cn' as const,
    claims: jsonObject([]),
    ...source,
  }));
  const roles = [role('vans', [{ source: 'certificate', name: 'fleet', claims: [] }])];
  return createAuthenticator({ ...identityOf({}, { certificates }), issuers: [] }, { roles });
}

function attempt(
  authenticator: Authenticator,
  certificate_: Peer['certificate'],
  headers: readonly string[] = [],
  at = now,
): string {
  try {
    const peer = { address: '192.0.2.1', port: 1, ...(certificate_ && { certificate: certificate_ }) };
    const principal = authenticator.authenticate(request(headers, { peer }), at);
    return principal instanceof Promise ? 'a promise' : principal.id;
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

describe.skipIf(!hasOpenssl)('a client certificate', () => {
  it('is a principal with the claims of its source, bound to the certificate', () => {
    const authenticator = start({ claims: jsonObject([['tenant', 't1']]) });
    const principal = authenticator.authenticate(
      request([], { peer: { address: '192.0.2.1', port: 1, certificate: van } }),
      now,
    );
    expect(principal).toMatchObject({
      kind: 'certificate',
      id: 'certificate:fleet:van-7',
      roles: ['vans'],
      claims: { sub: 'van-7', tenant: 't1' },
      confirmation: van.thumbprint,
    });
  });

  it.each([
    ['cn', 'certificate:fleet:van-7'],
    ['dns', 'certificate:fleet:van-7.fleet.example.org'],
    ['uri', 'certificate:fleet:spiffe://fleet.example.org/van/7'],
  ] as const)('names its holder by %s', (subject, id) => {
    expect(attempt(start({ subject }), van)).toBe(id);
  });

  it('is of the authority that signed it, whatever others the listener trusts', () => {
    const partner = { name: 'partner', ca: file('partner.pem') };
    const posing = certificate('posing', 'partner', '/CN=van-7', '');
    expect(attempt(start({}), posing)).toBe('401 certificate: of no authority of the policy');
    expect(attempt(start({}, partner), posing)).toBe('certificate:partner:van-7');
    expect(attempt(start(partner, {}), van)).toBe('certificate:fleet:van-7');
  });

  it('is refused when it names no holder, or several', () => {
    expect(attempt(start({}), certificate('nameless', 'fleet', '/O=Fleet', ''))).toBe(
      '401 certificate: names no holder',
    );
    expect(attempt(start({}), certificate('several', 'fleet', '/CN=van-7/CN=van-8', ''))).toBe(
      '401 certificate: names no holder',
    );
    expect(attempt(start({ subject: 'dns' }), certificate('cnonly', 'fleet', '/CN=van-7', ''))).toBe(
      '401 certificate: names no holder',
    );
  });

  it('is refused when it is over while its connection stands', () => {
    const authenticator = start({});
    expect(attempt(authenticator, van)).toBe('certificate:fleet:van-7');
    expect(attempt(authenticator, van, [], now + 11 * 86_400_000)).toBe('401 certificate: not valid at this time');
  });

  it('B212: is not believed from a header', () => {
    const pem = readFileSync(file('van.pem'), 'utf8').replaceAll('\n', ' ');
    for (const name of ['X-SSL-Cert', 'X-Client-Cert', 'X-Forwarded-Client-Cert', 'Client-Cert']) {
      expect(attempt(start({}), undefined, [name, pem])).toBe('401 no credentials');
    }
  });

  it('counts for nothing beside credentials that do not hold', () => {
    expect(attempt(start({}), van, ['Authorization', 'Bearer x'])).toMatch(/^401 /);
  });

  it('is refused at start when the authorities cannot be read', () => {
    writeFileSync(file('empty.pem'), 'nothing');
    expect(() => start({ ca: file('empty.pem') })).toThrow(PosternError);
    expect(() => start({ ca: file('absent.pem') })).toThrow(PosternError);
  });
});
