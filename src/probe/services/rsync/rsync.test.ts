import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { rsync } from './index.ts';

function server(module: (name: string) => string, list = 'someone@example.org\tx\n') {
  return scriptedContext(rsync.allow, {
    greeting: () => Buffer.from('@RSYNCD: 31.0 sha512 md5\n'),
    answer: (request) => {
      const line = request.toString();
      if (line.startsWith('@RSYNCD')) return Buffer.alloc(0);
      return Buffer.from(line === '#list\n' ? `Welcome\n${list}@RSYNCD: EXIT\n` : module(line.trim()));
    },
  });
}

describe('the rsync probe', () => {
  it('shows a module that is named like a value as a pattern', async () => {
    const seen = await rsync.probe(
      server((name) => (name.startsWith('postern') ? "@ERROR: Unknown module 'x'\n" : '@RSYNCD: OK\n')),
    );
    expect(seen).toMatchObject({ verdict: 'anonymous-read', version: '31.0' });
    expect(seen.datasets).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('someone');
  });

  it('doubts a daemon that has every module', async () => {
    expect(await rsync.probe(server(() => '@RSYNCD: OK\n'))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('gives up on a list without end', async () => {
    await expect(rsync.probe(server(() => '', 'x\n'.repeat(1_000)))).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });
});
