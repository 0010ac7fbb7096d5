/** The reference page in real Chromium. */
import { createServer } from 'node:http';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { describeApi, PAGE_POLICY, renderPage } from '../../../src/guard/describe/index.ts';
import { describeInChromium, violations } from '../../browser/chromium.ts';
import { shop } from './resources.ts';

describeInChromium('the reference page', (pages) => {
  let url: string;

  beforeAll(async () => {
    url = await pages.save(renderPage(describeApi(shop(), 'v1')), 'page.html');
  });

  function visit(steps: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    return pages.visit(url, steps, options);
  }

  test('shows every operation without a request, a console message or sideways scrolling, at 1280 and at 360 pixels', async () => {
    for (const width of [1280, 360]) {
      await visit(
        async (page) => {
          expect(await page.title()).toBe('Shop v1: reference');
          expect(await page.locator('article.operation').count()).toBe(9);
          expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        },
        { viewport: { width, height: 800 } },
      );
    }
  });

  test('is shown whole under a header that forbids everything but its style, as the gateway sends it', async () => {
    const html = renderPage(describeApi(shop(), 'v1'));
    const asked: string[] = [];
    const server = createServer((request, answer) => {
      asked.push(request.url ?? '');
      answer.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `${PAGE_POLICY}; frame-ancestors 'none'`,
      });
      answer.end(html);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const context = await pages.browser().newContext();
    try {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`http://127.0.0.1:${address.port}/v1/`, { waitUntil: 'networkidle' });
      expect(complaints).toEqual([]);
      expect(asked).toEqual(['/v1/']);
      expect(await page.evaluate<string>('getComputedStyle(document.querySelector(".contents")).position')).toBe(
        'sticky',
      );
    } finally {
      await context.close();
      server.closeAllConnections();
      server.close();
    }
  });

  test('has no accessibility violation that axe finds, light and dark, wide and narrow', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        await visit(
          async (page) => {
            expect(await violations(page)).toEqual([]);
          },
          { colorScheme, viewport: { width, height: 844 } },
        );
      }
    }
  });

  test('is read by keyboard: past the contents with the first link, into an operation, and into a table that scrolls', async () => {
    await visit(
      async (page) => {
        await page.keyboard.press('Tab');
        expect(await page.evaluate<string>('document.activeElement?.textContent')).toBe('Skip to the reference');
        await page.keyboard.press('Enter');
        await expect.poll(() => page.evaluate<string>('document.activeElement?.id')).toBe('main');
        await page.locator('a[href="#createOrdersItem"]').focus();
        await page.keyboard.press('Enter');
        const near = 'document.querySelector("#createOrdersItem").getBoundingClientRect().top < 400';
        await expect.poll(() => page.evaluate<boolean>(near)).toBe(true);
        await page.locator('#createOrdersItem .scroll').first().focus();
        await page.keyboard.press('ArrowRight');
        // Asked from outside: the page's own policy forbids it to evaluate texts.
        await expect.poll(() => page.evaluate<boolean>('document.activeElement.scrollLeft > 0')).toBe(true);
      },
      { viewport: { width: 360, height: 800 }, reducedMotion: 'reduce' },
    );
  });

  test('works without scripts, follows the system into the dark, and prints black on white without its contents', async () => {
    const ground = async (page: Page): Promise<string> =>
      page.locator('body').evaluate((body) => {
        const { ownerDocument } = body as unknown as {
          ownerDocument: { defaultView: { getComputedStyle(of: unknown): { backgroundColor: string } } };
        };
        return ownerDocument.defaultView.getComputedStyle(body).backgroundColor;
      });
    const seen: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await visit(async (page) => void seen.push(await ground(page)), { colorScheme });
    }
    expect(seen[0]).not.toBe(seen[1]);
    await visit(
      async (page) => {
        expect(await page.locator('#listOrders').isVisible()).toBe(true);
        await page.emulateMedia({ media: 'print' });
        expect(await page.locator('.contents').isVisible()).toBe(false);
        expect(await page.locator('#listOrders').isVisible()).toBe(true);
      },
      { javaScriptEnabled: false, colorScheme: 'dark' },
    );
  });
});
