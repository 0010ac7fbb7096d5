/**
 * The files of OpenSearch's security plugin: YAML, each with a `_meta` mapping that says what it is.
 *
 *   _meta: { type: "internalusers", config_version: 2 }
 *   NAME: { hash: "$2y$…", backend_roles: […], opendistro_security_roles: […] }
 *
 * `config` holds `config.dynamic` (how one logs in), `roles` and `actiongroups` what may be done, `rolesmapping` who has
 * which role, `audit` what is recorded. Open Distro and Search Guard 7 have the same files.
 * https://docs.opensearch.org/latest/security/configuration/yaml/
 */
import type { AccountFact } from '../../facts.ts';
import type { Format, ReadFile } from '../../model.ts';
import type { Span } from '../../source.ts';
import { readSettings, type SettingsDocument, settingViews } from '../settings/read.ts';
import { child, type MapNode, textOf, type YamlNode } from '../yaml/read.ts';

export type SecurityKind =
  | 'config'
  | 'internalusers'
  | 'roles'
  | 'rolesmapping'
  | 'actiongroups'
  | 'tenants'
  | 'nodesdn'
  | 'audit'
  | 'allowlist'
  | 'whitelist';

export interface OpensearchSecurityDocument extends SettingsDocument {
  /** Null when `_meta` names a kind that is not read here. */
  kind: SecurityKind | null;
}

const KINDS: readonly SecurityKind[] = [
  'config',
  'internalusers',
  'roles',
  'rolesmapping',
  'actiongroups',
  'tenants',
  'nodesdn',
  'audit',
  'allowlist',
  'whitelist',
];
const TYPE = new RegExp(`\\btype["']?[ \\t]*:[ \\t]*["']?(?:${KINDS.join('|')})\\b`, 'i');

export const opensearchSecurityFormat: Format<'opensearch-security'> = {
  name: 'opensearch-security',
  title: 'OpenSearch security plugin (config.yml, internal_users.yml, roles.yml, roles_mapping.yml)',
  recognises(path, text) {
    if (!/\.ya?ml(?:\.\w+)?$/i.test(path)) return false;
    const at = text.startsWith('_meta:') ? 0 : text.indexOf('\n_meta:');
    if (at < 0) return false;
    const meta = text.slice(at, at + 400);
    return TYPE.test(meta) && /\bconfig_version\b/.test(meta);
  },
  read(source) {
    const { document, ...rest } = readSettings(source, { lists: false });
    const type = textOf(child(child(document.root, '_meta'), 'type'))?.toLowerCase();
    return { ...rest, document: { ...document, kind: KINDS.find((kind) => kind === type) ?? null } };
  },
  settings: settingViews,
  facts(file, context) {
    if (file.document.kind !== 'internalusers') return {};
    const mappings = context.beside('opensearch-security').filter(({ document }) => document.kind === 'rolesmapping');
    const accounts = namedEntries(file.document).map(({ name, span, value }): AccountFact => {
      const roles = rolesOf(name, value, mappings);
      return {
        store: 'opensearch',
        name,
        may: roles.includes('all_access')
          ? 'everything'
          : roles.length === 1 && roles[0] === 'readall'
            ? 'read'
            : 'unknown',
        usedBy: roles.includes('all_access') ? 'administrator' : 'unknown',
        place: { source: file.source, span, pointer: name },
      };
    });
    return { accounts };
  },
};

interface NamedEntry {
  name: string;
  span: Span;
  value: MapNode;
}

/** Users, roles, mappings: every entry but `_meta`. */
export function namedEntries({ root }: SettingsDocument): NamedEntry[] {
  if (root?.kind !== 'map') return [];
  return root.entries.flatMap(({ key, keySpan, value }) =>
    key !== '_meta' && value?.kind === 'map' ? [{ name: key, span: keySpan, value }] : [],
  );
}

export interface ListedText {
  text: string;
  span: Span;
}

/** The texts of a list, or of a value that stands alone. */
export function listed(node: YamlNode | null): ListedText[] {
  const items = node?.kind === 'seq' ? node.items : node ? [node] : [];
  return items.flatMap((item) =>
    item.kind === 'scalar' && !item.isNull ? [{ text: item.text, span: item.span }] : [],
  );
}

/** The roles of an internal user: its own, and those that a mapping gives to it or to its backend roles. */
function rolesOf(name: string, user: MapNode, mappings: readonly ReadFile<'opensearch-security'>[]): string[] {
  const own = listed(child(user, 'opendistro_security_roles')).map(({ text }) => text);
  const backend = new Set(listed(child(user, 'backend_roles')).map(({ text }) => text));
  const mapped = mappings.flatMap(({ document }) =>
    namedEntries(document)
      .filter(
        ({ value }) =>
          listed(child(value, 'users')).some(({ text }) => text === name || text === '*') ||
          listed(child(value, 'backend_roles')).some(({ text }) => backend.has(text) || text === '*'),
      )
      .map((mapping) => mapping.name),
  );
  // Everybody has the index of their own name.
  return [...new Set([...own, ...mapped])].filter((role) => role !== 'own_index');
}
