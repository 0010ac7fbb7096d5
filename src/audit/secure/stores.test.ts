import { describe, expect, it } from 'vitest';
import { auditText } from '../index.ts';
import { secureMysql } from './mysql.ts';
import { securePostgresql } from './postgresql.ts';
import { secureRedis } from './redis.ts';

const redis = secureRedis({ account: { name: 'shop', data: ['cart:', 'session:'], may: 'read' } });
const postgresql = securePostgresql({
  account: { name: 'shop', data: ['orders', 'stock.*'], may: 'write' },
  database: 'shop',
  network: '10.0.4.0/24',
});
const mysql = secureMysql({
  account: { name: 'shop', data: ['shop.orders', 'stock.*'], may: 'read' },
  host: '10.0.4.%',
});

describe('secured variants', () => {
  it('raise no finding themselves', () => {
    for (const { files } of [redis, postgresql, mysql]) {
      const text = files
        .filter(({ path }) => !path.endsWith('.sql'))
        .map(({ path, text }) => `=== ${path.slice(1)}\n${path.endsWith('redis.conf') ? 'bind 10.0.4.7\n' : ''}${text}`)
        .join('');
      const { report } = auditText(text);
      expect(report.findings).toEqual([]);
      expect(report.files.length).toBeGreaterThan(0);
    }
  });

  it('give the account what it needs and no more', () => {
    expect(redis.files[0]?.text).toMatch(
      /^user default off\nuser shop on resetchannels ~cart:\* ~session:\* -@all \+@read /,
    );
    expect(redis.files[0]?.text).not.toContain('+@write');
    expect(postgresql.files[0]?.text).toContain(
      'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."orders" TO "shop";',
    );
    expect(postgresql.files[0]?.text).toContain('ON ALL TABLES IN SCHEMA "stock"');
    expect(mysql.files[1]?.text).toContain("GRANT SELECT ON `stock`.* TO 'shop'@'10.0.4.%';");
  });

  it('refuse names that are not plain, and everybody', () => {
    const account = { name: 'shop', data: ['a:'], may: 'read' } as const;
    expect(() => secureRedis({ account: { ...account, name: 'a b' } })).toThrow(RangeError);
    expect(() => secureRedis({ account: { ...account, data: ['* +@all'] } })).toThrow(RangeError);
    expect(() => secureRedis({ account: { ...account, data: [] } })).toThrow(RangeError);
    expect(() => secureRedis({ account: { ...account, name: 'default' } })).toThrow(RangeError);
    expect(() => securePostgresql({ account, database: 'x', network: 'all' })).toThrow(RangeError);
    expect(() =>
      securePostgresql({ account: { ...account, data: ['a"; DROP'] }, database: 'x', network: '10.0.0.0/8' }),
    ).toThrow(RangeError);
    expect(() => secureMysql({ account: { ...account, data: ['a.b'] }, host: '%' })).toThrow(RangeError);
    expect(() => secureMysql({ account: { ...account, data: ['a.`b'] }, host: '10.%' })).toThrow(RangeError);
  });
});
