/**
 * A request as the generator makes it: plain data, so that one that fails can be made smaller by leaving parts out. Texts
 * may hold `{{n.what}}`, which stands for what step n of the case was answered in the same world.
 */
import type { Sent } from '../harness/fixture.ts';

export interface Draft {
  as: string | null;
  method: string;
  /** Encoded, without a query. */
  path: string;
  /** Names and values; encoded when they are printed, unless `rawQuery` says otherwise. */
  params: [string, string][];
  /** One value, or with `lines` several. */
  body?: unknown;
  lines?: unknown[];
  /** Goes before `body` and `lines`: text as it is sent. */
  raw?: string;
  /** Printed into the text afterwards: what no JSON printer writes. */
  twist?: Twist;
  contentType?: string;
  headers?: [string, string][];
  /** Goes behind the query as it is. */
  tail?: string;
}

export type Twist =
  | 'duplicate-key'
  | 'escaped-duplicate'
  | 'comment'
  | 'trailing-comma'
  | 'trailing-data'
  | 'truncated'
  | 'bom'
  | 'crlf'
  | 'no-newline'
  | 'blank-line'
  | 'single-quotes'
  | 'nan'
  | 'big-number'
  | 'lone-surrogate'
  | 'nul'
  | 'bytes'
  | 'leading-zero';

/** A few requests of which later ones may use what earlier ones were answered. */
export interface FuzzCase {
  /** The tenant whose documents are visible; the other's differ between the worlds. */
  side: 't1' | 't2';
  steps: Draft[];
}

export function renderDraft(draft: Draft): Sent {
  const query = draft.params
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const target = `${draft.path}${query === '' ? '' : `?${query}`}${draft.tail ?? ''}`.replace(
    /%7B%7B(\d)\.(\w+)%7D%7D/g,
    '{{$1.$2}}',
  );
  const text = bodyText(draft);
  const body = text === undefined || draft.twist === undefined ? text : twisted(text, draft.twist);
  const headers: [string, string][] = [...(draft.headers ?? [])];
  if (draft.contentType !== undefined) headers.push(['Content-Type', draft.contentType]);
  return {
    as: draft.as,
    method: draft.method,
    target,
    ndjson: draft.lines !== undefined,
    ...(body !== undefined && { body }),
    ...(headers.length > 0 && { headers }),
  };
}

function bodyText(draft: Draft): string | undefined {
  if (draft.raw !== undefined) return draft.raw;
  if (draft.lines !== undefined) return draft.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return draft.body === undefined ? undefined : JSON.stringify(draft.body);
}

const inMiddle = (text: string, at: number, put: string): string => text.slice(0, at) + put + text.slice(at);

function twisted(text: string, twist: Twist): string | Uint8Array {
  const brace = text.lastIndexOf('{') + 1;
  const key = /"([^"\\]+)":/.exec(text.slice(text.length >> 1)) ?? /"([^"\\]+)":/.exec(text);
  switch (twist) {
    case 'duplicate-key':
      return key === null ? text : text.replace(key[0], `${key[0]}null,${key[0]}`);
    case 'escaped-duplicate': {
      if (key === null) return text;
      const name = key[1] ?? '';
      const escaped = `\\u00${name.charCodeAt(0).toString(16).padStart(2, '0')}${name.slice(1)}`;
      return text.replace(key[0], `"${escaped}":1,${key[0]}`);
    }
    case 'comment':
      return inMiddle(text, brace, '/* "size":100, */');
    case 'trailing-comma':
      return text.replace(/([}\]])([^}\]]*)$/, ',$1$2');
    case 'trailing-data':
      return `${text.trimEnd()}{"query":{"match_all":{}}}${text.endsWith('\n') ? '\n' : ''}`;
    case 'truncated':
      return text.slice(0, Math.max(1, (text.length * 2) / 3));
    case 'bom':
      return `\ufeff${text}`;
    case 'crlf':
      return text.includes('\n') ? text.replaceAll('\n', '\r\n') : text.replaceAll(',', ',\r\n');
    case 'no-newline':
      return text.trimEnd();
    case 'blank-line':
      return text.includes('\n') ? text.replace('\n', '\n\n') : `\n\n${text}`;
    case 'single-quotes':
      return text.replace(/"/g, "'");
    case 'nan':
      return text.replace(/:-?\d+(?=[,}\]])/, ':NaN');
    case 'big-number':
      return text.replace(/:-?\d+(?=[,}\]])/, ':9007199254740993');
    case 'leading-zero':
      return text.replace(/:(\d+)(?=[,}\]])/, ':0$1');
    case 'lone-surrogate':
      return text.replace(/":"/, '":"\\ud800');
    case 'nul':
      return text.replace(/":"/, '":"\\u0000');
    case 'bytes': {
      const bytes = Buffer.from(text);
      const at = Math.max(1, text.indexOf(':"') + 2);
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xc0, 0xaf]), bytes.subarray(at)]);
    }
  }
}

/** What step n was answered: ids, and the sort values of its last hit. */
export type Answers = readonly (Readonly<Record<string, unknown>> | undefined)[];

/** Puts what earlier steps were answered in the place of `{{n.what}}`. */
export function fillIn(sent: Sent, answers: Answers): Sent {
  const target = filled(sent.target, answers);
  if (typeof sent.body !== 'string') return target === sent.target ? sent : { ...sent, target };
  return { ...sent, target, body: filled(sent.body, answers) };
}

function filled(text: string, answers: Answers): string {
  if (!text.includes('{{')) return text;
  return text
    .replace(/"\{\{(\d)\.sort\}\}"/g, (_, step: string) => JSON.stringify(sortOf(answers[Number(step)]) ?? []))
    .replace(/\{\{(\d)\.(\w+)\}\}/g, (_, step: string, what: string) => idOf(answers[Number(step)], what));
}

function sortOf(answer: Readonly<Record<string, unknown>> | undefined): unknown {
  const { hits } = (answer?.hits ?? {}) as { hits?: { sort?: unknown }[] };
  return hits?.at(-1)?.sort;
}

/** `id` as it is; `flipped`, `cut`, `long`, `upper`: not quite the id. */
function idOf(answer: Readonly<Record<string, unknown>> | undefined, what: string): string {
  if (what === 'document') return answer?.result === 'created' && typeof answer._id === 'string' ? answer._id : 'none';
  const id = [answer?._scroll_id, answer?.pit_id, answer?.id].find((one) => typeof one === 'string');
  if (typeof id !== 'string') return 'none';
  const middle = id.length >> 1;
  switch (what) {
    case 'flipped':
      return `${id.slice(0, middle)}${id[middle] === 'A' ? 'B' : 'A'}${id.slice(middle + 1)}`;
    case 'cut':
      return id.slice(0, -3);
    case 'long':
      return `${id}AAAA`;
    case 'upper':
      return id.toUpperCase();
    default:
      return id;
  }
}
