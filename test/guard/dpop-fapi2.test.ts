/**
 * What the OpenID conformance suite asks of a resource server in `fapi2-security-profile-final-dpop-negative-tests`
 * (FAPI2SPFinalDpopNegativeTests), block by block in its order and under its names – here with the gateway's own device
 * tokens, through strict HTTP and the real authenticator, once without and once with the nonces of RFC 9449 section 9. The
 * same list for tokens of other issuers is in `src/guard/authn/dpop.test.ts`.
 *
 * Where the suite only warns (a clock that is an hour off, with a nonce), this gateway refuses.
 */
import { createPrivateKey, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { b64, sha256 } from '../../src/guard/authn/testing/issuer.ts';
import { enrolData } from '../../src/guard/devices/client-data.ts';
import { BENCH_ORIGIN, type Bench, makeBench } from '../../src/guard/devices/testing/bench.ts';
import { createPaperAttester, paper } from '../../src/guard/devices/testing/paper-attester.ts';
import { json, makePhone, type Phone, post, send } from '../../src/guard/devices/testing/phone.ts';

const HTU = `${BENCH_ORIGIN}/v1/orders`;
const TARGET = '/v1/orders?status=open';

interface Device {
  readonly bench: Bench;
  readonly phone: Phone;
  readonly token: string;
  readonly nonce: string | undefined;
}

async function enrolled(nonces: boolean, alg = 'ES256'): Promise<Device> {
  const bench = await makeBench({ attester: createPaperAttester(), config: { nonce: nonces } });
  const phone = await makePhone(bench, alg);
  const user = await bench.userToken();
  const answer = await post(bench, 'challenge', user, {});
  const nonce = answer.headers['dpop-nonce'];
  const { challenge = '' } = json(answer);
  const enrolment = await post(bench, 'enrol', user, {
    format: 'play-integrity',
    platform: 'android',
    app: 'org.example.shop',
    version: '50200',
    challenge,
    proof: await phone.proof(user, { method: 'POST', url: `${BENCH_ORIGIN}/device/enrol` }, { nonce }),
    attestation: paper(enrolData(challenge, phone.jkt, 'org.example.shop', '50200')),
  });
  expect(enrolment.status).toBe(200);
  return { bench, phone, token: json(enrolment).access_token ?? '', nonce };
}

type Changes = Readonly<Record<string, unknown>>;

/** Header and claims of a good proof, changed, and signed by the phone or another. */
function proofOf(device: Device, header: Changes = {}, claims: Changes = {}, by = device.phone): string {
  const { kid: _, ...jwk } = device.phone.key.jwk;
  const input = [
    { typ: 'dpop+jwt', alg: by.key.alg, jwk, ...header },
    {
      jti: crypto.randomUUID(),
      htm: 'GET',
      htu: HTU,
      iat: device.bench.now / 1000,
      ath: sha256(device.token),
      ...(device.nonce !== undefined && { nonce: device.nonce }),
      ...claims,
    },
  ]
    .map((part) => b64(part))
    .join('.');
  return `${input}.${signature(by, input, String(header.alg ?? by.key.alg))}`;
}

function signature({ key }: Phone, input: string, alg: string): string {
  const privateKey = createPrivateKey({ key: { ...key.privateJwk, kty: key.privateJwk.kty ?? '' }, format: 'jwk' });
  const options = alg === 'RS256' ? { key: privateKey } : ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const);
  return signBytes('sha256', Buffer.from(input), options).toString('base64url');
}

async function ask({ bench, token }: Device, ...proofs: readonly string[]): Promise<number> {
  const headers = ['authorization', `DPoP ${token}`, ...proofs.flatMap((proof) => ['dpop', proof])];
  return (await send(bench, { target: TARGET, headers })).status;
}

describe.each([
  ['without nonces', false],
  ['with nonces', true],
])('FAPI 2.0 DPoP negative tests, %s', (_, nonces) => {
  let device: Device;
  beforeAll(async () => {
    device = await enrolled(nonces);
  });

  const tried = (header: Changes, claims: Changes = {}) => ask(device, proofOf(device, header, claims));

  it('Try DPoP proof with all upper case header value', async () => {
    const headers = ['AUTHORIZATION', `DPOP ${device.token}`, 'DPOP', proofOf(device)];
    expect((await send(device.bench, { target: TARGET, headers })).status).toBe(200);
  });

  it('Try with more than one DPoP in the header', async () => {
    // Refused as a request that says two things, before anybody is asked for.
    expect(await ask(device, proofOf(device), proofOf(device))).toBe(400);
    expect(await ask(device, `${proofOf(device)}, ${proofOf(device)}`)).toBe(401);
  });

  it('Try DPoP proof not well-formed JWT', async () => {
    const [header, claims] = proofOf(device).split('.');
    expect(await ask(device, `${header}.${claims}`)).toBe(401);
  });

  it.each(['typ', 'alg', 'jwk'])("Try DPoP proof where '%s' is missing", async (name) => {
    const [header = '', claims = ''] = proofOf(device).split('.');
    const { [name]: _, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const input = `${b64(rest)}.${claims}`;
    expect(await ask(device, `${input}.${signature(device.phone, input, 'ES256')}`)).toBe(401);
  });

  it.each(['jti', 'htm', 'htu', 'iat', 'ath'])("Try DPoP proof where '%s' is missing", async (name) => {
    expect(await tried({}, { [name]: undefined })).toBe(401);
  });

  it("Try DPoP proof with invalid 'typ' in header", async () => {
    expect(await tried({ typ: 'dpop+jwt+wrongyousee' })).toBe(401);
  });

  it('Try DPoP proof signed using RS256', async () => {
    const rsa = await enrolled(nonces, 'PS256');
    expect(await ask(rsa, proofOf(rsa, { alg: 'RS256' }))).toBe(401);
  });

  it('Try DPoP proof with none alg', async () => {
    const [, claims = ''] = proofOf(device).split('.');
    for (const alg of ['none', 'NONE', 'nOnE'])
      for (const signed of ['', 'AAAA'])
        expect(
          await ask(device, `${b64({ typ: 'dpop+jwt', alg, jwk: device.phone.key.jwk })}.${claims}.${signed}`),
        ).toBe(401);
  });

  it('Try DPoP proof with invalid signature', async () => {
    const [header, claims, signed = ''] = proofOf(device).split('.');
    const changed = Buffer.from(signed, 'base64url').map((byte) => byte ^ 0x5a);
    expect(await ask(device, `${header}.${claims}.${Buffer.from(changed).toString('base64url')}`)).toBe(401);
  });

  it('Try DPoP proof with jwk header incorrectly containing private key', async () => {
    expect(await tried({ jwk: device.phone.key.privateJwk })).toBe(401);
  });

  it("Try DPoP proof with incorrect 'htm'", async () => {
    expect(await tried({}, { htm: 'PUT' })).toBe(401);
  });

  it("Try DPoP proof where 'htu' has a query/fragment", async () => {
    expect(await tried({}, { htu: `${HTU}?a=b#c` })).toBe(200);
  });

  it("Try DPoP proof where 'htu' does not contain the query/fragment", async () => {
    expect(await tried({}, { htu: HTU })).toBe(200);
  });

  it("Try DPoP proof where 'htu' is a different url", async () => {
    expect(await tried({}, { htu: `${HTU}ohnonotagain` })).toBe(401);
  });

  it.each([
    ['future', 3600],
    ['past', -3600],
  ])("Try DPoP proof where 'iat' is one hour in the %s", async (_, seconds) => {
    expect(await tried({}, { iat: device.bench.now / 1000 + seconds })).toBe(401);
  });

  it('DPoP reuse, first use of jti, and second use of the same jti', async () => {
    expect(await tried({}, { jti: 'fixed' })).toBe(200);
    expect(await tried({}, { jti: 'fixed' })).toBe(401);
  });

  it("Try DPoP proof where 'ath' is incorrect", async () => {
    expect(await tried({}, { ath: sha256('another token') })).toBe(401);
  });

  it('Try DPoP signed with a different key', async () => {
    const other = await makePhone(device.bench);
    const { kid: _, ...jwk } = other.key.jwk;
    expect(await ask(device, proofOf(device, { jwk }, {}, other))).toBe(401);
    expect(await ask(device, proofOf(device, {}, {}, other))).toBe(401);
  });

  it('Try DPoP proof with extra claims on header and claims, as it should be ignored by resource server', async () => {
    expect(await tried({ tx_id: 'x' }, { tx_id_key: 'x' })).toBe(200);
  });

  it('Try DPoP proof expecting RS to compare scheme and hostname using case independent mode', async () => {
    expect(await tried({}, { htu: HTU.replace('https://search.example.org', 'HTTPS://SEARCH.EXAMPLE.ORG') })).toBe(200);
  });

  it('Try DPoP proof expecting Scheme based normalization of htu claim', async () => {
    expect(await tried({}, { htu: HTU.replace('.org/', '.org:443/') })).toBe(200);
  });

  it('Try resource access without DPoP proof', async () => {
    expect(await ask(device)).toBe(401);
  });

  it("Try resource access without DPoP proof and authorization type changed to 'Bearer'", async () => {
    const headers = ['authorization', `Bearer ${device.token}`];
    expect((await send(device.bench, { target: TARGET, headers })).status).toBe(401);
    expect((await send(device.bench, { target: TARGET, headers: [...headers, 'dpop', proofOf(device)] })).status).toBe(
      401,
    );
  });

  it('Check a correct DPoP proof still works', async () => {
    expect(await ask(device, proofOf(device))).toBe(200);
  });
});

describe('a nonce', () => {
  it('is refused when it is missing, made up, or old', async () => {
    const device = await enrolled(true);
    for (const nonce of [undefined, '', 'x', 'A'.repeat(30), 7])
      expect(await ask(device, proofOf(device, {}, { nonce }))).toBe(401);
    expect(await ask(device, proofOf(device))).toBe(200);
    device.bench.now += 131_000;
    expect(await ask(device, proofOf(device))).toBe(401);
  });

  it('of one gateway is good at the others, which have the same key', async () => {
    const [device, other] = [await enrolled(true), await enrolled(true)];
    expect(await ask(device, proofOf(device, {}, { nonce: other.nonce }))).toBe(200);
  });
});
