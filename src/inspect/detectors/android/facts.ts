/** What the settings of an Android app are told from, and the list they are written to. */
import type { EntryEvidence, InspectEndpoint, InspectSetting } from '../../../core/contract/inspect.ts';
import type { FoundCall, ResourceXmlPurpose, XmlElement } from '../../source.ts';
import { child, childrenNamed, integer, text } from './element.ts';
import { createOwnCode, type OwnCode } from './own-code.ts';

export interface Document {
  entry: string;
  root: XmlElement;
}

export interface AndroidDocuments {
  /** The app's own manifest: that of the base package. */
  manifest: Document;
  /** Manifests of feature modules: their components and permissions belong to the same app. */
  splits?: readonly Document[];
  networkSecurityConfig?: Document;
  /** Other XML resources that the manifest refers to. */
  resources?: readonly (Document & { purpose: ResourceXmlPurpose })[];
  calls?: readonly FoundCall[];
  endpoints?: readonly InspectEndpoint[];
  /** Day of the inspection, ISO 8601: whether pins have expired. */
  today?: string;
}

/** A component or permission, and the manifest it stands in. */
export interface Declared {
  element: XmlElement;
  entry: string;
}

export interface AndroidFacts extends Required<Omit<AndroidDocuments, 'networkSecurityConfig'>> {
  networkSecurityConfig: Document | undefined;
  application: XmlElement | undefined;
  minSdk: number;
  targetSdk: number;
  /** As declared; undefined when the defaults of the platform hold. */
  declaredSdk: { min: number | undefined; target: number | undefined };
  components: readonly Declared[];
  /** Name -> `<permission>` that the app defines. */
  ownPermissions: ReadonlyMap<string, XmlElement>;
  ownCode: OwnCode;
}

const COMPONENTS = new Set(['activity', 'activity-alias', 'service', 'receiver', 'provider']);
/** Most components looked at: the largest apps have some two thousand. */
const MOST = 20_000;

export function androidFacts(documents: AndroidDocuments): AndroidFacts {
  const { manifest, splits = [], networkSecurityConfig } = documents;
  const application = child(manifest.root, 'application');
  const sdk = child(manifest.root, 'uses-sdk')?.attributes;
  const min = integer(sdk?.minSdkVersion);
  // PackageParser: no minSdkVersion is 1, no targetSdkVersion is minSdkVersion
  const target = integer(sdk?.targetSdkVersion);
  const components: Declared[] = [];
  const seen = new Set<string>();
  const ownPermissions = new Map<string, XmlElement>();
  for (const { root, entry } of [manifest, ...splits]) {
    for (const permission of childrenNamed(root, 'permission')) {
      const name = text(permission.attributes.name);
      if (name !== undefined && !ownPermissions.has(name)) ownPermissions.set(name, permission);
    }
    for (const element of childrenNamed(root, 'application').flatMap((one) => one.children)) {
      if (!COMPONENTS.has(element.name) || components.length >= MOST) continue;
      const name = text(element.attributes.name);
      const key = `${element.name}\0${name}`;
      // bundles repeat the components of a feature in the manifest of the base
      if (name !== undefined && seen.has(key)) continue;
      seen.add(key);
      components.push({ element, entry });
    }
  }
  return {
    manifest,
    splits,
    networkSecurityConfig,
    resources: documents.resources ?? [],
    calls: documents.calls ?? [],
    endpoints: documents.endpoints ?? [],
    today: documents.today ?? new Date().toISOString().slice(0, 10),
    application,
    minSdk: min ?? 1,
    targetSdk: target ?? min ?? 1,
    declaredSdk: { min, target },
    components,
    ownPermissions,
    ownCode: createOwnCode(manifest.root),
  };
}

type Value = InspectSetting['value'];

/** Longest list in one setting. */
const MOST_VALUES = 1000;

export interface Settings {
  /** A value that is declared, or else the platform's default. */
  value(id: string, declared: Value | undefined, fallback: Value, at: EntryEvidence): void;
  /** What was found of a kind, sorted and once each; nothing when there is none. */
  list(id: string, values: Iterable<string>, at: readonly EntryEvidence[]): void;
  readonly all: InspectSetting[];
}

export function createSettings(): Settings {
  const all: InspectSetting[] = [];
  return {
    all,
    value(id, declared, fallback, at) {
      const source = declared === undefined ? 'default' : 'declared';
      all.push({ id: `android.${id}`, value: declared ?? fallback, source, evidence: [at] });
    },
    list(id, values, at) {
      const value = [...new Set(values)].sort().slice(0, MOST_VALUES);
      if (value.length > 0) all.push({ id: `android.${id}`, value, source: 'declared', evidence: [...at] });
    },
  };
}

export function inXml(entry: string, name: string): EntryEvidence {
  return { entry, via: 'xml', name };
}

/** Full name of a class that a manifest names: `.Main` and `Main` stand in the package of the app. */
export function className(name: string, packageName: string): string {
  if (name.startsWith('.')) return packageName + name;
  return name.includes('.') ? name : `${packageName}.${name}`;
}
