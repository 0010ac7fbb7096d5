/**
 * One line of the journal.
 *
 *   {"@timestamp":…,"ecs":{…},"event":{…},…,"postern":{…,"chain":{"seq":N,"prev":"P","hash":"H"}}}
 *
 * P is H of the line before, N is one more than its N, and H is the SHA-256 (base64url) of all bytes of the line before
 * `,"hash":"`. So the bytes are the truth: no second reading of the JSON is needed to check them.
 *
 * Field names are those of the Elastic Common Schema 8.17; what it has no name for stands under `postern`.
 */
import { hash } from 'node:crypto';
import type { DecisionEntry } from './entry.ts';

export const ECS_VERSION = '8.17.0';

/** Characters of a SHA-256 in base64url. */
export const HASH_LENGTH = 43;

/** What stands for the line before the first one of a chain. */
export const NO_LINE = '0'.repeat(HASH_LENGTH);

/** Longest line that is written and read, in bytes. */
export const LINE_LIMIT = 64 * 1024;

const HASH_OPENS = ',"hash":"';
const HASH_CLOSES = '"}}}';
const TAIL = /,"chain":\{"seq":(0|[1-9]\d{0,15}),"prev":"([\w-]{43})","hash":"([\w-]{43})"\}\}\}$/;

export interface Link {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** @param body the line up to the chain, from one of the printers below */
export function sealLine(body: string, seq: number, prev: string): { line: string; hash: string } {
  const covered = `${body},"chain":{"seq":${seq},"prev":"${prev}"`;
  const digest = hash('sha256', covered, 'base64url');
  return { line: `${covered}${HASH_OPENS}${digest}${HASH_CLOSES}\n`, hash: digest };
}

/**
 * The chain part of a line, checked against its bytes.
 *
 * @param line without the line feed
 * @returns undefined when it is not a whole line of a journal, or when its hash is not the hash of its bytes
 */
export function linkOf(line: Buffer): Link | undefined {
  const match = TAIL.exec(line.toString('latin1', Math.max(0, line.length - 160)));
  if (!match || line[0] !== 0x7b) return undefined;
  const covered = line.subarray(0, line.length - HASH_OPENS.length - HASH_LENGTH - HASH_CLOSES.length);
  if (hash('sha256', covered, 'base64url') !== match[3]) return undefined;
  return { seq: Number(match[1]), prev: match[2] ?? '', hash: match[3] };
}

/** Prints a decision. By hand: it is on the path of every request. */
export function entryBody(entry: DecisionEntry): string {
  const allowed = entry.decision === 'allow';
  let text = `{"@timestamp":"${timestamp(entry.time)}","ecs":{"version":"${ECS_VERSION}"},"event":{"kind":"event","category":["api"],"type":["${
    CHANGES[entry.operation ?? ''] ?? 'access'
  }","${allowed ? 'allowed' : 'denied'}"],"action":${orNull(entry.operation)},"outcome":"${
    allowed && entry.status < 500 ? 'success' : 'failure'
  }","dataset":"postern.guard","duration":${Math.round(entry.durationMicros) * 1000}`;
  if (entry.code !== null) text += `,"code":"${entry.code}"`;
  if (entry.detail) text += `,"reason":${quoted(entry.detail.slice(0, 256))}`;
  text += `},"http":{"request":{"id":${quoted(entry.requestId)}},"response":{"status_code":${entry.status}}}`;
  if (entry.principal !== null || entry.role !== null) {
    text += ',"user":{';
    if (entry.principal !== null) text += `"hash":${quoted(entry.principal)}`;
    if (entry.role !== null) text += `${entry.principal !== null ? ',' : ''}"roles":[${quoted(entry.role)}]`;
    text += '}';
  }
  if (entry.rules.length > 0) text += `,"rule":{"name":${list(entry.rules)}}`;
  return `${text},"postern":{"decision":"${entry.decision}","observed":${orNull(entry.observed)},"authentication":${orNull(
    entry.authKind,
  )},"peer":${orNull(entry.peer)},"upstream":${orNull(entry.upstream)},"indices":${list(entry.indices)},"documents":${
    entry.documents
  }${entry.app === undefined || entry.app === null ? '' : `,"app":${quoted(entry.app)}`}`;
}

/** What the first line of every file says. */
export interface Segment {
  /** Random; stays the same over restarts as long as the files are there. */
  readonly chain: string;
  /** From 1; one file is one segment. */
  readonly number: number;
  /** Bytes after the last whole line of the file before this one: what a killed process had not finished. */
  readonly torn: { readonly bytes: number; readonly hash: string } | null;
  /** Ed25519, base64url. */
  readonly publicKey: string;
  readonly pid: number;
  readonly startedAt: number;
}

export function segmentBody(segment: Segment, now: number): string {
  return ownBody(now, 'start', 'journal-segment', 'segment', JSON.stringify(segment));
}

/** A signature over the chain up to the line before this one. */
export interface Checkpoint {
  readonly chain: string;
  readonly segment: number;
  /** Of the last line that it covers. */
  readonly seq: number;
  readonly hash: string;
  /** ms since the epoch. */
  readonly time: number;
  /** `close` and `rotate` say that nothing follows in this file. */
  readonly reason: 'open' | 'count' | 'time' | 'rotate' | 'close';
  readonly publicKey: string;
  /** Ed25519 over `checkpointText`, base64url. */
  readonly signature: string;
}

export function checkpointBody(checkpoint: Checkpoint): string {
  return ownBody(checkpoint.time, 'info', 'journal-checkpoint', 'checkpoint', JSON.stringify(checkpoint));
}

function ownBody(now: number, type: string, action: string, name: string, content: string): string {
  return `{"@timestamp":"${timestamp(now)}","ecs":{"version":"${ECS_VERSION}"},"event":{"kind":"event","category":["process"],"type":["${type}"],"action":"${action}","outcome":"success","dataset":"postern.guard"},"postern":{"${name}":${content}`;
}

/** The ECS event type of the operations that change something. */
const CHANGES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  index: 'change',
  update: 'change',
  bulk: 'change',
  create: 'creation',
  delete: 'deletion',
  'resource.create': 'creation',
  'resource.update': 'change',
  'resource.delete': 'deletion',
  'device.enrol': 'creation',
  'device.revoke': 'deletion',
});

/** Names of one list that are printed, so that a line stays below its limit (an index name has at most 255 bytes). */
const LISTED = 64;

const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function orNull(text: string | null): string {
  return text === null ? 'null' : quoted(text);
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return '[]';
  const shown = Math.min(texts.length, LISTED);
  let text = `[${quoted(texts[0] ?? '')}`;
  for (let i = 1; i < shown; i++) text += `,${quoted(texts[i] ?? '')}`;
  if (texts.length > shown) text += `,"and ${texts.length - shown} more"`;
  return `${text}]`;
}

let second = Number.NaN;
let upToSecond = '';

/** ISO 8601 with milliseconds; the part up to the second is the same for many lines. */
function timestamp(ms: number): string {
  const whole = Math.floor(ms / 1000);
  if (whole !== second) {
    second = whole;
    upToSecond = new Date(whole * 1000).toISOString().slice(0, -4);
  }
  const rest = Math.floor(ms) - whole * 1000;
  return `${upToSecond}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}
