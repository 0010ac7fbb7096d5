/** Where an issuer's keys come from: a file, a URL, or the discovery document that names the URL (OpenID Connect Discovery 1.0 section 4). */
import { readFile, stat } from 'node:fs/promises';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { type FetchedDocument, type GetDocument, mayFetch } from './fetch.ts';
import { readObject } from './jws.ts';

const MAX_FILE_BYTES = 1024 * 1024;

type LoadKeys = () => Promise<FetchedDocument>;

/** @throws Error whose message says which step failed */
export function keyLoader(issuer: IssuerConfig, get: GetDocument): LoadKeys {
  const { keys } = issuer;
  switch (keys.kind) {
    case 'file':
      return async () => ({ bytes: await readBounded(keys.path), maxAge: null });
    case 'url':
      return () => get(new URL(keys.url));
    case 'given':
      return async () => ({ bytes: Buffer.from(keys.jwks), maxAge: null });
    case 'discovery':
      return async () => get(discoveredUrl((await get(new URL(keys.url))).bytes, issuer.issuer));
  }
}

/** The `jwks_uri`; the document must speak for this very issuer, or another one's keys would be trusted for it. */
function discoveredUrl(bytes: Uint8Array, issuer: string): URL {
  const document = readObject(bytes, 'discovery');
  if (document.issuer !== issuer) throw new Error('discovery: another issuer');
  const { jwks_uri: text } = document;
  if (typeof text !== 'string' || !URL.canParse(text)) throw new Error('discovery: no jwks_uri');
  const url = new URL(text);
  if (!mayFetch(url)) throw new Error('discovery: jwks_uri is not https');
  return url;
}

async function readBounded(path: string): Promise<Uint8Array> {
  if ((await stat(path)).size > MAX_FILE_BYTES) throw new Error('the file is too large');
  return readFile(path);
}
