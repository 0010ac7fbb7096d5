import { beforeAll, describe, expect, it } from 'vitest';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { supabaseConfigFormat } from './read.ts';

beforeAll(() => supabaseConfigFormat.prepare?.());

describe('config.toml of Supabase', () => {
  it('is told from other TOML', () => {
    expect(recognise('supabase/config.toml', '[auth]\nenable_signup = true\n')).toBe('supabase-config');
    expect(recognise('x/config.toml', 'project_id = "a"\n[api]\nport = 1\n')).toBe('supabase-config');
    expect(recognise('config.toml', '[auth]\nenable_signup = true\n')).not.toBe('supabase-config');
    expect(recognise('Cargo.toml', '[package]\nname = "api"\n')).not.toBe('supabase-config');
    expect(recognise('config.txt', 'project_id = "a"\n[api]\nport = 1\n')).not.toBe('supabase-config');
  });

  it('keeps what a hosted project has beside what the project has', () => {
    const toml =
      '[auth]\njwt_expiry = 1\n[auth.email]\nx = "a#b" # c\n[remotes.live]\nauth = { jwt_expiry = 2, list = ["a", "b"] }\n';
    const { document } = supabaseConfigFormat.read(sourceOf('c', toml), { text: () => null });
    expect(document.all('auth.jwt_expiry').map(({ pointer, value }) => [pointer, value])).toEqual([
      ['auth.jwt_expiry', 1],
      ['remotes.live.auth.jwt_expiry', 2],
    ]);
    expect(
      document.all('auth.list')[0]?.items?.map(({ text, span }) => [text, toml.slice(span.start, span.end)]),
    ).toEqual([
      ['a', '"a"'],
      ['b', '"b"'],
    ]);
  });

  it('says where it is not TOML', () => {
    const { status, skips } = supabaseConfigFormat.read(sourceOf('c', '[auth]\na = 1 2\n[b]\n'), { text: () => null });
    expect([status, skips[0]?.subject]).toEqual(['failed', 'c:2']);
  });
});
