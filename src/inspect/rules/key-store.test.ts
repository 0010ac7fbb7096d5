import { describe, expect, it } from 'vitest';
import { createCollector } from '../inspect-package.ts';
import type { FoundCall } from '../source.ts';

const STORE = `BKS key store with a private key, SHA-256 ${'0a1b2c3d'.repeat(8)}`;
const opens: FoundCall = {
  api: 'keystore.password',
  args: [undefined, 'h4rd-c0ded-phrase'],
  class: 'com.bluemarket.shop.Tls',
  method: 'load',
  entry: 'classes.dex',
};

function findingsOf(call?: FoundCall) {
  const { sink, report } = createCollector();
  sink.string({ text: STORE, entry: 'assets/client.bks', via: 'text', offset: 0 });
  if (call !== undefined) sink.call(call);
  const facts = { platform: 'android' as const, sha256: '0'.repeat(64), bytes: 1 };
  const key = new TextEncoder().encode('a key for tests, of no use elsewhere');
  return report('shop.apk', facts, { redactionKey: key }).findings.filter(({ rule }) => rule === 'inspect/key-store');
}

describe('a key store in the package', () => {
  it('is of medium severity while only its password protects it, and named by its entry', () => {
    expect(findingsOf()).toMatchObject([{ severity: 'medium' }]);
    expect(findingsOf()[0]?.message).toBe('The package carries a key store with a private key (assets/client.bks).');
  });

  it('is of high severity when the code holds the password of a key store', () => {
    expect(findingsOf(opens)).toMatchObject([{ severity: 'high' }]);
    expect(JSON.stringify(findingsOf(opens))).not.toContain('h4rd-c0ded');
  });
});
