/**
 * LDAP directories (OpenLDAP, 389 Directory Server, Active Directory), 389 and 636 (TLS), global catalogue 3268 and 3269.
 *
 * | we | the server |
 * |---|---|
 * | anonymous bind | 0: may ask; 48 inappropriateAuthentication: `disallow bind_anon`; 13: wants TLS, so StartTLS and again |
 * | search, base "", root DSE | naming contexts, vendor and version; readable on nearly every server, so no finding |
 * | search, base cn=postern<random> | 32 noSuchObject or a refusal; 0 with an entry: a honeypot |
 * | search, base <naming context>, one level, size limit 5, attributes 1.1 | entries: the directory is readable; 1 (AD 000004DC), 50, 32: secured |
 * | search, base <naming context>, (objectClass=person), size limit 1, types only | names of attributes without values |
 * | unbind | |
 *
 * Where the bind is refused the searches are sent all the same, unbound: `disallow bind_anon` alone does not refuse them
 * (slapd.conf(5): `require authc` does). Names of entries arrive with a search; they are counted and dropped.
 * Sources: RFC 4511, RFC 4513 section 5.1.1, slapd.conf(5), https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/.
 */
import type { Connection } from '../../../net/connection.ts';
import { datasetName, fieldName } from '../../names.ts';
import { malformed, parseVersion, speak } from '../../observations.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { childrenSearch, controlSearch, ldapAllow, ROOT_DSE, typesSearch } from './allow.ts';
import {
  ANONYMOUS_BIND,
  message,
  readAnswer,
  readEntry,
  resultCode,
  type Search,
  START_TLS,
  searchRequest,
  UNBIND,
} from './ber.ts';

const MOST_CONTEXTS = 4;
const MOST_ANSWERS = 50;

const NAMES: Readonly<Record<number, string>> = {
  0: 'success',
  1: 'operationsError',
  4: 'sizeLimitExceeded',
  8: 'strongerAuthRequired',
  13: 'confidentialityRequired',
  32: 'noSuchObject',
  48: 'inappropriateAuthentication',
  50: 'insufficientAccessRights',
  53: 'unwillingToPerform',
};
const CONFIDENTIALITY_REQUIRED = 13;

export const ldap: ProbeService = {
  id: 'ldap',
  title: 'LDAP directory',
  version: 1,
  transport: 'tcp',
  serverSpeaksFirst: false,
  ports: [
    { port: 389, tls: 'retry' },
    { port: 636, tls: 'first' },
    { port: 3268, tls: 'retry' },
    { port: 3269, tls: 'first' },
  ],
  allow: ldapAllow,
  remediation: {
    developer:
      'Ask the directory from the back end with a service account over LDAPS; the app itself never talks LDAP.',
    it: 'OpenLDAP: `olcDisallows: bind_anon`, `olcRequires: authc`, access rules without `by * read`, `olcSecurity: tls=1`. Active Directory: `dsHeuristics` without anonymous access (seventh character not 2), LDAP signing required. Close 389, 636, 3268 and 3269 in the firewall.',
    security:
      'Names, addresses and phone numbers of everybody in the directory are to be treated as copied; look for password hashes that were readable (`userPassword`).',
  },
  references: [
    'https://www.rfc-editor.org/rfc/rfc4511',
    'https://www.rfc-editor.org/rfc/rfc4513',
    'https://www.openldap.org/doc/admin26/security.html',
  ],
  tested: [
    {
      how: 'server',
      what: 'OpenLDAP slapd 2.5.13 (open, bind_anon disallowed, authc required, StartTLS required, LDAPS)',
    },
    { how: 'documentation', what: 'Active Directory' },
  ],
  probe,
};

interface Found {
  code: number;
  entries: Map<string, string[]>[];
}

class Conversation {
  #id = 0;
  readonly connection: Connection;
  constructor(connection: Connection) {
    this.connection = connection;
  }

  async send(operation: Uint8Array): Promise<number> {
    this.#id += 1;
    await this.connection.write(message(this.#id, operation));
    return this.#id;
  }

  /** The result code of a bind or an extended request. */
  async ask(operation: Uint8Array, tag: number): Promise<number> {
    const id = await this.send(operation);
    const answer = await readAnswer(this.connection);
    if (answer.id !== id && answer.id !== 0) throw malformed('LDAP', 'message id');
    if (answer.tag !== tag && answer.tag !== 0x78) throw malformed('LDAP', 'operation');
    return resultCode(answer.body);
  }

  async search(search: Search): Promise<Found> {
    const id = await this.send(searchRequest(search));
    const entries: Map<string, string[]>[] = [];
    for (let answers = 0; answers < MOST_ANSWERS; answers++) {
      const answer = await readAnswer(this.connection);
      if (answer.id !== id && answer.id !== 0) throw malformed('LDAP', 'message id');
      if (answer.tag === 0x64) entries.push(readEntry(answer.body));
      else if (answer.tag === 0x65 || answer.tag === 0x78) return { code: resultCode(answer.body), entries };
      else if (answer.tag !== 0x73) throw malformed('LDAP', 'operation');
    }
    throw malformed('LDAP', 'more entries than were asked for');
  }
}

async function probe(context: ProbeContext): Promise<Observation> {
  return await speak(context, 'LDAP', (connection) => dialogue(context, new Conversation(connection)));
}

async function dialogue(context: ProbeContext, directory: Conversation): Promise<Observation> {
  let bind = await directory.ask(ANONYMOUS_BIND, 0x61);
  if (bind === CONFIDENTIALITY_REQUIRED && directory.connection.tls === undefined) {
    context.record('anonymous bind', nameOf(bind));
    if ((await directory.ask(START_TLS, 0x78)) === 0) {
      await directory.connection.startTls();
      bind = await directory.ask(ANONYMOUS_BIND, 0x61);
    }
  }
  context.record('anonymous bind', nameOf(bind));
  const root = await directory.search(ROOT_DSE);
  const facts = root.entries[0] ?? new Map<string, string[]>();
  const contexts = [...(all(facts, 'namingContexts') ?? [])].filter(
    (name) => name !== '' && Buffer.byteLength(name) <= 255,
  );
  context.record('search of the root DSE', `${nameOf(root.code)}, ${contexts.length} naming contexts`);
  const version = parseVersion(/\d[\w.]*/.exec(all(facts, 'vendorVersion')?.[0] ?? '')?.[0]);
  const control = await directory.search(controlSearch(context.nonce()));
  context.record('control: an entry that cannot exist', nameOf(control.code));
  const base = { identified: true, ...(version === undefined ? {} : { version }) };
  if (control.entries.length > 0) {
    return {
      ...base,
      verdict: 'inconclusive',
      datasets: [],
      reason: 'an entry that cannot exist was found: no genuine directory answers so',
      notTested: ['reading', 'writing'],
    };
  }
  const asked = [...new Set([...(context.options.datasets ?? []), ...contexts])].slice(0, MOST_CONTEXTS);
  const datasets: ObservedDataset[] = [];
  const codes: number[] = [];
  for (const name of asked) {
    const children = await directory.search(childrenSearch(name));
    codes.push(children.code);
    context.record(
      'search of a naming context’s children',
      `${nameOf(children.code)}, ${children.entries.length} entries`,
    );
    if (children.entries.length === 0) continue;
    const people = await directory.search(typesSearch(name));
    const fields = [...(people.entries[0]?.keys() ?? [])].slice(0, 64).map(fieldName);
    context.record('search of one person, types only', `${nameOf(people.code)}, ${fields.length} names of attributes`);
    datasets.push({ name: datasetName(name), fields });
  }
  await directory.send(UNBIND).catch(() => undefined);
  return { ...base, ...conclude(bind, codes, datasets, contexts.length - asked.length) };
}

function conclude(
  bind: number,
  codes: readonly number[],
  datasets: ObservedDataset[],
  further: number,
): Pick<Observation, 'verdict' | 'datasets' | 'reason' | 'notTested'> {
  const notTested = ['numbers of entries', 'writing: access rules are not told to strangers'];
  if (further > 0) notTested.push(`${further} further naming contexts`);
  const asked = bind === 0 ? 'after an anonymous bind' : `although the anonymous bind is refused (${nameOf(bind)})`;
  if (datasets.length > 0) {
    return { verdict: 'anonymous-read', datasets, reason: `a stranger searches the directory ${asked}`, notTested };
  }
  const refused = codes.find((code) => code !== 0) ?? (codes.length === 0 ? bind : 0);
  if (bind === 0 && codes.length === 0) {
    return {
      verdict: 'secured',
      datasets: [],
      reason: 'an anonymous bind is accepted, but the server names no part of the directory to a stranger',
      notTested: ['naming contexts by name (`datasets` of the target)', ...notTested],
    };
  }
  if (codes.length > 0 && codes.every((code) => code === 0)) {
    return {
      verdict: 'secured',
      datasets: [],
      reason: 'searches are accepted and find nothing: the directory is empty or hides its entries from strangers',
      notTested,
    };
  }
  return {
    verdict: 'secured',
    datasets: [],
    reason: `the directory is refused to strangers (${nameOf(refused)})`,
    notTested,
  };
}

/** Attribute names are case-insensitive (RFC 4512 section 2.5). */
function all(entry: Map<string, string[]>, name: string): string[] | undefined {
  for (const [key, values] of entry) if (key.toLowerCase() === name.toLowerCase()) return values;
  return undefined;
}

function nameOf(code: number): string {
  return `${code} ${NAMES[code] ?? 'other'}`;
}
