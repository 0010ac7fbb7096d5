/** Rules on what OpenSearch accounts may do and what is recorded: roles.yml, roles_mapping.yml and audit.yml. */
import { listed, namedEntries } from '../../formats/opensearch-security/read.ts';
import { replaceValue } from '../../formats/settings/edit.ts';
import { child, type YamlNode } from '../../formats/yaml/read.ts';
import { defineRule } from '../../model.ts';
import { SECURITY_REFERENCES } from './login.ts';

const MAPPING = '_meta:\n  type: "rolesmapping"\n  config_version: 2\n';
const ROLES = '_meta:\n  type: "roles"\n  config_version: 2\n';
const AUDIT = '_meta:\n  type: "audit"\n  config_version: 2\n';

const ACCESS_CONTROL = 'https://docs.opensearch.org/latest/security/access-control/users-roles/';
const AUDIT_LOGS = 'https://docs.opensearch.org/latest/security/audit-logs/index/';

/** Roles of the plugin that reach all data. */
const MIGHTY: Readonly<Record<string, string>> = {
  all_access: 'may do everything',
  readall: 'reads every index',
  readall_and_monitor: 'reads every index',
  manage_snapshots: 'copies and restores every index',
  security_rest_api_full_access: 'changes users and roles',
};

export const mightyRoleForAll = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-powerful-role-for-everybody',
  aliases: ['OSS-PRIV-001'],
  format: 'opensearch-security',
  title: 'Every OpenSearch account has a role that reaches all data',
  severity: 'critical',
  owner: 'security',
  topic: 'authorization',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0: with users ["*"] below all_access an internal user without backend roles lists all_access among its roles in /_plugins/_security/authinfo; without the entry it does not (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'With `*` below `users`, `backend_roles` or `hosts` the role belongs to everybody who logs in – and to requests without a login, where those are let in. The app’s narrow account then reads and deletes everything.',
  remediation: 'Name the users or backend roles that need the role; for `all_access` only `backend_roles: ["admin"]`.',
  references: [ACCESS_CONTROL],
  cwe: ['CWE-269'],
  examples: {
    bad: [`${MAPPING}all_access:\n  users: ["*"]\n`, `${MAPPING}readall:\n  backend_roles:\n    - "*"\n`],
    good: [`${MAPPING}all_access:\n  backend_roles: ["admin"]\n`, `${MAPPING}own_index:\n  users: ["*"]\n`],
  },
  *check({ document }) {
    if (document.kind !== 'rolesmapping') return;
    for (const { name, value } of namedEntries(document)) {
      const may = Object.hasOwn(MIGHTY, name) ? MIGHTY[name] : undefined;
      if (may === undefined) continue;
      for (const part of ['users', 'backend_roles', 'hosts']) {
        const all = listed(child(value, part)).find(({ text }) => text === '*');
        if (!all) continue;
        yield {
          pointer: `${name}.${part}`,
          span: all.span,
          actual: '*',
          expected: 'named users or backend roles',
          message: `Everybody has the role ${name}, which ${may}.`,
          severity: name === 'all_access' || name === 'security_rest_api_full_access' ? 'critical' : 'high',
        };
      }
    }
  },
});

const ALL_ACTIONS = /^(?:\*|indices_all|unlimited|indices:\*)$/i;

export const wildcardRole = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-role-for-everything',
  aliases: ['OSS-PRIV-002'],
  format: 'opensearch-security',
  title: 'A role of OpenSearch may do everything with every index',
  severity: 'medium',
  owner: 'developer',
  topic: 'authorization',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0: a user with index_patterns ["*"] and allowed_actions ["*"] reads and deletes an index it was not made for; with the pattern of its own index it gets 403 (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'A role with the pattern `*` and all actions is not narrower than the administrator’s where data is concerned: whoever takes the app’s password reads, changes and deletes every index.',
  remediation:
    'Name the indices (`shop-orders*`) and the actions (`read`, `crud`) that the account needs; leave `cluster_permissions` at `cluster_composite_ops_ro` or nothing.',
  references: [ACCESS_CONTROL, SECURITY_REFERENCES.practices],
  cwe: ['CWE-269', 'CWE-250'],
  examples: {
    bad: [
      `${ROLES}app:\n  cluster_permissions: ["*"]\n  index_permissions:\n    - index_patterns: ["*"]\n      allowed_actions: ["*"]\n`,
      `${ROLES}app:\n  index_permissions:\n    - index_patterns:\n        - '*'\n      allowed_actions:\n        - indices_all\n`,
    ],
    good: [
      `${ROLES}app:\n  index_permissions:\n    - index_patterns: ["shop-*"]\n      allowed_actions: ["crud"]\n`,
      `${ROLES}metrics:\n  index_permissions:\n    - index_patterns: ["*"]\n      allowed_actions: ["indices_monitor"]\n`,
    ],
  },
  *check({ document }) {
    if (document.kind !== 'roles') return;
    for (const { name, value } of namedEntries(document)) {
      const permissions = child(value, 'index_permissions');
      const items: readonly YamlNode[] = permissions?.kind === 'seq' ? permissions.items : [];
      for (const [index, item] of items.entries()) {
        const pattern = listed(child(item, 'index_patterns')).find(({ text }) => text === '*');
        const action = listed(child(item, 'allowed_actions')).find(({ text }) => ALL_ACTIONS.test(text));
        if (!pattern || !action) continue;
        const cluster = listed(child(value, 'cluster_permissions')).some(({ text }) => text === '*');
        yield {
          pointer: `${name}.index_permissions[${index}]`,
          span: pattern.span,
          actual: `${action.text} on *`,
          expected: 'named indices and actions',
          message: `The role ${name} may do everything with every index${cluster ? ' and with the cluster' : ''}.`,
          severity: cluster ? 'high' : 'medium',
        };
      }
    }
  },
});

export const auditOff = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-audit-switched-off',
  aliases: ['OSS-LOG-001'],
  format: 'opensearch-security',
  title: 'The audit log of OpenSearch is switched off',
  severity: 'medium',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0 and audit.type internal_opensearch: with config.enabled false in audit.yml a refused login leaves no security-auditlog index, with true it does (test/servers/audit-settings-opensearch.test.ts)',
  },
  description: 'With `config.enabled: false` in audit.yml nothing is recorded: a stolen password leaves no trace.',
  remediation: 'Set it to `true` and load the file with `securityadmin.sh`.',
  references: [AUDIT_LOGS],
  cwe: ['CWE-778'],
  examples: {
    bad: [`${AUDIT}config:\n  enabled: false\n`],
    good: [`${AUDIT}config:\n  enabled: true\n`],
  },
  *check({ document }) {
    const node = document.kind === 'audit' ? child(child(document.root, 'config'), 'enabled') : null;
    if (node?.kind !== 'scalar' || node.text.toLowerCase() !== 'false') return;
    yield {
      pointer: 'config.enabled',
      span: node.span,
      actual: 'false',
      expected: 'true',
      message: 'Logins and refused requests are not recorded.',
      fix: replaceValue(node, 'true', {
        title: 'Record logins and refused requests',
        blastRadius: 'Nobody is cut off; the log takes space.',
        needsConfirmation: false,
      }),
    };
  },
});

export const auditHoldsLogins = defineRule<'opensearch-security'>({
  id: 'audit/opensearch-audit-log-holds-passwords',
  format: 'opensearch-security',
  title: 'The audit log of OpenSearch records passwords',
  severity: 'high',
  owner: 'security',
  topic: 'logging',
  verified: {
    by: 'server',
    how: 'opensearch 2.19.1 with plugin 2.19.1.0 and exclude_sensitive_headers false: the event of a refused login in security-auditlog-* holds its Authorization header; with true it does not (test/servers/audit-settings-opensearch.test.ts)',
  },
  description:
    'With `exclude_sensitive_headers: false` every event holds the `Authorization` header, that is name and password in base64. Whoever reads the log logs in as anybody.',
  remediation: 'Set it to `true`, delete the recorded events, and change the passwords that they hold.',
  references: [AUDIT_LOGS],
  cwe: ['CWE-532'],
  examples: {
    bad: [`${AUDIT}config:\n  audit:\n    exclude_sensitive_headers: false\n`],
    good: [`${AUDIT}config:\n  audit:\n    exclude_sensitive_headers: true\n`],
  },
  *check({ document }) {
    const audit = document.kind === 'audit' ? child(child(document.root, 'config'), 'audit') : null;
    const node = child(audit, 'exclude_sensitive_headers');
    if (node?.kind !== 'scalar' || node.text.toLowerCase() !== 'false') return;
    yield {
      pointer: 'config.audit.exclude_sensitive_headers',
      span: node.span,
      actual: 'false',
      expected: 'true',
      message: 'Recorded events hold the passwords of those who log in.',
      fix: replaceValue(node, 'true', {
        title: 'Keep login headers out of the audit log',
        blastRadius: 'Nobody is cut off.',
        needsConfirmation: false,
      }),
    };
  },
});
