import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYTE_CLASS, canMatter, textCanMatter } from './candidate.ts';

function kept(text: string): boolean {
  const bytes = Buffer.from(text);
  let classes = 0;
  for (const byte of bytes) classes |= BYTE_CLASS[byte] ?? 0;
  return canMatter(bytes, 0, bytes.length, classes);
}

describe('the prefilter', () => {
  it.each([
    'https://example.org',
    'api.example.org',
    '192.0.2.1',
    '10.0.2.2:9200',
    '/login',
    'user:password',
    'jane@example.org',
    'AIzaSyA-synthetic-key-for-tests-0123456',
    'AKIAEXAMPLE012345678',
    '0123456789abcdef0123456789abcdef01234567',
    '-----BEGIN RSA PRIVATE KEY-----',
    'us-east-1:00000000-0000-0000-0000-000000000000',
    'Login/do',
    'This is the made up key 123',
    'größe.example',
  ])('keeps %s', (text) => {
    expect(kept(text)).toBe(true);
    expect(textCanMatter(text)).toBe(true);
  });

  it.each([
    '',
    'a.',
    'toString',
    'getAccessibilityNodeInfoCompat',
    'Lcom/example/Main;',
    '[Ljava/lang/String;',
    'Ljava/util/List<',
    '(ILjava/lang/String;)V',
    'VLL',
    'Main.java',
    'MainActivity.kt',
    'Unable to create layer for',
    'verschlüsselungsverfahren',
  ])('drops %s', (text) => {
    expect(kept(text)).toBe(false);
    expect(textCanMatter(text)).toBe(false);
  });

  it('never drops a URL, whatever stands around it', () => {
    const around = fc.string({ maxLength: 20 });
    fc.assert(fc.property(around, around, (a, b) => kept(`${a}https://h.example/${b}`)));
  });

  it('decides the same on bytes and on text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aL[(;</.:@0- $_<=java.kt'), maxLength: 24 });
    fc.assert(
      fc.property(text, (value) => kept(value) === textCanMatter(value)),
      { numRuns: 2000 },
    );
  });
});
