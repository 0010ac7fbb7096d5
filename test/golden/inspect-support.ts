/** Feeds hand-made strings and documents to the detectors, as readers would, and returns the report. */
import type { InspectDeclaration, InspectReport } from '../../src/core/contract/inspect.ts';
import { readPlist } from '../../src/inspect/formats/plist.ts';
import { parseXmlText } from '../../src/inspect/formats/xml-text.ts';
import { readDataSafety } from '../../src/inspect/index.ts';
import { createCollector } from '../../src/inspect/inspect-package.ts';
import type { FoundCall, FoundSignature, FoundString } from '../../src/inspect/source.ts';
import { type AndroidExample, androidExample } from './android-example.ts';

export const TEST_KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');

export type Piece = string | (Partial<FoundString> & { text: string });

export interface MadePackage {
  strings?: readonly Piece[];
  /** AndroidManifest.xml as text. */
  manifest?: string;
  networkSecurityConfig?: string;
  /** Other XML resources that the manifest refers to, as text. */
  resources?: AndroidExample['resources'];
  calls?: readonly FoundCall[];
  signatures?: readonly FoundSignature[];
  /** Info.plist as XML text. */
  plist?: string;
  /** Files in the folder of an iOS app: property lists as XML text, else a string of the file. */
  files?: readonly { name: string; body: string }[];
  appId?: string;
  dataSafety?: InspectDeclaration;
  /** Packages that classes.dex has classes in. */
  packages?: readonly string[];
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
  for (const { purpose, xml: text } of made.resources ?? [])
    sink.resourceXml(`res/xml/${purpose}.xml`, purpose, await xml(text));
  for (const call of made.calls ?? []) sink.call(call);
  for (const signature of made.signatures ?? []) sink.signature(signature);
  if (made.packages !== undefined)
    sink.code({ entry: 'classes.dex', via: 'dex-string', names: new Map(made.packages.map((name) => [name, 1])) });
  if (made.plist !== undefined) {
    sink.plist('Payload/Shop.app/Info.plist', await plist(made.plist));
  }
  for (const { name, body } of made.files ?? []) {
    const entry = `Payload/Shop.app/${name}`;
    if (!body.startsWith('<plist')) sink.string({ entry, offset: 112, via: 'macho', text: body });
    else sink.plist(entry, await plist(body));
  }
  const isIos = manifest === undefined && (made.plist !== undefined || made.files !== undefined);
  const platform = isIos ? 'ios' : 'android';
  return report(
    'shop.apk',
    { platform, sha256: '0'.repeat(64), bytes: 1 },
    {
      redactionKey: TEST_KEY,
      ...(made.dataSafety === undefined ? {} : { dataSafety: made.dataSafety }),
      ...(made.reveal ? { revealSecrets: true } : {}),
    },
  );
}

async function plist(text: string) {
  const { value } = await readPlist(Buffer.from(`<?xml version="1.0"?>\n${text}`));
  if (value === undefined) throw new Error(`the example is no property list: ${text.slice(0, 80)}`);
  return value;
}

async function xml(text: string) {
  const root = await parseXmlText(Buffer.from(text));
  if (root === undefined) throw new Error(`the example is no XML: ${text.slice(0, 80)}`);
  return root;
}

/** An example of a rule: a document when it begins like one, a call (`crypto.key("…")`), else a string of the code. */
export async function reportOfExample(example: string): Promise<InspectReport> {
  const android = androidExample(example);
  if (android !== undefined) return await reportOf(android);
  if (example.startsWith('Question ID')) return await reportOf(dataSafetyExample(example));
  if (example.startsWith('signed ')) return await reportOf(signedExample(example));
  if (example.startsWith('<plist')) return await reportOf({ plist: example });
  if (example.startsWith('<!-- ')) return await reportOf({ files: filesOf(example) });
  const [, api, args] = /^([a-z]+\.[a-z]+)\((.*)\)$/i.exec(example) ?? [];
  if (api !== undefined && args !== undefined) return await reportOf({ calls: [callOf(api, args)] });
  return await reportOf({ strings: [example] });
}

/** A call of the app's own code, as the reader of DEX code tells it; `null` stands for what is not known. */
function callOf(api: string, args: string): FoundCall {
  const values: unknown[] = JSON.parse(`[${args}]`);
  return {
    api,
    args: values.map((value) => (typeof value === 'string' || typeof value === 'number' ? value : undefined)),
    entry: 'classes.dex',
    offset: 112,
    class: 'com.bluemarket.shop.Vault',
    method: 'open',
  };
}

/** `signed v1 v2 by CN=…, O=…, with RSA key of 1024 bits, for API level 21 and later`. */
function signedExample(example: string): MadePackage {
  const parts = /^signed ((?:v[\d.]+ )+)by (.+?)(?:, with (.+?))?, for API level (\d+) and later$/.exec(example);
  if (parts === null) throw new Error(`the example is no signature: ${example}`);
  const [, schemes = '', subject = '', weak, minSdk = ''] = parts;
  const signatures = schemes
    .trim()
    .split(' ')
    .map(
      (scheme): FoundSignature => ({
        scheme: scheme as FoundSignature['scheme'],
        subject,
        debug: subject.startsWith('CN=Android Debug'),
        weak: weak === undefined ? [] : [weak],
        entry: scheme === 'v1' ? 'META-INF/CERT.RSA' : '(APK Signing Block)',
      }),
    );
  const manifest = `<manifest package="com.bluemarket.shop"><uses-sdk minSdkVersion="${minSdk}"/><application/></manifest>`;
  return { manifest, signatures };
}

/** The CSV of a Data safety form, then a manifest and names of packages of classes, one a line. */
function dataSafetyExample(example: string): MadePackage {
  const lines = example.split('\n');
  const manifest = lines.find((line) => line.startsWith('<manifest'));
  const csv = lines.filter((line) => /^(?:Question ID|PSL_)/.test(line)).join('\n');
  const packages = lines.filter((line) => /^[a-z]\w*(?:\.\w+)+$/.test(line));
  return {
    manifest: manifest ?? '<manifest package="com.bluemarket.shop"><application/></manifest>',
    dataSafety: readDataSafety('data_safety.csv', csv),
    packages,
  };
}

/** Several files, each after a comment with its name. */
function filesOf(example: string): { name: string; body: string }[] {
  return [...example.matchAll(/<!-- (.+?) -->([\s\S]*?)(?=<!-- |$)/g)].map(([, name = '', body = '']) => ({
    name,
    body: body.trim(),
  }));
}

export function own(report: InspectReport): string[] {
  return report.endpoints.filter(({ origin }) => origin === 'app').map(({ url }) => url);
}
