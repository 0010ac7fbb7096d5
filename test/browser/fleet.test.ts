/** The pages of `inspect FOLDER` and `diff` in real Chromium. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { FleetReport } from '../../src/core/contract/fleet.ts';
import type { InspectDiff } from '../../src/core/contract/inspect-diff.ts';
import { render } from '../../src/report/index.ts';
import { describeInChromium, violations } from './chromium.ts';

const sharer = (id: string) => ({ id, versions: ['1.0', '1.1'] });

/** @param apps how many; back end number n is shared by every n-th app */
function fleet(apps: number, backends: number): FleetReport {
  const ids = Array.from({ length: apps }, (_, at) => `com.maker${at}.app`);
  return {
    schema: 'https://postern.dev/schema/fleet-1.json',
    root: 'apps',
    summary: { packages: apps + 1, read: apps, partial: 1, failed: 1, cached: 0, apps },
    backends: Array.from({ length: backends }, (_, at) => ({
      kind: at % 5 === 4 ? 'firebase-rtdb' : 'host',
      id: at % 5 === 4 ? `bluemarket-${at}` : `api${at}.bluemarket-shop.com`,
      schemes: at % 5 === 4 ? [] : ['https'],
      apps: ids.filter((_, app) => (app * 7) % (at + 1) === 0).map(sharer),
    })),
    credentials: [
      {
        provider: 'aws',
        kind: 'access-key-id',
        mask: 'AKIA…WXYZ',
        hash: 'ab'.repeat(32),
        sensitivity: 'secret',
        apps: ids.slice(0, 2).map(sharer),
      },
    ],
    libraries: [{ name: 'pkg:maven/com.example/tracker', versions: ['1.0'], tracker: true, apps: ids.map(sharer) }],
    apps: ids.map((id, at) => ({
      id,
      version: '1.1',
      platform: 'android',
      path: `store/${id}.apk`,
      sha256: '00'.repeat(32),
      findings: { critical: 0, high: at % 3 === 0 ? 1 : 0, medium: at % 2, low: 0, info: 0 },
      complete: at > 0,
    })),
    failures: [{ path: 'broken.apk', code: 'E_INPUT_UNSUPPORTED', message: 'not an archive' }],
  };
}

const wide = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');
const visibleRows = (page: Page) => page.locator('#backends tbody tr:visible').count();

describeInChromium('the HTML report of a folder', (pages) => {
  const saved = async (report: FleetReport, name: string) => pages.save(await render('html', report), name);

  test('shows who shares what without a request, a console message or sideways scrolling, at 1280 and at 390 pixels', async () => {
    const address = await saved(fleet(10, 8), 'small.html');
    for (const width of [1280, 390]) {
      await pages.visit(
        address,
        async (page) => {
          expect(await page.locator('h1').textContent()).toBe('Eight back ends are shared by several apps.');
          expect(await wide(page)).toBeLessThanOrEqual(width);
          expect(await visibleRows(page)).toBe(8);
        },
        { viewport: { width, height: 844 } },
      );
    }
  });

  test('picture and table hold the same links, and a place opens its evidence by keyboard', async () => {
    await pages.visit(await saved(fleet(10, 8), 'links.html'), async (page) => {
      const drawn = await page.$$eval('#picture .edge', (edges) => edges.map((edge) => edge.getAttribute('data-edge')));
      const listed = await page.$$eval('#ways tr[data-edge]', (rows) =>
        rows.map((row) => row.getAttribute('data-edge')),
      );
      expect(drawn.length).toBe(fleet(10, 8).backends.flatMap(({ apps }) => apps).length);
      expect(drawn.toSorted()).toEqual(listed.toSorted());
      const app = page.locator('#picture .node.app').first();
      await app.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      expect(await page.locator('#drawer-title').textContent()).toMatch(/bluemarket/);
      expect(await page.locator('#drawer-body').textContent()).toContain('com.maker0.app 1.0, 1.1');
      await page.keyboard.press('Escape');
      expect(await page.locator('#drawer').isVisible()).toBe(false);
    });
  });

  test('what is typed narrows every table and lights the places that hold it', async () => {
    await pages.visit(await saved(fleet(10, 8), 'find.html'), async (page) => {
      await page.locator('#find').fill('API3.bluemarket');
      expect(await visibleRows(page)).toBe(1);
      expect(await page.locator('#found').textContent()).toBe('1 row');
      expect(await page.locator('#credentials').isVisible()).toBe(false);
      expect(await page.locator('#picture .node.endpoint.found').count()).toBe(1);
      expect(await page.locator('#picture .node.app.found').count()).toBe(3);
      await page.locator('#find').fill('');
      expect(await visibleRows(page)).toBe(8);
      expect(await page.locator('#picture.sought').count()).toBe(0);
    });
  });

  test('has no accessibility violation that axe finds, light and dark, with picture, table and drawer', async () => {
    const address = await saved(fleet(40, 60), 'axe.html');
    for (const colorScheme of ['light', 'dark'] as const) {
      await pages.visit(
        address,
        async (page) => {
          expect(await violations(page, 'label-content-name-mismatch')).toEqual([]);
          await page.locator('#view-table').click();
          await page.locator('#find').fill('api1');
          await page.locator('#ways [data-open=n1]').first().click();
          expect(await violations(page, 'label-content-name-mismatch')).toEqual([]);
        },
        { colorScheme, reducedMotion: 'reduce' },
      );
    }
  });

  test('stays a page of ten thousand apps: bounded picture, first rows, and how many more there are', async () => {
    const html = await render('html', fleet(10_000, 3_000));
    expect(html.length).toBeLessThan(8_000_000);
    await pages.visit(await pages.save(html, 'large.html'), async (page) => {
      expect(await page.locator('#picture .node').count()).toBeLessThanOrEqual(70);
      expect(await page.locator('#as-picture').isVisible()).toBe(true);
      expect(await page.locator('.map').textContent()).toContain('and 2,970 back ends that fewer apps share');
      expect(await page.locator('#backends').textContent()).toContain('and 1,000 more; the JSON report has them all.');
      await page.locator('#find').fill('api17.bluemarket-shop.com');
      expect(await visibleRows(page)).toBe(1);
    });
  });

  test('reads without scripts', async () => {
    await pages.visit(
      await saved(fleet(10, 8), 'scriptless.html'),
      async (page) => {
        for (const part of ['#picture', '#ways', '#p-n1', '#p-e1', '#backends'])
          expect(await page.locator(part).isVisible()).toBe(true);
        expect(await page.locator('#find').isVisible()).toBe(false);
      },
      { javaScriptEnabled: false },
    );
  });

  test('hostile text of a package stays text', async () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\' \u202egnp.exe\u001b[31m';
    const report = fleet(3, 2);
    report.root = hostile;
    for (const backend of report.backends) {
      backend.id = hostile;
      for (const app of backend.apps) app.id += hostile;
    }
    for (const app of report.apps) app.path += hostile;
    report.failures.push({ path: hostile, code: hostile, message: hostile });
    await pages.visit(await saved(report, 'hostile.html'), async (page) => {
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.content()).not.toMatch(/[\u202e\u001b]/);
      expect(await page.locator('#failures').textContent()).toContain('<img src=x onerror=alert(1)>');
    });
  });

  test('a folder in which nothing is shared says so, and has no empty picture', async () => {
    await pages.visit(await saved(fleet(1, 2), 'alone.html'), async (page) => {
      expect(await page.locator('h1').textContent()).toBe('No back end is shared by several apps.');
      expect(await page.locator('#picture').count()).toBe(0);
      expect(await visibleRows(page)).toBe(2);
    });
  });
});

describeInChromium('the HTML report of a difference', (pages) => {
  const build = { path: 'a.apk', platform: 'android', id: 'com.bluemarket.shop', sha256: '00'.repeat(32) } as const;
  const diff: InspectDiff = {
    schema: 'https://postern.dev/schema/inspect-diff-1.json',
    before: { ...build, version: '1', complete: true },
    after: { ...build, path: 'b.apk', version: '2', complete: false },
    changes: [
      { kind: 'endpoint', change: 'new', id: 'https://new.bluemarket-shop.com/', origin: 'app' },
      { kind: 'finding', change: 'new', id: 'android.debuggable', after: 'debuggable', severity: 'high' },
    ],
    summary: { new: 2, gone: 0, changed: 0 },
  };

  test('shows what changed, warns of what was not read, and has no violation that axe finds', async () => {
    await pages.visit(await pages.save(await render('html', diff), 'diff.html'), async (page) => {
      expect(await page.locator('h1').textContent()).toBe('2 things changed.');
      expect(await page.locator('.notice').textContent()).toContain('A part of b.apk was not read');
      expect(await page.locator('#changes-finding').textContent()).toContain('android.debuggable');
      expect(await violations(page)).toEqual([]);
    });
  });
});
