import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { packageUrl } from './package-url.ts';

describe('a package URL', () => {
  it.each([
    ['maven', 'androidx.core:core-ktx', '1.12.0', 'pkg:maven/androidx.core/core-ktx@1.12.0'],
    ['npm', '@angular/core', '17.0.0', 'pkg:npm/%40angular/core@17.0.0'],
    ['pub', 'Http', undefined, 'pkg:pub/http'],
    ['cocoapods', 'Alamofire', '5.8.1', 'pkg:cocoapods/Alamofire@5.8.1'],
    ['nuget', 'Newtonsoft.Json', '13.0.3', 'pkg:nuget/Newtonsoft.Json@13.0.3'],
    ['swift', 'Collections', undefined, 'pkg:generic/Collections'],
    ['generic', 'Qt (core)', '6.5+git', 'pkg:generic/Qt%20%28core%29@6.5%2Bgit'],
  ])('of %s %s is encoded as the specification says', (type, name, version, expected) => {
    const purl = packageUrl(type, name, version);
    expect(purl).toBe(expected);
    expect(PackageURL.fromString(purl).name).toBe(
      name.split(/[:/]/).at(-1)?.toLowerCase() === 'http' ? 'http' : name.split(/[:/]/).at(-1),
    );
  });

  it('is made of any text', () => {
    expect(packageUrl('generic', 'a\ud800b')).toBe('pkg:generic/ab');
  });
});
