import { it } from 'vitest';
import { askPort } from '../../src/probe/testing/ask.ts';
it('x', async () => { for (const s of ['zookeeper', undefined]) console.log(JSON.stringify(await askPort(12281, s), null, 1)); }, 60000);
