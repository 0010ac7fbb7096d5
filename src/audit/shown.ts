/**
 * What leaves `audit` as text. Formats and rules mask secrets where they read them; e-mail addresses and logins in URLs
 * stand in names of any kind (a table, a key, a role, an instance of a module), and they are masked here once, for every
 * message, pointer and step, so that no single rule can forget to. Fingerprints are made before, so they stay apart.
 */
import { maskEmails, redactUrl } from '../core/redact.ts';

/** Paths, by which files are found again, and what `fix` writes. */
const VERBATIM = new Set(['path', 'file', 'root', 'sha256', 'edits']);

/** A deep copy that may be shown; ids of assets keep the path of their file. */
export function shown<T>(value: T, paths: ReadonlySet<string>): T;
export function shown(value: unknown, paths: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return shownText(value, paths);
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item, paths));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, VERBATIM.has(key) ? item : shown(item, paths)]),
  );
}

const ASSET = 'config:';

function shownText(text: string, paths: ReadonlySet<string>): string {
  if (!text.includes('@') && !text.includes('%40') && !text.includes('://')) return text;
  if (text.startsWith(ASSET)) {
    for (let end = text.length; end > ASSET.length; end = text.lastIndexOf('/', end - 1)) {
      const path = text.slice(ASSET.length, end);
      if (paths.has(path)) return `${ASSET}${path}${maskEmails(text.slice(end))}`;
    }
  }
  return maskEmails(redactUrl(text));
}
