import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoverageEntry } from '../../../core/contract/inspect.ts';
import type { Skip } from '../../../core/skip.ts';
import { readPackage } from '../../read-package.ts';
import type {
  FoundCall,
  FoundCode,
  FoundLibrary,
  FoundSignature,
  FoundString,
  PackageFacts,
  PackageSink,
  PlistValue,
  ResourceXmlPurpose,
  XmlElement,
} from '../../source.ts';
import type { ReadPackageOptions } from '../job.ts';

/** Everything a package gave, for tests. */
export interface Collected {
  facts: PackageFacts;
  strings: FoundString[];
  manifests: { entry: string; root: XmlElement }[];
  security: { entry: string; root: XmlElement }[];
  documents: { entry: string; purpose: ResourceXmlPurpose; root: XmlElement }[];
  plists: { entry: string; value: PlistValue }[];
  calls: FoundCall[];
  libraries: FoundLibrary[];
  code: FoundCode[];
  signatures: FoundSignature[];
  coverage: CoverageEntry[];
  skips: Skip[];
}

export async function collectFile(path: string, options: ReadPackageOptions = {}): Promise<Collected> {
  const found: Omit<Collected, 'facts'> = {
    strings: [],
    manifests: [],
    security: [],
    documents: [],
    plists: [],
    calls: [],
    libraries: [],
    code: [],
    signatures: [],
    coverage: [],
    skips: [],
  };
  const sink: PackageSink = {
    string: (text) => found.strings.push(text),
    manifest: (entry, root) => found.manifests.push({ entry, root }),
    networkSecurityConfig: (entry, root) => found.security.push({ entry, root }),
    resourceXml: (entry, purpose, root) => found.documents.push({ entry, purpose, root }),
    plist: (entry, value) => found.plists.push({ entry, value }),
    call: (call) => found.calls.push(call),
    library: (library) => found.libraries.push(library),
    code: (code) => found.code.push(code),
    signature: (signature) => found.signatures.push(signature),
    coverage: (entry) => found.coverage.push(entry),
    skip: (skip) => found.skips.push(skip),
  };
  const facts = await readPackage(path, sink, options);
  return { facts, ...found };
}

/** Reads bytes as a package of the given file name. */
export async function collect(bytes: Buffer, options: ReadPackageOptions = {}, name = 'app.apk'): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-inspect-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return await collectFile(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
