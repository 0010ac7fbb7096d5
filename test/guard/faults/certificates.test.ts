/** Certificates are renewed while requests run: no connection is cut, and what cannot be used changes nothing. */
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../src/core/testing/openssl.ts';
import { authority, signed } from '../../../src/guard/listener/testing/raw.ts';
import { type FakeStore, honest, startStore } from '../../../src/guard/upstream/testing/store.ts';
import {
  makePlace,
  type Place,
  policyText,
  type Standing,
  search,
  stand,
  stopAll,
  tagsIn,
  tokenFor,
} from './gateway.ts';

let store: FakeStore;

beforeEach(async () => {
  store = await startStore();
});

afterEach(async () => {
  await stopAll();
  await store.stop();
});

interface Bench extends Standing {
  readonly place: Place;
  readonly token: string;
  /** Who signed what a new connection is shown. */
  signer(): Promise<string>;
  /** Puts a certificate of another authority in the place of the one that is used. */
  renew(files: readonly ('pem' | 'key')[]): void;
}

async function bench(): Promise<Bench> {
  const listener = `{ address: '127.0.0.1:0', http2: false, tls: { certificate: server.pem, key: server.key } }`;
  const place = await makePlace(policyText({ stores: [store.port], listener }));
  const { folder } = place;
  for (const [name, by] of [
    ['server', 'first'],
    ['renewed', 'second'],
  ] as const) {
    authority(folder, by);
    signed(folder, by, name, 'subjectAltName=IP:127.0.0.1');
  }
  const standing = await stand(place);
  const port = standing.gateway.listeners[0]?.address()?.port ?? 0;
  return {
    ...standing,
    url: `https://127.0.0.1:${port}`,
    place,
    token: await tokenFor(place.key),
    async signer() {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { issuer } = socket.getPeerCertificate();
      socket.destroy();
      return String(issuer.CN);
    },
    renew(files) {
      for (const ending of files) copyFileSync(join(folder, `renewed.${ending}`), join(folder, `server.${ending}`));
    },
  };
}

describe.skipIf(!hasOpenssl)('certificates', () => {
  it('are renewed under load without a request being cut', async () => {
    const { url, token, gateway, signer, renew } = await bench();
    const waiting: (() => void)[] = [];
    store.behave = (asked, socket) => {
      if (!asked.body.includes('slow')) return honest(asked);
      waiting.push(() => socket.write(honest(asked)));
      return undefined;
    };
    expect(await signer()).toBe('first');
    const slow = search(url, token, 'slow');
    await expect.poll(() => waiting.length).toBe(1);
    let going = true;
    let served = 0;
    const client = async (name: string) => {
      for (let at = 0; going; at++) {
        const tag = `${name}-${at}`;
        expect(tagsIn(await search(url, token, tag))).toEqual([tag, tag]);
        served++;
      }
    };
    const clients = ['a', 'b', 'c', 'd'].map(client);
    await expect.poll(() => served).toBeGreaterThan(20);
    renew(['key', 'pem']);
    await gateway.reload();
    expect(await signer()).toBe('second');
    const enough = served + 20;
    await expect.poll(() => served).toBeGreaterThan(enough);
    going = false;
    await Promise.all(clients);
    waiting[0]?.();
    expect(tagsIn(await slow)).toEqual(['slow', 'slow']);
  });

  it('whose key does not fit stay out, and the policy that came with them is in force', async () => {
    const { url, token, gateway, signer, renew, logs, place } = await bench();
    const good = policyText({
      stores: [store.port],
      listener: `{ address: '127.0.0.1:0', http2: false, tls: { certificate: server.pem, key: server.key } }`,
    });
    renew(['pem']);
    place.write(good.replace('operations: [search,', 'operations: ['));
    await gateway.reload();
    expect(logs.some((line) => line.startsWith('error: certificates stay as they were'))).toBe(true);
    expect(logs.some((line) => line.includes('is in force'))).toBe(true);
    expect(logs.join()).not.toContain('the old one stays in force');
    expect(await signer()).toBe('first');
    expect((await search(url, token, 'x')).status).toBe(403);
    renew(['key']);
    await gateway.reload();
    expect(await signer()).toBe('second');
  });
});
