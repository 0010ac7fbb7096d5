/** Feeds hand-made strings and documents to the detectors, as readers would, and returns the report. */
import type { InspectReport } from '../../src/core/contract/inspect.ts';
import { readPlist } from '../../src/inspect/formats/plist.ts';
import { parseXmlText } from '../../src/inspect/formats/xml-text.ts';
import { createCollector } from '../../src/inspect/inspect-package.ts';
import type { FoundString } from '../../src/inspect/source.ts';

export const TEST_KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');

export type Piece = string | (Partial<FoundString> & { text: string });

export interface MadePackage {
  strings?: readonly Piece[];
  /** AndroidManifest.xml as text. */
  manifest?: string;
  networkSecurityConfig?: string;
  /** Info.plist as XML text. */
  plist?: string;
  appId?: string;
  reveal?: boolean;
}

export async function reportOf(made: MadePackage): Promise<InspectReport> {
  const { sink, report } = createCollector();
  for (const piece of made.strings ?? []) {
    sink.string({
      entry: 'classes.dex',
      offset: 112,
      via: 'dex-string',
      ...(typeof piece === 'string' ? { text: piece } : piece),
    });
  }
  const manifest =
    made.manifest ??
    (made.appId === undefined ? undefined : `<manifest package="${made.appId}"><application/></manifest>`);
  if (manifest !== undefined) sink.manifest('AndroidManifest.xml', await xml(manifest));
  if (made.networkSecurityConfig !== undefined)
    sink.networkSecurityConfig('res/xml/nsc.xml', await xml(made.networkSecurityConfig));
  if (made.plist !== undefined) {
    const { value } = await readPlist(Buffer.from(`<?xml version="1.0"?>\n${made.plist}`));
    if (value === undefined) throw new Error('the example is no property list');
    sink.plist('Payload/Shop.app/Info.plist', value);
  }
  const platform = manifest === undefined && made.plist !== undefined ? 'ios' : 'android';
  return report(
    'shop.apk',
    { platform, sha256: '0'.repeat(64), bytes: 1 },
    { redactionKey: TEST_KEY, ...(made.reveal ? { revealSecrets: true } : {}) },
  );
}

async function xml(text: string) {
  const root = await parseXmlText(Buffer.from(text));
  if (root === undefined) throw new Error(`the example is no XML: ${text.slice(0, 80)}`);
  return root;
}

/** An example of a rule: a document when it begins like one, a string of the code otherwise. */
export async function reportOfExample(example: string): Promise<InspectReport> {
  if (example.startsWith('<manifest')) return await reportOf({ manifest: example });
  if (example.startsWith('<network-security-config')) {
    const manifest =
      '<manifest package="com.bluemarket.shop"><uses-sdk targetSdkVersion="34"/><application networkSecurityConfig="@xml/nsc"/></manifest>';
    return await reportOf({ manifest, networkSecurityConfig: example });
  }
  if (example.startsWith('<plist')) return await reportOf({ plist: example });
  return await reportOf({ strings: [example] });
}

export function own(report: InspectReport): string[] {
  return report.endpoints.filter(({ origin }) => origin === 'app').map(({ url }) => url);
}
