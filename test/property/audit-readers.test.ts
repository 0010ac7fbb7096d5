import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FORMAT_NAMES, FORMATS, recognise } from '../../src/audit/formats/index.ts';
import { auditText, type FormatName, prepareFormats } from '../../src/audit/index.ts';
import type { Format } from '../../src/audit/model.ts';
import { sourceOf } from '../../src/audit/source.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Seed } from './audit-seeds/seed.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'audit-seeds');

/** One file per format, so that a format brings its own. */
const SEEDS: readonly Seed[] = (
  await Promise.all(
    readdirSync(FOLDER)
      .filter((name) => name !== 'seed.ts')
      .sort()
      .map(async (name) => (await import(pathToFileURL(join(FOLDER, name)).href)) as { seeds: readonly Seed[] }),
  )
).flatMap(({ seeds }) => seeds);

/** Cut, repeat, swap and splice pieces of a seed with pieces that parsers stumble over. */
const NASTY = [
  '"',
  "'",
  '\\',
  '\\\n',
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  '&a',
  '*a',
  '<<: *env',
  '${',
  '${A:-',
  '}',
  '[',
  '{',
  '- ',
  '? ',
  ': ',
  '#',
  ',',
  '@',
  '/',
  '::',
  '!!binary ',
  '|\n',
  '>-\n',
  '\t',
  '\ud800',
  '0x',
  '%',
  '---\n',
  '...\n',
];

function mutated(seed: string): fc.Arbitrary<string> {
  const edit = fc.tuple(
    fc.nat(seed.length),
    fc.nat(12),
    fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 6 }), fc.constant('')),
    fc.nat(3),
  );
  return fc.array(edit, { minLength: 1, maxLength: 8 }).map((edits) => {
    let text = seed;
    for (const [at, cut, insert, times] of edits)
      text = text.slice(0, at) + insert.repeat(times) + text.slice(at + cut);
    return text;
  });
}

beforeAll(() => prepareFormats());

describe('every reader of audit', () => {
  it('has a seed for each format, in which something is found and something is set', () => {
    expect(
      FORMAT_NAMES.filter((format) => !SEEDS.some((seed) => seed.format === format && seed.pointed.length > 0)),
    ).toEqual([]);
  });

  for (const [index, { format, text: seed }] of SEEDS.entries()) {
    it(`takes any mutation of ${format} (seed ${index}) without failing, and every position lies in the file`, () => {
      fc.assert(
        fc.property(mutated(seed), (text) => {
          const { report, outcome } = auditText(text, { format });
          const lines = text.split('\n');
          for (const finding of report.findings) {
            const [evidence] = finding.evidence;
            expect(evidence.kind).toBe('setting');
            if (evidence.kind !== 'setting') return;
            const line = lines[(evidence.line ?? 0) - 1];
            expect(line).toBeDefined();
            expect((evidence.column ?? 0) - 1).toBeLessThanOrEqual(line?.length ?? 0);
            expect((evidence.endLine ?? 0) - 1).toBeLessThan(lines.length);
          }
          for (const { patches } of outcome.findings) {
            for (const { edits } of patches ?? []) {
              for (const { start, end } of edits) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
            }
          }
        }),
        { numRuns: 400 },
      );
    });

    it(`gives each setting of ${format} (seed ${index}) the place where it is written`, () => {
      const source = sourceOf('seed', seed);
      const reader = FORMATS[format] as Format<FormatName>;
      const settings = [...reader.settings(reader.read(source, { text: () => null }).document)];
      expect(settings.length).toBeGreaterThan(0);
      expect(new Set(settings.map(({ pointer }) => pointer)).size).toBe(settings.length);
      for (const { pointer, values, span } of settings) {
        const written = seed.slice(span.start, span.end);
        expect(written, pointer).not.toBe('');
        // Escapes, folded lines and interpolation aside, a value stands there as it is.
        for (const value of values) {
          if (/^[\w.:/*-]+$/.test(value) && !/[$\\]/.test(written)) expect(written, pointer).toContain(value);
        }
      }
    });
  }

  for (const format of FORMAT_NAMES) {
    it(`takes arbitrary text as ${format}`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
          FORMATS[format].recognises('x.yml', text);
          FORMATS[format].recognises('x', text);
          auditText(text, { format });
        }),
        { numRuns: 300 },
      );
    });
  }

  /** Inputs built to cost much: nesting, aliases, one endless line, endless lists. */
  const HOSTILE: Record<string, () => string> = {
    'flow sequences nested 200,000 deep': () => '['.repeat(200_000),
    'block sequences nested 100,000 deep': () => `services: ${'- '.repeat(100_000)}`,
    'flow mappings nested 50,000 deep': () => `services: ${'{a: '.repeat(50_000)}`,
    'explicit keys nested 50,000 deep': () => '? '.repeat(50_000),
    '100,000 anchors on one node': () => `services: ${'&a '.repeat(100_000)}x`,
    'an alias bomb': () => {
      const levels = Array.from(
        { length: 40 },
        (_all, level) =>
          `l${level}: &l${level} [${level === 0 ? 'x' : `${`*l${level - 1}, `.repeat(9)}*l${level - 1}`}]`,
      );
      return `${levels.join('\n')}\nservices:\n  a:\n    image: redis\n    ports: *l39\n    environment: *l39\n`;
    },
    'a mapping bomb through aliases': () => {
      const levels = Array.from(
        { length: 40 },
        (_all, level) => `l${level}: &l${level} {${level === 0 ? 'x: y' : `a: *l${level - 1}, b: *l${level - 1}`}}`,
      );
      return `${levels.join('\n')}\nxpack: *l39\n`;
    },
    'a merge bomb': () => {
      const levels = Array.from(
        { length: 60 },
        (_all, level) =>
          `l${level}: &l${level}\n  k${level}: 1\n${level === 0 ? '' : `  <<: [*l${level - 1}, *l${level - 1}]\n`}`,
      );
      return `${levels.join('')}services:\n  a:\n    <<: *l59\n    image: redis\n`;
    },
    'an anchor that holds itself': () => 'services: &a\n  x: *a\n  y:\n    image: redis\n    ports: &p [*p]\n',
    'one line of 8 MB': () => `services: "${'y'.repeat(8_000_000)}"`,
    'one bare word of 8 MB': () => 'y'.repeat(8_000_000),
    'an open quote and 8 MB': () => `requirepass "${'y '.repeat(4_000_000)}`,
    'a million commas': () => `host ${','.repeat(1_000_000)}`,
    'a million quotes': () => `host ${'"'.repeat(1_000_000)}`,
    '200,000 lines of one key': () => 'xpack.security.enabled: false\n'.repeat(200_000),
    '200,000 records': () => 'host all all 10.0.0.0/8 trust\n'.repeat(200_000),
    '300,000 continued lines': () => '\\\n'.repeat(300_000),
    'an endless interpolation': () => `services:\n  a:\n    image: "${'${A:-'.repeat(100_000)}"\n`,
  };
  for (const [name, make] of Object.entries(HOSTILE)) {
    it(`survives ${name} within seconds`, () => {
      const text = make();
      for (const format of FORMAT_NAMES) {
        // Processor time, so that a busy machine does not decide.
        const started = process.cpuUsage();
        const { report } = auditText(text, { format });
        expect(report.files).toHaveLength(1);
        const { user, system } = process.cpuUsage(started);
        expect((user + system) / 1_000_000).toBeLessThan(15);
      }
      recognise('x.yml', text);
      recognise('x', text);
    });
  }

  for (const [index, { format, text: seed, pointed }] of SEEDS.entries()) {
    it(`points each finding of ${format} (seed ${index}) at the very token, whatever the line endings`, () => {
      const [unix, windows] = ['\n', '\r\n'].map((eol) => {
        const text = seed.replaceAll('\n', eol);
        return auditText(text, { format }).report.findings.map((finding) => [
          finding.rule,
          shown(text, finding.evidence[0]),
        ]);
      });
      expect(unix).toEqual(windows);
      expect(unix).toEqual(pointed);
    });
  }
});

/** The text between the positions of a finding. */
function shown(text: string, evidence: Evidence): string {
  if (evidence.kind !== 'setting') throw new Error('not a setting');
  const lines = text.split('\n');
  const start = lines.slice(0, (evidence.line ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const end = lines.slice(0, (evidence.endLine ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  return text.slice(start + (evidence.column ?? 1) - 1, end + (evidence.endColumn ?? 1) - 1).replaceAll('\r', '');
}
