/**
 * The code signature of an image (xnu, osfmk/kern/cs_blobs.h; big-endian):
 *
 *   SuperBlob      u32 0xfade0cc0, length, count; count × { u32 slot, u32 offset }
 *   CodeDirectory  u32 0xfade0c02, length, version, flags, hashOffset, identOffset, nSpecialSlots, nCodeSlots, codeLimit;
 *                  u8 hashSize, hashType, platform, pageSize; u32 spare; version >= 0x20100: u32 scatterOffset;
 *                  version >= 0x20200: u32 teamOffset
 *   entitlements   u32 0xfade7171, length, XML property list;  u32 0xfade7172, length, DER
 *   CMS            u32 0xfade0b01, length, signed message
 */
import { X509Certificate } from 'node:crypto';
import type { FoundSignature, PlistValue } from '../../source.ts';
import { cmsCertificates } from '../cms.ts';
import { readPlist } from '../plist.ts';
import { derEntitlements } from './der-entitlements.ts';

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const ENTITLEMENTS = 0xfade7171;
const ENTITLEMENTS_DER = 0xfade7172;
const CMS = 0xfade0b01;
const MOST_BLOBS = 64;
const ADHOC = 0x2;
const HASHES = ['', 'SHA-1', 'SHA-256', 'SHA-256 (truncated)', 'SHA-384'];

export interface CodeSignature {
  identifier?: string;
  team?: string;
  /** Hashes of its code directories: `SHA-1`, `SHA-256`. */
  hashes: string[];
  /** Signed with no certificate. */
  adhoc: boolean;
  certificate?: SigningCertificate;
  entitlements?: PlistValue;
}

export interface SigningCertificate {
  /** What it may sign, without whom it names: `Apple Development`. */
  kind: string;
  /** SHA-256, hex. */
  fingerprint: string;
  /** ISO 8601 day. */
  validTo?: string;
  development: boolean;
}

/** @returns undefined when the bytes are no signature */
export async function readSignature(bytes: Buffer): Promise<CodeSignature | undefined> {
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== SUPER_BLOB) return undefined;
  const count = Math.min(bytes.readUInt32BE(8), MOST_BLOBS);
  const found: CodeSignature = { hashes: [], adhoc: false };
  let binary: Buffer | undefined;
  for (let index = 0; index < count; index++) {
    const at = 12 + index * 8;
    if (at + 8 > bytes.length) break;
    const offset = bytes.readUInt32BE(at + 4);
    if (offset + 8 > bytes.length) continue;
    const blob = bytes.subarray(offset, offset + bytes.readUInt32BE(offset + 4));
    if (blob.length < 8) continue;
    switch (blob.readUInt32BE(0)) {
      case CODE_DIRECTORY:
        readDirectory(blob, found);
        break;
      case ENTITLEMENTS: {
        const { value } = await readPlist(blob.subarray(8));
        if (value !== undefined) found.entitlements ??= value;
        break;
      }
      case ENTITLEMENTS_DER:
        binary ??= blob.subarray(8);
        break;
      case CMS: {
        const certificate = signingCertificate(cmsCertificates(blob.subarray(8)));
        if (certificate !== undefined) found.certificate ??= certificate;
        break;
      }
    }
  }
  if (found.entitlements === undefined && binary !== undefined) {
    const value = derEntitlements(binary);
    if (value !== undefined) found.entitlements = value;
  }
  return found;
}

function readDirectory(blob: Buffer, found: CodeSignature): void {
  if (blob.length < 44) return;
  const version = blob.readUInt32BE(8);
  if ((blob.readUInt32BE(12) & ADHOC) !== 0) found.adhoc = true;
  const hash = HASHES[blob[37] ?? 0];
  if (hash !== undefined && hash !== '' && !found.hashes.includes(hash)) found.hashes.push(hash);
  const identifier = textAt(blob, blob.readUInt32BE(20));
  if (identifier !== undefined) found.identifier ??= identifier;
  const team = version >= 0x20200 && blob.length >= 52 ? textAt(blob, blob.readUInt32BE(48)) : undefined;
  if (team !== undefined) found.team ??= team;
}

function textAt(blob: Buffer, at: number): string | undefined {
  if (at < 44 || at >= blob.length) return undefined;
  const nul = blob.indexOf(0, at);
  const text = blob.toString('utf8', at, Math.min(nul < 0 ? blob.length : nul, at + 256));
  return /^[\w.\- ]+$/.test(text) ? text : undefined;
}

/** Of the certificates that come with a signature, the one that no other of them was issued by. */
export function signingCertificate(certificates: readonly Buffer[]): SigningCertificate | undefined {
  for (const der of certificates) {
    try {
      const certificate = new X509Certificate(der);
      if (certificate.ca) continue;
      // `iPhone Developer: Jane Doe (ABCDE12345)`: what stands after the colon names a person or a company
      const name = /^CN=([^:\n]{1,80})/m.exec(certificate.subject)?.[1]?.trim() ?? '';
      const kind = KINDS.test(name) ? name : 'not issued by Apple';
      const until = new Date(certificate.validTo);
      return {
        kind,
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        development: /Develop/.test(kind),
        ...(Number.isNaN(until.getTime()) ? {} : { validTo: until.toISOString().slice(0, 10) }),
      };
    } catch {
      // an odd certificate tells nothing; the others may
    }
  }
  return undefined;
}

/** What Apple names its signing certificates; anything else could be a person's name. */
const KINDS =
  /^(?:iPhone|iOS|Apple|Mac|3rd Party Mac|watchOS|tvOS) (?:Developer|Development|Distribution|OS Application Signing|iPhone OS Application Signing|App Store Application Signing|Developer Application)$|^(?:Developer ID Application|TestFlight Beta Distribution|Apple iPhone OS Application Signing)$/;

/** @param entry the image that carries it */
export function toFound(entry: string, { hashes, adhoc, certificate }: CodeSignature): FoundSignature {
  const weak: string[] = [];
  if (hashes.length > 0 && hashes.every((hash) => hash === 'SHA-1')) weak.push('SHA-1');
  if (certificate === undefined && adhoc) weak.push('signed with no certificate');
  if (certificate === undefined) return { scheme: 'ios', debug: false, weak, entry };
  const { kind, fingerprint, validTo, development } = certificate;
  return {
    scheme: 'ios',
    subject: `CN=${kind}`,
    certificate: fingerprint,
    ...(validTo === undefined ? {} : { validTo }),
    debug: development,
    weak,
    entry,
  };
}
