import { describe, expect, it } from 'vitest';
import type { ReadFile, RuleContext } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { opensearchSecurityFormat } from './read.ts';

function file(path: string, text: string): ReadFile<'opensearch-security'> {
  const source = sourceOf(path, text);
  const { document } = opensearchSecurityFormat.read(source, { text: () => null });
  return { format: 'opensearch-security', source, document };
}

const META = (type: string): string => `_meta:\n  type: "${type}"\n  config_version: 2\n`;

describe('files of the security plugin', () => {
  it('are recognised by what they say they are', () => {
    expect(recognise('a/users.yml', `${META('internalusers')}x:\n  hash: y\n`)).toBe('opensearch-security');
    expect(recognise('a.yaml', '---\n_meta: {type: roles, config_version: 2}\n')).toBe('opensearch-security');
    expect(recognise('roles.yml', 'app:\n  type: roles\n')).not.toBe('opensearch-security');
    expect(recognise('x.yml', '_meta:\n  type: "dashboard"\n  config_version: 2\n')).not.toBe('opensearch-security');
    expect(recognise('x.json', `${META('roles')}`)).not.toBe('opensearch-security');
  });

  it('tell which accounts there are and what they may do', () => {
    const mapping = file(
      'roles_mapping.yml',
      `${META('rolesmapping')}all_access:\n  backend_roles: [admin]\nown_index:\n  users: ["*"]\nreadall:\n  users: [report]\n`,
    );
    const users = file(
      'internal_users.yml',
      `${META('internalusers')}root:\n  hash: h\n  backend_roles: [admin]\nreport:\n  hash: h\napp:\n  hash: h\n  opendistro_security_roles: [shop]\n`,
    );
    const context = { beside: () => [mapping, users], runtimes: [] } as unknown as RuleContext;
    const accounts = opensearchSecurityFormat.facts?.(users, context).accounts ?? [];
    expect(accounts.map(({ name, may, usedBy }) => [name, may, usedBy])).toEqual([
      ['root', 'everything', 'administrator'],
      ['report', 'read', 'unknown'],
      ['app', 'unknown', 'unknown'],
    ]);
  });
});
