import { describe, expect, it } from 'vitest';
import { applyEdits, changesOnlyEditedLines } from './edits.ts';

const TEXT = 'host all md5\nhost all md5\nhost all trust\n';

function patched(edits: Parameters<typeof applyEdits>[1]): string {
  const after = applyEdits(TEXT, edits);
  if (after === null) throw new Error('the edits do not fit');
  return after;
}

describe('an edit', () => {
  it('is told to touch its own lines alone, also where lines become alike', () => {
    // The third line becomes like the two before it: a diff could say that another one was changed.
    const edits = [{ start: 35, end: 40, text: 'md5' }];
    expect(patched(edits)).toBe('host all md5\nhost all md5\nhost all md5\n');
    expect(changesOnlyEditedLines(TEXT, patched(edits), edits)).toBe(true);
  });

  it('is told to touch more when it joins its line with the next', () => {
    const edits = [{ start: 9, end: 13, text: 'scram ' }];
    expect(changesOnlyEditedLines(TEXT, patched(edits), edits)).toBe(false);
  });

  it('is told to touch more when another line is gone or different', () => {
    const edits = [{ start: 35, end: 40, text: 'md5' }];
    expect(changesOnlyEditedLines(TEXT, 'host all md5\nhost all md5x\n', edits)).toBe(false);
  });
});
