import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import { entryOf, fixture } from '../../containers/testing/fixture.ts';
import type { FoundString } from '../../source.ts';
import type { ReadContext } from '../reader.ts';
import { javaClassFormat } from './format.ts';
import { readJavaClass } from './index.ts';

const CLASS = await entryOf(await entryOf(fixture('library.aar'), 'classes.jar'), 'com/bluemarket/sdk/Api.class');

function stringsOf(bytes: Buffer): { result: ReturnType<typeof readJavaClass>; found: Partial<FoundString>[] } {
  const found: Partial<FoundString>[] = [];
  const context = {
    limits: LIMITS,
    string: (text: string, offset: number | undefined, more: object) =>
      found.push({ text, ...(offset === undefined ? {} : { offset }), ...more }),
  };
  return { result: readJavaClass(bytes, context as unknown as ReadContext), found };
}

describe('a Java class', () => {
  const { result, found } = stringsOf(CLASS);

  it('is told from a fat Mach-O file by its version', () => {
    expect(javaClassFormat.matches(CLASS)).toBe(true);
    expect(javaClassFormat.matches(Buffer.from('cafebabe00000002', 'hex'))).toBe(false);
  });

  it('gives its string constants with the method that loads them', () => {
    expect(result.status).toBe('read');
    const two = found.find(({ text }) => text === 'https://two.sdk.bluemarket-shop.com/');
    expect(two?.code).toEqual([{ class: 'com.bluemarket.sdk.Api', method: 'order' }]);
    expect(CLASS.toString('utf8', two?.offset, (two?.offset ?? 0) + 36)).toBe('https://two.sdk.bluemarket-shop.com/');
  });

  it('gives constants of fields and values of annotations', () => {
    expect(found.map(({ text }) => text)).toContain('https://sdk.bluemarket-shop.com/v1/');
    expect(found.map(({ text }) => text)).toContain('orders/{id}');
  });

  it('gives what it joins at run time as a template', () => {
    const joined = found.filter(({ joined }) => joined);
    expect(joined.map(({ text }) => text)).toEqual(['https://one.sdk.bluemarket-shop.com/{}']);
  });

  it('gives no name of a class or member', () => {
    expect(found.map(({ text }) => text).filter((text) => /^(?:com|java)\//.test(text ?? ''))).toEqual([]);
  });

  it('that is damaged is partial, not silent', () => {
    expect(stringsOf(CLASS.subarray(0, 200)).result).toMatchObject({ status: 'partial', code: 'CLASS_DAMAGED' });
  });

  it('with a switch whose cases end before they begin is read to an end', () => {
    // tableswitch: default 0, low 0, high -5: the next instruction would be the switch itself
    const backwards = Buffer.from('aa0000000000000000000000fffffffb', 'hex');
    for (let at = 10; at + backwards.length < CLASS.length; at++) {
      const forged = Buffer.from(CLASS);
      backwards.copy(forged, at);
      expect(stringsOf(forged).result.status).not.toBe('failed');
    }
  });
});
