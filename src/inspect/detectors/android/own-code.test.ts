import { describe, expect, it } from 'vitest';
import { createOwnCode } from './own-code.ts';
import { shop, xml } from './testing/written-app.ts';

const launcher = (name: string) =>
  `<activity name="${name}"><intent-filter><action name="android.intent.action.MAIN"/><category name="android.intent.category.LAUNCHER"/></intent-filter></activity>`;
const owner = async (manifest: string) => createOwnCode(await xml(manifest));

describe('own code', () => {
  it('is what bears the name of the app or its organisation', async () => {
    const whose = await owner(shop(launcher('.Main')));
    expect(whose('com.bluemarket.shop.Main')).toBe('app');
    expect(whose('com.bluemarket.pay.Api$2')).toBe('app');
    expect(whose('com.bluemarketing.Tracker')).toBe('library');
    expect(whose('okhttp3.internal.Util')).toBe('library');
    expect(whose('a.b.c')).toBe('unknown');
    expect(whose('Foo')).toBe('unknown');
  });

  it('may lie elsewhere than the id says: where the launcher is', async () => {
    const whose = await owner(
      `<manifest package="org.store.flavour"><application>${launcher('uk.co.agency.shop.Splash')}</application></manifest>`,
    );
    expect(whose('uk.co.agency.core.Net')).toBe('app');
    expect(whose('uk.co.other.Net')).toBe('library');
  });

  it('is not what frameworks put in its place', async () => {
    const whose = await owner(shop(launcher('com.unity3d.player.UnityPlayerActivity')));
    expect(whose('com.unity3d.player.UnityPlayer')).toBe('library');
  });

  it('of an app inside a library’s name space is that part of it alone', async () => {
    const whose = await owner(
      `<manifest package="com.google.shop"><application name="com.google.shop.App"/></manifest>`,
    );
    expect(whose('com.google.shop.ui.Main')).toBe('app');
    expect(whose('com.google.firebase.Auth')).toBe('library');
  });

  it('does not spread over names that many share', async () => {
    const whose = await owner('<manifest package="com.example.shop"><application/></manifest>');
    expect(whose('com.example.shop.Main')).toBe('app');
    expect(whose('com.example.other.Main')).toBe('library');
  });
});
