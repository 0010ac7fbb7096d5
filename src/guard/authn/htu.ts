/**
 * The `htu` of a DPoP proof: the URI without query and fragment, normalised as RFC 9449 section 4.3 asks for (RFC 3986
 * sections 6.2.2 and 6.2.3): case of scheme, host and percent-encodings, unreserved characters decoded, dot segments
 * removed, the scheme's port left away. Not `new URL`: that also forgives what is not a URI.
 */
const URI = /^(https?):\/\/([^/?#@\\]+)(\/[^?#]*)?(?:[?#]|$)/i;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const MAX_LENGTH = 2 * 1024;

/** @returns undefined for what is no http(s) URI with a host */
export function normaliseUri(uri: string): string | undefined {
  if (uri.length > MAX_LENGTH || !VISIBLE_ASCII.test(uri)) return undefined;
  const match = URI.exec(uri);
  if (!match) return undefined;
  const scheme = (match[1] ?? '').toLowerCase();
  const host = (match[2] ?? '').toLowerCase().replace(scheme === 'https' ? /:(?:443)?$/ : /:(?:80)?$/, '');
  const path = normalisePath(match[3] ?? '');
  return host === '' || path === undefined ? undefined : `${scheme}://${host}${path}`;
}

function normalisePath(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|[\\"<>^`{|}]/.test(path)) return undefined;
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(char) ? char : encoded.toUpperCase();
  });
  return removeDotSegments(decoded === '' ? '/' : decoded);
}

/** RFC 3986 section 5.2.4, for a path that begins with `/`. */
function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [at, segment] of segments.entries()) {
    const last = at === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (last) kept.push('');
  }
  return `/${kept.join('/')}`;
}
