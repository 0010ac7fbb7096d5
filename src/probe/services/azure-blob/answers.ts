/** Azure's XML answers (https://learn.microsoft.com/rest/api/storageservices/list-blobs). */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, text } from '../../json.ts';
import { objectPattern } from '../../patterns.ts';
import { listOf, parseXml } from '../../xml.ts';

export interface BlobPage {
  blobs: number;
  bytes: number;
  more: boolean;
  patterns: string[];
}

export type AzureAnswer = { kind: 'blobs'; page: BlobPage } | { kind: 'error'; code: string } | { kind: 'other' };

const MOST_PATTERNS = 100;

export async function readAzure(answer: HttpAnswer): Promise<AzureAnswer> {
  const header = answer.headers['x-ms-error-code'];
  if (answer.status >= 400 && header !== undefined) return { kind: 'error', code: word(header) };
  const start = answer.body.subarray(0, 512).toString('utf8');
  if (!/<(?:EnumerationResults|Error)[\s>]/.test(start)) return { kind: 'other' };
  const body = await parseXml(answer.body);
  const code = text(at(body, 'Error', 'Code'));
  if (answer.status >= 400 && code !== undefined) return { kind: 'error', code: word(code) };
  const results = at(body, 'EnumerationResults');
  if (answer.status !== 200 || results === undefined) return { kind: 'other' };
  const patterns = new Set<string>();
  let bytes = 0;
  const blobs = listOf(at(results, 'Blobs', 'Blob'));
  for (const blob of blobs) {
    bytes += count(text(at(blob, 'Properties', 'Content-Length'))) ?? 0;
    if (patterns.size < MOST_PATTERNS) patterns.add(objectPattern(text(at(blob, 'Name')) ?? '*'));
  }
  const more = answer.truncated || (text(at(results, 'NextMarker')) ?? '') !== '';
  return { kind: 'blobs', page: { blobs: blobs.length, bytes, more, patterns: [...patterns] } };
}

function word(code: string): string {
  return /^[A-Za-z]{1,64}$/.test(code) ? code : 'Error';
}
