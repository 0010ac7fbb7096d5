/**
 * The extension 1.3.6.1.4.1.11129.2.1.17 of Android Key Attestation, versions 1 to 500:
 *
 *   SEQUENCE { version, ENUM securityLevel, keymasterVersion, ENUM keymasterSecurityLevel, OCTETS challenge, OCTETS uniqueId,
 *              softwareEnforced, hardwareEnforced }
 *   list   = SEQUENCE of [tag] EXPLICIT value: 1 purpose SET of INTEGER · 2 algorithm · 600 allApplications NULL · 702 origin ·
 *            704 rootOfTrust { OCTETS key, BOOLEAN locked, ENUM state, OCTETS hash (since 3) } · 706 osPatchLevel ·
 *            709 applicationId OCTETS of { SET of { OCTETS package, INTEGER version }, SET of OCTETS digest } · …
 *
 * The shape is one over all versions: later ones add tags. Tags that nothing is asked of are passed over, but none may stand
 * twice in a list. Their order is not insisted on: devices exist that do not keep it.
 *
 * Source: https://source.android.com/docs/security/features/keystore/attestation, "Attestation extension".
 */
import {
  contextNumber,
  DER,
  type Der,
  derBoolean,
  derChildren,
  derInner,
  derNumber,
  derOctets,
  derSequence,
  expectDer,
  readDer,
} from './der.ts';
import { prove, Unproven } from './unproven.ts';

export const SECURITY_LEVEL = { software: 0, trustedEnvironment: 1, strongBox: 2 } as const;

export interface KeyDescription {
  readonly version: number;
  readonly securityLevel: number;
  readonly keymasterSecurityLevel: number;
  readonly challenge: Uint8Array;
  /** What the key store of the system, and not the hardware, vouches for. */
  readonly software: AuthorizationList;
  readonly hardware: AuthorizationList;
}

export interface AuthorizationList {
  /** 2 is signing, 3 verifying, 7 attesting. */
  readonly purposes: readonly number[] | null;
  /** 1 RSA, 3 EC. */
  readonly algorithm: number | null;
  readonly allApplications: boolean;
  /** 0 is made in the hardware. */
  readonly origin: number | null;
  readonly rootOfTrust: { readonly locked: boolean; readonly state: number } | null;
  /** `202601`. */
  readonly patchLevel: number | null;
  readonly application: ApplicationId | null;
}

export interface ApplicationId {
  /** More than one where apps share a user id. */
  readonly packages: readonly { readonly name: string; readonly version: number }[];
  /** SHA-256 of the signing certificates, lower-case hexadecimal. */
  readonly digests: readonly string[];
}

const TAG = {
  purpose: 1,
  algorithm: 2,
  allApplications: 600,
  origin: 702,
  rootOfTrust: 704,
  patchLevel: 706,
  application: 709,
} as const;
const VERSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 100, 200, 300, 400, 500]);
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Unproven */
export function readKeyDescription(bytes: Uint8Array): KeyDescription {
  const what = 'extension';
  const members = derSequence(readDer(bytes, what), what);
  prove(members.length === 8, `${what}: not eight members`);
  const [version, level, , keymasterLevel, challenge, , software, hardware] = members;
  const number = derNumber(version, `${what}.version`);
  prove(VERSIONS.has(number), `${what}.version: unknown`);
  return {
    version: number,
    securityLevel: derNumber(level, `${what}.securityLevel`, DER.enumerated),
    keymasterSecurityLevel: derNumber(keymasterLevel, `${what}.keymasterSecurityLevel`, DER.enumerated),
    challenge: derOctets(challenge, `${what}.challenge`),
    software: readList(software, `${what}.software`),
    hardware: readList(hardware, `${what}.hardware`),
  };
}

function readList(node: Der | undefined, what: string): AuthorizationList {
  const values = new Map<number, Der>();
  for (const member of derSequence(node, what)) {
    const tag = contextNumber(member);
    if (tag === undefined) throw new Unproven(`${what}: a member without a tag`);
    prove(!values.has(tag), `${what}: a tag twice`);
    values.set(tag, derInner(member, `${what}.${tag}`));
  }
  const numberAt = (tag: number, name: string): number | null => {
    const value = values.get(tag);
    return value === undefined ? null : derNumber(value, `${what}.${name}`);
  };
  const purposes = values.get(TAG.purpose);
  const root = values.get(TAG.rootOfTrust);
  const application = values.get(TAG.application);
  return {
    purposes: purposes === undefined ? null : readNumbers(purposes, `${what}.purpose`),
    algorithm: numberAt(TAG.algorithm, 'algorithm'),
    allApplications: values.has(TAG.allApplications),
    origin: numberAt(TAG.origin, 'origin'),
    rootOfTrust: root === undefined ? null : readRoot(root, `${what}.rootOfTrust`),
    patchLevel: numberAt(TAG.patchLevel, 'osPatchLevel'),
    application: application === undefined ? null : readApplication(application, `${what}.applicationId`),
  };
}

function readNumbers(node: Der, what: string): readonly number[] {
  return derChildren(expectDer(node, DER.set, what), what).map((one) => derNumber(one, what));
}

function readRoot(node: Der, what: string): { locked: boolean; state: number } {
  const [, locked, state] = derSequence(node, what);
  return { locked: derBoolean(locked, `${what}.locked`), state: derNumber(state, `${what}.state`, DER.enumerated) };
}

function readApplication(node: Der, what: string): ApplicationId {
  const [packages, digests, ...more] = derSequence(readDer(derOctets(node, what), what), what);
  prove(more.length === 0, `${what}: too many members`);
  return {
    packages: derChildren(expectDer(packages, DER.set, what), what).map((one) => {
      const [name, version] = derSequence(one, `${what}.package`);
      return {
        name: textOf(derOctets(name, `${what}.package`), `${what}.package`),
        version: derNumber(version, `${what}.version`),
      };
    }),
    digests: derChildren(expectDer(digests, DER.set, what), what).map((one) =>
      Buffer.from(derOctets(one, `${what}.digest`)).toString('hex'),
    ),
  };
}

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Unproven(`${what}: not UTF-8`);
  }
}
