import { allowDeclared } from '../../declared-bytes.ts';
import { ANONYMOUS_BIND, message, type Search, START_TLS, searchRequest, UNBIND } from './ber.ts';

const LONGEST_NAME = 255;
export const CONTROL = 'cn=postern';

export const ROOT_DSE: Search = {
  base: '',
  scope: 0,
  sizeLimit: 1,
  typesOnly: false,
  attributes: ['namingContexts', 'defaultNamingContext', 'vendorName', 'vendorVersion', 'supportedLDAPVersion'],
};

export function controlSearch(nonce: string): Search {
  return { base: `${CONTROL}${nonce}`, scope: 0, sizeLimit: 1, typesOnly: true, attributes: ['1.1'] };
}

/** The tops of what lies below a naming context: names of entries only, which are counted and dropped. */
export function childrenSearch(base: string): Search {
  return { base, scope: 1, sizeLimit: 5, typesOnly: true, attributes: ['1.1'] };
}

/** The names of one person's attributes, without their values. */
export function typesSearch(base: string): Search {
  return { base, scope: 2, sizeLimit: 1, typesOnly: true, objectClass: 'person', attributes: ['*'] };
}

export const ldapAllow = allowDeclared([
  { why: 'anonymous bind', ...either((id) => message(id, ANONYMOUS_BIND)) },
  { why: 'StartTLS – where the server demands confidentiality', ...either((id) => message(id, START_TLS)) },
  {
    why: 'search of the root DSE – naming contexts and version',
    ...either((id) => message(id, searchRequest(ROOT_DSE))),
  },
  {
    why: 'search of cn=postern<random> – must find nothing',
    bytes: message(3, searchRequest(controlSearch('x3f9c1d27ab84e05'))),
    permits: (sent) => sameBut(sent, controlSearch, /^cn=postern([a-z0-9]{16})$/),
  },
  {
    why: 'search of a naming context’s children – at most 5, attributes 1.1 (none)',
    bytes: message(4, searchRequest(childrenSearch('dc=example,dc=org'))),
    permits: (sent) => sameBut(sent, childrenSearch, /^(.{1,255})$/su),
  },
  {
    why: 'search of one person below a naming context – names of attributes only (typesOnly)',
    bytes: message(5, searchRequest(typesSearch('dc=example,dc=org'))),
    permits: (sent) => sameBut(sent, typesSearch, /^(.{1,255})$/su),
  },
  { why: 'unbind', ...either((id) => message(id, UNBIND)) },
]);

function either(build: (id: number) => Buffer) {
  return {
    bytes: build(1),
    permits: (sent: Buffer) => {
      const id = idOf(sent);
      return id !== undefined && build(id).equals(sent);
    },
  };
}

/** Written again from the one part that may vary it is the same. */
function sameBut(sent: Buffer, search: (varying: string) => Search, base: RegExp): boolean {
  const id = idOf(sent);
  if (id === undefined) return false;
  for (const skipped of [2, 4]) {
    // 30 len 02 01 id 63 len 04 len base: the outer lengths take two or four bytes, each on its own.
    for (const inner of [2, 4]) {
      const at = skipped + 3 + inner;
      const length = sent[at + 1] ?? 0x80;
      const long = length === 0x82 && at + 4 <= sent.length;
      const size = long ? sent.readUInt16BE(at + 2) : length;
      if (sent[at] !== 0x04 || size > LONGEST_NAME || (length >= 0x80 && !long)) continue;
      const start = at + (long ? 4 : 2);
      const name = base.exec(sent.toString('utf8', start, start + size))?.[1];
      if (name !== undefined && message(id, searchRequest(search(name))).equals(sent)) return true;
    }
  }
  return false;
}

function idOf(sent: Buffer): number | undefined {
  const at = sent[1] === 0x82 ? 4 : 2;
  const id = sent[at + 2] ?? 0;
  return sent[0] === 0x30 && sent[at] === 0x02 && sent[at + 1] === 1 && id >= 1 && id < 0x80 ? id : undefined;
}
