/**
 * Real packages with known contents (POSTERN_CORPUS): every endpoint of theirs that stands in an entry read so far is
 * reported as the app's own, nothing foreign is, and every setting is seen.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InspectReport, inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { inspectPackage } from '../../src/inspect/index.ts';
import { TEST_KEY } from './inspect-support.ts';

const corpus = process.env.POSTERN_CORPUS;
const READ = /classes\d*\.dex|resources\.arsc|AndroidManifest|plist|\.js|\.html|\.json|\.xml|index\.android\.bundle/;
const SETTINGS: Record<string, string> = {
  'S:debuggable': 'android.debuggable',
  'S:allowBackup': 'android.allowBackup',
  'S:usesCleartextTraffic': 'android.usesCleartextTraffic',
  'S:nsc-cleartext-base': 'android.networkSecurityConfig.cleartextBase',
  'S:nsc-user-ca': 'android.networkSecurityConfig.userCa',
};

interface Row {
  file: string;
  kind: string;
  value: string;
  entry: string;
}

function rows(): Row[] {
  if (corpus === undefined || !existsSync(join(corpus, 'TRUTH.tsv'))) {
    console.warn('POSTERN_CORPUS is not set: the test on real packages is SKIPPED');
    return [];
  }
  const lines = readFileSync(join(corpus, 'TRUTH.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => {
      const [file = '', kind = '', value = '', entry = ''] = line.split('\t');
      return { file, kind, value, entry };
    })
    .filter(({ kind, entry }) => kind.startsWith('S:') || READ.test(entry))
    .filter(({ kind }) => kind !== 'P:hardcoded-key' && kind !== 'P:hardcoded-password');
}

function ownTexts(report: InspectReport): Set<string> {
  const texts = new Set<string>();
  const add = (text: string | undefined) => {
    if (text !== undefined && text !== '') texts.add(text.replace(/\/+$/, ''));
  };
  for (const one of report.endpoints)
    if (one.origin === 'app') for (const text of [one.url, one.raw, one.path, one.host]) add(text);
  for (const one of report.stores) if (one.origin === 'app') for (const text of [one.url, one.id, one.host]) add(text);
  for (const one of report.credentials) if (one.origin === 'app') add(one.value);
  return texts;
}

const truth = rows();
describe.skipIf(truth.length === 0)('real packages', () => {
  it.each([...new Set(truth.map(({ file }) => file))])('%s is read as an expert reads it', async (file) => {
    const report = await inspectPackage(join(corpus ?? '', file), { redactionKey: TEST_KEY, revealSecrets: true });
    expect(inspectReportSchema.safeParse(report).error).toBeUndefined();
    const texts = ownTexts(report);
    const hashes = new Set([...texts].map((text) => createHash('sha256').update(text).digest('hex')));
    const settings = new Map(report.settings.map(({ id, value }) => [id, value]));
    // what the coverage calls unread (Hermes bytecode, for now) is no miss: the report says so
    const unread = new Set(report.coverage.filter(({ status }) => status === 'skipped').map(({ entry }) => entry));
    const wrong = truth
      .filter((row) => row.file === file && !(row.kind.startsWith('P:') && unread.has(row.entry)))
      .filter(({ kind, value }) => {
        if (kind.startsWith('S:')) return settings.get(SETTINGS[kind] ?? '') !== true;
        const hash = /^sha256:([0-9a-f]{64})/.exec(value)?.[1];
        const plain = value.replace(/\/+$/, '');
        if (kind.startsWith('P:')) return hash === undefined ? !texts.has(plain) : !hashes.has(hash);
        return [...texts].some((text) => text === plain || (plain.includes('://') && text.startsWith(plain)));
      })
      .map(({ kind, value }) => `${kind} ${value}`);
    expect(wrong).toEqual([]);
  });
});
