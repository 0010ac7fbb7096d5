/**
 * How Google's APIs refuse, in one shape (https://google.aip.dev/193):
 * `{"error":{"code":403,"message":…,"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED",…}]}}`;
 * Cloud Storage and Firebase Storage leave `status` out.
 */
import type { HttpAnswer } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';

export interface GoogleRefusal {
  status: number;
  /** `PERMISSION_DENIED`; for APIs without it their own reason, or nothing. */
  code: string;
  /** `SERVICE_DISABLED`, `API_KEY_ANDROID_APP_BLOCKED`. */
  reason: string;
  /** Only to be matched, never to be shown. */
  message: string;
}

/** The refusal that the answer is; `undefined` for anything else. */
export function readRefusal(answer: HttpAnswer): GoogleRefusal | undefined {
  if (answer.status < 400) return undefined;
  const body = parseJson(answer.body);
  // `runAggregationQuery` and `runQuery` stream a list.
  const error = at(Array.isArray(body) ? body[0] : body, 'error');
  if (!isRecord(error) || count(error.code) !== answer.status) return undefined;
  const details = [...listOf(error.details), ...listOf(error.errors)];
  return {
    status: answer.status,
    code: constant(error.status),
    reason: details.map((one) => constant(at(one, 'reason'))).find((word) => word !== '') ?? '',
    message: (text(error.message) ?? '').slice(0, 1_000),
  };
}

/** A refusal in one word, for the record. */
export function refusalWord(refusal: GoogleRefusal): string {
  return [`${refusal.status}`, refusal.code, refusal.reason].filter((word) => word !== '').join(' ');
}

/**
 * The API key is good for the app only, which is told by headers that everybody can send, or for other APIs: neither says
 * what the rules are.
 */
export function isKeyRestricted({ reason }: GoogleRefusal): boolean {
  return /^API_KEY_(?:ANDROID_APP|IOS_APP|HTTP_REFERRER|IP_ADDRESS|SERVICE)_BLOCKED$/.test(reason);
}

function constant(value: unknown): string {
  const word = text(value) ?? '';
  return /^[A-Za-z_]{1,64}$/.test(word) ? word : '';
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 10) : [];
}
