import { beforeAll, describe, expect, it } from 'vitest';
import { auditText, type FormatName, prepareFormats } from '../index.ts';
import { secureElasticsearch } from './elasticsearch.ts';
import type { SecuredVariant } from './model.ts';
import { secureMongodb } from './mongodb.ts';
import { secureOpensearch } from './opensearch.ts';

const APP = { name: 'shop-api', data: ['shop-orders', 'shop-carts-*'], may: 'read' } as const;
const VARIANTS: Readonly<Record<string, SecuredVariant>> = {
  elasticsearch: secureElasticsearch(APP),
  opensearch: secureOpensearch(APP),
  mongodb: secureMongodb({ name: 'shop-api', database: 'shop', data: ['orders'], may: 'write' }),
};

beforeAll(() => prepareFormats());

describe('secured variants of search engines and MongoDB', () => {
  it('write settings in which audit finds nothing', () => {
    const settings: readonly (readonly [variant: string, format: FormatName])[] = [
      ['elasticsearch', 'elasticsearch.yml'],
      ['opensearch', 'opensearch.yml'],
      ['mongodb', 'mongod.conf'],
    ];
    for (const [variant, format] of settings) {
      const { report } = auditText(VARIANTS[variant]?.files[0]?.text ?? '', { format });
      expect(report.files[0]?.status, variant).toBe('read');
      expect(
        report.findings.map(({ rule }) => rule),
        variant,
      ).toEqual([]);
      expect(report.skips, variant).toEqual([]);
    }
  });

  it('give the account its own data and nothing else', () => {
    const text = (variant: string, name: string): string =>
      VARIANTS[variant]?.files.find(({ path }) => path.endsWith(name))?.text ?? '';
    expect(JSON.parse(text('elasticsearch', '-role.json'))).toEqual({
      indices: [{ names: ['shop-orders', 'shop-carts-*'], privileges: ['read'] }],
    });
    expect(text('opensearch', 'roles.yml')).toContain(
      'index_patterns: ["shop-orders", "shop-carts-*"]\n      allowed_actions: ["read"]',
    );
    expect(text('mongodb', '.js')).toContain('"collection": "orders"');
    expect(text('mongodb', '.js')).toContain('passwordPrompt()');
  });

  it('refuse names that would mean something else in a command or a file', () => {
    for (const name of ['', 'a b', 'x;y', '$(x)', '-u', 'a"b', "a'b", 'a\nb', 'a/b']) {
      expect(() => secureElasticsearch({ ...APP, name }), name).toThrow(RangeError);
      expect(() => secureOpensearch({ ...APP, data: [name] }), name).toThrow(RangeError);
      expect(() => secureMongodb({ ...APP, data: ['orders'], database: name }), name).toThrow(RangeError);
    }
    expect(() => secureElasticsearch({ ...APP, data: ['*'] })).toThrow(RangeError);
    expect(() => secureOpensearch({ ...APP, data: [] })).toThrow(RangeError);
  });

  it('end with proofs, and hold no password', () => {
    for (const [variant, { steps, proof, files }] of Object.entries(VARIANTS)) {
      expect(steps.length, variant).toBeGreaterThan(2);
      expect(proof.length, variant).toBeGreaterThan(2);
      const all = [...steps.map(({ command }) => command), ...proof.map(({ command }) => command)];
      // `-u name` asks for the password; `-u name:password` would show it to every user of the machine.
      for (const command of all) expect(command).not.toMatch(/-u [\w-]+:/);
      for (const { text } of files) expect(text).not.toMatch(/^\s*["']?(?:password|pwd)["']?\s*[:=]\s*["'][^"']/im);
    }
  });
});
