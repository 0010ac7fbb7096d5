import { describe, expect, it } from 'vitest';
import { reportOf } from '../../test/golden/inspect-support.ts';
import { diffBuilds } from './diff.ts';

const shop = (version: string, attributes = '') =>
  `<manifest package="com.bluemarket.shop" versionName="${version}"><uses-sdk targetSdkVersion="34"/><application ${attributes}/></manifest>`;

async function build(path: string, version: string, strings: string[], attributes = '') {
  return { path, report: await reportOf({ manifest: shop(version, attributes), strings }) };
}

const own = ['https://api.bluemarket-shop.com/v1/orders', 'https://old.bluemarket-shop.com/x'];
const next = [
  'https://api.bluemarket-shop.com/v1/orders',
  'https://new.bluemarket-shop.com/x',
  'https://www.w3.org/2000/svg',
];

describe('the difference of two builds', () => {
  it('is empty for one build and itself', async () => {
    const a = await build('a.apk', '1', own);
    expect(diffBuilds(a, a)).toMatchObject({ changes: [], summary: { new: 0, gone: 0, changed: 0 } });
  });

  it('names new and gone back ends, and the new version', async () => {
    const { changes } = diffBuilds(await build('a.apk', '1', own), await build('b.apk', '2', next));
    expect(changes).toEqual([
      { kind: 'app', change: 'changed', id: 'version', before: '1', after: '2' },
      { kind: 'endpoint', change: 'new', id: 'https://new.bluemarket-shop.com/x', after: 'app', origin: 'app' },
      { kind: 'endpoint', change: 'gone', id: 'https://old.bluemarket-shop.com/x', before: 'app', origin: 'app' },
    ]);
  });

  it('shows what is not the app’s own on request', async () => {
    const { changes } = diffBuilds(await build('a.apk', '1', own), await build('b.apk', '1', next), { all: true });
    expect(changes.map(({ id }) => id)).toContain('https://www.w3.org/2000/svg');
  });

  it('tells a changed setting with both values, and the finding that comes with it', async () => {
    const debuggable = 'android:debuggable="true"';
    const { changes } = diffBuilds(await build('a.apk', '1', []), await build('b.apk', '1', [], debuggable));
    expect(changes).toContainEqual({
      kind: 'setting',
      change: 'changed',
      id: 'android.debuggable',
      before: 'false (default)',
      after: 'true',
    });
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'finding', change: 'new', id: 'inspect/android-debuggable', severity: 'high' }),
    );
  });

  it('compares credentials by their keyed hash and never shows their value', async () => {
    const secret = 'AKIAQ3EGRT5ZXCVB2MNP';
    const { changes } = diffBuilds(await build('a.apk', '1', []), await build('b.apk', '1', [`key=${secret}`]));
    const credential = changes.find(({ kind }) => kind === 'credential');
    expect(credential).toMatchObject({ change: 'new' });
    expect(JSON.stringify(changes)).not.toContain(secret);
  });
});
