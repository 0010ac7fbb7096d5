import { describe, expect, it } from 'vitest';
import { refusedWith } from '../http/testing/raw-request.ts';
import { etagOf, matchesTag, readTags } from './etag.ts';
import { token } from './testing/harness.ts';
import { ORDERS } from './testing/resources.ts';

const DOCUMENT = { id: 'a', version: '7', columns: {} };

describe('an entity tag', () => {
  it('changes with resource, id and version, and shows none of them', () => {
    const tag = etagOf(token, ORDERS, DOCUMENT);
    expect(tag).toMatch(/^"[\w-]{16}"$/);
    expect(etagOf(token, ORDERS, { ...DOCUMENT, version: '8' })).not.toBe(tag);
    expect(etagOf(token, ORDERS, { ...DOCUMENT, id: 'b' })).not.toBe(tag);
    expect(etagOf(token, { ...ORDERS, name: 'other' }, DOCUMENT)).not.toBe(tag);
  });

  it('is compared strongly by If-Match and weakly by If-None-Match', () => {
    expect(matchesTag(readTags('W/"a", "b"', true)!, '"a"')).toBe(false);
    expect(matchesTag(readTags('W/"a", "b"', true)!, '"b"')).toBe(true);
    expect(matchesTag(readTags('W/"a"', false)!, '"a"')).toBe(true);
    expect(matchesTag(readTags('*', true)!, '"a"')).toBe(true);
    expect(readTags(undefined, true)).toBeUndefined();
  });

  it.each(['', 'a', '"a', '"a" "b"', '"a",', '"a",*', 'w/"a"', '"a"b"', `"${'a'.repeat(2000)}"`])(
    'is none: %s',
    (header) => {
      expect(refusedWith(() => readTags(header, true))).toBe('malformed_request');
    },
  );
});
