import { describe, expect, it } from 'vitest';
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
