/** `inspect`: reads one package and reports what it talks to, what it carries and how it is set. */
import { basename } from 'node:path';
import { assetId } from '../core/asset.ts';
import type { CoverageEntry, InspectDeclaration, InspectReport } from '../core/contract/inspect.ts';
import type { Finding } from '../core/finding.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { LIMITS } from '../core/limits.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import {
  type AndroidDocuments,
  type AppIdentity,
  androidIdentity,
  androidSettings,
} from './detectors/android/index.ts';
import { createOwnCode, type OwnCode } from './detectors/android/own-code.ts';
import { declarationsOf } from './detectors/declarations.ts';
import { compare } from './detectors/evidence.ts';
import { createDetectors } from './detectors/index.ts';
import { frameworkLibraries, sharesPrefix } from './detectors/ios/frameworks.ts';
import { createOwnFrameworks } from './detectors/ios/own-frameworks.ts';
import { librariesOf } from './detectors/libraries.ts';
import { libraryInString } from './detectors/library-in-string.ts';
import { iosIdentity, iosSettings, isAppInfoPlist } from './detectors/settings-ios.ts';
import { signaturesOf } from './detectors/signatures.ts';
import { PACKAGE_NAME, readPackage } from './read-package.ts';
import { inspectRules } from './rules/index.ts';
import type { Inspection } from './rules/inspect-rule.ts';
import type {
  FoundCall,
  FoundCode,
  FoundLibrary,
  FoundSignature,
  PackageFacts,
  PackageSink,
  PlistValue,
  XmlElement,
} from './source.ts';

/** Equal to INSPECT_SCHEMA of core/contract/inspect.ts, which is not imported here: it would load the schema library. */
const SCHEMA: InspectReport['schema'] = 'https://postern.dev/schema/inspect-1.json';

export interface InspectOptions {
  /** The project's key for hashes of secrets. */
  redactionKey: Uint8Array;
  /** What evidence calls the package; default: its path. An absolute path tells whose machine it was. */
  name?: string;
  /** Local use only: URLs in clear and the values of credentials. */
  revealSecrets?: boolean;
  /** What the app's listing in Google Play declares; see `readDataSafety`. */
  dataSafety?: InspectDeclaration;
  onProgress?: (event: { entry: string; done: number; total: number }) => void;
  limits?: Partial<Record<keyof typeof LIMITS, number>>;
  signal?: AbortSignal;
}

/**
 * Reads the package at `path`. What could not be read is in `coverage` and `skips`; a package of which some part could
 * be read never throws.
 *
 * @throws PosternError E_INPUT_NOT_FOUND, E_INPUT_UNSUPPORTED, E_INPUT_CORRUPT; an AbortError when the signal fires
 */
export async function inspectPackage(path: string, options: InspectOptions): Promise<InspectReport> {
  const collected = createCollector();
  const facts = await readPackage(path, collected.sink, {
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return collected.report(options.name ?? path, facts, options);
}

/** Most facts of one kind kept of one package: more is not a program, it is an attack on whoever reads it. */
const MOST = 50_000;

interface Bounded<T> {
  all: T[];
  add(one: T): void;
  /** Some were dropped. */
  full: boolean;
}

function bounded<T>(): Bounded<T> {
  const kept: Bounded<T> = {
    all: [],
    full: false,
    add(one) {
      if (kept.all.length < MOST) kept.all.push(one);
      else kept.full = true;
    },
  };
  return kept;
}

export interface Collector {
  sink: PackageSink;
  report(
    path: string,
    facts: PackageFacts,
    options: Pick<InspectOptions, 'redactionKey' | 'revealSecrets' | 'dataSafety'>,
  ): InspectReport;
}

/** Takes what readers find and makes the report of it. Separate from reading, so that tests can feed it by hand. */
export function createCollector(): Collector {
  const frameworks = createOwnFrameworks();
  const manifests: { entry: string; root: XmlElement }[] = [];
  let own: { of: number; code: OwnCode | undefined } = { of: 0, code: undefined };
  /** Of the manifests read so far: they come before the code. */
  const ownCodeSoFar = () => {
    if (own.of !== manifests.length) {
      const manifest = baseOf(manifests);
      own = { of: manifests.length, code: manifest && createOwnCode(manifest.root) };
    }
    return own.code;
  };
  const detectors = createDetectors({ isOwnFramework: frameworks.has, ownCode: ownCodeSoFar });
  const configs: { entry: string; root: XmlElement }[] = [];
  const resources = bounded<NonNullable<AndroidDocuments['resources']>[number]>();
  const plists: { entry: string; value: PlistValue }[] = [];
  const calls = bounded<FoundCall>();
  const libraries = bounded<FoundLibrary>();
  const code = bounded<FoundCode>();
  const signatures = bounded<FoundSignature>();
  let info: { entry: string; value: PlistValue } | undefined;
  const coverage: CoverageEntry[] = [];
  const skips: Skip[] = [];

  const sink: PackageSink = {
    string(found) {
      detectors.string(found);
      const library = libraryInString(found);
      if (library !== undefined) libraries.add(library);
    },
    manifest: (entry, root) => manifests.push({ entry, root }),
    networkSecurityConfig: (entry, root) => configs.push({ entry, root }),
    resourceXml: (entry, purpose, root) => resources.add({ entry, purpose, root }),
    call(found) {
      calls.add(found);
      detectors.call(found);
    },
    library: libraries.add,
    code: code.add,
    signature: signatures.add,
    plist(entry, value) {
      frameworks.see(entry, value);
      if (plists.length < MOST) plists.push({ entry, value });
      if (isAppInfoPlist(entry) && (info === undefined || entry.length < info.entry.length)) info = { entry, value };
    },
    coverage: (entry) => coverage.push(entry),
    skip: (skip) => skips.push(skip),
  };

  return {
    sink,
    report(path, facts, options) {
      const { redactionKey, revealSecrets = false } = options;
      const manifest = baseOf(manifests);
      const config = baseOf(configs);
      const identity = identityOf(manifest?.root, info?.value) ?? { id: '', version: '' };
      const ownCode = ownCodeSoFar();
      const render = detectors.finish({ appId: identity.id }, redactionKey, ownCode);
      const found = render(revealSecrets);
      // findings never hold a secret, whatever else is revealed
      const shown = revealSecrets ? render(false) : found;
      const android: AndroidDocuments | undefined = manifest && {
        manifest,
        splits: splitsOf(manifests, manifest),
        ...(config === undefined ? {} : { networkSecurityConfig: config }),
        resources: resources.all,
        calls: calls.all,
        endpoints: shown.endpoints,
      };
      const settings = [
        ...(android === undefined ? [] : androidSettings(android)),
        ...(info === undefined ? [] : iosSettings(info.entry, info.value, { plists, endpoints: shown.endpoints })),
      ].sort((a, b) => compare(a.id, b.id));
      if (found.overflow) {
        skips.push({
          subject: path,
          code: 'INSPECT_TOO_MANY_ENDPOINTS',
          reason: 'more endpoints than are kept of one package',
          severity: 'incomplete',
        });
      }
      if ([resources, calls, libraries, code, signatures].some(({ full }) => full)) {
        skips.push({
          subject: path,
          code: 'INSPECT_TOO_MANY_FACTS',
          reason: `more calls, libraries or signatures than the ${MOST} that are kept of one package`,
          severity: 'incomplete',
        });
      }
      if (
        manifests.length === 0 &&
        info === undefined &&
        (PACKAGE_NAME.test(path) || (/\.zip$/i.test(path) && code.all.length === 0)) &&
        skips.length === 0
      ) {
        // nothing was found because nothing of an app is there: that must not look like a clean app
        skips.push({
          subject: basename(path),
          code: 'INSPECT_NO_MANIFEST',
          reason: 'it holds neither an AndroidManifest.xml nor an Info.plist: no app, or a part of one',
          severity: 'incomplete',
        });
      }
      const inventory = librariesOf(
        [...libraries.all, ...frameworkLibraries(plists, (id) => sharesPrefix(identity.id, id))],
        code.all,
      );
      const declarations = [
        ...declarationsOf(plists),
        ...(options.dataSafety === undefined ? [] : [options.dataSafety]),
      ];
      const signers = signaturesOf(signatures.all);
      const inspection: Inspection = {
        path,
        platform: facts.platform,
        appAsset: assetId('app', identity.id === '' ? basename(path) : identity.id),
        endpoints: shown.endpoints,
        stores: shown.stores,
        credentials: shown.credentials,
        settings,
        signatures: signers,
        libraries: inventory,
        declarations,
      };
      return {
        schema: SCHEMA,
        app: { platform: facts.platform, ...identity, sha256: facts.sha256 },
        endpoints: found.endpoints,
        stores: found.stores,
        credentials: found.credentials,
        settings,
        signatures: signers,
        libraries: inventory,
        declarations,
        coverage: coverage.sort((a, b) => compare(a.entry, b.entry) || compare(a.status, b.status)),
        skips: skips.sort((a, b) => compare(a.subject, b.subject) || compare(a.code, b.code)),
        findings: findingsOf(inspection),
      };
    },
  };
}

/** Of several (splits, nested packages) the app's own: the one with the most in it, then the first by name. */
function baseOf(
  documents: readonly { entry: string; root: XmlElement }[],
): { entry: string; root: XmlElement } | undefined {
  const isSplit = (root: XmlElement) => typeof root.attributes.split === 'string' && root.attributes.split !== '';
  return [...documents].sort(
    (a, b) =>
      Number(isSplit(a.root)) - Number(isSplit(b.root)) || a.entry.length - b.entry.length || compare(a.entry, b.entry),
  )[0];
}

/** Manifests of the feature modules of the same app: splits of the same package. */
function splitsOf<T extends { root: XmlElement }>(documents: readonly T[], base: T): T[] {
  return documents.filter(
    (one) =>
      one !== base &&
      one.root.attributes.package === base.root.attributes.package &&
      typeof one.root.attributes.split === 'string',
  );
}

function identityOf(manifest: XmlElement | undefined, info: PlistValue | undefined): AppIdentity | undefined {
  if (manifest !== undefined) return androidIdentity(manifest);
  return info === undefined ? undefined : iosIdentity(info);
}

/** Every hit of every rule, worst first. */
export function findingsOf(inspection: Inspection): Finding[] {
  const findings = inspectRules.flatMap((rule) =>
    rule.find(inspection).map(
      (hit): Finding => ({
        fingerprint: fingerprint(rule.id, inspection.appAsset, hit.asset, ...hit.locator),
        rule: rule.id,
        asset: hit.asset,
        severity: hit.severity ?? rule.severity,
        confidence: hit.confidence,
        owner: rule.owner,
        message: hit.message,
        evidence: [...hit.evidence],
      }),
    ),
  );
  return findings.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.rule, b.rule) ||
      compare(a.asset, b.asset) ||
      compare(a.fingerprint, b.fingerprint),
  );
}
