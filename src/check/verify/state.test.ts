import { describe, expect, it } from 'vitest';
import type { ReceiptThrough } from '../../core/contract/receipt.ts';
import { isExposed, isShut, VERDICTS, type Verdict } from '../../core/verdict.ts';
import { judgeProof } from './state.ts';

const OK = { ok: true, detail: 'the login works' };
const FAILED = { ok: false, detail: 'the login was refused' };

describe('judgeProof, over every combination', () => {
  const cases = VERDICTS.flatMap((first) =>
    VERDICTS.flatMap((second) =>
      [OK, FAILED, null].flatMap((control) =>
        [[], ['an address was not asked again']].map((gaps) => ({ first, second, control, gaps })),
      ),
    ),
  );

  it('says exposed if and only if an attempt got something', () => {
    expect(cases).toHaveLength(8 * 8 * 3 * 2);
    for (const { first, second, control, gaps } of cases) {
      const { state } = judgeProof({ rounds: [[first], [second]], gaps, control });
      expect(state === 'exposed').toBe(isExposed(first) || isExposed(second));
    }
  });

  it('says closed if and only if both rounds were turned away, nothing was left out and the control worked', () => {
    for (const { first, second, control, gaps } of cases) {
      const { state } = judgeProof({ rounds: [[first], [second]], gaps, control });
      expect(state === 'closed').toBe(isShut(first) && isShut(second) && control?.ok === true && gaps.length === 0);
    }
  });

  it('gives a reason for every state', () => {
    for (const { first, second, control, gaps } of cases) {
      expect(judgeProof({ rounds: [[first], [second]], gaps, control }).reason).not.toBe('');
    }
  });
});

describe('judgeProof', () => {
  const shut: Verdict[] = ['refused'];

  it('is exposed by one open address among many', () => {
    const rounds: Verdict[][] = [
      ['refused', 'refused'],
      ['refused', 'anonymous-read'],
    ];
    expect(judgeProof({ rounds, gaps: [], control: OK }).state).toBe('exposed');
  });

  it.each([[[]], [[shut]], [[[], []]], [[shut, []]], [[[], shut]]])('is unknown when not asked twice: %j', (rounds) => {
    expect(judgeProof({ rounds, gaps: [], control: OK })).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/repeated/),
    });
  });

  it('says how to add a control where there is none', () => {
    expect(judgeProof({ rounds: [shut, shut], gaps: [], control: null }).reason).toContain(
      '`controls` in postern.yaml',
    );
  });
});

describe('judgeProof, with a gateway', () => {
  const rounds: Verdict[][] = [['refused'], ['secured']];
  const THROUGH: ReceiptThrough = {
    gateway: 'search.example:9443',
    stranger: { asked: 8, status: 401 },
    control: { ...OK, at: '2026-03-02T00:00:00.000Z' },
    attempts: { tried: 20, refused: 16, narrowed: 4, answered: [], unclear: [] },
    observed: [],
  };
  const judge = (through: Partial<ReceiptThrough>, around: Verdict[][] = rounds) => {
    const all = { ...THROUGH, ...through };
    return judgeProof({ rounds: around, gaps: [], control: all.control, through: all });
  };

  it('is closed when both ways are, and says so', () => {
    expect(judge({})).toEqual({
      state: 'closed',
      reason: expect.stringMatching(/16 are refused and 4 show nothing more/),
    });
    expect(judge({ observed: null }).state).toBe('closed');
  });

  it.each([
    ['a stranger is answered', { stranger: { asked: 8, status: 200 } }, /answers a stranger with 200/],
    [
      'an attempt is answered',
      { attempts: { ...THROUGH.attempts, refused: 15, answered: ['_sql'] } },
      /should refuse: _sql/,
    ],
    ['a role is only watched', { observed: ['customer'] }, /only watches the role customer/],
  ] satisfies [string, Partial<ReceiptThrough>, RegExp][])('is exposed when %s', (_what, through, reason) => {
    expect(judge(through)).toEqual({ state: 'exposed', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['the control is not answered', { control: { ...THROUGH.control, ...FAILED } }, /control failed/],
    ['a stranger gets something else', { stranger: { asked: 8, status: 403 } }, /got 403/],
    ['a stranger gets no answer', { stranger: { asked: 8, status: null } }, /got no answer/],
    [
      'an attempt is not clear',
      { attempts: { ...THROUGH.attempts, refused: 15, unclear: ['_sql'] } },
      /no clear answer: _sql/,
    ],
    [
      'nothing was tried',
      { attempts: { tried: 0, refused: 0, narrowed: 0, answered: [], unclear: [] } },
      /none was made/,
    ],
  ] satisfies [string, Partial<ReceiptThrough>, RegExp][])('is unknown when %s', (_what, through, reason) => {
    expect(judge(through)).toEqual({ state: 'unknown', reason: expect.stringMatching(reason) });
  });

  it('is exposed around it whatever the gateway does', () => {
    expect(judge({}, [['refused'], ['anonymous-read']]).state).toBe('exposed');
  });
});
