import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../core/limits.ts';
import { readProtobufResources } from './resource-table.ts';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([varint(id << 3), varint(value)]);
}

function field(id: number, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint((id << 3) | 2), varint(body.length), body]);
}

const OTHER_CONFIGURATION = field(1, number(1, 1));

/** `string/name` with the id 0x7f010000. */
function tableOf(...values: Buffer[]): Buffer {
  const entry = field(3, field(1), field(2, 'name'), ...values);
  return field(
    2,
    field(1, number(1, 0x7f)),
    field(2, 'com.bluemarket.shop'),
    field(3, field(1, number(1, 1)), field(2, 'string'), entry),
  );
}

function textValue(text: string): Buffer {
  return field(6, OTHER_CONFIGURATION, field(2, field(4, field(2, field(1, text)))));
}

function referenceTo(id: number): Buffer {
  return field(6, OTHER_CONFIGURATION, field(2, field(4, field(1, number(2, id)))));
}

describe('a table of resources of an app bundle', () => {
  it('gives the value of a resource, time and again', () => {
    const table = readProtobufResources(tableOf(textValue('https://api.bluemarket-shop.com')), LIMITS);
    for (const _ of [1, 2]) expect(table.resolve(0x7f010000)).toBe('https://api.bluemarket-shop.com');
    expect(table.nameOf(0x7f010000)).toBe('string/name');
    expect(table.resolve(0x7f010001)).toBeUndefined();
  });

  it('whose resource has ten thousand values that all refer to itself is read in no time', () => {
    const bytes = tableOf(...Array.from({ length: 10_000 }, () => referenceTo(0x7f010000)));
    const table = readProtobufResources(bytes, LIMITS);
    const started = performance.now();
    table.strings(() => undefined);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
