/** The HTML report of `check` in real Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { CheckReport } from '../../src/core/contract/check.ts';
import { render } from '../../src/report/index.ts';
import { bluemarketCheckReport, SOURCES } from '../golden/fixtures/check-report.ts';
import { describeInChromium, violations as violationsOf } from './chromium.ts';

describeInChromium('the HTML report', (pages) => {
  let url: string;

  beforeAll(async () => {
    url = await save(bluemarketCheckReport(), 'report.html');
  });

  async function save(report: CheckReport, name: string): Promise<string> {
    return pages.save(await render('html', report, { sources: SOURCES }), name);
  }

  function visit(
    steps: (page: Page) => Promise<void>,
    options: BrowserContextOptions = {},
    address = url,
  ): Promise<void> {
    return pages.visit(address, steps, options);
  }

  /** Id of what has the focus, or the key of the place in the picture. */
  function focused(page: Page): Promise<string> {
    return page.evaluate<string>(
      `document.activeElement?.getAttribute('data-node') ?? document.activeElement?.id ?? ''`,
    );
  }

  test('shows its verdict without a request, a console message or sideways scrolling, at 1280 and at 390 pixels', async () => {
    for (const width of [1280, 390]) {
      await visit(
        async (page) => {
          expect(await page.locator('h1').textContent()).toBe('Three back doors stand open.');
          expect(await page.title()).toBe('Three back doors stand open. – Postern');
          expect(await page.locator('article.story').count()).toBe(4);
          expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        },
        { viewport: { width, height: 844 } },
      );
    }
  });

  test('the first Tab reaches the skip link, and Enter goes to the report', async () => {
    await visit(async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate<string>('document.activeElement?.textContent')).toBe('Skip to the report');
      await page.keyboard.press('Enter');
      expect(await focused(page)).toBe('main');
    });
  });

  test('the picture is one stop for Tab; arrow keys move along its lines, Enter opens the evidence, Escape returns', async () => {
    await visit(async (page) => {
      for (let presses = 0; presses < 40 && !/^n\d+$/.test(await focused(page)); presses++)
        await page.keyboard.press('Tab');
      const app = await focused(page);
      expect(await label(page, app)).toContain('App, com.bluemarket.shop 3.2');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Home');
      expect(await focused(page)).toBe(app);
      for (const step of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(step);
      const store = await focused(page);
      expect(await label(page, store)).toMatch(/^Data store, /);
      await page.keyboard.press('ArrowUp');
      expect(await label(page, await focused(page))).toMatch(/^Data store, /);
      const opened = await focused(page);
      await page.keyboard.press('Enter');
      expect(await page.locator('#drawer').evaluate((drawer) => drawer.hasAttribute('open'))).toBe(true);
      expect(await focused(page)).toBe('drawer-title');
      expect(await label(page, opened)).toContain(await page.locator('#drawer-title').textContent());
      await page.keyboard.press('Escape');
      expect(await page.locator('#drawer').evaluate((drawer) => drawer.hasAttribute('open'))).toBe(false);
      expect(await focused(page)).toBe(opened);
      await page.keyboard.press('Space');
      expect(await page.locator('#drawer').isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      expect(await focused(page)).not.toMatch(/^n\d+$/);
    });
  });

  test('picture and table hold the same links with the same states, and every one has its evidence', async () => {
    await visit(async (page) => {
      const lines = await page.$$eval('#picture .edge', (edges) =>
        edges.map((edge) =>
          ['exposed', 'unknown', 'secured']
            .filter((state) => edge.classList.contains(state))
            .concat(
              edge.getAttribute('data-edge') ?? '',
              edge.getAttribute('data-from') ?? '',
              edge.getAttribute('data-to') ?? '',
            )
            .join(' '),
        ),
      );
      const rows = await page.$$eval('#ways tr[data-edge]', (edges) =>
        edges.map((row) =>
          [
            row.querySelector('.way')?.textContent,
            row.getAttribute('data-edge'),
            row.getAttribute('data-from'),
            row.getAttribute('data-to'),
          ].join(' '),
        ),
      );
      expect(lines.length).toBe(16);
      expect(lines.toSorted()).toEqual(rows.toSorted());
      const drawn = await page.$$eval('#picture .node', (nodes) => nodes.map((node) => node.getAttribute('data-node')));
      const listed = await page.$$eval('#ways .open[data-open^=n]', (links) =>
        links.map((link) => link.getAttribute('data-open')),
      );
      expect([...new Set(listed)].toSorted()).toEqual(drawn.toSorted());
      const targets = await page.$$eval('#picture .node, #ways .open', (links) =>
        links.map((link) => link.getAttribute('href')?.slice(1) ?? ''),
      );
      const panels = new Set(await page.$$eval('.panel', (all) => all.map(({ id }) => id)));
      expect(targets.filter((target) => !panels.has(target))).toEqual([]);
    });
  });

  test('a place is called what its box says', async () => {
    await visit(async (page) => {
      const places = await page.$$eval('#picture .node', (nodes) =>
        nodes.map((node) => ({
          name: node.getAttribute('aria-label') ?? '',
          label: [...node.querySelectorAll('.label tspan')].map((line) => line.textContent ?? ''),
        })),
      );
      expect(places.length).toBe(17);
      for (const { name, label } of places) for (const line of label) expect(name).toContain(line.replace(/…$/, ''));
    });
  });

  test('the table is reached by keyboard, and its rows open the same drawer', async () => {
    await visit(async (page) => {
      await page.locator('#view-table').focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#as-table').isVisible()).toBe(true);
      expect(await page.locator('#as-picture').isVisible()).toBe(false);
      expect(await page.locator('#view-table').getAttribute('aria-pressed')).toBe('true');
      await page.locator('#ways [data-open=e1]').focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('#drawer-title').textContent()).toBe(
        'com.bluemarket.shop 3.2 → shop-search.bluemarket.example:9200',
      );
      expect(await page.locator('#drawer-body').textContent()).toContain('app/bluemarket-3.2.apk!classes.dex+0x1f3a');
      // A link inside of the drawer changes what it shows.
      await page.locator('#drawer [data-open=n1]').click();
      expect(await page.locator('#drawer-title').textContent()).toBe('com.bluemarket.shop 3.2');
      await page.keyboard.press('Escape');
    });
  });

  test('follows the system into the dark, and the button overrides it', async () => {
    const ground = (page: Page): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const seen: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await visit(
        async (page) => {
          const before = await ground(page);
          await page.locator('#theme').click();
          seen.push(before, await ground(page));
        },
        { colorScheme },
      );
    }
    const [light, toDark, dark, toLight] = seen;
    expect(light).not.toBe(dark);
    expect([toDark, toLight]).toEqual([dark, light]);
  });

  test('tasks can be narrowed to one owner', async () => {
    await visit(async (page) => {
      await page.locator('#owners [data-show=it]').click();
      const shown = await page.$$eval('[data-owner]', (parts) =>
        parts.filter((part) => !part.hasAttribute('hidden')).map((part) => part.getAttribute('data-owner')),
      );
      expect(new Set(shown)).toEqual(new Set(['it']));
    });
  });

  test('reads without scripts: picture, table and evidence are all there, and a place leads to its evidence', async () => {
    await visit(
      async (page) => {
        for (const part of ['#picture', '#ways', '#p-n1', '#p-e1'])
          expect(await page.locator(part).isVisible()).toBe(true);
        expect(await page.locator('button:visible').count()).toBe(0);
        expect(await page.locator('#picture .node').first().getAttribute('href')).toBe('#p-n1');
      },
      { javaScriptEnabled: false },
    );
  });

  test('has no accessibility violation that axe finds, light and dark, with picture, table and drawer', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await visit(
        async (page) => {
          expect(await violations(page)).toEqual([]);
          await page.locator('#view-table').click();
          await page.locator('#ways [data-open=n1]').first().click();
          expect(await violations(page)).toEqual([]);
        },
        // Colours are judged when the drawer has come in, not while it fades.
        { colorScheme, reducedMotion: 'reduce' },
      );
    }
  });

  test('hostile text of a package stays text', async () => {
    const report = bluemarketCheckReport();
    const hostile = '</script><img src=x onerror=alert(1)><svg onload="alert(2)">"\' {{7*7}} \u202egnp.exe\u001b[31m';
    const [story] = report.stories;
    if (story === undefined) throw new Error('the fixture has stories');
    story.headline = hostile;
    for (const dataset of story.datasets) dataset.name += hostile;
    for (const task of story.tasks) Object.assign(task, { title: hostile, detail: hostile });
    for (const asset of report.assets)
      if (asset.kind === 'endpoint') Object.assign(asset, { url: hostile, host: hostile });
    report.skips.push({ subject: hostile, code: hostile, reason: hostile, severity: 'incomplete' });
    report.proposals.push({ host: hostile, reason: hostile, foundIn: [hostile] });
    await visit(
      async (page) => {
        expect(await page.locator('img').count()).toBe(0);
        expect(await page.locator('article.story h3').first().textContent()).toContain('<img src=x onerror=alert(1)>');
        expect(await page.content()).not.toMatch(/[\u202e\u001b]/);
        await page.locator('#picture .node.endpoint').first().press('Enter');
        expect(await page.locator('#drawer-title').textContent()).toContain('</script><img');
      },
      {},
      await save(report, 'hostile.html'),
    );
  });

  test('draws at most 150 places of a large report, and still lists every one of them', async () => {
    const report = bluemarketCheckReport();
    for (let index = 0; index < 900; index++) {
      const host = `h${index}.zone${index % 40}.example`;
      report.assets.push({
        kind: 'endpoint',
        id: `endpoint:${host}/443`,
        url: `https://${host}/`,
        host,
        port: 443,
        origin: 'app',
      });
      report.edges.push({
        from: 'app:com.bluemarket.shop',
        relation: 'talks-to',
        to: `endpoint:${host}/443`,
        evidence: [],
      });
    }
    await visit(
      async (page) => {
        expect(await page.locator('#picture .node').count()).toBeLessThanOrEqual(150);
        expect(await page.locator('#picture .edge').count()).toBe(await page.locator('#ways tr[data-edge]').count());
        const text = await page.locator('#all-evidence').evaluate((part) => part.textContent ?? '');
        for (const index of [0, 451, 899]) expect(text).toContain(`h${index}.zone${index % 40}.example`);
      },
      {},
      await save(report, 'large.html'),
    );
  });
});

function label(page: Page, key: string): Promise<string> {
  return page.locator(`[data-node="${key}"]`).evaluate((node) => node.getAttribute('aria-label') ?? '');
}

/**
 * One rule is off: it compares the name of a place with all text drawn in its box, small print shortened by an ellipsis
 * included; that names begin with the label is tested by itself.
 */
function violations(page: Page): Promise<string[]> {
  return violationsOf(page, 'label-content-name-mismatch');
}
