import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from './csv.ts';
import { readDataSafety } from './read-data-safety.ts';

const HEAD =
  'Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label';
const LOCATION = 'PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION';

describe('a Data safety form', () => {
  it('tells what is collected, what is shared, and for what', () => {
    const csv = [
      HEAD,
      'PSL_DATA_TYPES_LOCATION,PSL_PRECISE_LOCATION,TRUE,MULTIPLE_CHOICE,"Location / Precise, exact"',
      'PSL_DATA_TYPES_LOCATION,PSL_APPROX_LOCATION,,MULTIPLE_CHOICE,Location',
      `${LOCATION}:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_COLLECTED,true,MULTIPLE_CHOICE,x`,
      `${LOCATION}:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,MULTIPLE_CHOICE,x`,
      `${LOCATION}:DATA_USAGE_SHARING_PURPOSE,PSL_ADVERTISING,true,MULTIPLE_CHOICE,x`,
      `${LOCATION}:DATA_USAGE_COLLECTION_PURPOSE,PSL_APP_FUNCTIONALITY,true,MULTIPLE_CHOICE,x`,
    ].join('\r\n');
    expect(readDataSafety('form.csv', `\ufeff${csv}`)).toEqual({
      source: 'play-data-safety',
      entry: 'form.csv',
      trackingDomains: [],
      data: [{ type: 'PRECISE_LOCATION', shared: true, purposes: ['app functionality', 'shared for advertising'] }],
      apis: [],
    });
  });

  it('is refused when it is another file', () => {
    expect(() => readDataSafety('a.csv', 'a,b,c\n1,2,3')).toThrow(
      expect.objectContaining({ code: 'E_INPUT_UNSUPPORTED' }),
    );
  });
});

describe('comma-separated values', () => {
  it('are read back as they were written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' '), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(csvRows(text)).toEqual(rows);
      }),
    );
  });

  it('of any text end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ',', '"', '\n') }),
        (text) => csvRows(text).length <= text.length,
      ),
    );
  });
});
