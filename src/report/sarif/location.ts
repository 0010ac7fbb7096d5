/** Places of evidence as SARIF locations: files with a region where there is one, everything else logical. */
import { isAbsolute, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toUSVString } from 'node:util';
import type { ArtifactLocation, Location, LogicalLocation, Region } from 'sarif';
import type { Evidence, FileEvidence, SettingEvidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { hostPort, tellEvidence } from '../story-view.ts';

export interface UriBase {
  /** Root of the report that its relative paths count from; itself relative to the working directory, or absolute. */
  root: string;
  /** Absolute directory that locations are made relative to. Undefined: as the report has them, under `root` when that is relative. */
  directory: string | undefined;
}

/**
 * A relative URI reference with forward slashes and percent-encoded segments (RFC 3986), so that a code host finds the
 * file in its checkout. Only a file outside of the base directory becomes an absolute file URI.
 */
export function artifactUri(path: string, base: UriBase): ArtifactLocation {
  const joined = isAbsolute(path) || base.root === '.' ? path : `${base.root.replace(/[\\/]+$/, '')}/${path}`;
  let local = joined;
  if (base.directory !== undefined) local = relative(base.directory, resolve(base.directory, joined));
  else if (isAbsolute(joined)) local = isAbsolute(base.root) ? relative(base.root, joined) : joined;
  const outside = isAbsolute(local) || local.split(/[\\/]/)[0] === '..';
  if (outside) return { uri: pathToFileURL(resolve(base.directory ?? base.root, joined)).href };
  const segments = local.split(/[\\/]/).filter((segment) => segment !== '.' && segment !== '');
  return { uri: segments.map(encodeSegment).join('/'), uriBaseId: 'SRCROOT' };
}

/** A colon in the first segment would read as a scheme, hence encoded everywhere. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(toUSVString(segment)).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * `locations` is where the fix belongs (one place: the first file or setting); the rest is related. A finding without
 * a file gets a logical location named by its asset.
 */
export function locationsOf(finding: Finding, base: UriBase): { locations: Location[]; relatedLocations: Location[] } {
  const places = finding.evidence.map((evidence) => locationOf(evidence, finding, base));
  const first = places.findIndex((place) => place.physicalLocation !== undefined);
  const primary = places[Math.max(first, 0)] ?? assetLocation(finding);
  const related = places.filter((place) => place !== primary).map((place, index) => ({ ...place, id: index + 1 }));
  return { locations: [withoutMessage(primary)], relatedLocations: related };
}

function withoutMessage({ message: _message, ...location }: Location): Location {
  return location;
}

function locationOf(evidence: Evidence, finding: Finding, base: UriBase): Location {
  const text = tellEvidence(evidence);
  const message = text === '' ? {} : { message: { text: literal(text) } };
  switch (evidence.kind) {
    case 'file':
    case 'setting':
      return { ...fileLocation(evidence, base), ...message };
    case 'exchange':
      return {
        logicalLocations: [
          { name: evidence.service, fullyQualifiedName: hostPort(evidence.address, evidence.port), kind: 'resource' },
        ],
        ...message,
      };
    case 'count':
      return { ...assetLocation(finding), ...message };
  }
}

function fileLocation(evidence: FileEvidence | SettingEvidence, base: UriBase): Location {
  const { path, entry } = splitEntry(evidence);
  // A region would speak of the entry, not of the package that the URI names.
  const region = entry === undefined ? regionOf(evidence) : null;
  const logical: LogicalLocation[] = [];
  if (entry !== undefined) logical.push(entryLocation(path, entry, evidence));
  if (evidence.kind === 'file' && evidence.class !== undefined) {
    const name = evidence.method === undefined ? evidence.class : `${evidence.class}.${evidence.method}`;
    logical.push({ fullyQualifiedName: name, kind: evidence.method === undefined ? 'type' : 'function' });
  }
  if (evidence.kind === 'setting') logical.push({ fullyQualifiedName: evidence.pointer, kind: 'member' });
  return {
    physicalLocation: { artifactLocation: artifactUri(path, base), ...(region === null ? {} : { region }) },
    ...(logical.length > 0 ? { logicalLocations: logical } : {}),
  };
}

/** Evidence names an entry of a package by itself or behind the package's path: `shop.apk!AndroidManifest.xml`. */
function splitEntry(evidence: FileEvidence | SettingEvidence): { path: string; entry: string | undefined } {
  if (evidence.kind === 'file' && evidence.entry !== undefined) return { path: evidence.path, entry: evidence.entry };
  const [, path, entry] = /^(.*?\.(?:apk|apks|xapk|apkm|aab|aar|ipa|zip))!(.+)$/i.exec(evidence.path) ?? [];
  return { path: path ?? evidence.path, entry };
}

function assetLocation(finding: Finding): Location {
  return { logicalLocations: [{ fullyQualifiedName: finding.asset, kind: 'resource' }] };
}

function entryLocation(
  path: string,
  entry: string,
  at: { offset?: number; line?: number },
): { fullyQualifiedName: string; kind: string } {
  const place = at.line !== undefined ? `:${at.line}` : at.offset !== undefined ? `+${at.offset}` : '';
  return { fullyQualifiedName: `${path}!${entry}${place}`, kind: 'module' };
}

function regionOf(at: { line?: number; column?: number; endLine?: number; endColumn?: number }): Region | null {
  if (at.line === undefined) return null;
  return {
    startLine: at.line,
    ...(at.column === undefined ? {} : { startColumn: at.column }),
    ...(at.endLine === undefined ? {} : { endLine: at.endLine }),
    ...(at.endColumn === undefined ? {} : { endColumn: at.endColumn }),
  };
}

/** SARIF reads `[text](target)` in plain messages as a link (§3.11.6); text from elsewhere must not make one. */
export function literal(text: string): string {
  return text.replace(/\[(?=[^\]]*\]\()/g, '\\[');
}
