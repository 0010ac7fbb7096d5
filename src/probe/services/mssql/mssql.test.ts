import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { mssql, parseOptions } from './index.ts';

/** The server's answer of MS-TDS section 4.2, version 9.0.1399, with each encryption. */
const answer = (encryption: number) =>
  Buffer.from(
    `0401002b00000100${'00001a0006'}${'0100200001'}${'0200210001'}${'0300220000'}${'0400220001'}ff${'090005770000'}0${encryption}0000`,
    'hex',
  );

describe('the SQL Server probe', () => {
  it('tells version and encryption, and tries no login', async () => {
    for (const [encryption, words] of [
      [0, 'login only'],
      [2, 'no encryption'],
      [3, 'requires'],
    ] as const) {
      const context = scriptedContext(mssql.allow, { answer: () => answer(encryption) });
      const seen = await mssql.probe(context);
      expect(seen).toMatchObject({ identified: true, verdict: 'secured', version: '9.0.1399', product: 'sql-server' });
      expect(seen.reason).toContain(words);
      expect(context.sent).toHaveLength(1);
    }
  });

  it('does not believe options that lie outside of the message, or come twice', () => {
    expect(() => parseOptions(Buffer.from('00ffff0006ff', 'hex'))).toThrow();
    expect(() => parseOptions(Buffer.from('0000000000', 'hex'))).toThrow();
    expect(() => parseOptions(Buffer.from('00000000000000000000ff', 'hex'))).toThrow();
  });
});
