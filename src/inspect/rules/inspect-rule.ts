import type {
  InspectCredential,
  InspectDeclaration,
  InspectEndpoint,
  InspectLibrary,
  InspectSetting,
  InspectSignature,
  ManagedStore,
} from '../../core/contract/inspect.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Rule } from '../../core/rule.ts';
import type { Confidence, Severity } from '../../core/severity.ts';

/** What the rules judge: one package, read through. */
export interface Inspection {
  /** The package file, as the user named it. */
  path: string;
  platform: 'android' | 'ios' | 'unknown';
  appAsset: string;
  /** All redacted, the app's own and the others. */
  endpoints: readonly InspectEndpoint[];
  stores: readonly ManagedStore[];
  credentials: readonly InspectCredential[];
  settings: readonly InspectSetting[];
  signatures: readonly InspectSignature[];
  libraries: readonly InspectLibrary[];
  declarations: readonly InspectDeclaration[];
}

/** One place where a rule holds. */
export interface RuleHit {
  /** Id of the asset it is about. */
  asset: string;
  /** Tells two hits of the rule on one asset apart; see core/fingerprint.ts. */
  locator: readonly string[];
  message: string;
  evidence: readonly [Evidence, ...Evidence[]];
  /** When it differs from the rule's. */
  severity?: Severity;
  confidence: Confidence;
}

/**
 * A rule of `inspect`. Its examples are pieces of a package in their own terms: a manifest, a network security
 * configuration or a property list as XML, or a string of the code.
 */
export interface InspectRule extends Rule {
  find(inspection: Inspection): RuleHit[];
}
