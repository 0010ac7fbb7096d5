import { describe, expect, it } from 'vitest';
import { createReader } from './pool.ts';

const worker = new URL('./testing/hangs.mjs', import.meta.url);
const never = new AbortController().signal;

function reader(timeout: number) {
  return createReader({ settings: { redactionKey: new Uint8Array(32) }, worker, timeout, heap: 32 });
}

async function codes(timeout: number, ...paths: string[]): Promise<string[]> {
  const one = reader(timeout);
  const found: string[] = [];
  try {
    for (const path of paths) {
      const result = await one.read({ file: `/${path}`, path }, never);
      found.push('error' in result ? result.error.code : 'read');
    }
  } finally {
    await one.close();
  }
  return found;
}

describe('a reading thread', () => {
  it('that hangs loses its package and is replaced', async () => {
    expect(await codes(1500, 'a', 'hang', 'b')).toEqual(['FINE', 'FLEET_TIMEOUT', 'FINE']);
  });

  it('that runs out of memory loses its package and is replaced', async () => {
    expect(await codes(120_000, 'eat', 'b')).toEqual(['FLEET_MEMORY', 'FINE']);
  });

  it('that ends by itself loses its package and is replaced', async () => {
    expect(await codes(120_000, 'die', 'b')).toEqual(['E_INTERNAL', 'FINE']);
  });

  it('that ends between two packages is replaced', async () => {
    const one = reader(120_000);
    try {
      expect(await one.read({ file: '/late', path: 'late' }, never)).toMatchObject({ error: { code: 'FINE' } });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await one.read({ file: '/b', path: 'b' }, never)).toMatchObject({ error: { code: 'FINE' } });
    } finally {
      await one.close();
    }
  });

  it('is stopped by the signal, in the middle of a package', async () => {
    const one = reader(120_000);
    const stop = new AbortController();
    const reading = one.read({ file: '/hang', path: 'hang' }, stop.signal);
    stop.abort(new Error('stopped by the user'));
    await expect(reading).rejects.toThrow('stopped by the user');
    await one.close();
  });
});
