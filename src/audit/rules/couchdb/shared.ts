/** What the rules for CouchDB's INI files share. */
import type { CouchdbDocument, CouchdbSetting } from '../../formats/couchdb/read.ts';
import type { Fix, Hit } from '../../model.ts';

/** Sources that several rules cite. */
export const REFERENCES = {
  auth: 'https://docs.couchdb.org/en/stable/config/auth.html',
  http: 'https://docs.couchdb.org/en/stable/config/http.html',
  couchdb: 'https://docs.couchdb.org/en/stable/config/couchdb.html',
  security: 'https://docs.couchdb.org/en/stable/intro/security.html',
  defaults: 'https://github.com/apache/couchdb/blob/main/rel/overlay/etc/default.ini',
  image: 'https://github.com/apache/couchdb-docker',
} as const;

/** Lines that make an example one of CouchDB. */
export const HEAD = '[couchdb]\nmax_document_size = 8000000\n\n[chttpd]\nport = 5984\n';

/** The first of these settings (`section/key`) that stands there. */
export function found(document: CouchdbDocument, ...names: readonly string[]): CouchdbSetting | undefined {
  return names.map((name) => document.settings.get(name)).find((setting) => setting !== undefined);
}

/** What every hit on a setting has. */
export function at(setting: CouchdbSetting): Pick<Hit, 'source' | 'pointer' | 'span'> {
  return { source: setting.source, pointer: `${setting.section}/${setting.key}`, span: setting.span };
}

export function replace(setting: CouchdbSetting, text: string, details: Omit<Fix, 'edits'>): Fix {
  return { ...details, edits: [{ ...setting.span, text }] };
}

/** Verified by what the shipped default.ini says. */
export const byDefaults = (sentence: string) =>
  ({ by: 'source', how: `${REFERENCES.defaults} – ${sentence}` }) as const;
