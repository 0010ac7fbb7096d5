/** Text from packages, configuration and stores never acts on a terminal, and never reads other than it is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApk } from '../../lab/apk/index.ts';
import { main } from '../../src/cli/main.ts';

/** Clears the screen, sets the title, moves up, reverses text, C1, a faked line, a zero-width space. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u001b[1A\u202elruc\u202c\u009b31m\rok\u200b';
/** What the progress line itself writes. */
const CLEAR = '\r\u001b[2K';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-terminal-'));
  const apk = buildApk({
    ...{ applicationId: 'org.example.terminal', versionName: `1${HOSTILE}`, versionCode: 1, label: `A${HOSTILE}` },
    ...{ minSdk: 24, targetSdk: 34 },
    manifestFlags: { debuggable: true, usesCleartextTraffic: true },
    strings: { [`name${HOSTILE}`]: 'https://api.bluemarket-terminal.net/x' },
    dex: [[`http://api.bluemarket-terminal.net/${HOSTILE}/x`, `http://shop:pw${HOSTILE}@db.bluemarket-terminal.net/`]],
    assets: { [`www${HOSTILE}/app.js`]: `const a = "https://api.bluemarket-terminal.net/js";` },
  });
  writeFileSync(join(folder, `app${HOSTILE.replaceAll('/', '')}.apk`), apk);
  const deploy = join(folder, `deploy${HOSTILE}`);
  mkdirSync(deploy);
  writeFileSync(
    join(deploy, 'docker-compose.yml'),
    `services:
  "search${HOSTILE.replace(/[\u0000-\u001f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}":
    image: docker.elastic.co/elasticsearch/elasticsearch:7.17.28
    environment: ["xpack.security.enabled=false"] # ${HOSTILE.replaceAll('\r', '')}
    ports: ["9200:9200"] # ${HOSTILE.replaceAll('\r', '')}
`,
  );
  writeFileSync(join(deploy, 'redis.conf'), `bind 0.0.0.0 ${HOSTILE}\nprotected-mode no\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs as if somebody watched: both streams are terminals. */
async function watched(args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  const terminal = () =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(Buffer.from(chunk));
          done();
        },
      }),
      { isTTY: true, columns: 120 },
    );
  await main(args, {
    stdout: terminal(),
    stderr: terminal(),
    stdin: Readable.from([]),
    env: { NO_COLOR: '1' },
    cwd: folder,
  });
  return Buffer.concat(chunks).toString('utf8');
}

const apk = `app${HOSTILE}.apk`;
const deploy = `deploy${HOSTILE}`;

it.each([
  ...['table', 'json', 'jsonl', 'sarif', 'markdown'].flatMap((format) => [
    ['inspect', apk, '--all', '--format', format],
    ['audit', deploy, '--format', format],
    ['check', apk, deploy, '--show-suppressed', '--format', format],
  ]),
  ['check', apk, deploy, '--format', 'html'],
  ['fix', deploy, '--dry-run'],
  ['fix', deploy],
  ['inspect', `missing${HOSTILE}.apk`],
  ['inspect', `missing${HOSTILE}.apk`, apk],
  ['verify', `missing${HOSTILE}.json`],
  ['check', '--config', `missing${HOSTILE}`],
  ['probe', `x${HOSTILE}`],
])('%s writes nothing that acts on a terminal (%#)', async (...args) => {
  const text = (await watched(args)).replaceAll(CLEAR, '');
  // What is there was read, and what is not is named.
  const proof = {
    inspect: 'bluemarket-terminal',
    check: '9200',
    audit: 'docker-compose.yml',
    fix: 'docker-compose.yml',
  };
  const missing = args.some((arg) => arg.startsWith('missing') || arg.startsWith('x'));
  expect(text).toContain(missing ? 'error' : proof[args[0] as keyof typeof proof]);
  const acting = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.exec(text);
  expect(acting === null ? null : JSON.stringify(text.slice(Math.max(0, acting.index - 60), acting.index + 20))).toBe(
    null,
  );
});
