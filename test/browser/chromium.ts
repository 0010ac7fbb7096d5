/**
 * Pages in real Chromium. Without one their tests are skipped, loudly; with POSTERN_REQUIRE_SERVERS=1 (as in CI) its
 * absence is a failure.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';

const executablePath = [
  process.env.POSTERN_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const required = process.env.POSTERN_REQUIRE_SERVERS === '1';

export interface Pages {
  browser(): Browser;
  /** Writes a page to a folder that is removed in the end. @returns its address */
  save(html: string, name: string): Promise<string>;
  /** Opens a page, runs the steps, and fails on any console message, page error or request but the file itself. */
  visit(address: string, steps: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void>;
}

/** @param what for the report of what is skipped: `the HTML report` */
export function describeInChromium(what: string, tests: (pages: Pages) => void): void {
  if (executablePath === undefined && !required) {
    console.warn(`SKIPPED: no Chromium found (set POSTERN_CHROMIUM); ${what} was not opened in a browser.`);
  }
  describe.skipIf(executablePath === undefined && !required)(`${what} in Chromium`, () => {
    let browser: Browser;
    let folder: string;

    beforeAll(async () => {
      if (executablePath === undefined) throw new Error('POSTERN_REQUIRE_SERVERS=1, but there is no Chromium.');
      browser = await chromium.launch({
        executablePath,
        args: [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--disable-component-update',
        ],
      });
      folder = await mkdtemp(join(tmpdir(), 'postern-page-'));
    });

    afterAll(async () => {
      await browser?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    tests({
      browser: () => browser,
      async save(html, name) {
        const path = join(folder, name);
        await writeFile(path, html);
        return pathToFileURL(path).href;
      },
      async visit(address, steps, options = {}) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
        const complaints: string[] = [];
        const requests: string[] = [];
        const page = await context.newPage();
        page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('request', (request) => requests.push(request.url()));
        try {
          await page.goto(address);
          await steps(page);
          expect(complaints).toEqual([]);
          const asked = requests.filter((request) => !request.startsWith('data:')).map(withoutHash);
          expect([...new Set(asked)]).toEqual([address]);
        } finally {
          await context.close();
        }
      },
    });
  });
}

function withoutHash(address: string): string {
  return address.replace(/#.*$/, '');
}

interface AxeResults {
  violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
}

/** WCAG 2.2 A and AA and axe's best practices, without the rules named. */
export async function violations(page: Page, ...without: readonly string[]): Promise<string[]> {
  await page.evaluate(`typeof axe === 'undefined' && (() => { ${axe.source} })()`);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const found = await page.evaluate<AxeResults>(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: ${JSON.stringify(rules)},
  })`);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}
