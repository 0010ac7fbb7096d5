import { describe, expect, it } from 'vitest';
import { writeZip } from '../../../lab/apk/zip-writer.ts';
import type { XmlElement } from '../source.ts';
import { manifestDocuments } from './manifest-documents.ts';
import { collect } from './testing/collect.ts';

function element(name: string, attributes: XmlElement['attributes'] = {}, children: XmlElement[] = []): XmlElement {
  return { name, attributes, children, text: '' };
}

function found(application: XmlElement['attributes'], ...components: XmlElement[]): Record<string, string[]> {
  const documents = manifestDocuments(element('manifest', {}, [element('application', application, components)]));
  return Object.fromEntries([...documents].map(([path, purposes]) => [path, [...purposes]]));
}

describe('documents that a manifest names', () => {
  it('are found by the attribute that refers to them', () => {
    const paths = element('meta-data', { name: 'android.support.FILE_PROVIDER_PATHS', resource: 'res/p.xml' });
    expect(
      found(
        { networkSecurityConfig: 'res/n.xml', fullBackupContent: 'res/b.xml', dataExtractionRules: 'res/b.xml' },
        element('provider', {}, [paths]),
        element('service', {}, [paths]),
        element('provider', {}, [element('meta-data', { name: 'other', resource: 'res/o.xml' })]),
      ),
    ).toEqual({
      'res/n.xml': ['network-security-config'],
      'res/b.xml': ['full-backup-content', 'data-extraction-rules'],
      'res/p.xml': ['file-provider-paths'],
    });
  });

  it('are none where the attribute holds no path', () => {
    expect(
      found({ fullBackupContent: false, dataExtractionRules: '@0x7f120001', networkSecurityConfig: '@null' }),
    ).toEqual({});
  });

  it('are handed on as they are met, and missed when they are not there', async () => {
    const manifest =
      '<manifest package="com.bluemarket.shop"><application fullBackupContent="res/xml/b.xml" dataExtractionRules="res/xml/gone.xml"/></manifest>';
    const file = (name: string, text: string) => ({
      name,
      data: Buffer.from(`<?xml version="1.0"?>${text}`),
      compress: true,
    });
    const apk = writeZip([
      file('res/xml/b.xml', '<full-backup-content><exclude domain="file" path="t"/></full-backup-content>'),
      file('AndroidManifest.xml', manifest),
    ]);
    const { documents, skips } = await collect(apk);
    expect(documents.map(({ entry, purpose, root }) => [entry, purpose, root.children[0]?.name])).toEqual([
      ['res/xml/b.xml', 'full-backup-content', 'exclude'],
    ]);
    expect(skips.map(({ subject, code, severity }) => [subject, code, severity])).toEqual([
      ['res/xml/gone.xml', 'RESOURCE_NOT_FOUND', 'note'],
    ]);
  });
});
