import { describe, expect, it } from 'vitest';
import { ANDROID_ATTRIBUTES } from './android-attributes.ts';

/** AOSP frameworks/base/core/res/res/values/public*.xml: ids that are easily taken for their neighbours'. */
const PUBLIC = {
  killAfterRestore: 0x0101029c,
  largeHeap: 0x0101035a,
  isolatedProcess: 0x010103a9,
  singleUser: 0x010103bf,
  extractNativeLibs: 0x010104ea,
  fullBackupContent: 0x010104eb,
  usesCleartextTraffic: 0x010104ec,
  resizeableActivity: 0x010104f6,
  networkSecurityConfig: 0x01010527,
  usesNonSdkApi: 0x0101058e,
  dataExtractionRules: 0x0101063e,
};

describe('framework attributes', () => {
  it.each(Object.entries(PUBLIC))('know %s by its id', (name, id) => {
    expect(ANDROID_ATTRIBUTES.get(id)).toBe(name);
  });

  it('have one id each', () => {
    expect(new Set(ANDROID_ATTRIBUTES.values()).size).toBe(ANDROID_ATTRIBUTES.size);
  });
});
