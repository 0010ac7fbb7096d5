import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { firebaseRemoteConfig } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const FETCH = '/v1/projects/bluemarket/namespaces/firebase:fetch';
const identifiers = {
  projectId: 'bluemarket',
  appId: '1:100200300400:android:0a1b2c3d',
  apiKey: `AIza${'0'.repeat(35)}`,
};
const error = (code: number, status: string, reason?: string): Reply => [
  code,
  { error: { code, message: 'm', status, ...(reason === undefined ? {} : { details: [{ reason }] }) } },
];
const template = (entries: Record<string, unknown>): Reply => [
  200,
  { entries, state: 'UPDATE', templateVersion: '12' },
];

async function ask(
  reply: Reply,
  otherwise: Reply = error(404, 'NOT_FOUND'),
  ids: Record<string, string> = identifiers,
) {
  const server = await httpServer((path) => (path === FETCH ? reply : otherwise));
  servers.push(server);
  return await askPort(server.port, 'firebase-remote-config', undefined, { identifiers: ids });
}

describe('the Remote Config dialogue', () => {
  it('finds secrets among the parameters by form and by name, and repeats none', async () => {
    const result = await ask(
      template({
        welcome: 'Good morning, Jane',
        payment: 'sk_live_madeup0123456789',
        smtpPassword: 'correct-horse-battery',
        password_min_length: '12',
        'jane@example.org': 'on',
      }),
    );
    expect(result).toMatchObject({
      verdict: 'anonymous-read',
      version: '12',
      documents: 5,
      datasets: [
        { name: 'parameters', fields: ['welcome', 'payment', 'smtpPassword', 'password_min_length', '*.org'] },
      ],
      reason:
        '2 of the 5 parameters that every stranger gets have the form of secrets (a secret key of Stripe, named as one)',
    });
    expect(JSON.stringify(result)).not.toMatch(/sk_live|horse|jane@|Good morning/);
  });

  it.each<[string, Reply, string]>([
    ['parameters without secrets', template({ welcome: 'hello', show_banner: 'true' }), 'secured'],
    ['no template', [200, { state: 'NO_TEMPLATE' }], 'secured'],
    ['a refusal', error(403, 'PERMISSION_DENIED'), 'secured'],
    ['an app of another project', error(400, 'INVALID_ARGUMENT'), 'inconclusive'],
    [
      'a key that is restricted to the app',
      error(403, 'PERMISSION_DENIED', 'API_KEY_ANDROID_APP_BLOCKED'),
      'inconclusive',
    ],
  ])('judges %s', async (_name, reply, verdict) => {
    expect(await ask(reply)).toMatchObject({ service: 'firebase-remote-config', verdict });
  });

  it.each<[string, Reply, Reply | undefined]>([
    ['has parameters in every namespace', template({ a: 'b' }), template({ a: 'b' })],
    ['sends garbage', [200, 'x'], undefined],
    ['breaks off', [200, '{"entries":{"a":'], undefined],
    ['has no state', [200, { entries: { a: 'sk_live_madeup' } }], undefined],
  ])('believes nothing of a server that %s', async (_name, reply, otherwise) => {
    expect(await ask(reply, otherwise)).toMatchObject({ verdict: 'unidentified', datasets: [] });
  });

  it('survives entries of any shape', async () => {
    expect(await ask(template({ a: null, b: { c: [] }, d: 7, e: 'x'.repeat(100_000) }))).toMatchObject({
      documents: 4,
    });
  });

  it('asks nothing without the three identifiers, and nobody else’s', async () => {
    expect(await ask(error(403, 'X'), undefined, { projectId: 'bluemarket' })).toMatchObject({
      verdict: 'inconclusive',
    });
    const headers = { 'x-goog-api-key': identifiers.apiKey };
    const body = JSON.stringify({ appId: identifiers.appId, appInstanceId: 'postern' });
    const may = (path: string, sent: object) =>
      firebaseRemoteConfig.allow.permitsRequest?.({ method: 'POST', path, headers, body, ...sent }, identifiers);
    expect(may(FETCH, {})).toBe(true);
    expect(may(FETCH.replace('bluemarket', 'rival'), {})).toBe(false);
    expect(may(FETCH, { headers: { 'x-goog-api-key': 'other' } })).toBe(false);
    expect(may(FETCH, { body: '{}' })).toBe(false);
    expect(may('/v1/projects/bluemarket/remoteConfig', { method: 'GET', body: undefined })).toBe(false);
  });
});
