import { expect, it } from 'vitest';
import { createScope, systemEnvironment } from '../net/index.ts';
import { furtherPorts } from './further-ports.ts';
import { app } from './testing/world.ts';

it('asks at most 32 ports of a host that packages name, and says how many it left', async () => {
  const scope = await createScope(
    [{ host: 'shop.example', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
    systemEnvironment([]),
  );
  const urls = Array.from({ length: 100 }, (_, at) => `http://shop.example:${10_000 + at}/`);
  const hostile = app('com.example.shop', '1', [...urls, 'http://elsewhere.example:9200/', 'http://shop.example:80/']);
  const { targets, skips } = furtherPorts(scope, [hostile], undefined, [], () => undefined);
  expect(targets).toHaveLength(32);
  expect(new Set(targets.map(({ label }) => label))).toEqual(new Set(['shop.example']));
  expect(skips).toEqual([
    {
      subject: 'shop.example',
      code: 'PROBE_TOO_MANY_PORTS',
      reason: '68 further ports were named',
      severity: 'incomplete',
    },
  ]);
});
