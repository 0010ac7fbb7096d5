/**
 * What strangers send to the device endpoints and in assertion headers: whatever it is, it is refused or done – nothing falls
 * over, nothing is enrolled, and no refusal repeats what was sent.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { NOW } from '../../src/guard/authn/testing/issuer.ts';
import { BENCH_ORIGIN, type Bench, makeBench, NO_REQUIREMENT } from '../../src/guard/devices/testing/bench.ts';
import { makePhone, type Phone, post, send } from '../../src/guard/devices/testing/phone.ts';
import { createAttester } from '../../src/guard/devices/verifiers.ts';
import { makeAppleAuthority, makeGoogleAuthority, makePlayKeys } from '../../src/guard/devices/verify/testing/index.ts';

const RUNS = Number(process.env.POSTERN_FUZZ_RUNS ?? 300);
const CANARY = 'CANARY';

let bench: Bench;
let phone: Phone;
let token: string;

beforeAll(async () => {
  const attester = createAttester({
    appAttest: {
      config: { appIds: ['ABCDE12345.org.example.shop'], environment: 'production' },
      root: makeAppleAuthority(NOW).root,
    },
    playIntegrity: {
      config: {
        packages: ['org.example.shop'],
        certificates: ['A'.repeat(43)],
        integrity: 'device',
        licensed: false,
        maxAge: 1000,
      },
      keys: makePlayKeys().keys,
      decode: null,
    },
    keyAttestation: {
      config: {
        packages: ['org.example.shop'],
        certificates: ['ab'.repeat(32)],
        securityLevel: 'trusted-environment',
        patchLevel: null,
      },
      roots: makeGoogleAuthority(NOW).roots,
      status: null,
    },
    appCheck: null,
  });
  bench = await makeBench({
    attester,
    requirement: { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete']) },
  });
  phone = await makePhone(bench);
  token = await bench.userToken();
});

const noise = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.base64String({ maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant(`${CANARY}\n`),
  fc.constant('A'.repeat(40_000)),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.base64String({ maxLength: 100 }), { maxLength: 10 }),
);

const enrolment = fc.record(
  {
    format: fc.oneof(fc.constantFrom('app-attest', 'play-integrity', 'key-attestation', 'app-check'), noise),
    platform: fc.oneof(fc.constantFrom('ios', 'android', 'web'), noise),
    app: fc.oneof(fc.constantFrom('org.example.shop', CANARY), noise),
    version: fc.oneof(fc.constantFrom('5.2.0', '50200'), noise),
    challenge: fc.oneof(fc.constant('good'), noise),
    proof: fc.oneof(fc.constant('good'), noise),
    attestation: noise,
    keyId: fc.oneof(fc.constant(`${'A'.repeat(43)}=`), noise),
    extra: noise,
  },
  { requiredKeys: ['format', 'platform', 'app', 'version', 'challenge', 'proof', 'attestation'] },
);

function expectSilent(): void {
  for (const { detail, message } of bench.refusals.splice(0)) expect(`${detail} ${message}`).not.toContain(CANARY);
}

describe('a stranger', () => {
  it('enrols nothing', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(enrolment, async (made) => {
        const { challenge } = JSON.parse(String((await post(bench, 'challenge', token, {})).body));
        const proof = await phone.proof(token, { method: 'POST', url: `${BENCH_ORIGIN}/device/enrol` });
        const body = {
          ...made,
          ...(made.challenge === 'good' && { challenge }),
          ...(made.proof === 'good' && { proof }),
        };
        const { status } = await post(bench, 'enrol', token, body);
        expect([400, 401, 413]).toContain(status);
        expect(await bench.store.devices(null, 1)).toEqual([]);
        expectSilent();
      }),
      { numRuns: RUNS },
    );
  });

  it('gets no token and revokes nothing', { timeout: 120_000 }, async () => {
    const members = fc.dictionary(fc.constantFrom('device', 'proof', 'challenge', 'assertion', 'x'), noise, {
      maxKeys: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('token', 'revoke', 'challenge', 'x'), members, async (verb, body) => {
        const { status } = await post(bench, verb, token, body);
        if (verb === 'challenge' && Object.keys(body).length === 0) expect(status).toBe(200);
        else expect([400, 401, 403, 404, 413]).toContain(status);
        expectSilent();
      }),
      { numRuns: RUNS },
    );
  });

  it('sends bodies that are no JSON, and headers that are nothing', { timeout: 120_000 }, async () => {
    const header = fc.stringMatching(/^[\x21-\x7e ]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), header, header, async (body, challenge, assertion) => {
        if (body !== '') expect([400, 401]).toContain((await post(bench, 'enrol', token, body)).status);
        const headers = [
          'authorization',
          `Bearer ${token}`,
          'postern-challenge',
          challenge,
          'postern-assertion',
          assertion,
        ];
        expect(
          (
            await send(bench, {
              method: 'DELETE',
              headers: [...headers, 'app-version', assertion, 'app-platform', challenge],
            })
          ).status,
        ).toBe(403);
        expectSilent();
      }),
      { numRuns: RUNS },
    );
  });
});
