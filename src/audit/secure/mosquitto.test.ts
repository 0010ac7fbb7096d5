import { describe, expect, it } from 'vitest';
import { auditText } from '../index.ts';
import { secureMosquitto } from './mosquitto.ts';

const account = { name: 'shop', data: ['orders/#', 'deliveries/+/position'], may: 'read' } as const;

describe('the secured Mosquitto', () => {
  const variant = secureMosquitto({ account });

  it('raises no finding itself', () => {
    const text = variant.files.map((file) => `=== ${file.path.slice(1)}\n${file.text}`).join('');
    const { report } = auditText(text);
    expect(report.files.map(({ format }) => format)).toEqual(['mosquitto.conf']);
    expect(report.findings).toEqual([]);
    expect(report.skips).toEqual([]);
  });

  it('gives the account its topics and no more, and no password on a command line', () => {
    expect(variant.files[0]?.text).toBe('user shop\ntopic read orders/#\ntopic read deliveries/+/position\n');
    expect(secureMosquitto({ account: { ...account, may: 'write' } }).files[0]?.text).toContain(
      'topic readwrite orders/#',
    );
    for (const { command } of variant.steps) expect(command).not.toMatch(/mosquitto_passwd (?!-U )/);
  });

  it('refuses names that are not plain, and every topic', () => {
    const bad = ['#', '+/position', '$SYS/#', 'orders/#/x', 'orders/a#', 'orders/+a', 'a b', 'a\nuser x'];
    for (const topic of bad)
      expect(() => secureMosquitto({ account: { ...account, data: [topic] } }), topic).toThrow(RangeError);
    expect(() => secureMosquitto({ account: { ...account, data: [] } })).toThrow(RangeError);
    expect(() => secureMosquitto({ account: { ...account, name: 'a:b' } })).toThrow(RangeError);
    expect(() => secureMosquitto({ account, folder: '/a; b' })).toThrow(RangeError);
  });
});
