import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { parseNdjson } from '../../../json/index.ts';
import { readBulkLines } from './bulk-lines.ts';

const read = (...lines: string[]) =>
  readBulkLines(parseNdjson(Buffer.from(lines.map((line) => `${line}\n`).join(''))), 10);

describe('readBulkLines', () => {
  it('reads actions with the documents that follow them', () => {
    expect(
      read('{"index":{"_index":"a","_id":"1"}}', '{"x":1}', '{"delete":{"_id":"2"}}', '{"create":{}}', '{}'),
    ).toMatchObject([
      { action: 'index', index: 'a', id: '1', body: { x: 1 }, fault: null },
      { action: 'delete', index: undefined, id: '2', body: undefined, fault: null },
      { action: 'create', index: undefined, id: null, fault: null },
    ]);
  });

  it('keeps every digit of a number that is an id (B064)', () => {
    expect(read('{"delete":{"_id":9007199254740993}}', '{"delete":{"_id":7}}').map(({ id }) => id)).toEqual([
      '9007199254740993',
      '7',
    ]);
    expect(() => read('{"delete":{"_id":1.5}}')).toThrow(Refusal);
    expect(() => read('{"delete":{"_id":["1"]}}')).toThrow(Refusal);
  });

  it('refuses one item for an option that is not supported, and reads on', () => {
    for (const option of [
      '"pipeline":"x"',
      '"routing":"x"',
      '"version":1',
      '"version_type":"force"',
      '"require_alias":true',
      '"dynamic_templates":{}',
      '"_type":"x"',
      '"if_seq_no":1',
      '"if_seq_no":-1,"if_primary_term":1',
      '"if_seq_no":"1","if_primary_term":1',
    ]) {
      const [first, second] = read(`{"index":{${option}}}`, '{}', '{"delete":{"_id":"1"}}');
      expect(first?.fault, option).toBeInstanceOf(Refusal);
      expect(second?.fault).toBeNull();
    }
    const [item] = read('{"index":{"require_alias":false,"if_seq_no":1,"if_primary_term":2}}', '{}');
    expect(item).toMatchObject({ fault: null, condition: { seqNo: 1, primaryTerm: 2 } });
  });

  it('refuses the whole of what cannot be told apart', () => {
    for (const lines of [
      ['{"script":{}}', '{}'],
      ['{"index":{},"delete":{}}'],
      ['{}'],
      ['1'],
      ['{"index":{}}'],
      ['{"index":[]}', '{}'],
    ])
      expect(() => read(...lines), lines.join()).toThrow(Refusal);
    expect(() => readBulkLines([], 10)).toThrow(Refusal);
    expect(() => read(...new Array<string>(11).fill('{"delete":{"_id":"1"}}'))).toThrow(Refusal);
  });
});
