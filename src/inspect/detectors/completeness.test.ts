import { describe, expect, it } from 'vitest';
import { inspectReportSchema } from '../../core/contract/inspect.ts';
import { createCollector } from '../inspect-package.ts';
import type { FoundString } from '../source.ts';

const own = { class: 'com.bluemarket.shop.Login', method: 'run' };

function endpointsOf(...strings: readonly (Partial<FoundString> & { text: string })[]) {
  const { sink, report } = createCollector();
  sink.manifest('AndroidManifest.xml', {
    name: 'manifest',
    attributes: { package: 'com.bluemarket.shop' },
    children: [
      {
        name: 'application',
        attributes: {},
        children: [{ name: 'activity', attributes: { name: 'com.bluemarket.shop.Login' }, children: [], text: '' }],
        text: '',
      },
    ],
    text: '',
  });
  for (const found of strings) sink.string({ entry: 'classes.dex', via: 'dex-code', code: [own], ...found });
  const facts = { platform: 'android' as const, sha256: '0'.repeat(64), bytes: 1 };
  return report('shop.apk', facts, { redactionKey: new TextEncoder().encode('a key for tests, of no use elsewhere') });
}

describe('how complete an endpoint is', () => {
  it.each([
    ['https://api.bluemarket-shop.com/v1/orders', 'full', true],
    ['https://api.bluemarket-shop.com/v1/orders/{}', 'template', false],
    ['https://api.bluemarket-shop.com/v1/find?q=', 'template', false],
    ['/api/v1/orders', 'relative', false],
  ] as const)('%s is %s', (text, completeness, complete) => {
    const { endpoints } = endpointsOf({ text });
    expect(endpoints).toMatchObject([{ url: text, origin: 'app', completeness, complete }]);
  });

  it('an address whose host is filled in at run time is the app’s when its own code puts it together, beside its path', () => {
    const { endpoints } = endpointsOf({ text: 'http://{}:{}/login', joined: true }, { text: '/login' });
    expect(endpoints.map(({ url, origin, completeness }) => [url, origin, completeness])).toEqual([
      ['http://{}:{}/login', 'app', 'template'],
      ['/login', 'app', 'relative'],
    ]);
  });

  it('is not the app’s when code of nobody knows whom puts it together', () => {
    const { endpoints } = endpointsOf({
      text: 'http://{}:{}/login',
      joined: true,
      code: [{ class: 'org.other.Net', method: 'a' }],
    });
    expect(endpoints.map(({ origin }) => origin)).toEqual(['placeholder']);
  });

  it('may be missing in reports of earlier versions', () => {
    const report = endpointsOf({ text: 'https://api.bluemarket-shop.com/v1' });
    const old = { ...report, endpoints: report.endpoints.map(({ completeness: _, ...endpoint }) => endpoint) };
    expect(inspectReportSchema.safeParse(old).success).toBe(true);
  });
});
