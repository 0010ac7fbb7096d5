import { describe, expect, it } from 'vitest';
import { scriptedContext } from '../../testing/scripted.ts';
import { allow } from './allow.ts';
import { memcached } from './index.ts';

const OPEN: Record<string, string> = {
  stats: 'STAT curr_items 7\r\nSTAT bytes 700\r\nEND\r\n',
  'stats settings': 'STAT auth_enabled_sasl no\r\nSTAT auth_enabled_ascii no\r\nEND\r\n',
  get: 'END\r\n',
};

function server(answers: Record<string, string>, first = 'VERSION 1.6.18\r\nERROR\r\n') {
  return scriptedContext(allow, {
    answer: (request) => {
      const text = request.toString('latin1').trimEnd();
      if (text.startsWith('version')) return Buffer.from(first);
      return Buffer.from(answers[text] ?? answers[text.split(' ')[0] ?? ''] ?? 'ERROR\r\n');
    },
  });
}

describe('the memcached probe', () => {
  it('tells a writable cache by its settings and counts its items', async () => {
    expect(await memcached.probe(server(OPEN))).toMatchObject({
      verdict: 'anonymous-write',
      version: '1.6.18',
      documents: 7,
      bytes: 700,
      datasets: [{ name: 'cache', documents: 7, bytes: 700, fields: [] }],
    });
  });

  it('calls it readable where the settings do not tell about writing', async () => {
    const seen = await memcached.probe(server({ ...OPEN, 'stats settings': 'ERROR\r\n' }));
    expect(seen).toMatchObject({ verdict: 'anonymous-read' });
    expect(seen.notTested.join()).toContain('writing');
  });

  it('calls it metadata where reading is refused', async () => {
    const seen = await memcached.probe(server({ ...OPEN, get: 'CLIENT_ERROR unauthenticated\r\n' }));
    expect(seen).toMatchObject({ verdict: 'metadata-only', documents: 7 });
  });

  it('doubts a server that accepts a command that does not exist', async () => {
    expect(await memcached.probe(server(OPEN, 'VERSION 1.6.18\r\nOK\r\n'))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('leaves ports that speak something else to others', async () => {
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '-ERR unknown command\r\n', 'ERROR\r\n']) {
      expect(await memcached.probe(server({}, answer))).toMatchObject({ identified: false, verdict: 'unidentified' });
    }
  });

  it('fails when the statistics never end', async () => {
    const endless = server({ ...OPEN, stats: 'STAT a b\r\n'.repeat(2000) });
    await expect(memcached.probe(endless)).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });

  it('can send nothing that writes, lists keys or reads a known key', () => {
    for (const text of [
      'set a 0 0 1\r\nx\r\n',
      'flush_all\r\n',
      'stats cachedump 1 100\r\n',
      'lru_crawler metadump all\r\n',
      'get user:1\r\n',
      'get postern:abcd user:1\r\n',
      'stats\r\nflush_all\r\n',
      'version\r\n',
      'stats reset\r\n',
    ]) {
      expect(allow.permitsBytes(Buffer.from(text)), text).toBe(false);
    }
    expect(allow.permitsBytes(Buffer.from('get postern:abcd\r\n'))).toBe(true);
  });
});
