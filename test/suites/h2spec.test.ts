/**
 * h2spec against the gateway's listener: HTTP/2 and HPACK as they are on the wire. `test/suites/install.sh h2spec` builds
 * it. What fails, and why that is left as it is, stands in `docs/guard/http.md`.
 */
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../src/core/testing/openssl.ts';
import { certificates, echo, PLAIN, type Standing, standing } from '../../src/guard/listener/testing/raw.ts';

const program = join(process.env.POSTERN_SUITES ?? resolve(import.meta.dirname, '../../.cache/suites'), 'h2spec');
const installed = existsSync(program) && hasOpenssl;
const required = process.env.POSTERN_REQUIRE_SERVERS === '1';
if (!installed && !required) console.warn(`SKIPPED: h2spec is not there (bash test/suites/install.sh h2spec)`);

/** nghttp2 and Node decide these, in ways that RFC 9113 allows or that end the connection. */
const KNOWN = [
  '5.1. 8: closed: Sends a DATA frame after sending RST_STREAM frame',
  '5.1. 9: closed: Sends a HEADERS frame after sending RST_STREAM frame',
  '5.1. 11: closed: Sends a DATA frame',
  '5.1. 12: closed: Sends a HEADERS frame',
  '5.1.1. 2: Sends stream identifier that is numerically smaller than previous',
  '6.7. 2: Sends a PING frame with ACK',
  '6.9.1. 2: Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1',
];

describe.skipIf(!installed && !required)('h2spec', () => {
  let files: ReturnType<typeof certificates>;
  let server: Standing;
  let output: string;

  beforeAll(async () => {
    files = certificates();
    const tls = { ...files, minVersion: 'TLSv1.2', clientCertificates: 'none', clientCa: null } as const;
    // A store takes some milliseconds. A stream that is answered at once is closed before h2spec sends its second frame.
    server = await standing({}, { ...PLAIN, tls, http2: true }, async (raw) => {
      await delay(10);
      return echo(raw);
    });
    output = await report(server.port);
  });

  afterAll(async () => {
    await server.listener.close();
    rmSync(files.folder, { recursive: true, force: true });
  });

  it('runs all of its cases', () => {
    const [, tests, skipped, failed] = /(\d+) tests, \d+ passed, (\d+) skipped, (\d+) failed/.exec(output) ?? [];
    // 145 in 2.2.1, 146 in 2.6.0.
    expect(Number(tests)).toBeGreaterThanOrEqual(145);
    expect(Number(skipped)).toBe(0);
    expect(failures(output)).toHaveLength(Number(failed));
  });

  it('finds nothing but what is known of the libraries beneath', () => {
    expect(failures(output).filter((name) => !KNOWN.includes(name))).toEqual([]);
  });

  it('makes the guard see no request that is malformed', () => {
    expect(server.handled.filter((line) => !/^(?:GET|POST|HEAD) \//.test(line))).toEqual([]);
  });
});

function report(port: number): Promise<string> {
  const parameters = ['-h', '127.0.0.1', '-p', String(port), '-t', '-k', '-o', '1'];
  // It ends with 1 when a case fails: the report says which.
  return new Promise((resolve) => {
    execFile(program, parameters, { maxBuffer: 16 * 1024 * 1024 }, (_failed, stdout) => resolve(stdout));
  });
}

/** Section and title of every failed case, from the summary at the end. */
function failures(text: string): string[] {
  const found: string[] = [];
  let section = '';
  for (const line of text.slice(Math.max(0, text.indexOf('\nFailures:'))).split('\n')) {
    section = /^ +(\d+(?:\.\d+)*\.) /.exec(line)?.[1] ?? section;
    const failed = /^ +× (.*)$/.exec(line)?.[1];
    if (failed !== undefined) found.push(`${section} ${failed}`);
  }
  return found;
}
