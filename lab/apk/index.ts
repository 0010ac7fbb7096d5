/**
 * Assembles a small Android package: aligned ZIP, compiled manifest, resource table, DEX files that hold string pools,
 * assets and a signing manifest with digests. It has the shape of an installable package and no code to run; it is not
 * signed. For the practice range and for tests of the readers: nothing in it comes from any real app.
 */
import { createHash } from 'node:crypto';
import { type ResourceGroup, resourceId, writeResources } from './arsc-writer.ts';
import { writeDex } from './dex-writer.ts';
import { writeBinaryXml, type XmlNode, type XmlValue } from './xml-writer.ts';
import { writeZip, type ZipFile } from './zip-writer.ts';

export interface NetworkSecurityConfig {
  /** `base-config` attribute of the same name. */
  cleartextTrafficPermitted?: boolean;
  /** Trust certificates that the user installed. */
  userCertificates?: boolean;
  domains?: { name: string; includeSubdomains?: boolean; cleartextTrafficPermitted: boolean }[];
}

export interface ApkSpec {
  /** e.g. `com.bluemarket.shop`. */
  applicationId: string;
  versionName: string;
  versionCode: number;
  label: string;
  minSdk: number;
  targetSdk: number;
  /** Attributes of `<application>`; what is absent is not written, so that the platform's default holds. */
  manifestFlags?: { debuggable?: boolean; allowBackup?: boolean; usesCleartextTraffic?: boolean };
  permissions?: string[];
  networkSecurityConfig?: NetworkSecurityConfig;
  /** String resources: name -> value. */
  strings: Record<string, string>;
  /** One string pool per DEX file: classes.dex, classes2.dex, … */
  dex: string[][];
  /** Path below assets/ -> content. */
  assets: Record<string, string | Buffer>;
}

const SECURITY_NAME = 'network_security_config';
const SECURITY_PATH = `res/xml/${SECURITY_NAME}.xml`;

export function buildApk(spec: ApkSpec): Buffer {
  const groups: ResourceGroup[] = [
    { type: 'string', entries: Object.entries({ app_name: spec.label, ...spec.strings }) },
  ];
  const security = spec.networkSecurityConfig;
  if (security !== undefined) groups.push({ type: 'xml', entries: [[SECURITY_NAME, SECURITY_PATH]] });

  const files: ZipFile[] = [
    { name: 'AndroidManifest.xml', data: writeBinaryXml(manifest(spec, groups)), compress: true },
    ...spec.dex.map((pool, index) => ({
      name: index === 0 ? 'classes.dex' : `classes${index + 1}.dex`,
      data: writeDex(pool),
      compress: true,
    })),
    // Android 11 refuses packages whose resource table is compressed or not aligned
    { name: 'resources.arsc', data: writeResources(spec.applicationId, groups), compress: false },
  ];
  if (security !== undefined) {
    files.push({ name: SECURITY_PATH, data: writeBinaryXml(securityConfig(security)), compress: true });
  }
  for (const [path, content] of Object.entries(spec.assets)) {
    files.push({ name: `assets/${path}`, data: Buffer.from(content), compress: true });
  }
  files.push({ name: 'META-INF/MANIFEST.MF', data: signingManifest(files), compress: true });
  return writeZip(files);
}

function manifest(spec: ApkSpec, groups: readonly ResourceGroup[]): XmlNode {
  const application: Record<string, XmlValue> = {
    'android:label': { reference: resourceId(groups, 'string', 'app_name') },
  };
  for (const [name, value] of Object.entries(spec.manifestFlags ?? {})) {
    if (value !== undefined) application[`android:${name}`] = value;
  }
  if (spec.networkSecurityConfig !== undefined) {
    application['android:networkSecurityConfig'] = { reference: resourceId(groups, 'xml', SECURITY_NAME) };
  }
  const permissions = spec.permissions ?? ['android.permission.INTERNET'];
  return {
    name: 'manifest',
    attributes: {
      'android:versionCode': spec.versionCode,
      'android:versionName': spec.versionName,
      package: spec.applicationId,
    },
    children: [
      {
        name: 'uses-sdk',
        attributes: { 'android:minSdkVersion': spec.minSdk, 'android:targetSdkVersion': spec.targetSdk },
      },
      ...permissions.map((name) => ({ name: 'uses-permission', attributes: { 'android:name': name } })),
      {
        name: 'application',
        attributes: application,
        children: [
          {
            name: 'activity',
            attributes: { 'android:name': `${spec.applicationId}.MainActivity`, 'android:exported': true },
            children: [
              {
                name: 'intent-filter',
                children: [
                  { name: 'action', attributes: { 'android:name': 'android.intent.action.MAIN' } },
                  { name: 'category', attributes: { 'android:name': 'android.intent.category.LAUNCHER' } },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

function securityConfig(config: NetworkSecurityConfig): XmlNode {
  const base: XmlNode = { name: 'base-config', attributes: {}, children: [] };
  if (config.cleartextTrafficPermitted !== undefined) {
    base.attributes = { cleartextTrafficPermitted: config.cleartextTrafficPermitted };
  }
  if (config.userCertificates === true) {
    const sources = ['system', 'user'].map((src) => ({ name: 'certificates', attributes: { src } }));
    base.children = [{ name: 'trust-anchors', children: sources }];
  }
  const domains = (config.domains ?? []).map(({ name, includeSubdomains = false, cleartextTrafficPermitted }) => ({
    name: 'domain-config',
    attributes: { cleartextTrafficPermitted },
    children: [{ name: 'domain', attributes: { includeSubdomains }, text: name }],
  }));
  return { name: 'network-security-config', children: [base, ...domains] };
}

/** JAR manifest with the digest of every file; lines of at most 72 bytes, continued with a space. */
function signingManifest(files: readonly ZipFile[]): Buffer {
  const lines = ['Manifest-Version: 1.0', 'Created-By: postern lab', ''];
  for (const { name, data } of files) {
    lines.push(`Name: ${name}`, `SHA-256-Digest: ${createHash('sha256').update(data).digest('base64')}`, '');
  }
  return Buffer.from(lines.map((line) => `${line.replace(/(.{70})(?=.)/g, '$1\r\n ')}\r\n`).join(''));
}
