import { plain } from '../report/untrusted.ts';
import { type Io, stderrColors } from './io.ts';

/** One line on stderr that tells what is going on; only where someone is watching. */
export interface Progress {
  /** Replaces the line. `total` of 0: not known, so no bar is drawn. */
  update(label: string, done?: number, total?: number): void;
  /** Prints a line that stays, above the moving one. */
  note(text: string): void;
  stop(): void;
}

const SILENT: Progress = { update() {}, note() {}, stop() {} };

const REDRAW_MS = 80;

const LEVELS = ['trace', 'debug', 'info'] as const;

/**
 * A moving line for people, and for machines one JSON line per step when POSTERN_LOG names a level (trace, debug, info).
 * Both go to stderr, and neither ever holds more than names and counts.
 */
export async function createProgress(io: Io, options: { quiet: boolean; progress: boolean }): Promise<Progress> {
  const line = createLine(io, options);
  const level = LEVELS.find((known) => known === io.env.POSTERN_LOG);
  if (level === undefined) return line;
  const { default: pino } = await import('pino');
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, io.stderr);
  return {
    update: (label, done = 0, total = 0) => log.debug({ done, total }, label),
    note: (text) => log.info(text),
    stop: () => line.stop(),
  };
}

function createLine(io: Io, options: { quiet: boolean; progress: boolean }): Progress {
  if (options.quiet || !options.progress || io.stderr.isTTY !== true || io.env.CI) return SILENT;
  const colors = stderrColors(io);
  let drawn = 0;
  const clear = '\r\u001b[2K';
  return {
    update(label, done = 0, total = 0) {
      const now = Date.now();
      if (now - drawn < REDRAW_MS && done !== total) return;
      drawn = now;
      const share = total > 0 ? ` ${bar(done / total)} ${done}/${total}` : '';
      // A terminal that does not know its width says 0.
      const width = (io.stderr.columns || 80) - share.length - 3;
      io.stderr.write(`${clear}${colors.cyan('›')} ${plain(label).slice(0, Math.max(10, width))}${colors.dim(share)}`);
    },
    note(text) {
      io.stderr.write(`${clear}${plain(text)}\n`);
    },
    stop() {
      io.stderr.write(clear);
    },
  };
}

function bar(share: number): string {
  const cells = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${'━'.repeat(cells)}${'╌'.repeat(20 - cells)}`;
}
