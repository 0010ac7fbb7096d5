/** Secrets of an app package never leave: whatever is run, in every format, on both streams. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { everything } from './outputs.ts';
import { leaksIn, noise, type Planted } from './planted.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const HEX = '0123456789abcdef';
const HOST = 'api.bluemarket-canary.net';

const planted: Planted[] = [];

/** A secret to plant; `form` puts its random body into the provider's form. */
function secret(
  what: string,
  length: number,
  form: (body: string) => string = (body) => body,
  alphabet?: string,
): string {
  const value = form(noise(what, length, alphabet));
  planted.push({ what, secret: value });
  return value;
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = secret('JWT', 43, (body) => `${part({ alg: 'HS256' })}.${part({ sub: noise('sub', 20) })}.${body}`);
const pem = secret('PEM body', 64, (body) => `MIIE${body}`);
const wrapped = secret('password in a base64 address', 18);
const inJson = secret('password of a JSON asset', 22);

const strings: Record<string, string> = {
  google_api_key: secret('Google API key', 33, (body) => `AIzaSy${body}`),
  aws_access_key_id: secret('AWS access key id', 14, (body) => `AKIA27${body}`, UPPER),
  aws_secret_access_key: secret('AWS secret access key', 39, (body) => `${body}/`),
  db_password: secret('named password', 24),
  backend: `https://shop:${secret('password of a web address', 16)}@${HOST}/v1`,
  slashed: `https://shop:${secret('password with a slash', 16, (body) => `${body}/${noise('s2', 10)}`)}@${HOST}/v1`,
  aroba: `https://shop:${secret('password with an at sign', 12, (body) => `${body}@${noise('a2', 12)}`)}@${HOST}/v1`,
  hashed: `https://shop:${secret('password with a hash', 12, (body) => `${body}#${noise('h2', 12)}`)}@${HOST}/v1`,
  question: `https://shop:${secret('password with a question mark', 12, (body) => `${body}?${noise('q2', 12)}`)}@${HOST}/v1`,
  token_user: `https://${secret('token as user name', 36, (body) => `ghp_${body}`)}:x-oauth-basic@${HOST}/repo.git`,
  plain_token_user: `https://${secret('unknown token as user name', 32)}:x-oauth-basic@${HOST}/other.git`,
  only_user: `https://${secret('token as only user information', 24)}@${HOST}/sentry/42`,
};

const dex = [
  `postgres://shop:${secret('password of a PostgreSQL address', 16)}@db.bluemarket-canary.net:5432/shop`,
  `mongodb://shop:${secret('password of a MongoDB address', 16)}@m1.bluemarket-canary.net:27017,m2.bluemarket-canary.net:27017/shop?authSource=admin`,
  `mongodb+srv://shop:${secret('password of a MongoDB SRV address', 16)}@cluster.bluemarket-canary.net/shop`,
  `redis://:${secret('password of a Redis address', 16)}@cache.bluemarket-canary.net:6379/0`,
  `amqp://shop:${secret('password of an AMQP address', 16)}@mq.bluemarket-canary.net:5672`,
  `mqtt://shop:${secret('password of an MQTT address', 16)}@mq.bluemarket-canary.net:1883`,
  `jdbc:mysql://db.bluemarket-canary.net:3306/shop?user=shop&password=${secret('password of a JDBC address', 16)}`,
  `jdbc:sqlserver://db.bluemarket-canary.net:1433;user=sa;password=${secret('password of a SQL Server address', 16)}`,
  `jdbc:postgresql://shop:${secret('password inside a JDBC address', 16)}@db.bluemarket-canary.net/shop`,
  `shop:${secret('password of a bare address', 16)}@search.bluemarket-canary.net:9200`,
  `shop:${secret('bare password with a colon', 12, (body) => `${body}:${noise('bc', 12)}`)}@search.bluemarket-canary.net:9200`,
  `shop:${secret('bare password with a slash', 12, (body) => `${body}/${noise('bs', 12)}`)}@search.bluemarket-canary.net:9200`,
  `shop:${secret('bare password with an at sign', 12, (body) => `${body}@${noise('ba', 12)}`)}@search.bluemarket-canary.net:9200`,
  `${secret('token before a bare address', 32)}@search.bluemarket-canary.net:9200/v1`,
  `//shop:${secret('password without a scheme', 16)}@search.bluemarket-canary.net:9200/v2`,
  `https://proxy.bluemarket-canary.net/?to=https%253A%252F%252Fshop%253A${secret('password encoded twice', 16)}%2540${HOST}%252F`,
  `https://proxy.bluemarket-canary.net/?to=https%3A%2F%2F${HOST}%2F%3Fapi_key%3D${secret('key in an encoded address', 24)}`,
  `/v1/relative?api_key=${secret('key in a relative address', 24)}`,
  `https://${HOST}/u/${jwt}/x`,
  `https://${HOST}/v1/geo?api_key=${secret('key in a query', 24)}&page=2`,
  `https://${HOST}/v1/geo?page=2&amp;access_token=${secret('token in an escaped query', 24)}`,
  `https://${HOST}/callback#access_token=${secret('token in a fragment', 24)}&token_type=bearer`,
  `https://${HOST}/callback#id=1&client_secret=${secret('secret in a fragment', 24)}`,
  `https://${HOST}/v1?X-Amz-Signature=${secret('signature of a presigned address', 64, undefined, HEX)}`,
  `https://${HOST}/v1/geo?api%5Fkey=${secret('key with an encoded name', 24)}`,
  `https://${HOST}/v1/geo?apikey=${secret('key that looks like base64', 22, (body) => `${body}==`)}`,
  `https://proxy.bluemarket-canary.net/?to=https%3A%2F%2Fshop%3A${secret('password in an encoded address', 16)}%40${HOST}%2F`,
  `https://proxy.bluemarket-canary.net/?to=https://shop:${secret('password in a nested address', 16)}@${HOST}/`,
  `https://hooks.slack.com/services/T01234567/B01234567/${secret('Slack webhook', 24)}`,
  `https://api.telegram.org/bot${secret('Telegram token', 33, (body) => `123456789:AA${body}`)}/sendMessage`,
  `DefaultEndpointsProtocol=https;AccountName=canary;AccountKey=${secret('Azure storage key', 86, (body) => `${body}==`)};EndpointSuffix=core.windows.net`,
  `Endpoint=sb://canary.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${secret('Azure shared access key', 43, (body) => `${body}=`)}`,
  secret('Stripe key', 24, (body) => `sk_live_${body}`),
  secret('SendGrid key', 66, (body) => `SG.${body.slice(0, 22)}.${body.slice(22, 65)}`),
  secret('Slack token', 24, (body) => `xoxb-123456789012-123456789012-${body}`),
  secret('GitLab token', 20, (body) => `glpat-${body}`),
  secret('Mailgun key', 32, (body) => `key-${body}`, HEX),
  secret('Twilio key', 32, (body) => `SK${body}`, HEX),
  jwt,
  `https://${HOST}/v1/me?jwt=${jwt}`,
  Buffer.from(`https://shop:${wrapped}@hidden.bluemarket-canary.net/v1`).toString('base64'),
  `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----`,
];

const assets = {
  'config.json': JSON.stringify({
    database: { url: `postgres://shop:${inJson}@json.bluemarket-canary.net/shop`, password: inJson },
    [secret('key of a JSON object', 20, (body) => `sk_live_${body}`)]: `https://${HOST}/by-key`,
  }),
  'www/app.js': `const api = "https://${HOST}/js?key=${secret('key in a script', 24)}"; const p = {password: "${secret('password of a script', 20)}"};`,
  'shop.properties': `db.url=jdbc:mysql://props.bluemarket-canary.net/shop?password=${secret('password of a properties file', 20)}\n`,
  'page.html': `<a href="https://${HOST}/h?token=${secret('token of a page', 24)}">x</a>`,
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-package-'));
  mkdirSync(join(folder, 'app'));
  const apk = buildApk({
    applicationId: 'net.bluemarket.canary',
    versionName: '1.0',
    versionCode: 1,
    label: 'Canary',
    minSdk: 24,
    targetSdk: 34,
    manifestFlags: { debuggable: true, usesCleartextTraffic: true },
    strings,
    dex: [dex],
    assets,
  });
  writeFileSync(join(folder, 'app/canary.apk'), apk);
  writeFileSync(join(folder, 'postern.yaml'), 'version: 1\npackages: [app/canary.apk]\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds a planted value in every disguise', () => {
  const value = noise('self', 24);
  const disguises = [
    value,
    value.toUpperCase(),
    Buffer.from(value).toString('base64'),
    Buffer.from(`x${value}`).toString('base64url'),
    Buffer.from(value).toString('hex'),
    value.slice(4, 20),
  ];
  for (const disguise of disguises)
    expect(leaksIn(`a ${disguise} b`, [{ what: 'self', secret: value }])).toHaveLength(1);
  expect(leaksIn(`a ${value.slice(0, 4)}…[24] b`, [{ what: 'self', secret: value }])).toEqual([]);
});

it('shows no secret of a package, in any format', async () => {
  const formats = ['table', 'json', 'jsonl', 'sarif', 'markdown'];
  const all = await everything(folder, [
    ...formats.map((format) => ['inspect', 'app/canary.apk', '--all', '--format', format]),
    ...[...formats, 'html'].map((format) => [
      'check',
      '--show-suppressed',
      '--format',
      format,
      '--output',
      `${format}=out/check.${format}`,
    ]),
  ]);
  // The package was read: what may be shown is shown.
  expect(all).toContain('net.bluemarket.canary');
  for (const host of ['api', 'db', 'm2', 'cache', 'json', 'props', 'hidden'])
    expect(all).toContain(`${host}.bluemarket-canary.net`);
  expect(leaksIn(all, planted)).toEqual([]);
}, 120_000);
