import { describe, expect, it } from 'vitest';
import { commonAmong } from './common.ts';

const ids = (count: number, of = 'app') => Array.from({ length: count }, (_, at) => `com.maker${at}.${of}`);

describe('a host that most apps call', () => {
  it('is common from six of ten makers on', () => {
    const isCommon = commonAmong(ids(10));
    expect(isCommon(ids(6))).toBe(true);
    expect(isCommon(ids(5))).toBe(false);
  });

  it('is nothing of the kind among few makers', () => {
    expect(commonAmong(ids(9))(ids(9))).toBe(false);
  });

  it('is judged by makers, not by apps: many apps of one maker do share their back end', () => {
    const brands = Array.from({ length: 90 }, (_, at) => `com.maker0.brand${at}`);
    expect(commonAmong([...ids(10), ...brands])(brands)).toBe(false);
  });
});
