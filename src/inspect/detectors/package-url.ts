/**
 * Package URLs (https://github.com/package-url/purl-spec): `pkg:type/namespace/name@version`. Each part is
 * percent-encoded, with `:` left as it is; a namespace keeps the `/` between its parts. Names of `pub`, and those of
 * `golang`, are in lower case; a Swift package needs the address of its repository, which a bundle does not hold, and so
 * goes as `generic`.
 */

/** @param name in the ecosystem's own form: `group:artifact`, `@scope/package`, `Alamofire` */
export function packageUrl(ecosystem: string, name: string, version?: string): string {
  const type = ecosystem === 'swift' ? 'generic' : ecosystem;
  const parts = ecosystem === 'maven' ? name.split(':') : name.split('/');
  const path = (type === 'pub' || type === 'golang' ? parts.map((part) => part.toLowerCase()) : parts)
    .filter((part) => part !== '')
    .map(encoded)
    .join('/');
  return `pkg:${type}/${path}${version === undefined ? '' : `@${encoded(version)}`}`;
}

/** `encodeURIComponent` leaves `!'()*` and a lone surrogate makes it throw. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
