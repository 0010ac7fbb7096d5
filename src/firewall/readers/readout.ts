/** What every reader gives back. */
import type { Skip } from '../../core/skip.ts';
import type { Filter, Place } from '../model.ts';
import type { Family } from '../ranges.ts';
import type { CloudGroup } from './terraform/model.ts';

/** A socket that waits for connections. */
export interface Listener {
  family: Family;
  /** As bytes of an address; undefined: all addresses of the host. */
  address?: bigint;
  port: number;
  /** Name of the program alone. */
  process?: string;
  place: Place;
}

/** A port of a container that Docker publishes. */
export interface Published {
  family: Family;
  /** Undefined: all addresses of the host. */
  address?: bigint;
  port: number;
  container: string;
  containerPort: number;
  place: Place;
}

export interface Readout {
  listeners: Listener[];
  published: Published[];
  filters: Filter[];
  groups: CloudGroup[];
  skips: Skip[];
}

export function emptyReadout(): Readout {
  return { listeners: [], published: [], filters: [], groups: [], skips: [] };
}

/** At most so many things of one file are kept; what is left out is told. */
export const MOST_ENTRIES = 20_000;

export function skipped(path: string, code: string, reason: string, severity: Skip['severity'] = 'incomplete'): Skip {
  return { subject: path, code, reason, severity };
}

const LONGEST = 200;

/** A rule as it may be shown: one line, no control characters, shortened; comments in rules are people's notes and stay out. */
export function shown(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** A name from a file that was handed over, as it may be shown. */
export function shownName(text: string): string {
  return shown(text).slice(0, 80);
}
