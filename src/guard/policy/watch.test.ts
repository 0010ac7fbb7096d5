import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { PosternError } from '../../core/errors.ts';
import { loadPolicy } from './parse.ts';
import type { Policy } from './policy.ts';
import { withRule } from './testing/policies.ts';
import { type PolicyWatch, watchPolicy } from './watch.ts';

const GOOD = withRule('filter: all\nfields: { a: keyword }\n');
const OTHER = withRule('filter: all\nfields: { a: keyword, b: keyword }\n');
const closing: PolicyWatch[] = [];

afterEach(() => {
  for (const watch of closing.splice(0)) watch.close();
});

function start(path: string, current?: Policy) {
  const events: { kind: 'policy' | 'error'; policy?: Policy; changed?: readonly string[]; error?: PosternError }[] = [];
  const waiting: (() => void)[] = [];
  const told = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const watch = watchPolicy(
    path,
    {
      onChange: (policy, changed) => {
        events.push({ kind: 'policy', policy, changed });
        told();
      },
      onError: (error) => {
        events.push({ kind: 'error', error });
        told();
      },
    },
    { settle: 5, interval: 20, ...(current && { current }) },
  );
  closing.push(watch);
  return { watch, events, next: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}

async function folder(): Promise<{ root: string; path: string; policy: Policy }> {
  const root = mkdtempSync(join(tmpdir(), 'postern-guard-'));
  const path = join(root, 'guard.yaml');
  writeFileSync(path, GOOD);
  return { root, path, policy: await loadPolicy(path) };
}

function fieldsOf(policy: Policy | undefined): string[] {
  return [...(policy?.roles[0]?.rules[0]?.grants[0]?.fields?.keys() ?? [])];
}

describe('watchPolicy', () => {
  it('hands over the new policy when the file is replaced by a rename', async () => {
    const { root, path, policy } = await folder();
    const { watch, events, next } = start(path, policy);
    await watch.reload();
    const change = next();
    writeFileSync(join(root, 'new'), OTHER);
    renameSync(join(root, 'new'), path);
    await change;
    expect(fieldsOf(events.at(-1)?.policy)).toEqual(['a', 'b']);
    expect(events.at(-1)?.changed).toEqual([path]);
  });

  it('keeps the old policy when the new file is bad, and says where; then takes the corrected one', async () => {
    const { path, policy } = await folder();
    const { watch, events, next } = start(path, policy);
    await watch.reload();
    const failed = next();
    writeFileSync(path, GOOD.replace('filter: all', 'filter: some'));
    await failed;
    expect(events.at(-1)).toMatchObject({
      kind: 'error',
      error: { code: 'E_POLICY_INVALID', at: { line: expect.any(Number) } },
    });
    const corrected = next();
    writeFileSync(path, OTHER);
    await corrected;
    expect(fieldsOf(events.at(-1)?.policy)).toEqual(['a', 'b']);
  });

  it('takes no file that ends in the middle of a line, even if it would be valid', async () => {
    const { path, policy } = await folder();
    const { watch, events } = start(path, policy);
    writeFileSync(path, OTHER.trimEnd());
    await watch.reload();
    expect(events.at(-1)?.error?.message).toContain('half-written');
  });

  it('says that the file is gone, and keeps the policy', async () => {
    const { path, policy } = await folder();
    const { watch, events } = start(path, policy);
    rmSync(path);
    await watch.reload();
    expect(events.at(-1)?.error?.code).toBe('E_INPUT_NOT_FOUND');
  });

  it('reads the file on request though nothing changed', async () => {
    const { path, policy } = await folder();
    const { watch, events } = start(path, policy);
    await watch.reload();
    expect(events).toMatchObject([{ kind: 'policy', changed: [] }]);
  });

  it('notices a change of a file that the policy names', async () => {
    const { root, path } = await folder();
    const keys = join(root, 'jwks.json');
    writeFileSync(path, GOOD.replace('algorithms: [ES256]', 'jwks: { file: jwks.json }, algorithms: [ES256]'));
    writeFileSync(keys, '{}');
    const { watch, events, next } = start(path, await loadPolicy(path));
    await watch.reload();
    const change = next();
    writeFileSync(keys, '{"keys":[]}');
    await change;
    expect(events.at(-1)).toMatchObject({ kind: 'policy', changed: [keys] });
  });

  it('follows a symbolic link that is swapped, as Kubernetes does it', async () => {
    const { root } = await folder();
    for (const [name, text] of [
      ['one', GOOD],
      ['two', OTHER],
    ] as const) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'guard.yaml'), text);
    }
    symlinkSync('one', join(root, 'data'));
    const path = join(root, 'data', 'guard.yaml');
    const { watch, events, next } = start(path, await loadPolicy(path));
    await watch.reload();
    const change = next();
    symlinkSync('two', join(root, 'data.new'));
    renameSync(join(root, 'data.new'), join(root, 'data'));
    await change;
    expect(fieldsOf(events.at(-1)?.policy)).toEqual(['a', 'b']);
  });

  it('hands over one policy at a time, and goes on after one that could not be taken', async () => {
    const { path, policy } = await folder();
    const told: string[] = [];
    let running = 0;
    const watch = watchPolicy(
      path,
      {
        onChange: async () => {
          expect(++running).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          told.push('taken');
          if (told.length === 1) throw new Error('cannot listen');
        },
        onError: (error) => told.push(error.code),
      },
      { settle: 1, interval: 60_000, current: policy },
    );
    closing.push(watch);
    await Promise.all([watch.reload(), watch.reload()]);
    expect(told).toEqual(['taken', 'E_INTERNAL', 'taken']);
  });

  it('notices a change that came before its first look', async () => {
    const { path, policy } = await folder();
    writeFileSync(path, OTHER);
    const { events, next } = start(path, policy);
    await next();
    expect(fieldsOf(events.at(-1)?.policy)).toEqual(['a', 'b']);
  });

  it('tells nothing after it is closed', async () => {
    const { path, policy } = await folder();
    const { watch, events } = start(path, policy);
    watch.close();
    writeFileSync(path, OTHER);
    await watch.reload();
    expect(events).toEqual([]);
  });
});
