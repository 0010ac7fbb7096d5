/**
 * What packages hold of secrets and of people stays in them, whatever reads it: databases, bytecode, assemblies, native
 * code, property lists. Over every format of `inspect`, of a folder, of `diff`, the cache on disk, the log and the errors.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildBinary } from 'plist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { writeZip } from '../../lab/apk/zip-writer.ts';
import { inspectFolder } from '../../src/inspect/fleet/index.ts';
import { cstrings, writeMachO } from '../../src/inspect/formats/macho/testing/write-macho.ts';
import { run } from '../cli/run.ts';
import { everything } from './outputs.ts';
import { leaksIn, noise, type Planted } from './planted.ts';
import { writeDatabase } from './sqlite-writer.ts';

const HOST = 'api.bluemarket-canary.net';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const planted: Planted[] = [];

function secret(what: string, length: number, form: (body: string) => string = (body) => body): string {
  const value = form(noise(what, length));
  planted.push({ what, secret: value });
  return value;
}

/** Something of a person: lower case, as names and addresses are. */
function personal(what: string, form: (name: string) => string = (name) => name, length = 14): string {
  const name = noise(what, length, LOWER);
  // what makes it this person's is the name; the domain behind it is everybody's
  planted.push({ what, secret: `xxxx${name}` });
  return form(name);
}

const email = (what: string, domain = 'mail.bluemarket-canary.net') => personal(what, (name) => `${name}@${domain}`);

function phone(what: string): string {
  const number = `1415555${noise(what, 7, DIGITS)}`;
  planted.push({ what, secret: number });
  return `+${number}`;
}

const stripe = (what: string) => secret(what, 24, (body) => `sk_live_${body}`);

const database = writeDatabase([
  {
    name: 'people',
    columns: ['name', 'email', 'phone', 'note', 'password', 'apiToken'],
    rows: Array.from({ length: 6 }, (_, row) => [
      personal(`name ${row}`, (name) => `${name} ${name}`),
      email(`e-mail ${row}`),
      phone(`phone ${row}`),
      `mailto:${email(`e-mail as a link ${row}`)}`,
      secret(`password in a row ${row}`, 14),
      secret(`token in a row ${row}`, 32),
    ]),
  },
  {
    name: 'history',
    columns: ['url', 'body'],
    rows: [
      [`https://${HOST}/v1/orders`, ''],
      [`https://${HOST}/users/${email('e-mail in a path')}/orders`, ''],
      [`https://${HOST}/v1/track?email=${email('e-mail in a query')}&phone=${phone('phone in a query')}&page=2`, ''],
      [`https://${HOST}/v1/track?to=${encodeURIComponent(email('encoded e-mail in a query'))}`, ''],
      [`https://${email('e-mail before a host', HOST)}/v1/mine`, ''],
      [`${email('e-mail and a path', HOST)}/v1/mine`, ''],
      [`ftp://${email('e-mail before a file server', 'ftp.bluemarket-canary.net')}/home`, ''],
      [`sip:${email('e-mail as a call')}`, ''],
      [`/api/users/${email('e-mail in a relative path')}/orders`, ''],
      [`/api/users/${phone('phone in a relative path')}/orders`, ''],
      ['', `{"email":"${email('e-mail in JSON')}","name":"${personal('name in JSON')}","url":"https://${HOST}/json"}`],
      ['', Buffer.from(`{"token":"${stripe('key in a BLOB')}","phone":"${phone('phone in a BLOB')}"}`)],
    ],
  },
  {
    name: `cart-${email('e-mail as a table')}`,
    columns: ['item', `by ${email('e-mail as a column')}`, stripe('key as a column')],
    rows: [['x', `https://${HOST}/in-a-named-column`, `https://${HOST}/in-a-key-column`]],
  },
]);

/** Puts planted text in the place of a text of the same length or longer, and fills up with spaces. */
function replaced(bytes: Buffer, text: string, by: string, encoding: 'latin1' | 'utf16le'): Buffer {
  const made = Buffer.from(bytes);
  const at = made.indexOf(text, 0, encoding);
  if (at < 0 || by.length > text.length) throw new Error(`no room for ${by} at ${text}`);
  made.write(by.padEnd(text.length, '/'), at, encoding);
  return made;
}

const source = (path: string) => readFileSync(new URL(`../../src/inspect/formats/${path}`, import.meta.url));
const hermes = replaced(
  source('hermes/testing/v96.hbc'),
  'bluemarket-not-a-real-key-0123456789',
  secret('key in Hermes bytecode', 20, (body) => `AIzaSy9${body}0123456789`.slice(0, 36)).slice(0, 36),
  'latin1',
);
const assembly = replaced(
  source('dotnet/testing/shop.dll'),
  'https://login.bluemarket-shop.com/\u00fcber?u=',
  `https://u:${secret('password in a .NET assembly', 11)}@b-canary.net/`.slice(0, 42),
  'utf16le',
);
const script = [
  `const key = "${stripe('key in a script')}";`,
  `const api = "https://${HOST}/js?token=${secret('token in a script', 24)}";`,
  `const me = "${email('e-mail in a script')}"; const call = "tel:${phone('phone in a script')}";`,
  `// ask ${email('e-mail in a comment')} about https://${HOST}/comment`,
].join('\n');

const apk = (version: string, more: string) =>
  buildApk({
    ...{ applicationId: 'net.bluemarket.canary', versionName: version, versionCode: 1, label: 'Canary' },
    ...{ minSdk: 24, targetSdk: 34 },
    strings: {
      support: email('e-mail as a resource'),
      hotline: phone('phone as a resource'),
      [`by_${noise('x', 4, LOWER)}`]: `https://${HOST}/resource?password=${secret('password in a resource', 18)}`,
    },
    dex: [
      [
        `https://shop:${secret('password in DEX', 16)}@${HOST}/dex`,
        stripe('key in DEX'),
        `Lnet/bluemarket/${stripe('key as a class')};`,
        email('e-mail in DEX'),
        `shop:${secret('password of a bare address', 16)}@search.bluemarket-canary.net:9200`,
        more,
      ],
    ],
    assets: {
      'databases/app.db': database,
      'index.android.bundle': hermes,
      'www/app.js': script,
      [`users/${email('e-mail as a file name')}.json`]: `{"url":"https://${HOST}/in-a-named-file"}`,
      [`${stripe('key as a file name')}.txt`]: `https://${HOST}/in-a-key-file`,
      '../assemblies/Shop.dll': assembly,
    },
  });

const ipa = writeZip(
  Object.entries({
    'Payload/Shop.app/Info.plist': buildBinary({
      CFBundleIdentifier: 'net.bluemarket.canary',
      CFBundleShortVersionString: '1.0',
      CFBundleExecutable: 'Shop',
      StripeKey: stripe('key in Info.plist'),
      Support: email('e-mail in Info.plist'),
      NSAppTransportSecurity: { NSAllowsArbitraryLoads: true },
    }),
    'Payload/Shop.app/Settings.plist': `<?xml version="1.0"?><plist version="1.0"><dict><key>api</key><string>https://${HOST}/plist?key=${secret('key in an XML property list', 24)}</string>
<key>${email('e-mail as a key of a property list')}</key><string>https://${HOST}/in-a-named-key</string><key>password</key><string>${secret('password in a property list', 18)}</string></dict></plist>`,
    'Payload/Shop.app/Shop': writeMachO({
      sections: [
        {
          name: '__cstring',
          data: cstrings(
            `https://shop:${secret('password in Mach-O', 16)}@${HOST}/macho`,
            stripe('key in Mach-O'),
            email('e-mail in Mach-O'),
          ),
        },
      ],
    }),
    'Payload/Shop.app/main.jsbundle': script,
  }).map(([name, data]) => ({ name, data: Buffer.from(data as string), compress: true })),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-inspect-'));
  mkdirSync(join(folder, 'apps'));
  writeFileSync(join(folder, 'apps/one.apk'), apk('1.0', `https://${HOST}/one`));
  writeFileSync(join(folder, 'apps/two.apk'), apk('2.0', `https://${HOST}/two`));
  writeFileSync(join(folder, 'apps/three.ipa'), ipa);
  writeFileSync(join(folder, 'apps/broken.apk'), apk('3.0', `https://${HOST}/broken`).subarray(0, 60_000));
  writeFileSync(join(folder, 'app.db'), database);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file below a folder, unpacked where it is gzip. */
function onDisk(at: string): string {
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .map((name) => join(at, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => {
      const bytes = readFileSync(file);
      return `${file}\n${(file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')}`;
    })
    .join('\n');
}

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown', 'cyclonedx'];

describe('what a package holds of secrets and of people', () => {
  it.each(['apps/one.apk', 'apps/three.ipa', 'apps/broken.apk', 'app.db'])(
    'stays in %s in every format of inspect',
    async (file) => {
      const all = await everything(
        folder,
        FORMATS.flatMap((format) => [
          ['inspect', file, '--all', '--format', format, '--output', `${format}=out/inspect.${format}`],
        ]),
      );
      expect(all).toContain(HOST);
      expect(leaksIn(all, planted)).toEqual([]);
    },
    60_000,
  );

  it('was read: where it stood is reported, and it is shown to who asks for it', async () => {
    const { stdout } = await run(['inspect', 'apps/one.apk', '--all', '--format', 'json'], { cwd: folder });
    for (const path of ['/v1/orders', '/json', '/in-a-named-column', '/in-a-named-file', '/dex', '/resource', '/js'])
      expect(stdout).toContain(`${HOST}${path}`);
    const revealed = await run(['inspect', 'apps/one.apk', '--all', '--format', 'json', '--reveal-secrets'], {
      cwd: folder,
    });
    expect(leaksIn(revealed.stdout, planted).length).toBeGreaterThan(5);
  });

  it('stays there when a folder is inspected, and in its cache', async () => {
    const formats = ['table', 'json', 'jsonl', 'markdown'];
    const all = await everything(
      folder,
      formats.map((format) => [
        'inspect',
        'apps',
        '--all',
        '--cache',
        'cache',
        '--format',
        format,
        ...['--output', `${format}=out/fleet.${format}`],
      ]),
    );
    expect(all).toContain(HOST);
    expect(leaksIn(all, planted)).toEqual([]);
    const cache = { folder: join(folder, 'kept'), detectors: 'd'.repeat(64) };
    const { report } = await inspectFolder('apps', join(folder, 'apps'), {
      ...{ redactionKey: new Uint8Array(32).fill(7), workers: 2, cache, signal: new AbortController().signal },
    });
    expect(report.apps.length).toBe(4);
    const kept = onDisk(cache.folder);
    expect(kept).toContain(HOST);
    expect(leaksIn(kept, planted)).toEqual([]);
  }, 60_000);

  it('stays there when it is checked together with a configuration', async () => {
    const formats = ['table', 'json', 'jsonl', 'sarif', 'markdown', 'html'];
    const all = await everything(
      folder,
      formats.flatMap((format) => [
        ['check', 'apps/one.apk', 'apps/three.ipa', '--show-suppressed', '--format', format],
        ['check', 'apps/one.apk', '--format', format, '--output', `${format}=out/check.${format}`],
      ]),
    );
    expect(all).toContain(HOST);
    expect(leaksIn(all, planted)).toEqual([]);
  }, 120_000);

  it('stays there when two builds are compared', async () => {
    const all = await everything(
      folder,
      ['table', 'json', 'markdown'].flatMap((format) => [
        ['diff', 'apps/one.apk', 'apps/two.apk', '--all', '--format', format],
        ['diff', 'apps/one.apk', 'apps/three.ipa', '--all', '--format', format],
      ]),
    );
    expect(all).toContain(`${HOST}/two`);
    expect(leaksIn(all, planted)).toEqual([]);
  }, 60_000);
});

it('an address of a person is no endpoint', async () => {
  const { stdout } = await run(['inspect', 'app.db', '--all', '--format', 'json'], { cwd: folder });
  const report = JSON.parse(stdout) as { endpoints: { host?: string; url: string }[] };
  expect(report.endpoints.filter(({ host }) => host === 'mail.bluemarket-canary.net')).toEqual([]);
  expect(report.endpoints.map(({ url }) => url)).toContain(`https://${HOST}/v1/orders`);
});
