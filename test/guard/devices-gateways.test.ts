/**
 * Several gateways with one store of devices, as it is on a disk: what was used at one is used at all, of two at once one wins,
 * and what is revoked at one is over at the others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, createKey, type Enrolment, keyOf } from '../../src/client/index.ts';
import type { Data } from '../../src/db/data.ts';
import { createEmbeddedData } from '../../src/db/embedded.ts';
import { enrolData, renewalData } from '../../src/guard/devices/client-data.ts';
import { BENCH_ORIGIN, type Bench, makeBench } from '../../src/guard/devices/testing/bench.ts';
import { createPaperAttester, paper } from '../../src/guard/devices/testing/paper-attester.ts';
import { call, json, makePhone, type Phone, post } from '../../src/guard/devices/testing/phone.ts';

const APP = 'org.example.shop';
const folder = mkdtempSync(join(tmpdir(), 'postern-gateways-'));
let data: Data;
let one: Bench;
let two: Bench;

beforeAll(async () => {
  data = await createEmbeddedData(join(folder, 'data'));
  const attester = createPaperAttester();
  // The store forgets by its own clock.
  const now = Date.now();
  one = await makeBench({ attester, store: data.devices, now });
  const { issuerKey, signingKey } = one;
  two = await makeBench({ attester, store: data.devices, issuerKey, signingKey, now });
});

afterAll(async () => {
  await data.close();
  rmSync(folder, { recursive: true, force: true });
});

async function enrolment(phone: Phone, token: string, challenge: string): Promise<object> {
  return {
    format: 'app-attest',
    platform: 'ios',
    app: APP,
    version: '5.2.0',
    challenge,
    proof: await phone.proof(token, { method: 'POST', url: `${BENCH_ORIGIN}/device/enrol` }),
    attestation: paper(enrolData(challenge, phone.jkt, APP, '5.2.0')),
    keyId: 'A'.repeat(43),
  };
}

async function challengeOf(bench: Bench, token: string): Promise<string> {
  return json(await post(bench, 'challenge', token, {})).challenge ?? '';
}

async function enrolled() {
  const phone = await makePhone(one);
  const user = await one.userToken();
  const answer = await post(one, 'enrol', user, await enrolment(phone, user, await challengeOf(one, user)));
  expect(answer.status).toBe(200);
  const { device = '', access_token: token = '' } = json(answer);
  const row = await data.devices.device(device);
  return { phone, user, device, token, key: row?.keyId ?? '' };
}

describe('two gateways', () => {
  it('take one challenge once, whichever gave it', async () => {
    const phone = await makePhone(one);
    const user = await one.userToken();
    const challenge = await challengeOf(one, user);
    const answers = await Promise.all(
      [one, two, one, two].map(async (bench) => post(bench, 'enrol', user, await enrolment(phone, user, challenge))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  });

  it('let exactly one of two renewals with one counter win', async () => {
    const { phone, user, device, key } = await enrolled();
    async function renewal(bench: Bench): Promise<number> {
      const challenge = await challengeOf(bench, user);
      const assertion = paper(renewalData(challenge, phone.jkt, device), { key, counter: 7 });
      const proof = await phone.proof(user, { method: 'POST', url: `${BENCH_ORIGIN}/device/token` });
      return (await post(bench, 'token', user, { device, proof, challenge, assertion })).status;
    }
    expect((await Promise.all([one, two, one, two].map(renewal))).sort()).toEqual([200, 401, 401, 401]);
  });

  it('know each other’s devices, and stop them at once', async () => {
    const { phone, token } = await enrolled();
    expect((await call(two, phone, token)).status).toBe(200);
    expect((await call(two, phone, token, { method: 'POST', target: '/device/revoke' })).status).toBe(200);
    expect((await call(one, phone, token)).status).toBe(401);
    expect((await call(two, phone, token)).status).toBe(401);
  });

  it('serve one app, which does not notice', async () => {
    const stored: { enrolment: Enrolment | null } = { enrolment: null };
    const { pair } = await createKey();
    let turn = 0;
    const client = createClient({
      baseUrl: BENCH_ORIGIN,
      key: await keyOf(pair),
      app: { id: APP, version: '50200', platform: 'android' },
      userToken: () => one.userToken(),
      attest: async ({ bytes }) => ({ format: 'play-integrity', attestation: paper(bytes) }),
      storage: {
        load: async () => stored.enrolment,
        save: async (enrolment) => {
          stored.enrolment = enrolment;
        },
      },
      fetch: (input, init) => (turn++ % 2 === 0 ? one : two).fetch(input, init),
      now: () => one.now,
    });
    for (let n = 0; n < 6; n++) {
      expect((await client.call('GET', '/v1/orders')).status).toBe(200);
      one.now = two.now += 200_000;
    }
    expect(stored.enrolment?.format).toBe('play-integrity');
  });
});
